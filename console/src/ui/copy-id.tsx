import { useState } from 'react';

const SAID_MS = 1_500;
const SHORT_CHARS = 8;

/** Put a text on the clipboard; false where the browser does not let. */
export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
};

/** An id for the eye: long ones are cut. */
export const shortId = (id: string): string =>
  id.length <= SHORT_CHARS + 4 ? id : `${id.slice(0, SHORT_CHARS)}…`;

/** An id that a click copies. Long ones are cut for the eye only; beside a name a mark is enough. */
export const CopyId = ({
  id,
  full = false,
  mark = false,
}: {
  readonly id: string;
  readonly full?: boolean;
  readonly mark?: boolean;
}) => {
  const [said, setSaid] = useState<string>();
  const shown = mark ? 'id' : full ? id : shortId(id);
  const copy = async (): Promise<void> => {
    setSaid((await copyText(id)) ? 'copied' : 'not copied');
    setTimeout(() => setSaid(undefined), SAID_MS);
  };
  return (
    <button
      type="button"
      className="copy"
      title={`Copy ${id}`}
      aria-label={mark ? `Copy the id ${id}` : `Copy ${id}`}
      onClick={(event) => {
        event.preventDefault();
        event.stopPropagation();
        void copy();
      }}
    >
      {said ?? shown}
    </button>
  );
};

/** Copies a text that stands beside it: a command line, a JSON. */
export const CopyButton = ({
  text,
  label = 'Copy',
}: {
  readonly text: string;
  readonly label?: string;
}) => {
  const [said, setSaid] = useState<string>();
  return (
    <button
      type="button"
      className="button small"
      onClick={async () => {
        setSaid((await copyText(text)) ? 'Copied' : 'Select it and copy');
        setTimeout(() => setSaid(undefined), SAID_MS);
      }}
    >
      {said ?? label}
    </button>
  );
};
