import type { Parked } from '../views/port.js';
import { type ParkedRow, rowKey } from './parking.js';

/** Events that failed, waiting to be tried again by themselves, a few times each. */
export class Retries {
  readonly #afterMs: readonly number[];
  readonly #again: (row: ParkedRow) => void;
  readonly #givenUp: (row: Parked) => void;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #closed = false;

  /** @param afterMs pauses before each try; after the last one it is given up until somebody looks */
  constructor(
    afterMs: readonly number[],
    again: (row: ParkedRow) => void,
    givenUp: (row: Parked) => void,
  ) {
    this.#afterMs = afterMs;
    this.#again = again;
    this.#givenUp = givenUp;
  }

  later(row: Parked): void {
    const key = rowKey(row);
    // Nothing has failed yet at a row without attempts: its drain was interrupted.
    const after = this.#afterMs[Math.max(0, row.attempts - 1)];
    if (after === undefined) this.#givenUp(row);
    // However often it begins anew meanwhile: one try at a time.
    if (after === undefined || this.#closed || this.#timers.has(key)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.#again(row);
    }, after);
    timer.unref();
    this.#timers.set(key, timer);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
