import { setTimeout as pause } from 'node:timers/promises';
import { type Epochs, epochOf, type GivenUp, isGivenUp } from '../core/given-up.js';
import { Fault } from '../core/refusal.js';
import { eventStream } from '../core/subjects.js';
import { replacedSince } from '../read/projector/same-log.js';
import type { Checkpoint } from '../read/views/port.js';
import {
  type Append,
  type Appended,
  type Conflict,
  isConflict,
  type Kind,
  type StreamEnds,
} from '../write/store/event-log.js';
import type { EventStore } from '../write/store/event-store.js';
import { isReplaced, type Mark, markAt } from '../write/store/lost-tail.js';
import {
  type Accepted,
  type Head,
  type Heads,
  HeadUnreadable,
  type Lost,
} from '../write/store/nats/heads.js';
import type { WriteGate } from '../write/store/write-gate.js';

/** A server that leads no more may say of a log what is over: it is asked again before judging. */
const LOOKS = 3;
const WAITS = { everyMs: 2_000, againMs: 500 };
/** Nobody waits longer for a read store that does not answer; and so long after it was asked, it is asked again. */
const TAKEN_WITHIN_MS = 1_000;
const TAKEN_AGAIN_MS = 30_000;
const GATE = 'log';
const DOCUMENTS_GATE = 'documents';
const UNKNOWN = 'it is not known yet whether the log is as it was';

/** What a log once held: a message, where it is known the time of the event there, and its epoch. */
type Witness = Lost;
/** A log that is not as it once was. */
type Loss = { readonly kind: Kind; readonly what: string; readonly witness: Witness };

export type LogWatchOptions = {
  readonly heads: Pick<Heads, 'read' | 'raise' | 'lost' | 'found'>;
  readonly store: EventStore & { journalHead(): number };
  readonly kinds: readonly Kind[];
  readonly gate: WriteGate;
  /** How far documents were made from the log, whichever node makes them. */
  readonly taken: () => Promise<readonly Checkpoint[]>;
  readonly waits?: {
    /** It is noted how far the log is, and looked whether it is as it was. */
    readonly everyMs: number;
    /** What is not certain is asked again. */
    readonly againMs: number;
  };
  readonly log: {
    info(message: string): void;
    error(message: string): void;
    warn(what: object, message: string): void;
  };
};

const sequenceOf = ({ sequence }: Pick<Witness, 'sequence'>): number => sequence;
const witnessOf = ({ sequence, at, epoch }: Checkpoint): Witness => ({
  sequence,
  at,
  epoch: epoch ?? null, // an older program noted none
});

/** What a read store answered: what documents were made from, or why that is not known. */
type Answer = { readonly taken: readonly Checkpoint[] } | { readonly error: unknown };
const SLOW: Answer = {
  error: new Error(`the read store did not answer within ${TAKEN_WITHIN_MS} ms`),
};

/** What comes in time, or what there is otherwise. */
const within = async <T>(work: Promise<T>, otherwise: T): Promise<T> => {
  const over = new AbortController();
  const late = pause(TAKEN_WITHIN_MS, otherwise, { signal: over.signal, ref: false });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
};

/**
 * Remembers how far each log is, and shuts writing where one has lost its end or holds something
 * else there: what is written then takes the places of what was lost. It is opened once the log was
 * restored, or an operator has accepted the loss. What one node finds, it keeps where all look.
 */
export class LogWatch implements Epochs {
  readonly #options: LogWatchOptions;
  readonly #waits: typeof WAITS;
  readonly #timer: NodeJS.Timeout;
  /** Appended and not noted yet, per slug. */
  readonly #appended = new Map<string, number>();
  /** The last that was appended here, per slug: the log held it. */
  readonly #seen = new Map<string, number>();
  /** Where each log ended when it was whole, and its last event then as far as that was noted. */
  readonly #whole = new Map<string, StreamEnds>();
  readonly #marks = new Map<string, Mark>();
  /** When each stream was made: at the start, and as it was found last. */
  readonly #made = new Map<string, { readonly first: string; readonly now: string }>();
  /** Of which somebody says that they are not as they were. */
  readonly #suspected = new Set<string>();
  /** What was accepted last, and all that was given up, as far as this node knows; per slug. */
  readonly #accepted = new Map<string, Accepted>();
  readonly #givenUp = new Map<string, readonly GivenUp[]>();
  readonly #told = new Set<(slug: string) => void>();
  #losses: readonly Loss[] = [];
  /** Whether it was judged since it was doubted last, and how often it was. */
  #isKnown = false;
  #doubts = 0;
  #isForeign = false;
  /** Whether the log was compared with documents since the start, or there was nothing to compare. */
  #isCompared = false;
  /** What was asked of the read store and not looked at yet. */
  #asked: { readonly at: number; readonly answer: Promise<Answer> } | undefined;
  #journal = 0;
  #looking: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;
  #isClosed = false;
  #hasFailed = false;

  constructor(options: LogWatchOptions) {
    this.#options = options;
    this.#waits = options.waits ?? WAITS;
    this.#timer = setInterval(() => void this.look(), this.#waits.everyMs);
    this.#timer.unref();
  }

  /** Before anything is written. What cannot be asked now is asked again, and until then shut. */
  begin(): Promise<void> {
    return this.judgeAnew();
  }

  /** The log may be another one from now on: nothing is written until it was judged. */
  doubt(): void {
    this.#doubts++;
    this.#isKnown = false;
    if (this.#losses.length > 0) return; // shut for what is known
    this.#options.gate.shut(GATE, { code: 'STORE_UNAVAILABLE', message: UNKNOWN });
  }

  /**
   * Append to the log, which only grows: where it takes a message at a place that it had before that
   * was sent, it is not the log that it was.
   * @throws Fault OUTCOME_UNKNOWN then, or what the store rejects with
   */
  async append(append: Append): Promise<Appended | Conflict> {
    const { kind, events, claims } = append;
    const known = this.#held(kind.slug);
    const appended = await this.#options.store.append(append);
    if (isConflict(appended)) return appended;
    const { first } = appended;
    if (first > known) {
      this.appended(kind.slug, first + events.length + claims.length - 1);
      return appended;
    }
    void this.judgeAnew();
    throw new Fault(
      'OUTCOME_UNKNOWN',
      `the command was written as message ${first} of ${eventStream(kind.slug)}, which held ${known} messages before: the log was replaced, and whether the command stays is for an operator to decide; nothing more is written until then`,
    );
  }

  appended(slug: string, sequence: number): void {
    this.#appended.set(slug, Math.max(sequence, this.#appended.get(slug) ?? 0));
    this.#seen.set(slug, Math.max(sequence, this.#seen.get(slug) ?? 0));
  }

  /** The log may be another one than a moment ago. */
  async judgeAnew(): Promise<void> {
    this.doubt();
    this.#looking = undefined; // it asked before, and may wait long for what the connection lost
    await this.look();
  }

  /** Something that was made from the log finds that it is not there any more. */
  suspect(slug: string): void {
    this.#suspected.add(slug);
    void this.look();
  }

  /** Look once; several at a time share one. */
  look(): Promise<void> {
    if (this.#looking) return this.#looking;
    const looking: Promise<void> = this.#look()
      .then(
        () => undefined,
        (error: unknown) => ({ error }),
      )
      .then((failure) => {
        if (this.#looking !== looking) return; // another one was begun since
        this.#looking = undefined;
        if (failure) this.#failed(failure.error);
        else this.#hasFailed = false;
        if (!this.#isKnown) this.#lookSoon();
      });
    this.#looking = looking;
    return looking;
  }

  /** Said once: while the store is away every look fails. */
  #failed(err: unknown): void {
    if (err instanceof HeadUnreadable) this.doubt(); // it stays so until somebody sees to it
    if (!this.#isKnown && this.#losses.length === 0) {
      const message = `${UNKNOWN}: ${(err as Error).message}`;
      this.#options.gate.shut(GATE, { code: 'STORE_UNAVAILABLE', message });
    }
    if (!this.#hasFailed) this.#options.log.warn({ err }, 'the ends of the log were not noted');
    this.#hasFailed = true;
  }

  #lookSoon(): void {
    clearTimeout(this.#again);
    if (this.#isClosed) return;
    this.#again = setTimeout(() => void this.look(), this.#waits.againMs);
    this.#again.unref();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#again);
    await this.#looking; // it may have begun before the last append
    await this.look();
  }

  async #look(): Promise<void> {
    const { kinds } = this.#options;
    const doubts = this.#doubts;
    const taken = await this.#taken();
    if (doubts !== this.#doubts) return; // what was asked may be over
    const wanted = this.#isKnown ? await this.#suspicious(taken) : kinds;
    if (doubts !== this.#doubts) return;
    if (wanted.length > 0) await this.#judge(wanted, taken);
    if (this.#isKnown && this.#losses.length === 0) await this.#note();
  }

  /** What documents were made from. Those of another log say nothing of this one. */
  async #taken(): Promise<readonly Checkpoint[]> {
    const { gate, log } = this.#options;
    const answer = await this.#ask();
    if ('taken' in answer) {
      if (!this.#isCompared || this.#isForeign) {
        this.#judgeFirst();
        gate.open(DOCUMENTS_GATE);
      }
      this.#isForeign = false;
      this.#isCompared = true;
      return answer.taken;
    }
    const { code, message } = answer.error as Fault;
    if (code !== 'READ_STORE_FOREIGN') {
      await this.#goOnWithout(message);
      return [];
    }
    gate.shut(DOCUMENTS_GATE, { code, message });
    if (!this.#isForeign) log.error(`${message}; nothing is written until then`);
    this.#isForeign = true;
    return [];
  }

  /** An answer that came too late for the one who asked is there for the next. */
  async #ask(): Promise<Answer> {
    const now = performance.now();
    if (!this.#asked || now - this.#asked.at > TAKEN_AGAIN_MS) {
      const answer = this.#options.taken().then(
        (taken) => ({ taken }),
        (error: unknown) => ({ error }),
      );
      this.#asked = { at: now, answer };
    }
    const answer = await within(this.#asked.answer, SLOW);
    if (answer !== SLOW) this.#asked = undefined;
    return answer;
  }

  /**
   * Without documents nobody notices that the log was put back as a whole, `HEADS` with it. A node
   * that compared them goes on by what it knows itself; one that starts waits, unless nothing was
   * ever written.
   */
  async #goOnWithout(why: string): Promise<void> {
    if (this.#isCompared || this.#isForeign) return;
    const { gate, kinds, heads, store } = this.#options;
    const message = `the log was not compared with the documents yet, which tell whether it lost its end: ${why}`;
    gate.shut(DOCUMENTS_GATE, { code: 'STORE_UNAVAILABLE', message });
    const far = kinds.map(async (kind) => {
      const { sequence, accepted, lost } = await heads.read(kind.slug);
      return sequence > 0 || accepted || lost || (await store.ends(kind)).last > 0;
    });
    if ((await Promise.all(far)).some(Boolean)) return;
    this.#isCompared = true;
    gate.open(DOCUMENTS_GATE);
  }

  /** What was judged without documents is judged with them before anything is written. */
  #judgeFirst(): void {
    this.#isKnown = false;
    if (this.#losses.length > 0) return;
    this.#options.gate.shut(GATE, { code: 'STORE_UNAVAILABLE', message: UNKNOWN });
  }

  /** Those that are, or may be, not as they were. */
  async #suspicious(taken: readonly Checkpoint[]): Promise<readonly Kind[]> {
    const { kinds, store, heads } = this.#options;
    const lost = new Set(this.#losses.map(({ kind }) => kind.slug));
    const found = await Promise.all(
      kinds.map(async (kind) => {
        const { slug } = kind;
        if (lost.has(slug) || this.#suspected.has(slug)) return kind;
        const head = await heads.read(slug);
        if (this.#isNews(slug, head)) return kind;
        const held = Math.max(this.#held(slug), head.sequence);
        const ends = await store.ends(kind); // asked after what it is held against: a log only grows
        const { last, created } = ends;
        const own = taken.filter(({ source }) => source === slug).map(witnessOf);
        const counts = own.filter((one) => !isGivenUp(one, head.given_up));
        const most = Math.max(...counts.map(sequenceOf), 0);
        const isAsItWas = last >= most && created === this.#whole.get(slug)?.created;
        const told = head.lost !== null && !isGivenUp(head.lost, head.given_up);
        if (!isAsItWas || told || last < held) return kind;
        this.#whole.set(slug, ends);
        return undefined;
      }),
    );
    this.#suspected.clear();
    return found.filter((one) => one !== undefined);
  }

  async #judge(kinds: readonly Kind[], taken: readonly Checkpoint[]): Promise<void> {
    const doubts = this.#doubts;
    const judged = await Promise.all(kinds.map((kind) => this.#lossOf(kind, taken)));
    if (doubts !== this.#doubts) return; // what was asked may be over
    const { gate, log } = this.#options;
    const losses = judged.filter((one) => one !== undefined);
    const before = this.#losses;
    this.#losses = losses;
    this.#isKnown = true;
    if (losses.length === 0) {
      gate.open(GATE);
      if (before.length > 0) log.info('the log is whole again, or its loss was accepted');
      for (const { kind, witness } of before) await this.#options.heads.found(kind.slug, witness);
      return;
    }
    const what = losses.map((one) => `${eventStream(one.kind.slug)} ${one.what}`).join('; ');
    const message = `the log lost its end: ${what}; restore it, or accept the loss with \`stele accept-loss\``;
    gate.shut(GATE, { code: 'LOG_TRUNCATED', message });
    if (before.length === 0) log.error(`${message}; nothing is written until then`);
    await this.#tellOthers(losses);
  }

  /** Not in the log of another installation, which may have taken the place of this one. */
  async #tellOthers(losses: readonly Loss[]): Promise<void> {
    if (![...this.#made.values()].some(({ first, now }) => first === now)) return;
    for (const { kind, witness } of losses) {
      const { sequence, at } = witness;
      const epoch = Math.max(this.epochOf(kind.slug), witness.epoch ?? 0);
      await this.#options.heads.lost(kind.slug, { sequence, at, epoch });
    }
  }

  async #lossOf(kind: Kind, taken: readonly Checkpoint[]): Promise<Loss | undefined> {
    for (let look = 1; ; look++) {
      const loss = await this.#lossNow(kind, taken);
      if (!loss || look === LOOKS) return loss;
      await pause(this.#waits.againMs, undefined, { ref: false });
    }
  }

  async #lossNow(kind: Kind, taken: readonly Checkpoint[]): Promise<Loss | undefined> {
    const { heads, store } = this.#options;
    const { slug } = kind;
    const head = await heads.read(slug);
    if (this.#isNews(slug, head)) this.#giveUp(slug, head);
    const witnesses = this.#witnesses(slug, head, taken);
    const ends = await store.ends(kind); // asked after: a log only grows, also by this node's appends
    this.#made.set(slug, { first: ends.created, ...this.#made.get(slug), now: ends.created });
    const mark = this.#marks.get(slug);
    for (const one of [head.event, mark])
      if (one && one.sequence <= ends.last && (await isReplaced(store, kind, one)))
        return {
          kind,
          witness: { sequence: one.sequence, at: null, epoch: this.epochOf(slug) },
          what: `holds something else at message ${one.sequence}`,
        };
    for (const witness of witnesses) {
      const { sequence } = witness;
      if (sequence > ends.last)
        return { kind, witness, what: `held ${sequence} messages and ends at ${ends.last}` };
      if (await replacedSince(store, { definition: kind }, witness))
        return { kind, witness, what: `holds something else at message ${sequence}` };
    }
    this.#whole.set(slug, ends);
    return undefined;
  }

  /** The furthest first. */
  #witnesses(slug: string, head: Head, taken: readonly Checkpoint[]): readonly Witness[] {
    const own = taken.filter(({ source }) => source === slug).map(witnessOf);
    const told = head.lost ? [head.lost, ...own] : own;
    const counts = told.filter((one) => !isGivenUp(one, head.given_up));
    const held = Math.max(head.sequence, this.#held(slug));
    const known = { sequence: held, at: null, epoch: this.epochOf(slug) };
    return [known, ...counts].sort((a, b) => b.sequence - a.sequence);
  }

  /** See `Epochs`: whoever holds something that came from a log drops it then. */
  onGivenUp(told: (slug: string) => void): () => void {
    this.#told.add(told);
    return () => this.#told.delete(told);
  }

  /** What was given up of a log, as far as this node knows: what it shows stands on that. */
  givenUp(slug: string): readonly GivenUp[] {
    return this.#givenUp.get(slug) ?? [];
  }

  /** The epoch of a log, as far as this node knows. */
  epochOf(slug: string): number {
    return epochOf(this.givenUp(slug));
  }

  /** How far a log was for certain, as far as this node knows. */
  #held(slug: string): number {
    return Math.max(this.#seen.get(slug) ?? 0, this.#whole.get(slug)?.last ?? 0);
  }

  /** Whether a loss was accepted of which this node does not know yet. */
  #isNews(slug: string, head: Head): head is Head & { readonly accepted: Accepted } {
    const known = this.#accepted.get(slug);
    if (head.accepted === null || head.accepted.id === known?.id) return false;
    // One that is before it is no news: what it stands in was put back.
    return head.accepted.epoch >= (known?.epoch ?? 0);
  }

  /**
   * An operator lets go of what was lost: of all that is known of it here, too, and of all that was
   * made of it. Writing is shut meanwhile: who decides now may have looked at what is given up.
   */
  #giveUp(slug: string, { accepted, given_up }: Head & { readonly accepted: Accepted }): void {
    const { gate } = this.#options;
    this.#accepted.set(slug, accepted);
    this.#givenUp.set(slug, given_up);
    for (const known of [this.#seen, this.#appended, this.#whole, this.#marks]) known.delete(slug);
    this.#isKnown = false;
    gate.shut(GATE, { code: 'STORE_UNAVAILABLE', message: UNKNOWN });
    gate.era++;
    for (const told of [...this.#told]) told(slug);
  }

  async #note(): Promise<void> {
    const { heads, store, kinds } = this.#options;
    for (const [slug, sequence] of [...this.#appended]) {
      const kind = kinds.find((one) => one.slug === slug)!;
      if (sequence > (await store.ends(kind)).last) {
        this.doubt(); // it was acknowledged
        return;
      }
      const event = await markAt(store, kind, sequence);
      await heads.raise(slug, { sequence, event, epoch: this.epochOf(slug) });
      if (event) this.#marks.set(slug, event);
      if (this.#appended.get(slug) === sequence) this.#appended.delete(slug);
    }
    const journal = store.journalHead();
    if (journal === this.#journal) return;
    const { last } = await store.ends('journal');
    // What was acknowledged before it lost its end says nothing of what it is now.
    await heads.raise('journal', { sequence: Math.min(journal, last), event: null });
    if (journal <= last) this.#journal = journal;
  }
}
