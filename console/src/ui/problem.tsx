import { type Query, useQueryClient } from '@tanstack/react-query';
import { isNotNow, SteleProblem } from '../../../src/client/stele-problem.js';
import { Told } from '../names/thing-link.js';
import { CopyId } from './copy-id.js';
import { Notice } from './notice.js';
import { useSaid } from './use-said.js';

const isFailed = ({ state }: Query): boolean => state.status === 'error';
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** What went wrong, in the server's words, with its code, and whether it is tried again. */
export const Problem = ({
  error,
  retry,
  part = false,
}: {
  readonly error: Error;
  readonly retry?: (() => void) | undefined;
  /** It tells what others leave out, and is not counted as told itself. */
  readonly part?: boolean;
}) => {
  useSaid(part ? undefined : error);
  const client = useQueryClient();
  /** What failed with it, elsewhere on the screen, is asked again too. */
  const askAll = (): void => {
    retry?.();
    const failed = { type: 'active', predicate: isFailed } as const;
    void client.refetchQueries(failed, { cancelRefetch: false });
  };
  const known = error instanceof SteleProblem ? error : undefined;
  const again = isNotNow(error);
  return (
    <Notice
      tone={again ? 'warn' : 'bad'}
      action={
        retry && (
          <button type="button" className="button small" onClick={askAll}>
            Try again
          </button>
        )
      }
    >
      {part && <p className="small soft">A part of this screen is missing:</p>}
      <p>
        <Told text={sentence(error.message)} />
      </p>
      {known && known.errors.length > 0 && (
        <ul>
          {known.errors.map(({ field, message }) => (
            <li key={`${field} ${message}`}>
              <code>{field}</code>: <Told text={message} />
            </li>
          ))}
        </ul>
      )}
      <p className="small soft row">
        {again && <span>It is tried again by itself.</span>}
        {known && <code>{known.code}</code>}
        {known?.trace_id && (
          <span>
            trace <CopyId id={known.trace_id} />
          </span>
        )}
      </p>
    </Notice>
  );
};
