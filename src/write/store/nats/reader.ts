import type { Msg } from '@nats-io/transport-node';
import type { StoredEvent } from '../../../core/event.js';
import { FairPlaces } from '../../../core/fair-places.js';
import { Hole } from '../../../core/history-broken.js';
import { Fault } from '../../../core/refusal.js';
import {
  CLAIMS_PREFIX,
  claimSubject,
  eventStream,
  eventSubject,
  idOfSubject,
} from '../../../core/subjects.js';
import {
  type Append,
  type Appended,
  type Claim,
  type ClaimKey,
  CONFLICT,
  type Conflict,
  type Kind,
  type LogEntry,
} from '../event-log.js';
import type { Holes } from '../holes.js';
import { proveRead } from '../prove-reads.js';
import { decodeEvent, headersOf, parseHeaders, textOf } from './headers.js';
import type { Mux } from './mux.js';
import { streamEnds } from './stream-ends.js';

/**
 * Bytes that batched direct gets may bring, and how many of them at a time. The server cuts off who
 * is owed more than `max_pending` (64 MiB), an answer without a word and then the connection on which
 * events are written: all gets together stay below. Most answers are short, and wait for no long one.
 */
const SHORT_GET_BYTES = 256 * 1024;
const SHORT_GETS_AT_ONCE = 48;
const LONG_GET_BYTES = 8 * 1024 * 1024;
export const LONG_GETS_AT_ONCE = 4;
/** The error code of an answer that there is no such message. */
const NO_MESSAGE = 10037;

/** The subject that matches every message of a stream. */
const EVERYTHING = '>';

type Headers = ReadonlyMap<string, string>;

/** What one batched direct get asks for. */
type Get = {
  readonly seq: number;
  readonly next_by_subj: string;
  readonly batch: number;
  readonly max_bytes: number;
};

const EMPTY = new Uint8Array(0);
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString();

type Answer = {
  readonly message?: {
    readonly subject: string;
    readonly seq: number;
    readonly hdrs?: string;
    readonly data?: string;
  };
  readonly error?: { readonly err_code: number; readonly description: string };
};

const parseAnswer = (text: string): Answer => {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return {};
  }
};

/** A message as it stands in a stream. */
export type Found = {
  readonly subject: string;
  readonly sequence: number;
  readonly headers: Headers;
  readonly body: string;
};

/** Which messages of a stream are wanted. */
export type Wanted = {
  readonly stream: string;
  /** May have wildcards. */
  readonly subject: string;
  readonly from: number;
  readonly most?: number | undefined;
};

const unavailable = (what: string): Fault =>
  new Fault('STORE_UNAVAILABLE', `the event store does not answer (${what})`);

/** A message of a direct get; undefined when it only says that there is none. */
const foundIn = (headers: Headers, msg: Msg): Found | undefined => {
  const subject = headers.get('Nats-Subject');
  if (subject === undefined) {
    const status = headers.get('status') ?? '';
    if (status.startsWith('404') || status.startsWith('204')) return undefined;
    throw unavailable(status || 'no responders');
  }
  return { subject, sequence: Number(headers.get('Nats-Sequence')), headers, body: textOf(msg) };
};

/**
 * The event in a message.
 * @throws Fault HISTORY_BROKEN when there is none, or one of another aggregate.
 */
export const eventOn = (
  subject: string,
  headers: Headers,
  body: string,
  sequence: number,
): StoredEvent => {
  let why = 'it belongs to another aggregate';
  try {
    const event = decodeEvent(headers, body, sequence);
    if (event.aggregate_id === idOfSubject(subject)) return event;
  } catch (error) {
    why = (error as Error).message;
  }
  throw new Fault(
    'HISTORY_BROKEN',
    `message ${sequence} on ${subject} is no event of this aggregate (${why}); run "stele doctor"`,
  );
};

/** What a message of an event stream is: an event, a touched claim, or nothing that can be read. */
export const entryOn = (
  subject: string,
  headers: Headers,
  body: string,
  sequence: number,
): LogEntry => {
  if (subject.startsWith(`${CLAIMS_PREFIX}.`)) {
    const [, , scope = '', key = ''] = subject.split('.');
    return { sequence, claim: { scope, key } };
  }
  try {
    return { sequence, event: eventOn(subject, headers, body, sequence) };
  } catch {
    return { sequence, unreadable: subject };
  }
};

/**
 * Reads without consumers. Direct gets are served by any copy of a stream and may be old or cut
 * short; the leader proves where they end (`proveRead`), and answers by itself what decides.
 */
export class Reader {
  readonly #mux: Mux;
  readonly #short = new FairPlaces(SHORT_GETS_AT_ONCE);
  readonly #long = new FairPlaces(LONG_GETS_AT_ONCE);
  readonly #holes: Holes | undefined;
  constructor(mux: Mux, holes?: Holes) {
    this.#mux = mux;
    this.#holes = holes;
  }

  /** Messages that match, in order, everything among them that was acknowledged before. */
  messages({ stream, subject, from, most }: Wanted): AsyncGenerator<Found> {
    return proveRead({
      from,
      most,
      copy: (next, size) => this.#batch(stream, subject, next, size),
      leader: (next, size) => this.#fromLeader(stream, subject, next, size),
      end: () => this.#endOf(stream, subject),
    });
  }

  /** Up to `most` messages from a sequence on, as one copy of the stream has them. */
  async #batch(stream: string, subject: string, from: number, most: number): Promise<Found[]> {
    const wanted: Get = {
      seq: from,
      next_by_subj: subject,
      batch: most,
      max_bytes: SHORT_GET_BYTES,
    };
    const short = await this.#short.hold(undefined, () => this.#get(stream, wanted));
    const { found } = short;
    if (found.length >= most || short.left === 0) return found;
    const rest: Get = {
      ...wanted,
      seq: (found.at(-1)?.sequence ?? from - 1) + 1,
      batch: most - found.length,
      max_bytes: LONG_GET_BYTES,
    };
    const long = await this.#long.hold(undefined, () => this.#get(stream, rest));
    return [...found, ...long.found];
  }

  /** One answer, and how many more there would have been. */
  async #get(stream: string, query: Get): Promise<{ found: Found[]; left: number }> {
    const found: Found[] = [];
    let left = 0;
    let failure: unknown;
    await this.#mux.collect(`$JS.API.DIRECT.GET.${stream}`, json(query), (msg) => {
      try {
        const headers = headersOf(msg);
        const one = foundIn(headers, msg);
        if (!one) {
          left = Number(headers.get('Nats-Num-Pending') ?? 0);
          return true;
        }
        const before = Number(headers.get('Nats-Last-Sequence') ?? 0);
        if (before !== (found.at(-1)?.sequence ?? 0))
          throw unavailable('a part was lost on its way');
        found.push(one);
        return false;
      } catch (error) {
        failure = error;
        return true;
      }
    });
    if (failure) throw failure;
    return { found, left };
  }

  /** The same from the leader, which gives one message at a time. */
  async #fromLeader(stream: string, subject: string, from: number, most: number): Promise<Found[]> {
    const found: Found[] = [];
    for (let next = from; found.length < most; ) {
      const one = await this.#ask(stream, { seq: next, next_by_subj: subject });
      if (!one) break;
      found.push(one);
      next = one.sequence + 1;
    }
    return found;
  }

  #endOf(stream: string, subject: string): Promise<number> {
    return subject === EVERYTHING
      ? streamEnds(this.#mux, stream).then(({ last }) => last)
      : this.#ask(stream, { last_by_subj: subject }).then((one) => one?.sequence ?? 0);
  }

  /** See `EventStore.read`. */
  async read(kind: Kind, id: string, from: number, most?: number): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    const { slug } = kind;
    const subject = eventSubject(slug, id);
    for await (const found of this.messages({ stream: eventStream(slug), subject, from, most }))
      events.push(eventOn(found.subject, found.headers, found.body, found.sequence));
    this.mustBeWhole(kind, id);
    return events;
  }

  /** See `EventStore.entries`. */
  async entries({ slug }: Kind, id: string, from: number, most?: number): Promise<LogEntry[]> {
    const entries: LogEntry[] = [];
    const subject = eventSubject(slug, id);
    for await (const found of this.messages({ stream: eventStream(slug), subject, from, most }))
      entries.push(entryOn(found.subject, found.headers, found.body, found.sequence));
    const lost = this.#holes?.ofAggregate(slug, id, from) ?? [];
    if (lost.length === 0) return entries;
    return [...entries, ...lost.map((one) => ({ sequence: one.sequence, lost: one }))]
      .sort((a, b) => a.sequence - b.sequence)
      .slice(0, most);
  }

  /** See `EventStore.head`. */
  async head(kind: Kind, id: string): Promise<number> {
    const head = await this.#endOf(eventStream(kind.slug), eventSubject(kind.slug, id));
    this.mustBeWhole(kind, id);
    return head;
  }

  /** @throws Fault HISTORY_BROKEN where something of an aggregate is known to be gone */
  mustBeWhole({ slug }: Kind, id: string): void {
    this.#holes?.mustBeWhole(slug, id);
  }

  /** Whether a message stands there. */
  async holds({ slug }: Kind, sequence: number): Promise<boolean> {
    return (await this.#ask(eventStream(slug), { seq: sequence })) !== undefined;
  }

  /** See `EventStore.scan`. */
  async *scan({ slug }: Kind, from: number, most?: number): AsyncGenerator<LogEntry> {
    const stream = eventStream(slug);
    const entriesOf = (found: readonly Found[]): LogEntry[] =>
      found.map((one) => entryOn(one.subject, one.headers, one.body, one.sequence));
    try {
      yield* proveRead<LogEntry>({
        from,
        most,
        whole: stream,
        instead: (sequence) => {
          const lost = this.#holes?.passedOver(slug, sequence);
          return lost && { sequence, lost };
        },
        copy: async (next, size) => entriesOf(await this.#batch(stream, EVERYTHING, next, size)),
        leader: async (next, size) =>
          entriesOf(await this.#fromLeader(stream, EVERYTHING, next, size)),
        end: () => this.#endOf(stream, EVERYTHING),
      });
    } catch (error) {
      if (error instanceof Hole) this.#holes?.met(slug, error.from, error.to);
      throw error;
    }
  }

  /** See `EventStore.claims`. @throws Fault HISTORY_BROKEN where what is gone may have been one */
  async claims(kind: Kind, keys: readonly ClaimKey[]): Promise<Claim[]> {
    const claims = await this.#claimsThere(kind, keys);
    for (const { sequence } of claims) this.#holes?.mustBeLast(kind.slug, sequence);
    return claims;
  }

  #claimsThere({ slug }: Kind, keys: readonly ClaimKey[]): Promise<Claim[]> {
    return Promise.all(
      keys.map(async ({ scope, key }) => {
        const subject = claimSubject(slug, scope, key);
        const found = await this.#ask(eventStream(slug), { last_by_subj: subject });
        if (!found) return { sequence: 0, holder: null };
        const { holder } = JSON.parse(found.body) as { holder: string | null };
        return { sequence: found.sequence, holder };
      }),
    );
  }

  /**
   * Where an append stands, asked of the leader: written, refused for good because something else
   * stands where it was to go, or absent so far: then it may still be under way.
   */
  async find({
    kind,
    aggregate_id,
    expected,
    events,
    claims,
  }: Append): Promise<Appended | Conflict | 'absent'> {
    // Claims first: one that was moved, with none of the events there afterwards, was not moved by
    // this append, and keeps it out for ever. They only move on: one that stands further back is
    // told by a leader that does not know yet that it was replaced.
    const held = await this.#claimsThere(kind, claims);
    const moved = held.some(({ sequence }, index) => sequence > claims[index]!.expected);
    const head = await this.head(kind, aggregate_id);
    if (head <= expected) return moved ? CONFLICT : 'absent';
    // By hash, not by id: another node may have decided the same command a moment earlier. And all of
    // it: that node may have written its first event, the very same, without what was to follow.
    const there = await this.read(kind, aggregate_id, expected + 1, events.length);
    const first = there[0]?.sequence ?? 0;
    const isWhole = events.every(
      ({ hash }, index) => there[index]?.hash === hash && there[index].sequence === first + index,
    );
    return isWhole ? { first } : CONFLICT;
  }

  /** Whether JetStream answers in time. */
  answers(withinMs: number): Promise<boolean> {
    const asked = this.#mux.request('$JS.API.INFO', null, EMPTY).then(
      (msg) => msg.data.length > 0,
      () => false,
    );
    const late = new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), withinMs).unref();
    });
    return Promise.race([asked, late]);
  }

  /** One message from the leader of a stream; undefined when it has none that is asked for. */
  async #ask(stream: string, query: object): Promise<Found | undefined> {
    const msg = await this.#mux.request(`$JS.API.STREAM.MSG.GET.${stream}`, null, json(query));
    const text = textOf(msg);
    if (text === '') throw unavailable('no responders');
    const { message, error } = parseAnswer(text);
    if (message) {
      const { subject, seq: sequence, hdrs, data } = message;
      const headers = parseHeaders(hdrs === undefined ? '' : fromBase64(hdrs));
      return { subject, sequence, headers, body: data === undefined ? '' : fromBase64(data) };
    }
    if (error?.err_code === NO_MESSAGE) return undefined;
    throw unavailable(error?.description ?? 'unreadable answer');
  }
}
