import { Hole } from '../../core/history-broken.js';
import { eventStream } from '../../core/subjects.js';
import type { Fed, Feed } from './event-feeds.js';
import type { LogEntry } from './event-log.js';
import type { Holes } from './holes.js';

/**
 * A feed that leaves nothing out without a word: what is missing is brought as lost, and one that
 * nobody knows anything of ends it.
 */
export const wholeFeed = (
  feed: Feed<LogEntry>,
  { slug, from, holes }: { readonly slug: string; readonly from: number; readonly holes: Holes },
): Feed<LogEntry> => {
  let next = Math.max(from, 1);
  /** The last message that was there: only those are acknowledged. */
  let there = 0;
  const lostUntil = (end: number): LogEntry[] => {
    const lost: LogEntry[] = [];
    for (; next < end; next++) {
      const one = holes.passedOver(slug, next);
      if (!one) break;
      lost.push({ sequence: next, lost: one });
    }
    return lost;
  };
  const whole = (entries: readonly LogEntry[]): LogEntry[] =>
    entries.flatMap((entry) => {
      const lost = lostUntil(entry.sequence);
      if (next < entry.sequence) {
        holes.met(slug, next, entry.sequence - 1);
        throw new Hole(eventStream(slug), next, entry.sequence - 1);
      }
      next = Math.max(next, entry.sequence + 1);
      there = entry.sequence;
      return [...lost, entry];
    });
  async function* bring(): AsyncGenerator<Fed<LogEntry>> {
    const before = lostUntil(Number.POSITIVE_INFINITY);
    if (before.length > 0) yield { entries: before, pending: 0 };
    for await (const { entries, pending } of feed) {
      const brought = whole(entries);
      yield { entries: [...brought, ...lostUntil(Number.POSITIVE_INFINITY)], pending };
    }
  }
  return {
    [Symbol.asyncIterator]: bring,
    ack: (sequence) => feed.ack(sequence >= next - 1 ? there : sequence),
  };
};
