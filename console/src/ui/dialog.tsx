import { type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react';
import { useFirstField } from './use-first-field.js';

/**
 * A question before the page: the browser keeps the focus in it, and Escape closes it. What was
 * written in it is not thrown away without asking.
 */
export const Dialog = ({
  title,
  onClose,
  isFilled = false,
  mustAnswer = false,
  children,
  footer,
}: {
  readonly title: string;
  readonly onClose: () => void;
  /** Something was written in it that closing would lose. */
  readonly isFilled?: boolean;
  /** It cannot be closed. */
  readonly mustAnswer?: boolean;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
}) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [asked, setAsked] = useState(false);
  const from = useRef<Element | null>(null);
  const id = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // What comes first in it would be the button that closes it.
    element?.querySelector('h2')?.focus();
    return () => element?.close();
  }, []);
  useFirstField(content, 'any');
  const leave = (): void => {
    if (!asked) from.current = document.activeElement;
    if (isFilled) setAsked(true);
    else if (!mustAnswer) onClose();
  };
  const stay = (): void => {
    setAsked(false);
    if (from.current instanceof HTMLElement) from.current.focus();
  };
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={id}
      // Told late: in development it is closed and opened again at once.
      onClose={({ currentTarget }) => !currentTarget.open && onClose()}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        leave();
      }}
      onCancel={(event) => {
        event.preventDefault();
        leave();
      }}
    >
      <header>
        <h2 id={id} tabIndex={-1}>
          {title}
        </h2>
        {!mustAnswer && (
          <button type="button" className="button quiet small" onClick={leave} aria-label="Close">
            ✕
          </button>
        )}
      </header>
      {asked && isFilled && <ThrowAway onStay={stay} onLeave={onClose} />}
      <div ref={content} className="dialog-content">
        <div className="body">{children}</div>
        {footer && <footer>{footer}</footer>}
      </div>
    </dialog>
  );
};

const ThrowAway = ({
  onStay,
  onLeave,
}: {
  readonly onStay: () => void;
  readonly onLeave: () => void;
}) => {
  const answers = useRef<HTMLDivElement>(null);
  useFirstField(answers, 'any');
  return (
    <div ref={answers} className="row between throw-away" role="alert">
      <span>What you wrote was not sent.</span>
      <span className="row">
        <button type="button" className="button small" onClick={onStay}>
          Go on writing
        </button>
        <button type="button" className="button small danger" onClick={onLeave}>
          Throw it away
        </button>
      </span>
    </div>
  );
};
