import type { Fault } from '../../core/refusal.js';

/** Told why a read store cannot be used yet, once per reason, and null when it can. */
export type OnAwaited = (why: Fault | null) => void;

/**
 * What must be done once before a read store is asked. Whoever asks waits for it; when it fails,
 * the next one who asks tries again, and all who ask meanwhile share one attempt.
 */
export class Preparing {
  readonly #work: () => Promise<void>;
  readonly #tell: OnAwaited;
  readonly #told = new Set<string>();
  #attempt: Promise<void> | undefined;

  /** @param work rejects with a Fault */
  constructor(work: () => Promise<void>, tell: OnAwaited = () => undefined) {
    this.#work = work;
    this.#tell = tell;
  }

  /** @throws Fault what `work` rejects with */
  done(): Promise<void> {
    this.#attempt ??= this.#try();
    return this.#attempt;
  }

  /** What was prepared is gone: it is done anew before anybody asks again. */
  undo(): void {
    this.#attempt = undefined;
  }

  async #try(): Promise<void> {
    try {
      await this.#work();
    } catch (error) {
      this.#attempt = undefined;
      const why = error as Fault;
      if (!this.#told.has(why.message)) this.#tell(why);
      this.#told.add(why.message);
      throw error;
    }
    if (this.#told.size > 0) this.#tell(null);
    this.#told.clear();
  }
}
