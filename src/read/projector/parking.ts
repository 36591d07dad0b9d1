import type { ProjectionSource } from '../../core/projection.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import type { JournalEntry } from '../../write/store/command-journal.js';
import type { JournalMessage } from '../../write/store/event-feeds.js';
import type { EventStore } from '../../write/store/event-store.js';
import type { Parked } from '../views/port.js';
import { type Applied, type Happened, happenedIn } from './apply-batch.js';

/** What names a parked unit. */
export type ParkedRow = Pick<Parked, 'source' | 'aggregate_id'>;
/** An event that failed, as somebody saw it; without a sequence whichever fails now. */
export type FailedEvent = ParkedRow & { readonly sequence?: number | undefined };
export const rowKey = ({ source, aggregate_id }: ParkedRow): string => `${source}/${aggregate_id}`;

/** Why an event cannot be left out: it was seen to fail, and meanwhile another one does. */
export const anotherFails = (
  { parked }: { readonly parked: ReadonlyMap<string, Parked> },
  which: FailedEvent,
): Refusal | undefined => {
  const now = parked.get(rowKey(which))?.sequence;
  if (which.sequence === undefined || now === which.sequence) return undefined;
  return refuse(
    'NOT_PARKED',
    `the event at ${which.sequence} of ${rowKey(which)} does not fail any more: look again`,
    { details: { sequence: which.sequence, fails_now: now ?? null } },
  );
};

/** The rows of a batch: units that failed in it, and those whose number of waiting events grew. */
export const parkedAfter = (
  source: string,
  { failed, waiting }: Applied,
  before: ReadonlyMap<string, Parked>,
  now: string,
): Parked[] =>
  [...waiting].flatMap(([aggregate_id, more]) => {
    const row = before.get(rowKey({ source, aggregate_id }));
    if (row) return [{ ...row, waiting: row.waiting + more }];
    const failure = failed.get(aggregate_id);
    if (!failure) return [];
    return [
      {
        source,
        aggregate_id,
        ...failure,
        attempts: 1,
        waiting: more,
        parked_at: now,
        last_tried_at: now,
      },
    ];
  });

/** What a row says while its events are tried again in pieces and none has failed. */
const UNTRIED = 'what comes before was tried again and applied; this has not been tried yet';

/**
 * The row after it was tried again; undefined when nothing waits any more: only when as many were
 * taken as waited. `next` is where the rest begins.
 */
export const settled = (
  row: Parked,
  { failed }: Applied,
  { done, now, next }: { readonly done: number; readonly now: string; readonly next: number },
): Parked | undefined => {
  const waiting = row.waiting - done;
  const failure = failed.get(row.aggregate_id);
  if (failure) {
    const attempts = failure.sequence === row.sequence ? row.attempts + 1 : 1;
    return { ...row, ...failure, attempts, waiting: Math.max(1, waiting), last_tried_at: now };
  }
  if (waiting <= 0) return undefined;
  return { ...row, sequence: next, error: UNTRIED, attempts: 0, waiting, last_tried_at: now };
};

/** What waits of a unit, from the event that failed on; `more` = there may be more behind it. */
export type Unit = {
  /** The last sequence that was looked at, 0 for none: not everything there is an event. */
  readonly last: number;
  readonly events: readonly Happened[];
  readonly messages: readonly JournalMessage[];
  readonly more: boolean;
};

export const readUnit = async (
  store: EventStore,
  { definition }: ProjectionSource,
  { aggregate_id, sequence }: Parked,
  most: number,
): Promise<Unit> => {
  if (definition) {
    const found = await store.entries(definition, aggregate_id, sequence, most);
    const last = found.at(-1)?.sequence ?? 0;
    return { last, events: happenedIn(found), messages: [], more: found.length === most };
  }
  const entries: JournalEntry[] = [];
  for await (const { sequence: at, ...entry } of store.readJournal(sequence)) {
    if (at !== sequence) break;
    entries.push(entry);
  }
  return { last: sequence, events: [], messages: [{ sequence, entries }], more: false };
};
