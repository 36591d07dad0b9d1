import { type ReactNode, useEffect, useId, useRef } from 'react';

/**
 * Details beside a list that stays usable. The focus goes to it when it opens, and back to where it
 * came from when it closes; Escape closes it.
 */
export const SidePanel = ({
  title,
  name,
  onClose,
  children,
}: {
  readonly title: string;
  /** What is shown: another one takes the focus again. */
  readonly name: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) => {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const from = useRef<Element | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another one is shown
  useEffect(() => {
    if (!heading.current?.closest('aside')?.contains(document.activeElement))
      from.current = document.activeElement;
    heading.current?.focus({ preventScroll: true });
  }, [name]);
  useEffect(
    () => () => {
      if (from.current instanceof HTMLElement && from.current.isConnected) from.current.focus();
    },
    [],
  );
  useEffect(() => {
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) onClose();
    };
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, [onClose]);
  return (
    <aside className="side-panel" aria-labelledby={id}>
      <header>
        <h2 id={id} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" className="button quiet small" onClick={onClose} aria-label="Close">
          ✕
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached */}
      <div className="side-panel-body" tabIndex={0}>
        {children}
      </div>
    </aside>
  );
};
