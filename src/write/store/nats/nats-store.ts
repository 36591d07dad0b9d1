import { DeliverPolicy, type JsMsg, jetstream } from '@nats-io/jetstream';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { StoredEvent } from '../../../core/event.js';
import {
  EVENTS_PREFIX,
  eventStream,
  eventSubject,
  JOURNAL_STREAM,
  JOURNAL_SUBJECT,
  STRANGERS_SUBJECT,
} from '../../../core/subjects.js';
import { inForm } from '../../../core/upcast.js';
import type { Kind, LogEntry } from '../event-log.js';
import type { EventStore } from '../event-store.js';
import type { Holes } from '../holes.js';
import { wholeFeed } from '../whole-feed.js';
import { notWritten, type WriteGate } from '../write-gate.js';
import { Appender, batchingFor, type Stuck } from './appender.js';
import { dropConsumer, type FeedNote, type FeedSource, pullFeed } from './feed.js';
import { headersOf, textOf } from './headers.js';
import { Journal } from './journal.js';
import { Mux, type Unanswered } from './mux.js';
import { passedOver } from './passed-over.js';
import { entriesIn, readJournal } from './read-journal.js';
import { entryOn, eventOn, Reader } from './reader.js';
import { Snapshots } from './snapshots.js';
import { streamEnds } from './stream-ends.js';
import { ensureTopology, type StreamsOptions } from './streams.js';

/** What a server takes when it does not say: the default `max_payload`, bytes. */
const MAX_PAYLOAD_DEFAULT = 1024 * 1024;
const READY_WITHIN_MS = 1_000;
/** Messages a follower asks for ahead of what it has handled. */
const FOLLOW_AHEAD = 2_000;
/** How often the server tells a follower that it is there while there is nothing to bring. */
const FOLLOW_HEARTBEAT_MS = 1_000;
/** A follower that heard nothing at so many looks in a row, one per heartbeat, gives up. */
const FOLLOW_QUIET_LOOKS_MAX = 3;

export type NatsStoreOptions = StreamsOptions & {
  /** Told when the consumer of a feed had to be made anew, and why. */
  readonly onFeedMadeAnew?: FeedNote;
  /** Whether events may be written. */
  readonly gate?: WriteGate;
  /** What is known to be gone from the streams; whatever is met is added. */
  readonly holes?: Holes;
  /**
   * Told the stream that takes no more writes until its server is started anew, and what tells
   * whether it has taken none since. True when somebody does that now.
   */
  readonly onStuck?: (stream: string, isStill: () => boolean) => boolean;
};

/** What the append side counted since the start. */
export type AppendStats = Appender['stats'];
export type NatsStore = EventStore & {
  appendStats(): AppendStats;
  /** Whether a message stands there. */
  holds(kind: Kind, sequence: number): Promise<boolean>;
  /** Of both: the journal, and what is kept of strangers for a while. */
  journalDropped(): number;
  /** Sequence of the last message of the journal that was acknowledged here. */
  journalHead(): number;
  /** What the append side measured, per slug of an aggregate type, and how much waits there. */
  appendMeters(): ReadonlyMap<string, Appender['meters'] & { readonly waiting: number }>;
  /** Entries that wait to be written, of both. */
  journalWaiting(): number;
};

/** The message behind a delivered one: its headers can be read from the raw bytes. */
const rawOf = (msg: JsMsg): Msg => (msg as unknown as { readonly msg: Msg }).msg;

/** The event in a delivered message; undefined for a claim, or what is no event at all. */
const eventIn = (msg: JsMsg): StoredEvent | undefined => {
  if (!msg.subject.startsWith(`${EVENTS_PREFIX}.`)) return undefined;
  const raw = rawOf(msg);
  try {
    return eventOn(msg.subject, headersOf(raw), textOf(raw), msg.seq);
  } catch {
    return undefined; // the doctor reports it; the events of all others go on
  }
};

/** A stream that is written to, and how much of that it has acknowledged. */
type Stream = {
  readonly stream: string;
  readonly subject: string;
  readonly taken: () => number;
};

const streamOf = (source: Kind | 'journal'): string =>
  source === 'journal' ? JOURNAL_STREAM : eventStream(source.slug);

/**
 * Events on JetStream: one stream per aggregate type, claims in the same stream, snapshots in KV,
 * the journal in a stream of its own. The connection stays the caller's.
 *
 * @throws Fault SERVER_UNFIT or STREAM_UNFIT
 */
export const natsStore = async (
  nc: NatsConnection,
  options: NatsStoreOptions,
): Promise<NatsStore> => {
  const { kinds, replicas, onFeedMadeAnew: note, gate, onStuck, holes } = options;
  await ensureTopology(nc, options);
  const mux = new Mux(nc);
  const reader = new Reader(mux, holes);
  const snapshots = new Snapshots(nc);
  const replicated = replicas > 1;
  const stuck = async (
    { stream, subject, taken }: Stream,
    write: Unanswered,
  ): Promise<Stuck | undefined> => {
    const before = taken();
    if (replicated || !(await passedOver(mux, subject, write))) return undefined;
    const isMended = onStuck?.(stream, () => taken() === before) ?? false;
    const todo = isMended ? 'its server is started anew' : 'see to its disk, then restart it';
    return { isMended, why: `${stream} takes no more writes after one failed: ${todo}` };
  };
  const maxPayload = (): number => nc.info?.max_payload ?? MAX_PAYLOAD_DEFAULT;
  const journaling = { maxPayload, ...(gate && { gate }) };
  const journal: Journal = new Journal(mux, JOURNAL_SUBJECT, {
    ...journaling,
    onUnanswered: (write) =>
      void stuck(
        { stream: JOURNAL_STREAM, subject: JOURNAL_SUBJECT, taken: () => journal.head },
        write,
      ),
  });
  const strangers = new Journal(mux, STRANGERS_SUBJECT, journaling);
  const appenderOf = ({ slug }: Kind): Appender => {
    const own: Stream = {
      stream: eventStream(slug),
      subject: eventSubject(slug, 'none'),
      taken: () => appender.taken,
    };
    const appender: Appender = new Appender({
      mux,
      batching: batchingFor(replicas),
      maxPayload,
      find: (append) => reader.find(append),
      stuck: (write) => stuck(own, write),
      replicated,
      ...(gate && { gate }),
    });
    return appender;
  };
  const appenders = new Map(kinds.map((kind) => [kind.slug, appenderOf(kind)]));
  // A server that was started anew has no old trouble.
  const renew = async (): Promise<void> => {
    for await (const { type } of nc.status())
      if (type === 'reconnect') for (const { trouble } of appenders.values()) trouble.over();
  };
  void renew();

  async function* follow(
    kind: Kind,
    from: number,
    signal: AbortSignal,
  ): AsyncGenerator<StoredEvent> {
    const consumer = await jetstream(nc).consumers.get(eventStream(kind.slug), {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: Math.max(from, 1),
    });
    const messages = await consumer.consume({
      max_messages: FOLLOW_AHEAD,
      idle_heartbeat: FOLLOW_HEARTBEAT_MS,
    });
    const stop = (): void => void messages.close();
    signal.addEventListener('abort', stop, { once: true });
    // A consumer goes with the server that held it, and the client would notice after a minute.
    let quiet = 0;
    const looking = setInterval(() => {
      quiet++;
      if (quiet > FOLLOW_QUIET_LOOKS_MAX) stop();
    }, FOLLOW_HEARTBEAT_MS);
    const hearing = async (): Promise<void> => {
      for await (const { type } of messages.status()) if (type === 'heartbeat') quiet = 0;
    };
    void hearing();
    try {
      if (signal.aborted) return;
      for await (const msg of messages) {
        quiet = 0;
        const event = eventIn(msg);
        if (event) yield inForm(kind, event);
      }
    } finally {
      clearInterval(looking);
      signal.removeEventListener('abort', stop);
      stop();
    }
  }

  const fedBy = <T>(stream: string, read: FeedSource<T>['read']): FeedSource<T> => ({
    nc,
    mux,
    stream,
    read,
    ...(note && { note }),
  });

  return {
    append: async (append) => {
      reader.mustBeWhole(append.kind, append.aggregate_id);
      return appenders.get(append.kind.slug)!.append(append);
    },
    holds: (kind, sequence) => reader.holds(kind, sequence),
    read: (kind, id, from, most) => reader.read(kind, id, from, most),
    entries: (kind, id, from, most) => reader.entries(kind, id, from, most),
    head: (kind, id) => reader.head(kind, id),
    scan: (kind, from, most) => reader.scan(kind, from, most),
    follow,
    claims: (kind, keys) => reader.claims(kind, keys),
    last: async ({ slug }) => (await streamEnds(mux, eventStream(slug))).last,
    ends: (source) => streamEnds(mux, streamOf(source)),
    feed: ({ slug }, options) => {
      const read = (msg: Msg, sequence: number): LogEntry =>
        entryOn(msg.subject, headersOf(msg), textOf(msg), sequence);
      const feed = pullFeed(fedBy(eventStream(slug), read), options);
      return holes ? wholeFeed(feed, { slug, from: options.from, holes }) : feed;
    },
    feedJournal: (options) =>
      pullFeed(
        fedBy(JOURNAL_STREAM, (msg, sequence) => ({ sequence, entries: entriesIn(textOf(msg)) })),
        options,
      ),
    dropFeed: (source, name) => dropConsumer(mux, streamOf(source), name),
    snapshot: (kind, id) => snapshots.get(kind, id),
    snapshots: (kind, id) => snapshots.history(kind, id),
    saveSnapshot: (kind, id, snapshot) => snapshots.put(kind, id, snapshot),
    journal: (entry, kept) => (kept === 'for a while' ? strangers : journal).add(entry),
    readJournal: (from, most) => readJournal(reader, from, most),
    ready: async () => {
      const [trouble] = [...appenders.values()].flatMap(({ trouble: { why } }) => why ?? []);
      // It writes on where nobody dares to any more, so it knows how long that lasts.
      const full = journal.full && { code: 'STORE_FULL', message: journal.full };
      const why = gate?.why ?? trouble ?? full;
      if (why) throw notWritten(why);
      return reader.answers(READY_WITHIN_MS);
    },
    close: async () => {
      await Promise.all([...appenders.values()].map((appender) => appender.idle()));
      await Promise.all([journal.close(), strangers.close()]);
      mux.close();
    },
    appendStats: () => {
      const total = { batches: 0, singles: 0, messages: 0, refusedBatches: 0, uncertain: 0 };
      for (const { stats } of appenders.values())
        for (const key of Object.keys(total) as (keyof AppendStats)[]) total[key] += stats[key];
      return total;
    },
    journalDropped: () => journal.dropped + strangers.dropped,
    journalHead: () => journal.head,
    appendMeters: () =>
      new Map([...appenders].map(([slug, { meters, waiting }]) => [slug, { ...meters, waiting }])),
    journalWaiting: () => journal.waiting + strangers.waiting,
  };
};
