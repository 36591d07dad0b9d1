import type { Command } from '../../core/command.js';
import type { Fault } from '../../core/refusal.js';
import { type Decided, decideOne, type Lookups } from './decide-one.js';
import type { Folded } from './load.js';
import { after, type Point, pointOf } from './point.js';

/** What there is to decide of one aggregate at once. */
export type ToDecide = {
  readonly commands: readonly Command[];
  /** What was looked up for each, or why it could not be. */
  readonly lookups: readonly (Lookups | Fault)[];
  readonly folded: Folded;
  /** Server time, ISO 8601 UTC. */
  readonly now: string;
};

/** Commands decided one after the other, each on what the earlier ones will have made. */
export class Course {
  readonly #now: string;
  /** Where the next one is decided. */
  at: Point;
  /** How many events those before it have. */
  events = 0;

  constructor({ folded, now }: Pick<ToDecide, 'folded' | 'now'>) {
    this.#now = now;
    this.at = pointOf(folded);
  }

  /** @throws OwnersUnknown when more must be looked up first */
  decide(command: Command, lookups: Lookups): Decided {
    const one = decideOne(command, this.at, this.#now, lookups);
    if (one.kind === 'events' || one.kind === 'dry') {
      this.at = after(this.at, one.events, one.state);
      this.events += one.events.length;
    }
    return one;
  }
}
