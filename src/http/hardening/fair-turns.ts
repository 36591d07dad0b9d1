import { nameOf, type Principal } from '../../core/access.js';

/**
 * Work that keeps the event loop, for many who ask: one at a time, and between two of them the loop
 * does what else there is to do. Each who asks has a turn before anybody has another one.
 */
export class FairTurns {
  /** Who waits, next one first, each with what waits. */
  readonly #waiting = new Map<string | undefined, (() => void)[]>();
  #given = false;

  take(who: Principal | undefined): Promise<void> {
    if (!this.#given) {
      this.#give();
      return Promise.resolve();
    }
    const name = who && nameOf(who);
    return new Promise((begin) => {
      const own = this.#waiting.get(name);
      if (own) own.push(begin);
      else this.#waiting.set(name, [begin]);
    });
  }

  #give(): void {
    this.#given = true;
    setImmediate(() => this.#next());
  }

  #next(): void {
    const [first] = this.#waiting;
    this.#given = false;
    if (!first) return;
    const [name, own] = first;
    this.#waiting.delete(name);
    const begin = own.shift();
    if (own.length > 0) this.#waiting.set(name, own);
    this.#give();
    begin?.();
  }
}
