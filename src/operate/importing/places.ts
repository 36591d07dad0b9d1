import { nameOf, type Principal, TRUSTED } from '../../core/access.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import { Shares } from '../../core/shares.js';
import { JOBS_AT_ONCE, JOBS_OF_ONE } from './limits.js';

/** Places of imports under way: few at all, and of one who asks so few that others find one. */
export class Places {
  readonly #what: string;
  readonly #taken = new Shares();

  constructor(what: string) {
    this.#what = what;
  }

  /** Why there is none. Without access control nobody knows who is who, and all share the places. */
  refusal(by: Principal | undefined): Refusal | undefined {
    const what = this.#what;
    // One's own come first: to wait for another's would be in vain.
    if (this.#taken.of(ownerOf(by)) >= JOBS_OF_ONE)
      return refuse(
        'RATE_LIMITED',
        `${JOBS_OF_ONE} of your imports is ${what} already, that is the most for one: ask again when it has ended`,
        { details: { most: JOBS_OF_ONE } },
      );
    if (this.#taken.total < JOBS_AT_ONCE) return undefined;
    return refuse('BUSY', `${JOBS_AT_ONCE} imports are ${what} already: ask again in a moment`);
  }

  /** The place is held until the work has ended. */
  async hold<T>(by: Principal | undefined, work: () => Promise<T>): Promise<T> {
    this.#taken.take(ownerOf(by), 1);
    try {
      return await work();
    } finally {
      this.#taken.take(ownerOf(by), -1);
    }
  }
}

const ownerOf = (by: Principal | undefined): string | undefined =>
  by && by !== TRUSTED ? nameOf(by) : undefined;
