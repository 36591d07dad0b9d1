import type { Aggregate } from '../../core/aggregate.js';
import { AskedTogether } from '../../core/asked-together.js';
import type { EventStore } from '../../write/store/event-store.js';
import { NOTE_EVERY_MS } from './limits.js';
import { Reads } from './reads.js';
import type { RingLimits } from './ring.js';
import { StreamFollower } from './stream-follower.js';
import { type Shared, Tail, type Wish } from './tail.js';
import { Turns } from './turns.js';

export type HubOptions = {
  readonly store: EventStore;
  readonly log: { warn(what: object, message: string): void };
  /** How many events of a type are kept at hand. */
  readonly ring?: RingLimits;
};

/** What many clients of one node share: one follower per type, and a bounded number of reads. */
export class Hub implements Shared {
  readonly store: EventStore;
  readonly reads = new Reads();
  readonly turns = new Turns();
  readonly #log: HubOptions['log'];
  readonly #ring: RingLimits | undefined;
  readonly #followers = new Map<Aggregate, StreamFollower>();
  readonly #lasts = new Map<Aggregate, AskedTogether<number>>();
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
    return [...this.#followers.values()].filter(({ following }) => following).length;
  }

  follower(kind: Aggregate): StreamFollower {
    let follower = this.#followers.get(kind);
    if (!follower) {
      follower = new StreamFollower({
        kind,
        store: this.store,
        note: (error: unknown) => this.note(error),
        ...(this.#ring && { limits: this.#ring }),
      });
      this.#followers.set(kind, follower);
    }
    return follower;
  }

  /** A part of a log was given up: what is at hand of it is not what it says. */
  forget(slug: string): void {
    for (const [kind, follower] of this.#followers) if (kind.slug === slug) follower.forget();
  }

  /** Where the log of a type ends: asked once for all who want to know it now. */
  last(kind: Aggregate): Promise<number> {
    let last = this.#lasts.get(kind);
    if (!last) {
      last = new AskedTogether(() => this.store.last(kind));
      this.#lasts.set(kind, last);
    }
    return last.ask();
  }

  /** Log trouble with the store, not once per client. */
  note(err: unknown): void {
    const now = performance.now();
    if (now - this.#noted < NOTE_EVERY_MS) return;
    this.#noted = now;
    this.#log.warn({ err }, 'events cannot be followed; trying again');
  }
}
