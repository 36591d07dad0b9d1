import type { Fault } from '../../core/refusal.js';
import type { Kind } from './event-log.js';
import type { EventStore } from './event-store.js';

export type Asking = {
  /** Why nothing of the log is to be told now: it may not be what was acknowledged. */
  readonly doubted: () => Fault | undefined;
  /** Rejects with HISTORY_BROKEN where an aggregate of which the log has nothing was there once. */
  readonly never: (kind: Kind, id: string) => Promise<void>;
};

/**
 * The log as those are told of it who ask: what was lost is not "not there", neither while the log
 * is doubted as a whole nor where something is gone from its middle.
 */
export const askedLog = <S extends EventStore>(store: S, { doubted, never }: Asking): S => {
  const mayTell = (): void => {
    const doubt = doubted();
    if (doubt) throw doubt;
  };
  /** It may have been lost while it was read. */
  const told = async <T>(reading: () => Promise<T>): Promise<T> => {
    mayTell();
    const found = await reading();
    mayTell();
    return found;
  };
  async function* each<T>(reading: () => AsyncIterable<T>): AsyncGenerator<T> {
    mayTell();
    yield* reading();
    mayTell();
  }
  return {
    ...store,
    read: (kind, id, from, most) =>
      told(async () => {
        const events = await store.read(kind, id, from, most);
        if (events.length > 0 || from > 1) return events;
        await never(kind, id);
        return events;
      }),
    entries: (...asked) => told(() => store.entries(...asked)),
    head: (...asked) => told(() => store.head(...asked)),
    scan: (...asked) => each(() => store.scan(...asked)),
    last: (...asked) => told(() => store.last(...asked)),
    ends: (...asked) => told(() => store.ends(...asked)),
    readJournal: (...asked) => each(() => store.readJournal(...asked)),
  };
};
