import { type Refusal, refuse } from '../../core/refusal.js';
import { PerSecond } from '../wire/per-second.js';

/** Answers in a second to those who show nothing, and to those whose credential does not count. */
export const STRANGERS_ANSWERED_PER_SECOND = 1_000;
/** Credentials in a second that are looked at though they were not right before: keys, tokens, ... */
export const KEYS_LOOKED_AT_PER_SECOND = 5_000;
export const TOKENS_LOOKED_AT_PER_SECOND = 300;
/** ... those that were wrong before, and how many different ones at the same time. */
export const WRONG_LOOKED_AT_PER_SECOND = 100;
export const LOOKED_AT_ONCE = 64;
/** Requests under way, of all and with one credential. */
export const REQUESTS_AT_ONCE = 4_000;
export const REQUESTS_OF_ONE_AT_ONCE = 1_000;
/** Credentials remembered as right, and as wrong; those heard of longest ago go first. */
const REMEMBERED_MAX = 10_000;

/** What a request shows: its digest, and whether it takes a signature to be checked. */
export type Shown = { readonly digest: string; readonly isToken: boolean };

/** What the credential of a request was found to be. */
export type Seen = 'right' | 'wrong' | 'unknown';

/** How a request goes on: it is worked on until it leaves, refused, or not answered at all. */
export type Entry =
  | { readonly isTold: boolean; readonly leave: (seen: Seen) => void }
  | { readonly refusal: Refusal }
  | 'dropped';

const busy = (most: number): Refusal =>
  refuse('BUSY', `${most} requests over NATS are under way, that is the most: ask again`);

class Remembered {
  readonly #digests = new Set<string>();

  has(digest: string): boolean {
    return this.#digests.has(digest);
  }

  delete(digest: string): void {
    this.#digests.delete(digest);
  }

  add(digest: string): void {
    if (this.#digests.delete(digest)) {
      this.#digests.add(digest);
      return;
    }
    const [oldest] = this.#digests;
    if (oldest !== undefined && this.#digests.size >= REMEMBERED_MAX) this.#digests.delete(oldest);
    this.#digests.add(digest);
  }
}

/**
 * Lets requests over NATS in. Whoever reaches the server may send any number of them, and it cuts
 * off a node that does not read as fast as they come, which everybody hears no answer of. So most of
 * what strangers send is dropped before it costs anything, and what is taken is bounded; whoever
 * was right before is let in without regard to the others.
 */
export class Admission {
  readonly #elapsed: () => number;
  readonly #nobodies = new PerSecond(STRANGERS_ANSWERED_PER_SECOND);
  readonly #answered = new PerSecond(STRANGERS_ANSWERED_PER_SECOND);
  readonly #keys = new PerSecond(KEYS_LOOKED_AT_PER_SECOND);
  readonly #tokens = new PerSecond(TOKENS_LOOKED_AT_PER_SECOND);
  readonly #wrongs = new PerSecond(WRONG_LOOKED_AT_PER_SECOND);
  readonly #right = new Remembered();
  readonly #wrong = new Remembered();
  /** How many are under way, by what they show. */
  readonly #underWay = new Map<string, number>();
  readonly #looked = new Set<string>();
  #working = 0;
  /** Requests that got no answer. */
  dropped = 0;

  /** @param elapsed milliseconds that only ever grow */
  constructor(elapsed: () => number = () => performance.now()) {
    this.#elapsed = elapsed;
  }

  /** Whether one more stranger is told what is wrong; the others hear nothing. */
  tells(): boolean {
    return this.#lets(this.#answered);
  }

  refuse(refusal: Refusal): Entry {
    return this.tells() ? { refusal } : 'dropped';
  }

  /** A request that shows nothing. It is told so. */
  enterStranger(): Entry {
    return this.#lets(this.#nobodies) ? { isTold: true, leave: () => {} } : 'dropped';
  }

  /** A request with what it shows; what is wrong with that is told where `tells` says so. */
  enter({ digest, isToken }: Shown): Entry {
    if (this.#right.has(digest)) return this.#enter(digest);
    if (!this.#looks(digest, isToken)) {
      this.dropped++;
      return 'dropped';
    }
    this.#looked.add(digest);
    return this.#enter(digest);
  }

  enterOpen(): Entry {
    return this.#enter(undefined);
  }

  #lets(most: PerSecond): boolean {
    const lets = most.lets(this.#elapsed());
    if (!lets) this.dropped++;
    return lets;
  }

  /** Many requests that show the same are looked at once, until it is known what it is worth. */
  #looks(digest: string, isToken: boolean): boolean {
    const now = this.#elapsed();
    if (this.#wrong.has(digest)) return this.#wrongs.lets(now);
    if (this.#looked.has(digest)) return true;
    const looks = isToken ? this.#tokens : this.#keys;
    return this.#looked.size < LOOKED_AT_ONCE && looks.lets(now);
  }

  #enter(digest: string | undefined): Entry {
    const own = digest === undefined ? 0 : (this.#underWay.get(digest) ?? 0);
    const most = own >= REQUESTS_OF_ONE_AT_ONCE ? REQUESTS_OF_ONE_AT_ONCE : REQUESTS_AT_ONCE;
    if (own >= most || this.#working >= REQUESTS_AT_ONCE) return this.refuse(busy(most));
    this.#working++;
    if (digest !== undefined) this.#underWay.set(digest, own + 1);
    return {
      isTold: false,
      leave: (seen) => {
        this.#working--;
        if (digest !== undefined) this.#leave(digest, seen);
      },
    };
  }

  #leave(digest: string, seen: Seen): void {
    const left = this.#underWay.get(digest)! - 1;
    if (left > 0) this.#underWay.set(digest, left);
    else this.#underWay.delete(digest);
    this.#looked.delete(digest);
    if (seen === 'unknown') return;
    const isRight = seen === 'right';
    (isRight ? this.#right : this.#wrong).add(digest);
    (isRight ? this.#wrong : this.#right).delete(digest);
  }
}
