import type { Aggregate } from '../../core/aggregate.js';
import type { Fault } from '../../core/refusal.js';
import { Actor } from './actor.js';
import type { ActorContext } from './actor-context.js';
import { type Limits, ROOM_AT_ONCE } from './limits.js';
import { type Residents, type ResidentsWanted, residentsOf } from './residents.js';

/** What became of the wish that an actor leaves memory. */
export type Passivated = 'passivated' | 'not_resident' | 'busy';

/** What waits in the inboxes of all, and in the longest one. */
export type Inboxes = { readonly waiting: number; readonly inboxLongest: number };

export type ResidentActorsOptions = {
  readonly limits: Limits;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Milliseconds that only ever grow. */
  readonly elapsed: () => number;
};

/** What an aggregate is known by in memory, and to people. */
export const keyOf = ({ slug }: Aggregate, id: string): string => `${slug}/${id}`;

/** The actors in memory, in the order of their last use. */
export class ResidentActors {
  readonly #context: ActorContext;
  readonly #options: ResidentActorsOptions;
  readonly #actors = new Map<string, Actor>();

  constructor(context: ActorContext, options: ResidentActorsOptions) {
    this.#context = context;
    this.#options = options;
  }

  get size(): number {
    return this.#actors.size;
  }

  /** The actor of an aggregate. It is there at once, and loads when it is told something. */
  get(definition: Aggregate, id: string): Actor {
    const key = keyOf(definition, id);
    const actor = this.#actors.get(key) ?? new Actor(definition, id, this.#context);
    this.#actors.delete(key);
    this.#actors.set(key, actor); // last in the map = most recently used
    actor.lastUsed = this.#options.clock();
    actor.usedAt = this.#options.elapsed();
    if (this.size > this.#options.limits.residentsMax) this.#makeRoom(actor);
    return actor;
  }

  inboxes(): Inboxes {
    let waiting = 0;
    let inboxLongest = 0;
    for (const actor of this.#actors.values()) {
      waiting += actor.waiting;
      if (actor.waiting > inboxLongest) inboxLongest = actor.waiting;
    }
    return { waiting, inboxLongest };
  }

  /** Those that match, the one used last first, and how many there are in all. */
  list(wanted: ResidentsWanted): Residents {
    return residentsOf(this.#actors.values(), wanted);
  }

  /** Drop one from memory, unless it is not there or has something to do. */
  passivateOne(definition: Aggregate, id: string): Passivated {
    const key = keyOf(definition, id);
    const actor = this.#actors.get(key);
    if (!actor) return 'not_resident';
    if (!actor.idle) return 'busy';
    this.#evict(key, actor);
    return 'passivated';
  }

  /** Drop every one that has nothing to do from memory. */
  passivate(): void {
    for (const [key, actor] of this.#actors) if (actor.idle) this.#evict(key, actor);
  }

  /** Drop all, those at work too: what they hold is not what the log says. */
  forget(why: Fault): void {
    for (const actor of this.#actors.values()) actor.end(why);
    this.#actors.clear();
  }

  /** Drop those that had nothing to do for long. */
  sweep(): void {
    const before = this.#options.elapsed() - this.#options.limits.passivateAfterMs;
    for (const [key, actor] of this.#actors) {
      if (actor.usedAt > before) return; // the rest was used later
      if (actor.idle) this.#evict(key, actor);
    }
  }

  /** Whoever is about to be told something stays. */
  #makeRoom(wanted: Actor): void {
    // Some at once: finding the first of a map that lost many is not free.
    const enough = Math.ceil(this.#options.limits.residentsMax * (1 - ROOM_AT_ONCE));
    for (const [key, actor] of this.#actors) {
      if (this.size <= enough) return;
      if (actor.idle && actor !== wanted) this.#evict(key, actor);
    }
  }

  #evict(key: string, actor: Actor): void {
    actor.stop();
    this.#actors.delete(key);
  }
}
