import type { StoredEvent } from '../../core/event.js';
import { inForm } from '../../core/upcast.js';
import type { JournalEntry } from './command-journal.js';
import type { Feed, FeedOptions, JournalMessage } from './event-feeds.js';
import {
  type Append,
  type Appended,
  type Claim,
  type ClaimKey,
  CONFLICT,
  type Conflict,
  type Kind,
  type LogEntry,
} from './event-log.js';
import type { EventStore } from './event-store.js';
import { type Page, proveAll, proveRead } from './prove-reads.js';
import type { Snapshot } from './snapshots.js';

type Stream = {
  readonly log: LogEntry[];
  /** When each of them was written, ms of the monotonic clock. */
  readonly writtenAt: number[];
  /** Sequence of the last message per aggregate id. */
  readonly heads: Map<string, number>;
  readonly claims: Map<string, Claim>;
  /** All that were saved, newest first. */
  readonly snapshots: Map<string, readonly Snapshot[]>;
};

export type MemoryStoreOptions = {
  /**
   * What is written shows in the copies of a stream so much later, ms; 0, the default, at once. Two
   * of three reads are answered by a copy, as on a replicated stream; a feed is, too.
   */
  readonly lagMs?: number;
};

/** When every stream was made: nothing in memory outlives another. */
const CREATED = '1970-01-01T00:00:00.000Z';

/** How many of the first entries a copy shows that is so late. */
const shownBy = (writtenAt: readonly number[], lagMs: number): number => {
  const late = performance.now() - lagMs;
  return writtenAt.findLastIndex((at) => at <= late) + 1;
};

const claimId = ({ scope, key }: ClaimKey): string => `${scope}.${key}`;

/** Events in memory: for tests of what stands on a store, and the shortest reading of the port. */
export const memoryStore = ({ lagMs = 0 }: MemoryStoreOptions = {}): EventStore => {
  const streams = new Map<string, Stream>();
  const entries: JournalEntry[] = [];
  const waiting = new Set<() => void>();

  const streamOf = ({ slug }: Kind): Stream => {
    let stream = streams.get(slug);
    if (!stream) {
      stream = {
        log: [],
        writtenAt: [],
        heads: new Map(),
        claims: new Map(),
        snapshots: new Map(),
      };
      streams.set(slug, stream);
    }
    return stream;
  };

  const append = async (one: Append): Promise<Appended | Conflict> => {
    const { log, heads, claims } = streamOf(one.kind);
    if ((heads.get(one.aggregate_id) ?? 0) !== one.expected) return CONFLICT;
    for (const claim of one.claims)
      if ((claims.get(claimId(claim))?.sequence ?? 0) !== claim.expected) return CONFLICT;
    const first = log.length + 1;
    for (const event of one.events) {
      const sequence = log.length + 1;
      log.push({ sequence, event: { ...structuredClone(event), sequence } });
      heads.set(one.aggregate_id, sequence);
    }
    for (const { scope, key, holder } of one.claims) {
      const sequence = log.length + 1;
      log.push({ sequence, claim: { scope, key } });
      claims.set(claimId({ scope, key }), { sequence, holder });
    }
    const { log: all, writtenAt } = streamOf(one.kind);
    while (writtenAt.length < all.length) writtenAt.push(performance.now());
    for (const wake of [...waiting]) wake();
    return { first };
  };

  let asked = 0;
  /** What the next copy that is asked has of a stream: a beginning of it. */
  const copyOf = (kind: Kind): readonly LogEntry[] => {
    const { log, writtenAt } = streamOf(kind);
    asked++;
    return lagMs === 0 || asked % 3 === 0 ? log : log.slice(0, shownBy(writtenAt, lagMs));
  };

  const eventsIn = (log: readonly LogEntry[], id?: string): StoredEvent[] =>
    log
      .flatMap((entry) => ('event' in entry ? [entry.event] : []))
      .filter(({ aggregate_id }) => id === undefined || aggregate_id === id)
      .map((event) => structuredClone(event));

  const eventsOf =
    (id: string, log: () => readonly LogEntry[]): Page<StoredEvent> =>
    async (from, most) =>
      eventsIn(log().slice(from - 1), id).slice(0, most);

  const read: EventStore['read'] = (kind, id, from, most) =>
    proveAll({
      from,
      most,
      copy: eventsOf(id, () => copyOf(kind)),
      leader: eventsOf(id, () => streamOf(kind).log),
      end: async () => streamOf(kind).heads.get(id) ?? 0,
    });

  const changed = (signal: AbortSignal): Promise<void> =>
    new Promise<void>((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
      // Nobody is told when a copy catches up.
      if (lagMs > 0) setTimeout(wake, lagMs).unref();
    });

  const feedOf = <T>(log: () => readonly T[], options: FeedOptions): Feed<T> => ({
    async *[Symbol.asyncIterator]() {
      const { signal, batch } = options;
      let next = Math.max(options.from, 1);
      while (!signal.aborted) {
        const entries = log().slice(next - 1, next - 1 + batch);
        next += entries.length;
        if (entries.length > 0)
          yield { entries: structuredClone(entries), pending: log().length - next + 1 };
        else await changed(signal);
      }
    },
    ack: () => {},
  });

  return {
    append,
    read,
    entries: async (...asked) =>
      (await read(...asked)).map((event) => ({ sequence: event.sequence, event })),
    head: async (kind, id) => streamOf(kind).heads.get(id) ?? 0,
    scan: (kind, from, most) =>
      proveRead({
        from,
        most,
        copy: async (next, size) => copyOf(kind).slice(next - 1, next - 1 + size),
        leader: async (next, size) => streamOf(kind).log.slice(next - 1, next - 1 + size),
        end: async () => streamOf(kind).log.length,
        whole: kind.slug,
      }),
    async *follow(kind, from, signal) {
      let next = Math.max(from, 1);
      while (!signal.aborted) {
        const shown = copyOf(kind);
        const batch = eventsIn(shown.slice(next - 1));
        next = Math.max(next, shown.length + 1);
        for (const event of batch) yield inForm(kind, event);
        if (copyOf(kind).length >= next || signal.aborted) continue;
        await changed(signal);
      }
    },
    claims: async (kind, keys) =>
      keys.map((key) => streamOf(kind).claims.get(claimId(key)) ?? { sequence: 0, holder: null }),
    last: async (kind) => streamOf(kind).log.length,
    ends: async (source) => {
      const log: readonly LogEntry[] = source === 'journal' ? [] : streamOf(source).log;
      const event = log.findLast((entry) => 'event' in entry);
      return {
        first: 1,
        last: source === 'journal' ? entries.length : log.length,
        created: CREATED,
        last_at:
          (source === 'journal' ? entries.at(-1)?.received_at : event?.event.event_timestamp) ??
          null,
      };
    },
    feed: (kind, options) => feedOf(() => copyOf(kind), options),
    feedJournal: (options) =>
      feedOf<JournalMessage>(
        () => entries.map((entry, index) => ({ sequence: index + 1, entries: [entry] })),
        options,
      ),
    dropFeed: async () => {},
    snapshot: async (kind, id) => structuredClone(streamOf(kind).snapshots.get(id)?.[0]),
    async *snapshots(kind, id) {
      for (const one of streamOf(kind).snapshots.get(id) ?? []) {
        const { accepted: _, accepted_hash: __, ...past } = one;
        yield structuredClone(past);
      }
    },
    saveSnapshot: async (kind, id, snapshot) => {
      const { snapshots } = streamOf(kind);
      snapshots.set(id, [structuredClone(snapshot), ...(snapshots.get(id) ?? [])]);
    },
    journal: (entry, kept) => {
      if (kept === 'for a while') return; // nobody here looks at it
      entries.push(entry);
      for (const wake of [...waiting]) wake();
    },
    async *readJournal(from, most = Number.POSITIVE_INFINITY) {
      for (const [index, entry] of entries.entries())
        if (index + 1 >= from && index + 1 < from + most) yield { ...entry, sequence: index + 1 };
    },
    ready: async () => true,
    close: async () => {},
  };
};
