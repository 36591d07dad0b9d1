import { setMaxListeners } from 'node:events';
import type { EventStore } from '../../write/store/event-store.js';
import { feedOf, type Message } from './feeds.js';
import type { Mutex } from './mutex.js';
import type { Progress, SourceProgress } from './source-progress.js';
import type { TakingLimit } from './taking-limit.js';

/** What it takes to bring messages to whoever applies them. */
export type Following = {
  readonly store: EventStore;
  /** Name of the durable consumers. */
  readonly name: string;
  /** Most messages of a batch. */
  readonly batch: number;
  readonly limit: TakingLimit;
  /** The sources take turns: one batch at a time. */
  readonly batches: Mutex;
  /** Gather what comes before the next batch; settles at once where that should not wait. */
  readonly linger: (signal: AbortSignal) => Promise<void>;
  /** Apply messages of a source. */
  readonly take: (progress: SourceProgress, messages: readonly Message[]) => Promise<void>;
  /** Ends it all; aborted also when one source fails, so that none goes on alone. */
  readonly stop: AbortController;
};

/** Follow all sources until one fails or the signal comes. */
export const follow = async (progress: Progress, following: Following): Promise<void> => {
  // Every source waits for the one signal: that is no leak, however many there are.
  setMaxListeners(0, following.stop.signal);
  const sources = [...progress.values()].map((one) => followSource(one, following));
  try {
    await Promise.all(sources);
  } finally {
    following.stop.abort();
    await Promise.allSettled(sources);
  }
};

const followSource = async (progress: SourceProgress, following: Following): Promise<void> => {
  const { store, name, batch, stop } = following;
  const { signal } = stop;
  const feed = feedOf(store, progress.source, { name, from: progress.taken + 1, signal, batch });
  progress.silentSince = performance.now();
  try {
    for await (const { entries } of feed) {
      progress.silentSince = null;
      await takeAll(progress, entries, following);
      if (signal.aborted) return;
      const last = entries[entries.length - 1];
      if (last) feed.ack(last.sequence);
      if (entries.length < batch) await following.linger(signal);
      progress.silentSince = performance.now();
    }
  } finally {
    progress.silentSince = null;
  }
};

/** Apply messages as far as they are wanted now, and wait with the rest. */
const takeAll = async (
  progress: SourceProgress,
  messages: readonly Message[],
  following: Following,
): Promise<void> => {
  const { batches, limit, stop } = following;
  let left = messages;
  while (left.length > 0 && !stop.signal.aborted) {
    const count = await batches.run(() => takeAllowed(progress, left, following));
    left = left.slice(count);
    const [next] = left;
    if (count === 0 && next) await limit.lifted(progress.source.slug, next.sequence, stop.signal);
  }
};

/** Says how many it took, or need not take. */
const takeAllowed = async (
  progress: SourceProgress,
  messages: readonly Message[],
  { limit, take, stop }: Following,
): Promise<number> => {
  if (stop.signal.aborted) return 0;
  const { slug } = progress.source;
  const allowed = messages.filter(({ sequence }) => limit.allows(slug, sequence));
  const fresh = allowed.filter(({ sequence }) => sequence > progress.taken);
  if (fresh.length > 0) await take(progress, fresh);
  return allowed.length;
};
