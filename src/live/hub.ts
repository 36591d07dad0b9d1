import type { Aggregate } from '../core/aggregate.js';
import type { EventStore } from '../store/port.js';
import { HISTORY_READS_MAX, NOTE_EVERY_MS } from './limits.js';
import { Line } from './line.js';
import type { RingLimits } from './ring.js';
import { Tail, type Wish } from './tail.js';

export type HubOptions = {
  readonly store: EventStore;
  readonly log: { warn(what: object, message: string): void };
  /** How many events of a type are kept at hand. */
  readonly ring?: RingLimits;
};

/** What many clients of one node share: one follower per type, and a bounded number of reads. */
export class Hub {
  readonly store: EventStore;
  readonly #log: HubOptions['log'];
  readonly #ring: RingLimits | undefined;
  readonly #lines = new Map<Aggregate, Line>();
  readonly #waiting: (() => void)[] = [];
  #reading = 0;
  #noted = Number.NEGATIVE_INFINITY;

  constructor({ store, log, ring }: HubOptions) {
    this.store = store;
    this.#ring = ring;
    this.#log = log;
  }

  /** Let a client in. It must be closed. */
  open(wish: Wish): Tail {
    return new Tail(this, wish);
  }

  /** How many types are followed. */
  get following(): number {
    return [...this.#lines.values()].filter(({ following }) => following).length;
  }

  line(kind: Aggregate): Line {
    let line = this.#lines.get(kind);
    if (!line) {
      line = new Line({
        ...{ kind, store: this.store, note: (error: unknown) => this.note(error) },
        ...(this.#ring && { limits: this.#ring }),
      });
      this.#lines.set(kind, line);
    }
    return line;
  }

  /** A read of the history when it is its turn. */
  async read<T>(work: () => Promise<T>): Promise<T> {
    if (this.#reading >= HISTORY_READS_MAX)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#reading++;
    try {
      return await work();
    } finally {
      // The place is handed on, or given back.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#reading--;
    }
  }

  /** Log trouble with the store, not once per client. */
  note(err: unknown): void {
    const now = performance.now();
    if (now - this.#noted < NOTE_EVERY_MS) return;
    this.#noted = now;
    this.#log.warn({ err }, 'events cannot be followed; trying again');
  }
}
