import { Fault } from '../../src/core/refusal.js';
import type { ViewStore } from '../../src/read/views/port.js';
import type { Fed, Feed, FeedOptions } from '../../src/write/store/event-feeds.js';
import type { LogEntry } from '../../src/write/store/event-log.js';
import type { EventStore } from '../../src/write/store/event-store.js';

/** Draws a whole number from 0 to `max`. */
export type Draw = (max: number) => number;

async function* shaken<T extends { readonly sequence: number }>(
  all: (from: number) => Promise<readonly T[]>,
  { from, signal }: FeedOptions,
  draw: Draw,
): AsyncGenerator<Fed<T>> {
  let next = from;
  while (!signal.aborted) {
    const back = Math.max(1, next - draw(4));
    const log = await all(back);
    const some = log.slice(0, 1 + draw(6) + (next - back));
    if (some.at(-1) !== undefined && some.at(-1)!.sequence >= next) {
      next = some.at(-1)!.sequence + 1;
      yield { entries: some, pending: log.length - some.length };
    }
    await new Promise((wake) => setTimeout(wake, draw(1)));
  }
}

/** The same log in other batches, with messages that come again. */
export const shakenStore = (store: EventStore, draw: Draw): EventStore => {
  const feedOf = <T extends { readonly sequence: number }>(
    all: (from: number) => Promise<readonly T[]>,
    options: FeedOptions,
  ): Feed<T> => ({
    [Symbol.asyncIterator]: () => shaken(all, options, draw),
    ack: () => {},
  });
  return {
    ...store,
    feed: (kind, options) =>
      feedOf<LogEntry>(async (from) => {
        const found: LogEntry[] = [];
        for await (const entry of store.scan(kind, from)) found.push(entry);
        return found;
      }, options),
  };
};

/**
 * A read store that fails now and then: before it wrote, or after it wrote without saying so, or
 * because somebody else was faster.
 */
export const shakyViews = (views: ViewStore, draw: Draw, oneIn: number): ViewStore => {
  const gone = (): never => {
    throw new Fault('READ_STORE_UNAVAILABLE', 'the read store was shaken');
  };
  return {
    ...views,
    commit: async (slot, commit) => {
      const what = draw(oneIn);
      if (what === 0) return gone();
      if (what === 1) return false;
      const written = await views.commit(slot, commit);
      return what === 2 ? gone() : written;
    },
    documents: async (slot, keys) => (draw(oneIn) === 0 ? gone() : views.documents(slot, keys)),
  };
};
