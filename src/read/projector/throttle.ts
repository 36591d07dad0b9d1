/** Something that is done once, a while after it was asked for first. */
export class Throttle {
  readonly #afterMs: number;
  readonly #work: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(afterMs: number, work: () => void) {
    this.#afterMs = afterMs;
    this.#work = work;
  }

  ask(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#work();
    }, this.#afterMs);
    this.#timer.unref();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
