import { type Refusal, refuse } from '../core/refusal.js';

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
    if (this.#inside >= this.#most)
      return refuse('BUSY', `${this.#most} ${what} are being computed, that is the most`);
    this.#inside++;
    try {
      return await work();
    } finally {
      this.#inside--;
    }
  }
}
