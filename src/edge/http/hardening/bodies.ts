import { nameOf, type Principal } from '../../../core/access.js';
import { type Refusal, refuse } from '../../../core/refusal.js';
import { Shares } from '../../../core/shares.js';
import { BODIES_BYTES_MAX, BODIES_BYTES_OF_ONE_MAX } from '../limits.js';

/** A body that is on its way: what of it needs room, until it was read or given up. */
type Arriving = {
  /** Why there is no room for more of it. */
  readonly more: (bytes: number) => Refusal | undefined;
  readonly end: () => void;
};

/**
 * Bytes of the bodies that are being read: each is in memory as long as its sender takes to send
 * the rest. So many at all, and of one who asks so many that others find room.
 */
export class Bodies {
  readonly #most: number;
  readonly #ofOne: number;
  readonly #bytes = new Shares();

  constructor(most = BODIES_BYTES_MAX, ofOne = BODIES_BYTES_OF_ONE_MAX) {
    this.#most = most;
    this.#ofOne = ofOne;
  }

  begin(who: Principal | undefined): Arriving {
    const name = who && nameOf(who);
    let held = 0;
    return {
      more: (bytes) => {
        const full = this.#full(name, bytes);
        if (full) return full;
        held += bytes;
        this.#bytes.take(name, bytes);
        return undefined;
      },
      end: () => {
        this.#bytes.take(name, -held);
        held = 0;
      },
    };
  }

  #full(name: string | undefined, bytes: number): Refusal | undefined {
    // One's own come first: to wait for another's would be in vain.
    if (name !== undefined && this.#bytes.of(name) + bytes > this.#ofOne)
      return refuse(
        'RATE_LIMITED',
        `what you are sending comes to more than ${this.#ofOne} bytes, that is the most for one: send the next when one of them has arrived`,
        { details: { max_bytes: this.#ofOne } },
      );
    if (this.#bytes.total + bytes <= this.#most) return undefined;
    return refuse('BUSY', `${this.#most} bytes are being sent, that is the most`);
  }
}
