import type { Kind } from './event-log.js';
import type { EventStore } from './event-store.js';

export type Asking = {
  /** Rejects with HISTORY_BROKEN where an aggregate of which the log has nothing was there once. */
  readonly never: (kind: Kind, id: string) => Promise<void>;
};

/** The log as those are told of it who ask: what was lost is not "not there". */
export const askedLog = <S extends EventStore>(store: S, { never }: Asking): S => ({
  ...store,
  read: async (kind, id, from, most) => {
    const events = await store.read(kind, id, from, most);
    if (events.length === 0 && from <= 1) await never(kind, id);
    return events;
  },
});
