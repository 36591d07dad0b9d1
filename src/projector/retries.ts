import type { Parked } from '../views/port.js';
import { type ParkedRow, rowKey } from './parking.js';

/** Events that failed, waiting to be tried again by themselves, a few times each. */
export class Retries {
  readonly #afterMs: readonly number[];
  readonly #again: (row: ParkedRow) => void;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** @param afterMs pauses before each try; after the last one it waits for a person */
  constructor(afterMs: readonly number[], again: (row: ParkedRow) => void) {
    this.#afterMs = afterMs;
    this.#again = again;
  }

  /** False = it was tried often enough. */
  later(row: Parked): boolean {
    const key = rowKey(row);
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    const after = this.#afterMs[row.attempts - 1];
    if (after === undefined) return false;
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.#again(row);
    }, after);
    timer.unref();
    this.#timers.set(key, timer);
    return true;
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
