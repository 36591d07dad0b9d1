import { nameOf, type Principal } from '../../core/access.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import { Shares } from '../../core/shares.js';

/**
 * Lets in a bounded number of what holds much for long, documents in memory or a connection, and
 * turns the rest away; of one who asks so many that others find room beside them.
 */
export class Gate {
  readonly #most: number;
  readonly #ofOne: number;
  readonly #inside = new Shares();

  constructor(most: number, ofOne: number) {
    this.#most = most;
    this.#ofOne = ofOne;
  }

  async pass<T>(
    what: string,
    who: Principal | undefined,
    work: () => Promise<T>,
  ): Promise<T | Refusal> {
    const inside = this.enter(what, who);
    if (isRefusal(inside)) return inside;
    try {
      return await work();
    } finally {
      inside.leave();
    }
  }

  /** For what goes on behind the answer: in, until it leaves; to leave twice is to leave once. */
  enter(what: string, who?: Principal): { readonly leave: () => void } | Refusal {
    const name = who && nameOf(who);
    // One's own come first: to wait for another's would be in vain.
    if (this.#inside.of(name) >= this.#ofOne)
      return refuse(
        'RATE_LIMITED',
        `${this.#ofOne} ${what} of yours are under way, that is the most for one: end one of them`,
        { details: { most: this.#ofOne } },
      );
    if (this.#inside.total >= this.#most)
      return refuse('BUSY', `${this.#most} ${what} are under way, that is the most`);
    this.#inside.take(name, 1);
    let left = false;
    return {
      leave: () => {
        if (!left) this.#inside.take(name, -1);
        left = true;
      },
    };
  }
}
