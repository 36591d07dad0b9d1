import { Hole } from '../../core/history-broken.js';
import { Fault } from '../../core/refusal.js';

/** What was met is told so long: it may have been restored since. */
const TOLD_FOR_MS = 3_600_000;
/** Messages that are remembered. */
const REMEMBERED_MAX = 20;

/** Histories that a request found to be broken, for `/readyz`; the doctor alone looks at all. */
export class BrokenHistories {
  readonly #met = new Map<string, number>();
  readonly #now: () => number;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  meet(error: unknown): void {
    if (!(error instanceof Fault) || error.code !== 'HISTORY_BROKEN') return;
    if (error instanceof Hole) return; // the store tells of those itself
    this.#met.delete(error.message);
    this.#met.set(error.message, this.#now());
    if (this.#met.size > REMEMBERED_MAX) this.#met.delete(this.#met.keys().next().value!);
  }

  /** The first that was met, and how many others were. */
  get note(): string | null {
    for (const [message, at] of this.#met)
      if (this.#now() - at >= TOLD_FOR_MS) this.#met.delete(message);
    const [first, ...others] = this.#met.keys();
    if (first === undefined) return null;
    return others.length > 0 ? `${first}, as are others (${others.length})` : first;
  }
}
