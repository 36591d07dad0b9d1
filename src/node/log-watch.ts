import { setTimeout as pause } from 'node:timers/promises';
import { eventStream } from '../core/subjects.js';
import { isReplaced, markAt } from '../write/store/lost-tail.js';
import type { Accepted, Heads } from '../write/store/nats/heads.js';
import type { EventStore, Kind } from '../write/store/port.js';
import type { WriteGate } from '../write/store/write-gate.js';

/** A server that leads no more may say of a log what is over: it is asked again before judging. */
const LOOKS = 3;
const WAITS = { everyMs: 2_000, againMs: 500 };
const GATE = 'log';
const UNKNOWN = 'it is not known yet whether the log is as it was';

/** A log that is not as it once was. */
type Loss = { readonly kind: Kind; readonly held: number; readonly what: string };

export type LogWatchOptions = {
  readonly heads: Pick<Heads, 'read' | 'raise'>;
  readonly store: EventStore & { journalHead(): number };
  readonly kinds: readonly Kind[];
  readonly gate: WriteGate;
  /** Whether something that was made from the log finds that the log has less than that. */
  readonly truncatedNow: () => boolean;
  readonly waits?: {
    /** It is noted how far the log is, and looked whether a loss was accepted or restored. */
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

/**
 * Remembers how far each log is, and shuts writing where one has lost its end or holds something
 * else there: what is written then takes the places of what was lost. It is opened once the log was
 * restored, or an operator has accepted the loss.
 */
export class LogWatch {
  readonly #options: LogWatchOptions;
  readonly #waits: typeof WAITS;
  readonly #timer: NodeJS.Timeout;
  /** Appended and not noted yet, per slug. */
  readonly #appended = new Map<string, number>();
  /** The last that was appended here, per slug: the log held it. */
  readonly #seen = new Map<string, number>();
  /** What projections found, per slug. */
  readonly #found = new Map<string, Loss>();
  /** What was accepted last, per slug: when, and how far anything may be lost that was known then. */
  readonly #accepted = new Map<string, { readonly at: string; readonly upTo: number }>();
  #losses: readonly Loss[] = [];
  /** Whether it was judged since it was doubted last, and how often it was. */
  #isKnown = false;
  #doubts = 0;
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

  appended(slug: string, sequence: number): void {
    this.#appended.set(slug, Math.max(sequence, this.#appended.get(slug) ?? 0));
    this.#seen.set(slug, Math.max(sequence, this.#seen.get(slug) ?? 0));
  }

  /** The log may be another one than a moment ago. */
  async judgeAnew(): Promise<void> {
    this.doubt();
    await this.#looking; // it may have asked before
    await this.look();
  }

  /** Something was made from the log up to `held`, which is not there any more. */
  truncated(slug: string, held: number, what: string): void {
    const kind = this.#options.kinds.find((one) => one.slug === slug);
    if (!kind || held <= (this.#found.get(slug)?.held ?? 0)) return;
    this.#found.set(slug, { kind, held, what });
    void this.look();
  }

  /** Look once; several at a time share one. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .then(
        () => {
          this.#hasFailed = false;
        },
        (err: unknown) => this.#failed(err),
      )
      .finally(() => {
        this.#looking = undefined;
        if (!this.#isKnown) this.#lookSoon();
      });
    return this.#looking;
  }

  /** Said once: while the store is away every look fails. */
  #failed(err: unknown): void {
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
    if (!this.#options.truncatedNow()) this.#found.clear();
    const suspected = [...this.#losses, ...this.#found.values()].map(({ kind }) => kind);
    if (!this.#isKnown) await this.#judge(this.#options.kinds);
    else if (suspected.length > 0) await this.#judge([...new Set(suspected)]);
    if (this.#isKnown && this.#losses.length === 0) await this.#note();
  }

  async #judge(kinds: readonly Kind[]): Promise<void> {
    const doubts = this.#doubts;
    const judged = await Promise.all(kinds.map((kind) => this.#lossOf(kind)));
    if (doubts !== this.#doubts) return; // what was asked may be over
    const { gate, log } = this.#options;
    const losses = judged.filter((one) => one !== undefined);
    const before = this.#losses;
    this.#losses = losses;
    this.#isKnown = true;
    if (losses.length === 0) {
      gate.open(GATE);
      if (before.length > 0) log.info('the log is whole again, or its loss was accepted');
      return;
    }
    const what = losses.map((one) => `${eventStream(one.kind.slug)} ${one.what}`).join('; ');
    const message = `the log lost its end: ${what}; restore it, or accept the loss with \`stele accept-loss\``;
    gate.shut(GATE, { code: 'LOG_TRUNCATED', message });
    if (before.length === 0) log.error(`${message}; nothing is written until then`);
  }

  async #lossOf(kind: Kind): Promise<Loss | undefined> {
    for (let look = 1; ; look++) {
      const loss = await this.#lossNow(kind);
      if (!loss || look === LOOKS) return loss;
      await pause(this.#waits.againMs, undefined, { ref: false });
    }
  }

  async #lossNow(kind: Kind): Promise<Loss | undefined> {
    const { heads, store } = this.#options;
    const { sequence, event, accepted } = await heads.read(kind.slug);
    const { last } = await store.ends(kind); // asked after: a log only grows
    if (accepted) this.#giveUp(kind.slug, accepted);
    const held = Math.max(sequence, this.#seen.get(kind.slug) ?? 0);
    if (held > last) return { kind, held, what: `held ${held} messages and ends at ${last}` };
    if (event && (await isReplaced(store, kind, event)))
      return { kind, held: sequence, what: `holds something else at message ${event.sequence}` };
    const found = this.#found.get(kind.slug);
    const upTo = this.#accepted.get(kind.slug)?.upTo ?? 0;
    return found && found.held > upTo ? found : undefined;
  }

  /** An operator lets go of what was lost: of all that is known of it here, too. */
  #giveUp(slug: string, { at, lost_to }: Accepted): void {
    if (this.#accepted.get(slug)?.at === at) return;
    const known = [this.#seen.get(slug), this.#found.get(slug)?.held].map((one) => one ?? 0);
    this.#accepted.set(slug, { at, upTo: Math.max(lost_to, ...known) });
    this.#seen.delete(slug);
    this.#appended.delete(slug);
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
      await heads.raise(slug, { sequence, event });
      if (this.#appended.get(slug) === sequence) this.#appended.delete(slug);
    }
    const journal = store.journalHead();
    if (journal <= this.#journal) return;
    await heads.raise('journal', { sequence: journal, event: null });
    this.#journal = journal;
  }
}
