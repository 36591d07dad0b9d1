/** Lets so many through within each second. */
export class PerSecond {
  readonly #most: number;
  #second = 0;
  #passed = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether one more passes. `now` = milliseconds since 1970. */
  lets(now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#passed = 0;
    }
    return ++this.#passed <= this.#most;
  }
}
