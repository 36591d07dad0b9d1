import { setTimeout as pause } from 'node:timers/promises';
import { AWAY_FIRST_MS, AWAY_MOST_MS } from './limits.js';

/**
 * Holds all deliveries back while the receiver is away, so that an outage costs an alert few of
 * its attempts, and so that what waited flows as soon as the receiver is back.
 */
export class Away {
  /** The receiver wants nothing any more: nothing is sent until this program starts again. */
  gone = false;
  readonly #firstMs: number;
  #pauseMs = 0;
  #until = 0;

  constructor(firstMs: number = AWAY_FIRST_MS) {
    this.#firstMs = firstMs;
  }

  /** It answered. */
  back(): void {
    this.#pauseMs = 0;
    this.#until = 0;
  }

  /** It did not, or asked to be left alone for so long. */
  left(retryAfterMs: number): void {
    const now = performance.now();
    // Those that were under way together count once.
    if (now >= this.#until)
      this.#pauseMs = Math.min(this.#pauseMs * 2 || this.#firstMs, AWAY_MOST_MS);
    this.#until = Math.max(this.#until, now + Math.max(this.#pauseMs, retryAfterMs));
  }

  /** Settles when something may be sent. */
  async over(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (this.gone || performance.now() < this.#until)) {
      const left = this.gone ? AWAY_MOST_MS : this.#until - performance.now();
      await pause(Math.max(left, 1), undefined, { signal, ref: false }).catch(() => {});
    }
  }
}
