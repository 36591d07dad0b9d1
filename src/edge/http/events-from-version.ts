import { CHAIN_START, linkBreak, type StoredEvent } from '../../core/event.js';
import { historyBroken } from '../../core/history-broken.js';
import type { EventLog, Kind } from '../../write/store/event-log.js';

type Wanted = {
  readonly kind: Kind;
  readonly id: string;
  readonly version: number;
  readonly most: number;
};

/**
 * Where an event of a version stands, or would stand behind those of earlier ones. Versions grow
 * with sequences, and the sequence of an event is never below its version: halved again and again,
 * a history however long takes a few dozen looks at one event each.
 */
const sequenceOf = async (store: EventLog, { kind, id, version }: Wanted): Promise<number> => {
  let from = version;
  let to = version === 1 ? 1 : await store.head(kind, id);
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const [event] = await store.read(kind, id, middle, 1);
    if (event?.aggregate_version === version) return event.sequence;
    if (!event || event.aggregate_version > version) to = middle - 1;
    else from = event.sequence + 1;
  }
  return from;
};

/**
 * The events of one aggregate from a version on, at most so many, with their chain checked.
 *
 * @throws Fault HISTORY_BROKEN at a hole
 */
export const eventsFromVersion = async (
  store: EventLog,
  wanted: Wanted,
): Promise<readonly StoredEvent[]> => {
  const { kind, id, version, most } = wanted;
  const events = await store.read(kind, id, await sequenceOf(store, wanted), most);
  const [first] = events;
  if (!first || first.aggregate_version < version) return [];
  let head = version === 1 ? CHAIN_START : { version: version - 1, hash: first.previous_hash };
  for (const event of events) {
    const broken = linkBreak(head, event);
    if (broken) throw historyBroken(event, broken);
    head = { version: event.aggregate_version, hash: event.hash };
  }
  return events;
};
