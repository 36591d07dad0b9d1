import { Component, type ReactNode } from 'react';
import { Notice } from '../ui/notice.js';

/** A screen that broke says so; the frame around it, and all other screens, live on. */
export class ScreenFailure extends Component<
  { readonly children: ReactNode },
  { readonly error: Error | null }
> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="page">
        <Notice
          tone="bad"
          action={
            <button type="button" className="button small" onClick={() => location.reload()}>
              Load it again
            </button>
          }
        >
          <p>This screen could not be shown: {error.message}</p>
          <p className="small soft">Nothing was changed by it. Other screens still work.</p>
        </Notice>
      </div>
    );
  }
}
