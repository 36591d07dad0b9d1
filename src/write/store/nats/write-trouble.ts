import type { Shut } from '../write-gate.js';

/** How long what went wrong is held against a stream that nobody wrote to since. */
const HELD_AGAINST_MS = 30_000;

/**
 * What the last writes to a stream came to. While it is in trouble one append at a time finds out
 * whether that is over; the others are told at once instead of waiting for the same.
 */
export class WriteTrouble {
  #said: (Shut & { readonly at: number }) | undefined;

  note(code: string, message: string): void {
    this.#said = { code, message, at: performance.now() };
  }

  over(): void {
    this.#said = undefined;
  }

  /** Undefined when there is none, or nobody has tried for so long that it may be over. */
  get why(): Shut | undefined {
    if (!this.#said || performance.now() - this.#said.at > HELD_AGAINST_MS) return undefined;
    return this.#said;
  }
}
