import type { Slot } from '../views/port.js';
import type { Vector } from './projections.js';

/** A set of documents as it was found in the read store. */
export type Found = { readonly slot: Slot; readonly positions: Vector; readonly behind: boolean };

/**
 * Notices documents that another node moves, or should move, and that are behind and do not move.
 * While a changed definition is built, that is what has to move; once it has caught up there is
 * nothing to be seen until it is switched to.
 */
export class LagWatch {
  #seen = '';
  #since: number | undefined;

  /** @param now milliseconds, as `Instant.elapsed` */
  look(live: Found, filled: readonly Found[], now: number): void {
    const next = filled.filter(({ slot }) => slot.hash !== live.slot.hash);
    const waits = live.behind && next.every(({ behind }) => behind);
    const seen = JSON.stringify(
      [live, ...next].map(({ slot, positions }) => [slot.generation, ...positions]),
    );
    if (!waits) this.#since = undefined;
    else if (this.#since === undefined || seen !== this.#seen) this.#since = now;
    this.#seen = seen;
  }

  /** For how long they have stood still, in milliseconds. */
  standsFor(now: number): number {
    return this.#since === undefined ? 0 : now - this.#since;
  }

  /** This node moves them itself. */
  forget(): void {
    this.#since = undefined;
  }
}
