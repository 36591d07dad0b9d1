import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { Fed, Feed, FeedOptions } from '../event-feeds.js';
import { headersOf } from './headers.js';
import { type ApiAnswer, callApi, mustSucceed } from './jetstream-api.js';
import type { Mux } from './mux.js';
import { streamEnds } from './stream-ends.js';

/** How often the server says that it is there while there is nothing to bring. */
const HEARTBEAT_MS = 500;
/** A consumer that said nothing at so many looks in a row, one per heartbeat, is made anew. */
const QUIET_LOOKS_MAX = 4;
/** How long one request for messages stays open. */
const REQUEST_OPEN_MS = 30_000;
/** Bytes that one request may bring, unless a single message may be longer. */
const REQUEST_BYTES = 8 * 1024 * 1024;
/** How long a batch that is not full waits for what the server has behind it. */
const GATHER_MS = 5;
const RETRY_FIRST_MS = 50;
const RETRY_MOST_MS = 2_000;
/** The server removes a consumer that nobody asked for so long: it is made anew when needed. */
const FORGOTTEN_AFTER_MS = 24 * 3_600_000;

const NOT_FOUND: ReadonlySet<number> = new Set([10014, 10059]);
const NO_MESSAGE = 10037;
const NANOSECONDS = 1_000_000;

/** Wait, or until the signal. */
const pauseUnless = (signal: AbortSignal, ms: number): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });

/** Sequence of the first message there is from a sequence on, as the leader of the stream has it. */
const nextThere = async (
  mux: Mux,
  stream: string,
  { from, otherwise }: { readonly from: number; readonly otherwise: number },
): Promise<number> => {
  const answer = await callApi<ApiAnswer & { readonly message?: { readonly seq: number } }>(
    ...([mux, `STREAM.MSG.GET.${stream}`, { seq: from, next_by_subj: '>' }] as const),
  );
  if (answer.error?.err_code === NO_MESSAGE) return otherwise;
  return mustSucceed(answer).message?.seq ?? otherwise;
};

/** Nanoseconds since 1970 of what the server writes as `2026-01-06T10:00:00.123456789Z`. */
const nanosecondsOf = (time: string): bigint => {
  const [seconds = '', fraction = ''] = time.replace('Z', '').split('.');
  return BigInt(Date.parse(`${seconds}Z`)) * BigInt(NANOSECONDS) + BigInt(fraction.padEnd(9, '0'));
};

/** A message that was taken, or stood before the first one, and when the server stored it. */
type Known = { readonly sequence: number; readonly storedAt: bigint };

/** The message of a sequence; undefined when there is none. */
const knownAt = async (mux: Mux, stream: string, sequence: number): Promise<Known | undefined> => {
  if (sequence < 1) return undefined;
  const answer = await callApi<ApiAnswer & { readonly message?: { readonly time: string } }>(
    ...([mux, `STREAM.MSG.GET.${stream}`, { seq: sequence }] as const),
  );
  if (answer.error?.err_code === NO_MESSAGE) return undefined;
  const { message } = mustSucceed(answer);
  return message && { sequence, storedAt: nanosecondsOf(message.time) };
};

/** Another message stands where one was taken: an older copy of the stream was restored. */
class Replaced extends Error {
  override readonly name = 'Replaced';
  constructor(stream: string, sequence: number) {
    super(`${stream}: what was taken at ${sequence} is not what stands there now`);
  }
}

/** Remove a durable consumer; it is fine when there is none. */
export const dropConsumer = async (mux: Mux, stream: string, name: string): Promise<void> => {
  const answer = await callApi<ApiAnswer>(mux, `CONSUMER.DELETE.${stream}.${name}`);
  if (!NOT_FOUND.has(answer.error?.err_code ?? 0)) mustSucceed(answer);
};

/** What the reply subject of a delivered message says (ADR-15: 9 tokens, or 11 and more). */
const deliveryOf = (msg: Msg) => {
  const tokens = (msg.reply ?? '').split('.');
  const at = tokens.length > 9 ? 6 : 4;
  return {
    deliveries: Number(tokens[at]),
    sequence: Number(tokens[at + 1]),
    storedAt: BigInt(tokens[at + 3] ?? 0),
    pending: Number(tokens[at + 4]),
  };
};

type Arrived = { readonly msg: Msg; readonly sequence: number };

/** One life of the consumer: from where it was made until it is no longer to be trusted. */
class Session {
  readonly arrived: Arrived[] = [];
  /** Why it ended; undefined while it goes on. */
  broken: string | undefined;
  /** Whether a sequence was left out. */
  gap = false;
  /** Messages on the server behind the last one that arrived. */
  pending = 0;
  readonly #nc: NatsConnection;
  readonly #subject: string;
  readonly #batch: number;
  readonly #inbox: string;
  readonly #sub: Subscription;
  readonly #timer: NodeJS.Timeout;
  #expected: number;
  #asked = 0;
  #quiet = 0;
  #wake: (() => void) | undefined;

  constructor(
    nc: NatsConnection,
    options: { readonly subject: string; readonly from: number; readonly batch: number },
  ) {
    this.#nc = nc;
    this.#subject = options.subject;
    this.#batch = options.batch;
    this.#expected = options.from;
    this.#inbox = `_INBOX.${crypto.randomUUID().replaceAll('-', '')}`;
    this.#sub = nc.subscribe(this.#inbox, {
      callback: (error, msg) => {
        if (error) this.break(error.message);
        else this.#receive(msg);
      },
    });
    this.#timer = setInterval(() => this.#look(), HEARTBEAT_MS);
    this.#timer.unref();
    this.#ask();
  }

  /** What has arrived, at most a batch of it; undefined when the session is over. */
  async take(): Promise<Arrived[] | undefined> {
    await this.#until(() => this.arrived.length > 0);
    // Whatever a batch costs by itself is shared by all of it.
    await this.#until(() => this.arrived.length >= this.#batch || this.pending === 0, GATHER_MS);
    if (this.arrived.length === 0) return undefined;
    const taken = this.arrived.splice(0, this.#batch);
    this.#ask();
    return taken;
  }

  /** Wait for something, but not beyond the end of the session, nor longer than `ms`. */
  async #until(isSo: () => boolean, ms?: number): Promise<void> {
    if (isSo() || this.broken !== undefined) return;
    let late: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        if (isSo() || this.broken !== undefined) resolve();
      };
      if (ms !== undefined) late = setTimeout(resolve, ms);
    });
    clearTimeout(late);
    this.#wake = undefined;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#sub.unsubscribe();
  }

  /** End it; what has arrived before may still be taken. */
  break(why: string): void {
    this.broken ??= why;
    this.#wake?.();
  }

  /** Ask for more ahead of what is taken: never more than two batches are here or on their way. */
  #ask(): void {
    if (this.broken !== undefined || this.#asked + this.arrived.length > this.#batch) return;
    const max_bytes = Math.max(REQUEST_BYTES, 2 * (this.#nc.info?.max_payload ?? 0));
    const query = {
      batch: this.#batch,
      max_bytes,
      expires: REQUEST_OPEN_MS * NANOSECONDS,
      idle_heartbeat: HEARTBEAT_MS * NANOSECONDS,
    };
    try {
      this.#nc.publish(this.#subject, JSON.stringify(query), { reply: this.#inbox });
      this.#asked += this.#batch;
    } catch (error) {
      this.break((error as Error).message);
    }
  }

  /** Looks are counted, not time: a process that slept must not blame the server. */
  #look(): void {
    if (this.#asked === 0) return;
    this.#quiet++;
    if (this.#quiet >= QUIET_LOOKS_MAX) this.break('it fell silent');
  }

  #receive(msg: Msg): void {
    this.#quiet = 0;
    if (this.broken !== undefined) return;
    if (msg.subject === this.#inbox) this.#status(msg);
    else this.#message(msg);
  }

  #jumped(to: number): void {
    this.gap = true;
    this.break(`it jumped from ${this.#expected} to ${to}`);
  }

  #status(msg: Msg): void {
    const headers = headersOf(msg);
    const status = headers.get('status') ?? '';
    if (status.startsWith('100')) {
      // A heartbeat says how far the consumer is. Somebody else may have moved it to where nothing
      // is left to bring: no message would ever show that something was left out.
      const passed = Number(headers.get('Nats-Last-Stream') ?? 0);
      if (passed >= this.#expected) this.#jumped(passed + 1);
      return;
    }
    // A request came to its end by time or by size, and says how much of it was left.
    const left = headers.get('Nats-Pending-Messages');
    const ended = status.startsWith('408') || /^409 (Batch Completed|Message Size)/.test(status);
    if (!ended || left === undefined) this.break(status || 'nobody answers');
    else this.#asked -= Number(left);
    this.#ask();
  }

  #message(msg: Msg): void {
    const { sequence, pending, deliveries } = deliveryOf(msg);
    this.#asked--;
    if (sequence < this.#expected) {
      // Delivered again because nobody acknowledged it in time: it was taken already.
      if (deliveries > 1) return;
      this.break(`it was rewound to ${sequence}`);
      return;
    }
    if (sequence > this.#expected) {
      this.#jumped(sequence);
      return;
    }
    this.#expected = sequence + 1;
    this.pending = pending;
    this.arrived.push({ msg, sequence });
    this.#wake?.();
    this.#ask();
  }
}

/** Told what happened to the consumer of a feed, for the log. */
export type FeedNote = (what: {
  readonly stream: string;
  readonly consumer: string;
  readonly why: string;
}) => void;

export type FeedSource<T> = {
  readonly nc: NatsConnection;
  readonly mux: Mux;
  readonly stream: string;
  readonly read: (msg: Msg, sequence: number) => T;
  readonly note?: FeedNote;
};

/**
 * A feed over a durable pull consumer. What the consumer remembers is never trusted: it is made
 * anew when the feed starts, and whenever it is gone, silent, or brings another sequence than the
 * next one. Its acknowledgements are for operators to look at. It rejects when it finds that the
 * stream is not the one that it read before: only its reader knows what to make of that.
 */
export const pullFeed = <T>(source: FeedSource<T>, options: FeedOptions): Feed<T> => {
  const { nc, mux, stream, read, note } = source;
  const { name, signal, batch } = options;
  let next = Math.max(options.from, 1);
  let gap = false;
  /** Another stream of the same name brings nothing: whoever reads must be told of it first. */
  let created: string | undefined;
  let last: Arrived | undefined;
  /** The consumer was cut off whenever it is made anew, and the stream may be another one since. */
  let known: Known | undefined;

  const open = async (): Promise<Session> => {
    const ends = await streamEnds(mux, stream);
    created ??= ends.created;
    if (ends.created !== created) throw new Error('the stream was made anew');
    if (next > ends.last + 1) throw new Error(`the stream ends at ${ends.last}, before ${next}`);
    const found = await knownAt(mux, stream, known?.sequence ?? next - 1);
    if (known && found && found.storedAt !== known.storedAt)
      throw new Replaced(stream, known.sequence);
    known ??= found;
    // A consumer that leaves something out proves nothing: somebody else may have moved it.
    if (gap) next = await nextThere(mux, stream, { from: next, otherwise: ends.last + 1 });
    await dropConsumer(mux, stream, name);
    const config = {
      durable_name: name,
      name,
      deliver_policy: 'by_start_sequence',
      opt_start_seq: next,
      ack_policy: 'all',
      // What waits for an ack never holds anything back: how much is on its way is bounded by asking.
      max_ack_pending: -1,
      ack_wait: 3_600_000 * NANOSECONDS,
      inactive_threshold: FORGOTTEN_AFTER_MS * NANOSECONDS,
      // In memory: nobody reads what it remembers, and a server that shuts down waits for each file.
      mem_storage: true,
      replay_policy: 'instant',
    };
    const query = { stream_name: stream, config, action: 'create' };
    mustSucceed(await callApi(mux, `CONSUMER.CREATE.${stream}.${name}`, query));
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`;
    return new Session(nc, { subject, from: next, batch });
  };

  async function* bring(session: Session): AsyncGenerator<Fed<T>> {
    while (!signal.aborted) {
      const taken = await session.take();
      if (!taken || signal.aborted) return;
      last = taken[taken.length - 1]!;
      next = last.sequence + 1;
      known = { sequence: last.sequence, storedAt: deliveryOf(last.msg).storedAt };
      yield {
        entries: taken.map(({ msg, sequence }) => read(msg, sequence)),
        pending: session.pending + session.arrived.length,
      };
    }
  }

  async function* iterate(): AsyncGenerator<Fed<T>> {
    let retryAfter = RETRY_FIRST_MS;
    while (!signal.aborted) {
      const began = next;
      let why: string;
      let session: Session | undefined;
      const stop = (): void => session?.break('nobody wants more');
      signal.addEventListener('abort', stop, { once: true });
      try {
        session = await open();
        yield* bring(session);
        why = session.broken ?? '';
        gap = session.gap;
      } catch (error) {
        if (error instanceof Replaced) throw error;
        why = (error as Error).message;
      } finally {
        signal.removeEventListener('abort', stop);
        session?.close();
      }
      if (signal.aborted) return;
      note?.({ stream, consumer: name, why });
      if (next > began) retryAfter = RETRY_FIRST_MS;
      // Two that make the same consumer anew would otherwise take it from one another for ever.
      await pauseUnless(signal, retryAfter * (0.5 + Math.random()));
      retryAfter = Math.min(retryAfter * 2, RETRY_MOST_MS);
    }
  }

  return {
    [Symbol.asyncIterator]: iterate,
    ack: (sequence) => {
      if (!last?.msg.reply || sequence < last.sequence) return;
      try {
        nc.publish(last.msg.reply);
      } catch {
        // Only operators look at it.
      }
    },
  };
};
