import { Link } from 'wouter';
import { seg } from '../api/address.js';
import type { Page, StoredEvent } from '../api/types.js';
import { useAnswer } from '../api/use-answer.js';
import { wordsOf } from '../forms/words-of.js';
import { Problem } from '../ui/problem.js';
import { Time } from '../ui/time.js';
import { correctedBy } from './taken-by.js';

/** Corrections of one aggregate that are looked through. */
const CORRECTIONS_MAX = 200;
/** Every event that corrects another has it in its name. */
const CORRECTION = 'correct';

/** What corrected an event later: read from the later events of its aggregate. */
export const useCorrections = (event: StoredEvent | undefined) =>
  useAnswer<Page<StoredEvent>>(
    event ? '/audit' : null,
    event
      ? {
          aggregate_type: event.aggregate_type,
          aggregate_id: event.aggregate_id,
          'aggregate_version.gt': event.aggregate_version,
          search: CORRECTION,
          sort: 'aggregate_version',
          limit: CORRECTIONS_MAX,
        }
      : {},
    { follows: event ? [event.aggregate_type] : [] },
  );

/** Those of the found ones that correct this event. */
export const correcting = (
  id: string,
  found: Page<StoredEvent> | undefined,
): readonly StoredEvent[] => found?.items.filter((one) => correctedBy(one) === id) ?? [];

/** Compensation, both ways: what this event puts right, and what put it right. */
export const Corrections = ({ event }: { readonly event: StoredEvent }) => {
  const found = useCorrections(event);
  const later = correcting(event.event_id, found.data);
  const original = correctedBy(event);
  if (found.error) return <Problem error={found.error} retry={() => void found.refetch()} />;
  if (original === undefined && later.length === 0)
    return <p className="small soft">It corrects nothing, and nothing corrected it.</p>;
  return (
    <ul className="stack small told">
      {original !== undefined && (
        <li>
          It corrects <Link href={`/events/${seg(original)}`}>an earlier event</Link>
        </li>
      )}
      {later.map((one) => (
        <li key={one.event_id}>
          Corrected by <Link href={`/events/${seg(one.event_id)}`}>{wordsOf(one.event_type)}</Link>,{' '}
          {one.actor}, <Time at={one.occurred_at} />
        </li>
      ))}
    </ul>
  );
};
