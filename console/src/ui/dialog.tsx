import { type ReactNode, useEffect, useId, useRef } from 'react';

/** A question before the page: the browser keeps the focus in it, and Escape closes it. */
export const Dialog = ({
  title,
  onClose,
  children,
  footer,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
}) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={id}
      // Told late: in development it is closed and opened again at once.
      onClose={({ currentTarget }) => !currentTarget.open && onClose()}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" className="button quiet small" onClick={onClose} aria-label="Close">
          ✕
        </button>
      </header>
      <div className="body">{children}</div>
      {footer && <footer>{footer}</footer>}
    </dialog>
  );
};
