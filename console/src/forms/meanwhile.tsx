import { seg } from '../api/address.js';
import type { StoredEvent } from '../api/types.js';
import { useAnswer } from '../api/use-answer.js';
import type { Kind } from '../api/use-kinds.js';
import { ShownValue } from '../names/shown-value.js';
import { Notice } from '../ui/notice.js';
import { Time } from '../ui/time.js';
import { wordsOf } from './words-of.js';

const SHOWN_MAX = 5;

/** Somebody else was faster: what happened since the form was opened, and how to go on. */
export const Meanwhile = ({
  kind,
  id,
  seen,
  actual,
  onGoOn,
}: {
  readonly kind: Kind;
  readonly id: string;
  /** The version that the form was opened with. */
  readonly seen: number;
  readonly actual: number;
  readonly onGoOn: () => void;
}) => {
  const { data } = useAnswer<{ readonly items: readonly StoredEvent[] }>(
    `/${kind.plural}/${seg(id)}/history`,
    { limit: Math.min(SHOWN_MAX, Math.max(1, actual - seen)) },
    { follows: [kind.type], reflects: true },
  );
  const events = data?.items.filter((one) => one.aggregate_version > seen) ?? [];
  return (
    <Notice
      tone="warn"
      action={
        <button type="button" className="button small" onClick={onGoOn}>
          I have seen it: go on
        </button>
      }
    >
      <p>
        <strong>It has changed since you opened this:</strong> you saw version {seen}, now it is{' '}
        {actual}.
      </p>
      <ul className="small">
        {events.map((one) => (
          <li key={one.event_id}>
            {wordsOf(one.event_type)} by {one.actor}, <Time at={one.recorded_at} />
            {one.changes.map(({ field, to }) => (
              <span key={field}>
                {' · '}
                {wordsOf(field)}: <ShownValue name={field} value={to} />
              </span>
            ))}
          </li>
        ))}
      </ul>
    </Notice>
  );
};
