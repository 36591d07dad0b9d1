import type { Aggregate } from '../../core/aggregate.js';
import { type EventRecord, occurredAt, type StoredEvent } from '../../core/event.js';
import { JOURNAL, type Projected, type ProjectedEntry } from '../../core/projection.js';
import { upcast } from '../../core/upcast.js';
import type { JournalEntry } from '../../write/store/port.js';
import { entryId, errorText } from '../projector/apply-batch.js';
import { type Projectable, projected } from '../projector/projected.js';

/**
 * A message of a source, decoded once for all projections and moments: an event, what became of a
 * command, or an event that no handler can be given. Times in ms since 1970.
 */
export type Told = {
  readonly source: string;
  readonly sequence: number;
  readonly recorded: number;
  readonly occurred: number;
} & (
  | { readonly kind: 'event'; readonly stored: Projectable; readonly event: Projected }
  | { readonly kind: 'entry'; readonly entry: ProjectedEntry }
  | {
      readonly kind: 'unreadable';
      readonly aggregate_id: string;
      readonly event_type: string;
      readonly error: string;
    }
);

/** The aggregate that a message is of; null for the journal. */
export const aggregateOf = (told: Told): string | null => {
  if (told.kind === 'entry') return null;
  return told.kind === 'event' ? told.stored.aggregate_id : told.aggregate_id;
};

/** An event as projections see it, in the form of the current schema; never throws. */
export const toldEvent = (definition: Aggregate, stored: StoredEvent): Told => {
  const { slug: source } = definition;
  const { sequence, aggregate_id, event_type, event_version } = stored;
  const times = {
    recorded: Date.parse(stored.event_timestamp),
    occurred: Date.parse(occurredAt(stored)),
  };
  try {
    const data = upcast(definition, event_type, event_version, stored.data);
    const event = projected(stored, data);
    return { kind: 'event', source, sequence, ...times, stored, event };
  } catch (error) {
    return {
      kind: 'unreadable',
      source,
      sequence,
      ...times,
      aggregate_id,
      event_type,
      error: errorText(error),
    };
  }
};

/** The same event where it counts from another time on than it says itself. */
export const countingFrom = (told: Told, at: number): Told => {
  if (told.kind !== 'event' || told.occurred === at) return told;
  const stored = { ...told.stored, occurred_at: new Date(at).toISOString() };
  return {
    ...told,
    occurred: at,
    stored,
    event: projected(stored, told.event.data as EventRecord['data']),
  };
};

/** A journal entry as projections see it; it became true when it was received. */
export const toldEntry = (entry: JournalEntry, sequence: number, index: number): Told => {
  const received = Date.parse(entry.received_at);
  return {
    kind: 'entry',
    source: JOURNAL,
    sequence,
    recorded: received,
    occurred: received,
    entry: { ...entry, sequence, entry_id: entryId(sequence, index) },
  };
};
