import type { StoredEvent } from '../../core/event.js';
import type { EventStore, Kind } from '../../write/store/port.js';

type Wanted = {
  readonly kind: Kind;
  readonly id: string;
  readonly version: number;
  readonly most: number;
};

/**
 * Where an event of a version stands; undefined where the history does not reach so far. Versions
 * grow with sequences, and the sequence of an event is never below its version: halved again and
 * again, a history however long takes a few dozen looks at one event each.
 */
const sequenceOf = async (
  store: EventStore,
  { kind, id, version }: Wanted,
): Promise<number | undefined> => {
  let from = version;
  let to = version === 1 ? 1 : await store.head(kind, id);
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const [event] = await store.read(kind, id, middle, 1);
    if (event?.aggregate_version === version) return event.sequence;
    if (!event || event.aggregate_version > version) to = middle - 1;
    else from = event.sequence + 1;
  }
  return from === to ? from : undefined;
};

/** The events of one aggregate from a version on, at most so many. */
export const eventsFromVersion = async (
  store: EventStore,
  wanted: Wanted,
): Promise<readonly StoredEvent[]> => {
  const { kind, id, version, most } = wanted;
  const sequence = await sequenceOf(store, wanted);
  if (sequence === undefined) return [];
  const events = await store.read(kind, id, sequence, most);
  return events[0] && events[0].aggregate_version >= version ? events : [];
};
