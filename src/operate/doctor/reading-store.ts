import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { isStreamAbsent } from '../../core/absent-stream.js';
import type { StoredEvent } from '../../core/event.js';
import { epochOf, type GivenUp, type Held } from '../../core/given-up.js';
import {
  ALERTING_BUCKET,
  ALERTS_STREAM,
  bucketStream,
  EVENTS_PREFIX,
  entrySubject,
  entrySubjects,
  eventStream,
  HEADS_BUCKET,
  idOfSubject,
  JOURNAL_STREAM,
  NOT_SENT_KEY,
  snapshotBucket,
} from '../../core/subjects.js';
import type { StreamSafety } from '../../nats-server/unfit-stream-fields.js';
import type { JournalEntry } from '../../write/store/command-journal.js';
import type { ClaimKey, Kind } from '../../write/store/event-log.js';
import type { EventStore } from '../../write/store/event-store.js';
import { eventStreams } from '../../write/store/nats/event-streams.js';
import { decodeEvent } from '../../write/store/nats/headers.js';
import { headIn, type Missing } from '../../write/store/nats/heads.js';
import { Mux } from '../../write/store/nats/mux.js';
import { readJournal } from '../../write/store/nats/read-journal.js';
import { type Found, Reader } from '../../write/store/nats/reader.js';
import { Snapshots } from '../../write/store/nats/snapshots.js';
import { roomIn, type StreamRoom } from '../../write/store/nats/streams.js';

/** How long nodes have to say that they are there. */
const NODES_WITHIN_MS = 1_000;
const NODES_PING = '$SRV.PING.stele';

/** A message of a stream as it stands there, readable or not. `id` is the one of its subject. */
export type Message =
  | { readonly sequence: number; readonly id: string; readonly event: StoredEvent }
  | { readonly sequence: number; readonly claim: ClaimKey }
  | { readonly sequence: number; readonly id: string; readonly unreadable: string };

/** A stream as the server has it. */
export type StreamFound = {
  readonly config: StreamSafety;
  /** Copies of each message. */
  readonly replicas: number;
  /** Sequences of the first and of the last message. */
  readonly first: number;
  readonly last: number;
  /** When it was made, ISO 8601. */
  readonly created: string;
  /** What it may still hold; undefined where it has no limit of its own. */
  readonly room: StreamRoom | undefined;
};

/** A durable consumer of a stream, and how far it was told that somebody is. */
export type ConsumerFound = {
  readonly name: string;
  /** ISO 8601; it delivers nothing before. */
  readonly pausedUntil: string | null;
  /** Whether somebody waits for what it brings. */
  readonly isAwaited: boolean;
};

/** How far a stream once was, by those who keep it. */
export type Remembered = {
  readonly held: readonly (Held & { readonly by: string })[];
  /** What operators let go of. */
  readonly givenUp: readonly GivenUp[];
  /** What is known to be gone from among its messages. */
  readonly missing?: readonly Missing[];
  /** Why what is kept of it cannot be read. */
  readonly unreadable?: string;
};

/** What examining a store needs. It writes nothing and passes over nothing. */
export type ReadingStore = Pick<EventStore, 'read' | 'claims' | 'snapshot'> & {
  /** Undefined when there is no such stream. */
  stream(name: string): Promise<StreamFound | undefined>;
  /** What stands beside a stream of how far it once was, and the losses that were accepted. */
  remembered(slug: string): Promise<Remembered>;
  /** How many alerts stand in their stream that no node will send. */
  alertsNotSent(): Promise<number>;
  /** Aggregates of which there are snapshots. */
  snapshotIds(kind: Kind): Promise<readonly string[]>;
  /** Every message of a type's stream up to a sequence, in order. */
  messages(kind: Kind, upTo: number): AsyncIterable<Message>;
  /** Per message of the journal: how many entries it holds, or why they cannot be read. */
  journal(upTo: number): AsyncIterable<{
    readonly sequence: number;
    readonly entries: number | string;
    readonly positions: readonly string[];
  }>;
  close(): void;
};

/** What examining the read side needs beside it. */
export type OpenedStore = ReadingStore &
  Pick<EventStore, 'scan' | 'readJournal'> & {
    /** Durable consumers of a stream; none when there is no such stream. */
    consumers(stream: string): Promise<readonly ConsumerFound[]>;
    /** Nodes that answer on NATS right now: they are asked, and given a moment. */
    nodes(): Promise<number>;
    /** Names of all streams that hold events, whoever defines them. */
    eventStreams(): Promise<readonly string[]>;
  };

const messageOf = ({ subject, sequence, headers, body }: Found): Message => {
  const [prefix, , scope = '', key = ''] = subject.split('.');
  if (prefix !== EVENTS_PREFIX) return { sequence, claim: { scope, key } };
  const id = idOfSubject(subject);
  try {
    return { sequence, id, event: decodeEvent(headers, body, sequence) };
  } catch (error) {
    return { sequence, id, unreadable: (error as Error).message };
  }
};

type Entries = { readonly entries: number | string; readonly positions: readonly string[] };

/** How many entries there are, and where what they tell of was written. */
const readEntries = (body: string): Entries => {
  try {
    const entries: unknown = JSON.parse(body);
    if (!Array.isArray(entries)) return { entries: 'it is not a list of entries', positions: [] };
    const positions = (entries as (Partial<JournalEntry> | null)[]).flatMap((entry) =>
      entry?.outcome === 'accepted' && typeof entry.position === 'string' ? entry.position : [],
    );
    return { entries: entries.length, positions };
  } catch (error) {
    return { entries: (error as Error).message, positions: [] };
  }
};

/** A store to look into, whatever state it is in. The connection stays the caller's. */
export const readingStore = async (nc: NatsConnection): Promise<OpenedStore> => {
  const jsm = await jetstreamManager(nc);
  const mux = new Mux(nc);
  const reader = new Reader(mux);
  const snapshots = new Snapshots(nc);
  const stream: ReadingStore['stream'] = async (name) => {
    try {
      const info = await jsm.streams.info(name);
      const { config, created, state } = info;
      return {
        config: config as unknown as StreamSafety,
        replicas: config.num_replicas,
        first: state.first_seq,
        last: state.last_seq,
        created,
        room: roomIn(info),
      };
    } catch (error) {
      if (isStreamAbsent(error)) return undefined;
      throw error;
    }
  };
  const consumers: OpenedStore['consumers'] = async (name) => {
    if ((await stream(name)) === undefined) return [];
    const found: ConsumerFound[] = [];
    for await (const { config, num_waiting } of jsm.consumers.list(name))
      if (config.durable_name !== undefined)
        found.push({
          name: config.durable_name,
          pausedUntil: config.pause_until ?? null,
          isAwaited: num_waiting > 0,
        });
    return found;
  };
  const nodes = async (): Promise<number> => {
    let count = 0;
    const options = { maxWait: NODES_WITHIN_MS, strategy: 'timer' as const };
    try {
      for await (const _ of await nc.requestMany(NODES_PING, undefined, options)) count++;
    } catch {
      // nobody listens
    }
    return count;
  };
  /** Whatever stands there: what is missing is for the examination to notice. */
  async function* upToSequence(name: string, upTo: number): AsyncGenerator<Found> {
    for await (const found of reader.messages({ stream: name, subject: '>', from: 1 })) {
      if (found.sequence > upTo) return;
      yield found;
    }
  }
  const buckets = new Map<string, Promise<boolean>>();
  const bucketExists = (slug: string): Promise<boolean> => {
    const name = `KV_${snapshotBucket(slug)}`;
    const known = buckets.get(name) ?? stream(name).then((found) => found !== undefined);
    buckets.set(name, known);
    return known;
  };
  /** What a bucket holds under a key; undefined when there is no such bucket, or nothing in it. */
  const textIn = async (bucket: string, key: string): Promise<string | undefined> => {
    if ((await stream(bucketStream(bucket))) === undefined) return undefined;
    const query = { last_by_subj: entrySubject(bucket, key) };
    const found = await jsm.streams.getMessage(bucketStream(bucket), query);
    return found && found.data.length > 0 ? found.string() : undefined;
  };
  /** A number, or one in an object; 0 where there is none that can be read. */
  const sequenceIn = (text = '0'): number => {
    try {
      const kept = JSON.parse(text) as number | { readonly sequence?: number } | null;
      const sequence = typeof kept === 'object' ? kept?.sequence : kept;
      return Number.isSafeInteger(sequence) ? sequence! : 0;
    } catch {
      return 0;
    }
  };
  const remembered: ReadingStore['remembered'] = async (slug) => {
    const [kept, raised] = await Promise.all([
      textIn(HEADS_BUCKET, slug),
      textIn(ALERTING_BUCKET, `raised.${slug}`),
    ]);
    const alerted = { by: ALERTING_BUCKET, sequence: sequenceIn(raised), epoch: null };
    if (kept === undefined) return { held: [alerted], givenUp: [] };
    try {
      const { sequence, lost, given_up: givenUp, missing = [] } = headIn(slug, kept);
      const held = [
        { by: HEADS_BUCKET, sequence, epoch: epochOf(givenUp) }, // accepting sets it back
        ...(lost ? [{ by: HEADS_BUCKET, sequence: lost.sequence, epoch: lost.epoch }] : []),
        alerted,
      ];
      return { held, givenUp, missing };
    } catch (error) {
      return { held: [alerted], givenUp: [], unreadable: (error as Error).message };
    }
  };
  const alertsNotSent: ReadingStore['alertsNotSent'] = async () => {
    const upTo = sequenceIn(await textIn(ALERTING_BUCKET, NOT_SENT_KEY));
    const first = (await stream(ALERTS_STREAM))?.first ?? 0;
    return Math.max(0, upTo - first + 1);
  };
  const snapshotIds: ReadingStore['snapshotIds'] = async ({ slug }) => {
    const bucket = snapshotBucket(slug);
    if (!(await bucketExists(slug))) return [];
    const { state } = await jsm.streams.info(bucketStream(bucket), {
      subjects_filter: entrySubjects(bucket),
    });
    const skipped = entrySubject(bucket, '').length;
    const keys = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(skipped));
    return keys.filter((key) => !key.includes('/')); // else a page of one
  };
  return {
    stream,
    consumers,
    nodes,
    remembered,
    alertsNotSent,
    snapshotIds,
    eventStreams: () => eventStreams(jsm),
    messages: async function* (kind, upTo) {
      for await (const found of upToSequence(eventStream(kind.slug), upTo)) yield messageOf(found);
    },
    journal: async function* (upTo) {
      for await (const { sequence, body } of upToSequence(JOURNAL_STREAM, upTo))
        yield { sequence, ...readEntries(body) };
    },
    read: (kind, id, from, most) => reader.read(kind, id, from, most),
    scan: (kind, from, most) => reader.scan(kind, from, most),
    readJournal: (from, most) => readJournal(reader, from, most),
    claims: (kind, keys) => reader.claims(kind, keys),
    snapshot: async (kind, id) =>
      (await bucketExists(kind.slug)) ? snapshots.get(kind, id) : undefined,
    close: () => mux.close(),
  };
};
