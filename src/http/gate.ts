import { isRefusal, type Refusal, refuse } from '../core/refusal.js';

/**
 * Lets a bounded number of costly answers be computed at the same time and turns the rest away:
 * each holds many documents in memory.
 */
export class Gate {
  readonly #most: number;
  #inside = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async pass<T>(what: string, work: () => Promise<T>): Promise<T | Refusal> {
    const inside = this.enter(what);
    if (isRefusal(inside)) return inside;
    try {
      return await work();
    } finally {
      inside.leave();
    }
  }

  /** For what goes on behind the answer: in, until it leaves; to leave twice is to leave once. */
  enter(what: string): { readonly leave: () => void } | Refusal {
    if (this.#inside >= this.#most)
      return refuse('BUSY', `${this.#most} ${what} are being computed, that is the most`);
    this.#inside++;
    let left = false;
    return {
      leave: () => {
        if (!left) this.#inside--;
        left = true;
      },
    };
  }
}
