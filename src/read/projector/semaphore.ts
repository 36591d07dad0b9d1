/**
 * Whose turn it is to apply a batch. All projections of a node share one thread with its commands:
 * between two turns the event loop goes round once, so that a rebuild never holds a command up for
 * longer than the batches of one round.
 */
export class Semaphore {
  readonly #atOnce: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken >= this.#atOnce)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#taken++;
    try {
      return await work();
    } finally {
      setImmediate(() => {
        const next = this.#waiting.shift();
        if (next) next();
        else this.#taken--;
      });
    }
  }
}
