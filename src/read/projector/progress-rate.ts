/** How much of what was measured before stays in a rate, at each look. */
const KEPT = 0.8;

/** Messages per second, smoothed over some looks. */
export class ProgressRate {
  #done = 0;
  #at: number | undefined;
  #perSecond = 0;

  get perSecond(): number {
    return Math.round(this.#perSecond);
  }

  look(done: number, now: number): void {
    if (this.#at !== undefined && now > this.#at) {
      const latest = ((done - this.#done) * 1_000) / (now - this.#at);
      this.#perSecond =
        this.#perSecond === 0 ? latest : KEPT * this.#perSecond + (1 - KEPT) * latest;
    }
    this.#done = done;
    this.#at = now;
  }
}
