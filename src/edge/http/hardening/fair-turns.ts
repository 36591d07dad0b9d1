import { nameOf, type Principal } from '../../../core/access.js';
import { FairQueue } from '../../../core/fair-queue.js';

/**
 * Work that keeps the event loop, for many who ask: one at a time, and between two of them the loop
 * does what else there is to do. Each who asks has a turn before anybody has another one.
 */
export class FairTurns {
  readonly #queue = new FairQueue();
  #given = false;

  take(who: Principal | undefined): Promise<void> {
    if (this.#given) return this.#queue.wait(who && nameOf(who));
    this.#give();
    return Promise.resolve();
  }

  #give(): void {
    this.#given = true;
    setImmediate(() => this.#next());
  }

  #next(): void {
    this.#given = false;
    const begin = this.#queue.next();
    if (!begin) return;
    this.#give();
    begin();
  }
}
