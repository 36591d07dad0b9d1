import type { ReactNode } from 'react';

/** Beside a list there is room for its filters; where there is little, the results come first. */
const ROOM = '(min-width: 60.01rem)';

/** What a list is narrowed by: open beside it, behind one word on a telephone. */
export const Filters = ({ children }: { readonly children: ReactNode }) => (
  <details className="narrowing" open={window.matchMedia(ROOM).matches}>
    <summary>Filters</summary>
    <div className="narrowed-by">{children}</div>
  </details>
);
