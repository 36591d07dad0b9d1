import { setTimeout as pause } from 'node:timers/promises';
import type { Msg } from '@nats-io/transport-node';
import { Distribution } from '../../../core/distribution.js';
import { Fault } from '../../../core/refusal.js';
import { claimSubject, eventSubject } from '../../../core/subjects.js';
import { type Append, type Appended, CONFLICT, type Conflict } from '../event-log.js';
import { notWritten, type WriteGate } from '../write-gate.js';
import { eventHeaders, headerBlock, textOf } from './headers.js';
import { type Mux, Unanswered } from './mux.js';
import { WriteTrouble } from './write-trouble.js';

/**
 * Most messages of one atomic batch; the server takes 1,000 (ADR-50). Smaller ones let this side
 * decide the next commands while the server writes: with all callers in one batch both would wait
 * for each other in turn.
 */
export const BATCH_MESSAGES_MAX = 128;
/** Most messages of one append: it is never split over two batches. */
export const APPEND_MESSAGES_MAX = 900;
/** Most appends that may wait. */
export const QUEUE_MAX = 20_000;
/** How far down the queue a batch looks for appends it can take. */
const LOOK_AHEAD_MAX = 2_000;
/** Appends of a refused batch are tried one by one below this many, in halves above it. */
const ONE_BY_ONE_BELOW = 8;
/** How long an unknown outcome is looked into before the caller is told that it is unknown. */
export const RESOLVE_WITHIN_MS = 10_000;
const RETRY_FIRST_MS = 20;
const RETRY_MOST_MS = 500;
/** Bounds of the distribution of batch sizes, messages. */
const MESSAGES_BOUNDS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_000];

/** Wrong expected sequence: 10071 anywhere, 10164 for concurrent losers on a replicated stream. */
const CONFLICT_CODES: ReadonlySet<number> = new Set([10071, 10164]);
/**
 * Nothing definite: incomplete or too many batches, an id that is there or under way already
 * (10158, 10201), no leader, overload.
 */
const UNCERTAIN_CODES: ReadonlySet<number> = new Set([
  10176, 10201, 10158, 10210, 10008, 10009, 10039,
]);
/** No room: in the server, in the storage of an account, in an account at all. */
export const FULL_CODES: ReadonlySet<number> = new Set([10023, 10047, 10002]);
/** Any reason not to store a message; the text says which. */
const STORE_FAILED = 10077;
const LIMIT_REACHED = /^maximum (bytes|messages)/;

type PubAck = {
  readonly seq?: number;
  readonly count?: number;
  readonly duplicate?: boolean;
  readonly error?: {
    readonly err_code?: number;
    readonly code?: number;
    readonly description?: string;
  };
};
/** There is no room for it. `description` in the server's words. */
type Full = { readonly full: string };
type Outcome = Appended | Conflict | 'uncertain' | Fault;

type OutMessage = {
  readonly subject: string;
  readonly headers: string;
  readonly id: string;
  readonly body: Buffer;
};
type Entry = {
  readonly append: Append;
  readonly messages: readonly OutMessage[];
  /** When it began to wait, ms of the monotonic clock. */
  readonly since: number;
  /** Which log it was decided on. */
  readonly era: number;
  readonly resolve: (result: Appended | Conflict) => void;
  readonly reject: (fault: Fault) => void;
};

/** Why a stream answers no more writes, and whether somebody mends that at once. */
export type Stuck = { readonly why: string; readonly isMended: boolean };

/** How many atomic batches may be under way, and from how many waiting appends one pays off. */
export type Batching = { readonly inFlight: number; readonly from: number };

/**
 * One replica: a batch costs one fsync and some file work, about 1.7 ms whatever its size, so two
 * at a time and as full as they get. Replicated: batches are staged in memory and cheap.
 */
export const batchingFor = (replicas: number): Batching =>
  replicas > 1 ? { inFlight: 8, from: 2 } : { inFlight: 2, from: 2 };

const expecting = (sequence: number): string =>
  `Nats-Expected-Last-Subject-Sequence: ${sequence}\r\n`;

const messagesOf = ({ kind, aggregate_id, expected, events, claims }: Append): OutMessage[] => [
  ...events.map((event, index) => ({
    subject: eventSubject(kind.slug, aggregate_id),
    headers: index === 0 ? expecting(expected) + eventHeaders(event) : eventHeaders(event),
    id: `Nats-Msg-Id: ${event.event_id}\r\n`,
    body: Buffer.from(JSON.stringify(event.data)),
  })),
  ...claims.map((claim) => ({
    subject: claimSubject(kind.slug, claim.scope, claim.key),
    headers: expecting(claim.expected),
    id: '',
    body: Buffer.from(
      JSON.stringify({ holder: claim.holder, label: claim.label, by: aggregate_id }),
    ),
  })),
];

const unknown = (why?: string): Fault =>
  new Fault(
    'OUTCOME_UNKNOWN',
    `the event store did not say ${why === undefined ? 'in time ' : ''}whether the command was written${why === undefined ? '' : ` (${why})`}; send it again with the same command_id`,
  );

const unsent = (): Fault =>
  new Fault(
    'STORE_UNAVAILABLE',
    'the event store does not take what is written in time; nothing was written of this command',
  );

/** Why something is not written that was decided before. */
const GIVEN_UP = {
  code: 'STORE_UNAVAILABLE',
  message: 'the loss of a part of the log was accepted after the command was decided',
};

const parseAck = (text: string): PubAck | undefined => {
  try {
    return JSON.parse(text) as PubAck;
  } catch {
    return undefined;
  }
};

const isFull = (code: number, description = ''): boolean =>
  FULL_CODES.has(code) || (code === STORE_FAILED && LIMIT_REACHED.test(description));

const readAck = (msg: Msg): Outcome | Full => {
  const text = textOf(msg);
  if (text === '') return 'uncertain'; // no responders: nobody leads the stream right now
  const ack = parseAck(text);
  if (!ack) return 'uncertain'; // whatever it was to say, it is no refusal
  const { seq, count = 1, duplicate, error } = ack;
  if (error) {
    const code = error.err_code ?? 0;
    if (CONFLICT_CODES.has(code)) return CONFLICT;
    if (isFull(code, error.description)) return { full: `${error.description} (${code})` };
    if (UNCERTAIN_CODES.has(code) || error.code === 503) return 'uncertain';
    return new Fault(
      'STORE_REFUSED',
      `the event store refused to write: ${error.description} (${code})`,
    );
  }
  if (duplicate || seq === undefined) return 'uncertain';
  return { first: seq - count + 1 };
};

/**
 * Group commit for one stream. Appends that wait go out together as one atomic batch, each with
 * its own expected sequences; a lone single event goes out as a plain publish. A refused batch is
 * taken apart until only the guilty append conflicts. An unknown outcome is settled by `find`.
 */
export class Appender {
  readonly #mux: Mux;
  readonly #batching: Batching;
  readonly #maxPayload: () => number;
  readonly #find: (append: Append) => Promise<Appended | Conflict | 'absent'>;
  readonly #resolveWithinMs: number;
  readonly #replicated: boolean;
  readonly #gate: WriteGate | undefined;
  readonly #stuck: ((write: Unanswered) => Promise<Stuck | undefined>) | undefined;
  /** What the last writes came to. */
  readonly trouble = new WriteTrouble();
  readonly #queue: Entry[] = [];
  #inFlight = 0;
  /** The last write, when it got no answer at all. */
  #unanswered: Unanswered | undefined;
  /** Writes that the server acknowledged. */
  taken = 0;
  #scheduled = false;
  #batchId = 0;
  readonly #prefix = crypto.randomUUID().slice(0, 18);
  /** Sizes of what went out, for metrics. */
  readonly stats = { batches: 0, singles: 0, messages: 0, refusedBatches: 0, uncertain: 0 };
  /** How long the server took to answer a write, seconds, and how many messages went out together. */
  readonly meters = {
    seconds: new Distribution(),
    messages: new Distribution(MESSAGES_BOUNDS),
    conflicts: 0,
  };

  constructor(options: {
    readonly mux: Mux;
    readonly batching: Batching;
    /** Largest message the server takes, bytes. */
    readonly maxPayload: () => number;
    /** Whether an append is in the log, can never come there any more, or is not there so far. */
    readonly find: (append: Append) => Promise<Appended | Conflict | 'absent'>;
    readonly resolveWithinMs?: number;
    /** With several copies a refusal for want of room is looked into like any doubt. */
    readonly replicated?: boolean;
    readonly gate?: WriteGate;
    /** Asked after a write that was not answered. */
    readonly stuck?: (write: Unanswered) => Promise<Stuck | undefined>;
  }) {
    this.#mux = options.mux;
    this.#batching = options.batching;
    this.#maxPayload = options.maxPayload;
    this.#find = options.find;
    this.#resolveWithinMs = options.resolveWithinMs ?? RESOLVE_WITHIN_MS;
    this.#replicated = options.replicated ?? true;
    this.#gate = options.gate;
    this.#stuck = options.stuck;
  }

  /** See `EventStore.append`. */
  append(append: Append): Promise<Appended | Conflict> {
    return new Promise((resolve, reject) => {
      const messages = messagesOf(append);
      const fault = this.#unfit(messages);
      if (fault) return reject(fault);
      const { era } = this;
      this.#queue.push({ append, messages, since: performance.now(), era, resolve, reject });
      this.#schedule();
    });
  }

  get era(): number {
    return this.#gate?.era ?? 0;
  }

  #unfit(messages: readonly OutMessage[]): Fault | undefined {
    if (this.#queue.length >= QUEUE_MAX)
      return new Fault('APPEND_QUEUE_FULL', `${QUEUE_MAX} appends are waiting already`);
    if (messages.length > APPEND_MESSAGES_MAX)
      return new Fault(
        'APPEND_TOO_LARGE',
        `one command may write ${APPEND_MESSAGES_MAX} messages, not ${messages.length}`,
      );
    const limit = this.#maxPayload();
    const largest = Math.max(
      ...messages.map(({ headers, body }) => headers.length * 3 + body.length),
    );
    if (largest + 200 <= limit) return undefined;
    return new Fault(
      'EVENT_TOO_LARGE',
      `an event of ${largest} bytes does not fit the server's max_payload of ${limit}`,
    );
  }

  /** Everything that became ready in the same turn of the event loop goes out together. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#dropShut();
      this.#dropFormer();
      this.#dropLate();
      while (this.#queue.length > 0 && this.#inFlight < this.#batching.inFlight) {
        this.#inFlight++;
        void this.#commit(this.#take()).finally(() => {
          this.#inFlight--;
          if (this.#queue.length > 0) this.#schedule();
        });
      }
    });
  }

  /** Nothing that was not sent yet is sent while writing is shut, or the stream is in trouble. */
  #dropShut(): void {
    const gate = this.#gate?.why;
    const why = gate ?? this.trouble.why;
    if (!why) return;
    // One may find out whether trouble is over; nothing passes a gate.
    const passing = gate || this.#inFlight > 0 ? 0 : 1;
    for (const { reject } of this.#queue.splice(passing)) reject(notWritten(why));
  }

  /** What was decided on what was given up since, at places that are taken anew, is not sent. */
  #dropFormer(): void {
    const { era } = this;
    if (!this.#queue.some((entry) => entry.era !== era)) return;
    for (const entry of this.#queue.splice(0))
      if (entry.era === era) this.#queue.push(entry);
      else entry.reject(notWritten(GIVEN_UP));
  }

  /**
   * Whoever waited as long as an outcome may take, unsent, is told so: while the store is away they
   * would wait for one batch after the other, and be carried out when nobody waits for them any more.
   */
  #dropLate(): void {
    const late = performance.now() - this.#resolveWithinMs;
    const first = this.#queue.findIndex(({ since }) => since > late);
    const dropped = this.#queue.splice(0, first === -1 ? this.#queue.length : first);
    for (const { reject } of dropped) reject(unsent());
  }

  /** The next batch: in order, but two appends that write one subject never share a batch. */
  #take(): Entry[] {
    const taken: Entry[] = [];
    const left: Entry[] = [];
    const subjects = new Set<string>();
    let count = 0;
    // Exactly what leaves the queue is looked at: the others are not touched.
    for (const entry of this.#queue.splice(0, LOOK_AHEAD_MAX)) {
      const fits = taken.length === 0 || count + entry.messages.length <= BATCH_MESSAGES_MAX;
      if (fits && !entry.messages.some(({ subject }) => subjects.has(subject))) {
        taken.push(entry);
        count += entry.messages.length;
        for (const { subject } of entry.messages) subjects.add(subject);
      } else left.push(entry);
    }
    this.#queue.unshift(...left);
    return taken;
  }

  async #commit(entries: readonly Entry[]): Promise<void> {
    if (entries.length < this.#batching.from) {
      await Promise.all(entries.map((entry) => this.#settle(entry, true)));
      return;
    }
    const outcome = await this.#publish(entries, true);
    if (typeof outcome === 'object' && 'first' in outcome) {
      let first = outcome.first;
      for (const { resolve, messages } of entries) {
        resolve({ first });
        first += messages.length;
      }
      return;
    }
    if (outcome === 'uncertain') this.stats.uncertain++;
    else this.stats.refusedBatches++;
    await this.#takeApart(entries, outcome === 'uncertain');
  }

  /** Halves, then one by one: the innocent succeed, the guilty one conflicts alone. */
  async #takeApart(entries: readonly Entry[], uncertain: boolean): Promise<void> {
    if (uncertain || entries.length < ONE_BY_ONE_BELOW) {
      await Promise.all(entries.map((entry) => this.#settle(entry, !uncertain)));
      return;
    }
    const middle = entries.length >> 1;
    for (const half of [entries.slice(0, middle), entries.slice(middle)]) await this.#commit(half);
  }

  /**
   * One append by itself, until its outcome is known. `fresh` = it has not been sent before, or
   * was refused for certain, so it need not be looked for first.
   */
  async #settle(entry: Entry, fresh: boolean): Promise<void> {
    const deadline = performance.now() + this.#resolveWithinMs;
    const shut = fresh ? this.#gate?.why : undefined;
    if (shut) return entry.reject(notWritten(shut));
    let outcome = fresh ? await this.#publish([entry], true) : await this.#resolve(entry);
    for (let wait = RETRY_FIRST_MS; outcome === 'uncertain'; ) {
      this.stats.uncertain++;
      if (entry.era !== this.era) return this.#lookOnce(entry, GIVEN_UP.message);
      const hopeless = await this.#hopeless();
      if (hopeless !== undefined) return this.#lookOnce(entry, hopeless);
      if (performance.now() > deadline) {
        this.trouble.note('STORE_UNAVAILABLE', 'the event store takes no writes');
        return entry.reject(unknown());
      }
      await pause(wait);
      wait = Math.min(wait * 2, RETRY_MOST_MS);
      outcome = await this.#resolve(entry);
    }
    if (outcome instanceof Fault) entry.reject(outcome);
    else entry.resolve(outcome);
  }

  /** Why more attempts are of no use now; undefined while they may be. */
  async #hopeless(): Promise<string | undefined> {
    for (const why of [this.#gate?.why, this.trouble.why])
      if (why?.code === 'STORE_FULL') return why.message;
    if (!this.#unanswered?.silent) return undefined;
    const stuck = await this.#stuck?.(this.#unanswered);
    if (!stuck) return undefined;
    this.trouble.note('STORE_UNAVAILABLE', stuck.why);
    return stuck.isMended ? undefined : stuck.why;
  }

  /** What was sent is in the log, or nobody knows. */
  async #lookOnce({ append, resolve, reject }: Entry, why: string): Promise<void> {
    const found = await this.#lookFor(append);
    if (typeof found === 'string') reject(unknown(why));
    else resolve(found);
  }

  /**
   * After a doubtful attempt: look first, publish only what is absent, look again whatever comes of
   * it. A first attempt that was proposed to replicas which do not answer is neither there nor
   * refused: it may come any time, so no other answer than the log's is final while it is absent.
   */
  async #resolve(entry: Entry): Promise<Appended | Conflict | 'uncertain'> {
    const found = await this.#lookFor(entry.append);
    if (found !== 'absent') return found;
    // The log may be another one by now, with other events at the places that this one expects.
    if (this.#gate?.doubt || entry.era !== this.era) return 'uncertain';
    // Without Nats-Msg-Id: the expected sequence alone decides.
    const outcome = await this.#publish([entry], false);
    if (typeof outcome === 'object' && 'first' in outcome) return outcome;
    const again = await this.#lookFor(entry.append);
    return again === 'absent' ? 'uncertain' : again;
  }

  async #lookFor(append: Append): Promise<Appended | Conflict | 'absent' | 'uncertain'> {
    try {
      return await this.#find(append);
    } catch {
      return 'uncertain';
    }
  }

  async #publish(entries: readonly Entry[], withIds: boolean): Promise<Outcome> {
    const messages = entries.flatMap((entry) => entry.messages);
    const begun = performance.now();
    const answer = await this.#write(messages, withIds);
    const outcome = this.#outcomeOf(answer, entries.length === 1 && messages.length === 1);
    this.meters.seconds.observe((performance.now() - begun) / 1_000);
    this.meters.messages.observe(messages.length);
    if (outcome === CONFLICT) this.meters.conflicts++;
    return outcome;
  }

  /**
   * No room for one message alone, on the only copy: it is not written. Of a batch the first ones
   * may be there when the server finds no room for the last; of several copies one may have it.
   */
  #outcomeOf(answer: Outcome | Full, alone: boolean): Outcome {
    if (typeof answer !== 'object' || !('full' in answer)) {
      if (typeof answer === 'object' && 'first' in answer) {
        this.taken++;
        this.trouble.over();
      }
      return answer;
    }
    const full = { code: 'STORE_FULL', message: `the event store has no room: ${answer.full}` };
    this.trouble.note(full.code, full.message);
    return alone && !this.#replicated ? notWritten(full) : 'uncertain';
  }

  #heard(msg: Msg): Outcome | Full {
    this.#unanswered = undefined;
    return readAck(msg);
  }

  async #write(messages: readonly OutMessage[], withIds: boolean): Promise<Outcome | Full> {
    const last = messages.length - 1;
    this.stats.messages += messages.length;
    const lines = (one: OutMessage): string => (withIds ? one.headers + one.id : one.headers);
    try {
      if (last === 0) {
        this.stats.singles++;
        const [one] = messages as [OutMessage];
        return this.#heard(await this.#mux.request(one.subject, headerBlock(lines(one)), one.body));
      }
      this.stats.batches++;
      const batch = `Nats-Batch-Id: ${this.#prefix}-${this.#batchId++}\r\nNats-Batch-Sequence: `;
      for (let i = 0; i < last; i++) {
        const one = messages[i]!;
        this.#mux.send(one.subject, headerBlock(`${lines(one)}${batch}${i + 1}\r\n`), one.body);
      }
      const one = messages[last]!;
      const commit = `${lines(one)}${batch}${last + 1}\r\nNats-Batch-Commit: 1\r\n`;
      return this.#heard(await this.#mux.request(one.subject, headerBlock(commit), one.body));
    } catch (error) {
      this.#unanswered = error instanceof Unanswered ? error : undefined;
      return 'uncertain'; // what was said on the way, if anything, nobody knows
    }
  }

  /** Appends that wait for a batch. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Settles when nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    while (this.#queue.length > 0 || this.#inFlight > 0) await pause(5);
  }
}
