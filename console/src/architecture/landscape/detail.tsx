import { type ReactNode, useEffect, useId, useRef } from 'react';

/** Beside the map or the list: what was chosen there. Brought into view when it opens below. */
export const Detail = ({
  title,
  about,
  onClose,
  children,
}: {
  readonly title: string;
  /** What it is about: when that changes, it is brought into view again. */
  readonly about: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) => {
  const id = useId();
  const section = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one was chosen
  useEffect(() => {
    section.current?.scrollIntoView({ block: 'nearest' });
  }, [about]);
  return (
    <section
      ref={section}
      className="card detail"
      aria-labelledby={id}
      onKeyDown={({ key }) => key === 'Escape' && onClose()}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" className="button quiet small" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </header>
      <div className="body stack">{children}</div>
    </section>
  );
};
