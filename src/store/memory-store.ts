import type { StoredEvent } from '../core/event.js';
import {
  type Append,
  type Appended,
  type Claim,
  type ClaimKey,
  CONFLICT,
  type Conflict,
  type EventStore,
  type Feed,
  type FeedOptions,
  type JournalEntry,
  type JournalMessage,
  type Kind,
  type LogEntry,
  type Snapshot,
} from './port.js';

type Stream = {
  readonly log: LogEntry[];
  /** Sequence of the last message per aggregate id. */
  readonly heads: Map<string, number>;
  readonly claims: Map<string, Claim>;
  /** All that were saved, newest first. */
  readonly snapshots: Map<string, readonly Snapshot[]>;
};

/** When every stream was made: nothing in memory outlives another. */
const CREATED = '1970-01-01T00:00:00.000Z';

const claimId = ({ scope, key }: ClaimKey): string => `${scope}.${key}`;

/** Events in memory: for tests of what stands on a store, and the shortest reading of the port. */
export const memoryStore = (): EventStore => {
  const streams = new Map<string, Stream>();
  const entries: JournalEntry[] = [];
  const waiting = new Set<() => void>();

  const streamOf = ({ slug }: Kind): Stream => {
    let stream = streams.get(slug);
    if (!stream) {
      stream = { log: [], heads: new Map(), claims: new Map(), snapshots: new Map() };
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
    for (const wake of [...waiting]) wake();
    return { first };
  };

  const eventsFrom = (kind: Kind, from: number, id?: string): StoredEvent[] =>
    streamOf(kind)
      .log.slice(Math.max(from - 1, 0))
      .flatMap((entry) => ('event' in entry ? [entry.event] : []))
      .filter(({ aggregate_id }) => id === undefined || aggregate_id === id)
      .map((event) => structuredClone(event));

  const changed = (signal: AbortSignal): Promise<void> =>
    new Promise<void>((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
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
    read: async (kind, id, from, most) => eventsFrom(kind, from, id).slice(0, most),
    head: async (kind, id) => streamOf(kind).heads.get(id) ?? 0,
    async *scan(kind, from, most) {
      yield* streamOf(kind)
        .log.slice(Math.max(from - 1, 0))
        .slice(0, most);
    },
    async *follow(kind, from, signal) {
      let next = Math.max(from, 1);
      while (!signal.aborted) {
        const batch = eventsFrom(kind, next);
        next = streamOf(kind).log.length + 1;
        yield* batch;
        if (streamOf(kind).log.length >= next || signal.aborted) continue;
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
    feed: (kind, options) => feedOf(() => streamOf(kind).log, options),
    feedJournal: (options) =>
      feedOf<JournalMessage>(
        () => entries.map((entry, index) => ({ sequence: index + 1, entries: [entry] })),
        options,
      ),
    dropFeed: async () => {},
    snapshot: async (kind, id) => structuredClone(streamOf(kind).snapshots.get(id)?.[0]),
    async *snapshots(kind, id) {
      for (const one of streamOf(kind).snapshots.get(id) ?? []) yield structuredClone(one);
    },
    saveSnapshot: async (kind, id, snapshot) => {
      const { snapshots } = streamOf(kind);
      snapshots.set(id, [structuredClone(snapshot), ...(snapshots.get(id) ?? [])]);
    },
    journal: (entry) => {
      entries.push(entry);
      for (const wake of [...waiting]) wake();
    },
    async *readJournal(from) {
      for (const [index, entry] of entries.entries())
        if (index + 1 >= from) yield { ...entry, sequence: index + 1 };
    },
    ready: async () => true,
    close: async () => {},
  };
};
