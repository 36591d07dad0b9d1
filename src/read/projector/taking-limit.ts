import { Emitter } from './emitter.js';
import type { Vector } from './projections.js';

/** Up to where messages may be taken, so that two slots can come to the same position. */
export class TakingLimit {
  #limit: Vector | undefined;
  readonly #changes = new Emitter();

  /** undefined = as far as it goes. */
  set(limit: Vector | undefined): void {
    this.#limit = limit;
    this.#changes.emit();
  }

  get isSet(): boolean {
    return this.#limit !== undefined;
  }

  allows(slug: string, sequence: number): boolean {
    return sequence <= (this.#limit?.get(slug) ?? Number.POSITIVE_INFINITY);
  }

  /** Settles when a message may be taken, or with the signal. */
  lifted(slug: string, sequence: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!signal.aborted && !this.allows(slug, sequence)) return;
        done();
        signal.removeEventListener('abort', look);
        resolve();
      };
      const done = this.#changes.on(look);
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  }
}
