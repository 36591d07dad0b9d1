import type { StoredEvent } from '../../core/event.js';
import type { EventStore, Kind } from '../../write/store/port.js';

/** Events read at once while looking for a version. */
const READ_MAX = 1_000;
/** A version up to this one is looked for from the first event on. */
const SHORTCUT_FROM = 200;

type Wanted = {
  readonly kind: Kind;
  readonly id: string;
  readonly version: number;
  readonly most: number;
};

type Start = { readonly sequence: number; readonly version: number };

const FIRST: Start = { sequence: 1, version: 1 };

/**
 * Where to begin to read for a version: at the event that an older snapshot includes last, if the
 * log still has it there, else at the first. The sequence of an event is never below its version.
 * Snapshots only save time, so a bucket that fails is none.
 */
const startFor = async (store: EventStore, { kind, id, version }: Wanted): Promise<Start> => {
  if (version <= SHORTCUT_FROM) return FIRST;
  try {
    for await (const snapshot of store.snapshots(kind, id)) {
      if (snapshot.version >= version) continue;
      const [event] = await store.read(kind, id, snapshot.sequence, 1);
      // Else it belongs to another history.
      const isThere = event?.sequence === snapshot.sequence && event.hash === snapshot.head;
      return isThere ? snapshot : FIRST;
    }
  } catch {
    return FIRST;
  }
  return FIRST;
};

/** The events of one aggregate from a version on, at most so many. */
export const eventsFromVersion = async (
  store: EventStore,
  wanted: Wanted,
): Promise<readonly StoredEvent[]> => {
  const { kind, id, version, most } = wanted;
  const found: StoredEvent[] = [];
  const start = await startFor(store, wanted);
  const size = Math.min(READ_MAX, version - start.version + most);
  for (let next = start.sequence; ; ) {
    const events = await store.read(kind, id, next, size);
    found.push(...events.filter(({ aggregate_version }) => aggregate_version >= version));
    if (found.length >= most || events.length < size) return found.slice(0, most);
    next = events.at(-1)!.sequence + 1;
  }
};
