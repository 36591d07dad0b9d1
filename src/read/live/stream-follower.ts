import { setTimeout as pause } from 'node:timers/promises';
import type { Aggregate } from '../../core/aggregate.js';
import type { EventStore } from '../../write/store/event-store.js';
import { LINGER_MS, RETRY_FIRST_MS, RETRY_MOST_MS } from './limits.js';
import { entryOf, RING_LIMITS, Ring, type RingLimits } from './ring.js';

export type StreamFollowerOptions = {
  readonly kind: Aggregate;
  readonly store: EventStore;
  readonly note: (error: unknown) => void;
  readonly limits?: RingLimits;
};

/**
 * One follower of the log of one type for all clients of this node. It runs while there are
 * clients, and a while longer. When the store fails it goes on where it was.
 */
export class StreamFollower {
  readonly kind: Aggregate;
  readonly #store: EventStore;
  readonly #note: (error: unknown) => void;
  readonly #limits: RingLimits;
  readonly #clients = new Set<() => void>();
  #ring: Ring | undefined;
  #end: AbortController | undefined;
  #linger: NodeJS.Timeout | undefined;
  #waking = false;

  constructor({ kind, store, note, limits = RING_LIMITS }: StreamFollowerOptions) {
    this.kind = kind;
    this.#store = store;
    this.#note = note;
    this.#limits = limits;
  }

  /** The most recent events; undefined until the store has said where the log ends. */
  get ring(): Ring | undefined {
    return this.#ring;
  }

  /** Whether the log is being followed. */
  get following(): boolean {
    return this.#end !== undefined;
  }

  /** Be woken when something is new. Returns how to leave; `at once` when nobody will come again. */
  join(wake: () => void): (atOnce: boolean) => void {
    clearTimeout(this.#linger);
    this.#clients.add(wake);
    if (!this.#end) {
      this.#end = new AbortController();
      void this.#follow(this.#end.signal);
    }
    return (atOnce) => {
      if (!this.#clients.delete(wake) || this.#clients.size > 0) return;
      if (atOnce) return this.#stop();
      this.#linger = setTimeout(() => this.#stop(), LINGER_MS).unref();
    };
  }

  /** Begin anew with the log as it is; who was shown the ring there was comes again. */
  forget(): void {
    const isFollowed = this.#end !== undefined;
    this.#stop();
    if (!isFollowed) return;
    this.#end = new AbortController();
    void this.#follow(this.#end.signal);
    if (this.#clients.size === 0) this.#linger = setTimeout(() => this.#stop(), LINGER_MS).unref();
    this.#wakeSoon();
  }

  #stop(): void {
    clearTimeout(this.#linger);
    this.#end?.abort();
    this.#end = undefined;
    this.#ring = undefined;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let retryAfter = RETRY_FIRST_MS;
    const { name, slug } = this.kind; // events are shown as they are stored, under their hashes
    while (!signal.aborted) {
      try {
        const ring = await this.#ringAt(signal);
        if (!ring) return;
        for await (const event of this.#store.follow({ name, slug }, ring.last + 1, signal)) {
          if (signal.aborted) return;
          if (event.sequence <= ring.last) continue;
          ring.push(entryOf(this.kind, event));
          this.#wakeSoon();
          retryAfter = RETRY_FIRST_MS;
        }
        if (!signal.aborted) throw new Error(`following ${this.kind.slug} ended`);
      } catch (error) {
        if (signal.aborted) return;
        this.#note(error);
      }
      await pause(retryAfter, undefined, { signal, ref: false }).catch(() => {});
      retryAfter = Math.min(retryAfter * 2, RETRY_MOST_MS);
    }
  }

  /**
   * The ring to go on with. The first one begins some way back, so that clients that come again
   * after a restart find in it what they missed, instead of reading the log each for itself.
   */
  async #ringAt(signal: AbortSignal): Promise<Ring | undefined> {
    const end = await this.#store.last(this.kind);
    if (signal.aborted) return undefined;
    // A log that is shorter than what was seen of it is another one: clients begin anew with it.
    if (!this.#ring || end < this.#ring.last) {
      this.#ring = new Ring(Math.max(end - this.#limits.events, 0), this.#limits);
      this.#wakeSoon();
    }
    return this.#ring;
  }

  /** Wakes everybody once for all that arrives at the same time. */
  #wakeSoon(): void {
    if (this.#waking) return;
    this.#waking = true;
    setImmediate(() => {
      this.#waking = false;
      for (const wake of [...this.#clients]) wake();
    });
  }
}
