import type { Aggregate } from '../../core/aggregate.js';
import { type EventRecord, occurredAt, type StoredEvent } from '../../core/event.js';
import { JOURNAL, type Projected, type ProjectedEntry } from '../../core/projection.js';
import { upcast } from '../../core/upcast.js';
import type { JournalEntry } from '../../write/store/command-journal.js';
import type { Lost } from '../../write/store/event-log.js';
import { errorText } from './error-text.js';
import { type Projectable, projected } from './projected.js';

/**
 * What a source brings, decoded for all projections and moments: an event, what became of a
 * command, or an event that no handler can be given. Times in ms since 1970.
 */
export type DecodedEntry = {
  readonly source: string;
  readonly sequence: number;
  /** What keeps its order and waits as a whole: the aggregate; each journal entry by itself. */
  readonly unit: string;
  readonly type: string;
  readonly recorded: number;
  readonly occurred: number;
} & (
  | {
      readonly kind: 'event';
      readonly definition: Aggregate;
      readonly stored: Projectable;
      /** In the form of the current schema. */
      readonly data: EventRecord['data'];
      /** As handlers see it, without the states around it; made when it is asked for first. */
      readonly event: () => Projected;
    }
  | { readonly kind: 'entry'; readonly entry: ProjectedEntry }
  | { readonly kind: 'unreadable'; readonly version: number; readonly error: string }
);

/** What waits for an event that is gone, where nobody knows whose it was. */
const NOBODY_KNOWS = 'unknown';
/** The type of an event that is gone. */
export const LOST = 'lost';

/** An event of which nothing is left: its aggregate waits from there on. `at`: ms since 1970. */
export const decodeLost = (
  { slug: source }: Pick<Aggregate, 'slug'>,
  { sequence, aggregate_id }: Lost,
  { version, at }: { readonly version: number; readonly at: number },
): DecodedEntry => ({
  kind: 'unreadable',
  source,
  sequence,
  unit: aggregate_id ?? NOBODY_KNOWS,
  type: LOST,
  recorded: at,
  occurred: at,
  version,
  error: `HISTORY_BROKEN: the log lost message ${sequence}; run "stele doctor"`,
});

/** The aggregate that something is of; null for the journal. */
export const aggregateOf = (entry: DecodedEntry): string | null =>
  entry.kind === 'entry' ? null : entry.unit;

/** An event as projections see it, in the form of the current schema; never throws. */
export const decodeEvent = (definition: Aggregate, stored: StoredEvent): DecodedEntry => {
  const { slug: source } = definition;
  const { sequence, aggregate_id: unit, event_type: type, event_version } = stored;
  const recorded = Date.parse(stored.event_timestamp);
  const occurred = Date.parse(occurredAt(stored));
  const of = { source, sequence, unit, type, recorded, occurred };
  try {
    const data = upcast(definition, type, event_version, stored.data);
    return { kind: 'event', ...of, definition, stored, data, event: bare(stored, data) };
  } catch (error) {
    const { aggregate_version: version } = stored;
    return { kind: 'unreadable', ...of, version, error: errorText(error) };
  }
};

const bare = (stored: Projectable, data: EventRecord['data']): (() => Projected) => {
  let made: Projected | undefined;
  return () => {
    made ??= projected(stored, data);
    return made;
  };
};

/** The same event where it counts from another time on than it says itself. */
export const countingFrom = (entry: DecodedEntry, at: number): DecodedEntry => {
  if (entry.kind !== 'event' || entry.occurred === at) return entry;
  const stored = { ...entry.stored, occurred_at: new Date(at).toISOString() };
  return { ...entry, occurred: at, stored, event: bare(stored, entry.data) };
};

/** The place of an entry of the journal: `<sequence of the message>-<index in it>`. */
const entryId = (sequence: number, index: number): string => `${sequence}-${index}`;

/** A journal entry as projections see it; it became true when it was received. */
export const decodeJournalEntry = (
  entry: JournalEntry,
  sequence: number,
  index: number,
): DecodedEntry => {
  const unit = entryId(sequence, index);
  const recorded = Date.parse(entry.received_at);
  return {
    kind: 'entry',
    source: JOURNAL,
    sequence,
    unit,
    type: entry.outcome,
    recorded,
    occurred: recorded,
    entry: { ...entry, entry_id: unit, sequence },
  };
};
