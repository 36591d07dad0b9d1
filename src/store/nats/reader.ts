import type { Msg } from '@nats-io/transport-node';
import type { StoredEvent } from '../../core/event.js';
import { Fault } from '../../core/refusal.js';
import {
  CLAIMS_PREFIX,
  claimSubject,
  eventStream,
  eventSubject,
  idOfSubject,
} from '../../core/subjects.js';
import {
  type Append,
  type Appended,
  type Claim,
  type ClaimKey,
  CONFLICT,
  type Conflict,
  type Kind,
  type LogEntry,
} from '../port.js';
import { decodeEvent, headersOf, textOf } from './headers.js';
import { type Mux, REQUEST_TIMEOUT_MS } from './mux.js';

/** Messages one batched direct get may bring. */
const GET_BATCH = 1_000;

const EMPTY = new Uint8Array(0);
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

type Found = {
  readonly subject: string;
  readonly sequence: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
};

const unavailable = (what: string): Fault =>
  new Fault('STORE_UNAVAILABLE', `the event store does not answer (${what})`);

/** A message of a direct get; undefined when it only says that there is none. */
const foundIn = (msg: Msg): Found | undefined => {
  const headers = headersOf(msg);
  const subject = headers.get('Nats-Subject');
  if (subject === undefined) {
    const status = headers.get('status') ?? '';
    if (status.startsWith('404') || status.startsWith('204')) return undefined;
    throw unavailable(status || 'no responders');
  }
  return { subject, sequence: Number(headers.get('Nats-Sequence')), headers, body: textOf(msg) };
};

type Headers = ReadonlyMap<string, string>;

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

/** Reads without consumers: direct gets, served by any replica, and leader reads to settle doubts. */
export class Reader {
  readonly #mux: Mux;
  constructor(mux: Mux) {
    this.#mux = mux;
  }

  async #lastOf(stream: string, subject: string): Promise<Found | undefined> {
    return foundIn(await this.#mux.request(`$JS.API.DIRECT.GET.${stream}.${subject}`, null, EMPTY));
  }

  /** Up to `most` messages from a sequence on, of the subjects that match. */
  async #batch(stream: string, from: number, subject: string, most: number): Promise<Found[]> {
    const found: Found[] = [];
    let failure: unknown;
    const query = { seq: Math.max(from, 1), next_by_subj: subject, batch: most };
    await this.#mux.collect(`$JS.API.DIRECT.GET.${stream}`, json(query), (msg) => {
      try {
        const one = foundIn(msg);
        if (one) found.push(one);
        return one === undefined;
      } catch (error) {
        failure = error;
        return true;
      }
    });
    if (failure) throw failure;
    return found;
  }

  async *#all(
    stream: string,
    from: number,
    subject: string,
    most = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<Found> {
    let left = most;
    for (let next = from; left > 0; ) {
      const size = Math.min(GET_BATCH, left);
      const found = await this.#batch(stream, next, subject, size);
      yield* found;
      if (found.length < size) return;
      left -= found.length;
      next = found[found.length - 1]!.sequence + 1;
    }
  }

  /** See `EventStore.read`. */
  async read({ slug }: Kind, id: string, from: number, most?: number): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    const subject = eventSubject(slug, id);
    for await (const { headers, body, sequence } of this.#all(
      eventStream(slug),
      from,
      subject,
      most,
    ))
      events.push(eventOn(subject, headers, body, sequence));
    return events;
  }

  /** See `EventStore.head`. */
  head({ slug }: Kind, id: string): Promise<number> {
    return this.#leaderLast(eventStream(slug), eventSubject(slug, id));
  }

  /** See `EventStore.scan`. Every batch comes from one replica, so what is seen is a prefix. */
  async *scan({ slug }: Kind, from: number, most?: number): AsyncGenerator<LogEntry> {
    for await (const { subject, headers, body, sequence } of this.#all(
      eventStream(slug),
      from,
      '>',
      most,
    ))
      yield entryOn(subject, headers, body, sequence);
  }

  /** See `EventStore.claims`. */
  claims({ slug }: Kind, keys: readonly ClaimKey[]): Promise<Claim[]> {
    return Promise.all(
      keys.map(async ({ scope, key }) => {
        const found = await this.#lastOf(eventStream(slug), claimSubject(slug, scope, key));
        if (!found) return { sequence: 0, holder: null };
        const { holder } = JSON.parse(found.body) as { holder: string | null };
        return { sequence: found.sequence, holder };
      }),
    );
  }

  /**
   * Where an append stands, asked of the leader: written, refused because something else stands
   * there, or absent so far.
   */
  async find({
    kind,
    aggregate_id,
    expected,
    events,
  }: Append): Promise<Appended | Conflict | 'absent'> {
    const subject = eventSubject(kind.slug, aggregate_id);
    const head = await this.#leaderLast(eventStream(kind.slug), subject);
    if (head <= expected) return 'absent';
    // By hash, not by id: another node may have decided the same command a moment earlier.
    const wanted = events[0]!.hash;
    const deadline = Date.now() + REQUEST_TIMEOUT_MS;
    for (;;) {
      const after = await this.read(kind, aggregate_id, expected + 1);
      const found = after.find(({ hash }) => hash === wanted);
      if (found) return { first: found.sequence };
      const seen = after.at(-1)?.sequence ?? 0;
      if (seen >= head) return CONFLICT;
      if (Date.now() > deadline) throw unavailable('a replica lags behind');
      await new Promise((wake) => setTimeout(wake, 10));
    }
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

  /** Sequence of the last message of a subject as the leader of the stream knows it, 0 for none. */
  async #leaderLast(stream: string, subject: string): Promise<number> {
    const msg = await this.#mux.request(
      `$JS.API.STREAM.MSG.GET.${stream}`,
      null,
      json({ last_by_subj: subject }),
    );
    const text = textOf(msg);
    if (text === '') throw unavailable('no responders');
    const { message, error } = JSON.parse(text) as {
      message?: { seq: number };
      error?: { code: number; err_code: number; description: string };
    };
    if (message) return message.seq;
    if (error?.err_code === 10037) return 0; // no message found
    throw unavailable(error?.description ?? 'unreadable answer');
  }
}
