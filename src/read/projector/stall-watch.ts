import type { SourceProgress } from './source-progress.js';

/**
 * Notices what is behind and does not move: all sources together, or one whose feed is silent
 * while others are busy. A source that waits for its turn does not stand still.
 */
export class StallWatch {
  readonly #afterMs: number;
  readonly #stuck = new Set<string>();
  #movedAt: number;

  /** @param afterMs how long it may take, @param now milliseconds, as `Instant.elapsed` */
  constructor(afterMs: number, now: number) {
    this.#afterMs = afterMs;
    this.#movedAt = now;
  }

  get movedAt(): number {
    return this.#movedAt;
  }
  /** Whether a source was found to stand still and has not moved since. */
  get stuck(): boolean {
    return this.#stuck.size > 0;
  }

  moved(slug: string, now: number): void {
    this.#movedAt = now;
    this.#stuck.delete(slug);
  }

  /** It stood still for a good reason until now. */
  excused(now: number): void {
    this.#movedAt = now;
  }

  /** Whether it stands still, given what is behind; counts anew from then on. */
  standsStill(behind: readonly SourceProgress[], now: number): boolean {
    const slugs = new Set(behind.map(({ source }) => source.slug));
    for (const slug of this.#stuck) if (!slugs.has(slug)) this.#stuck.delete(slug);
    const silent = behind.filter(
      ({ silentSince, clean }) =>
        silentSince !== null && now - Math.max(silentSince, clean?.elapsed ?? 0) >= this.#afterMs,
    );
    if (silent.length === 0 && (behind.length === 0 || now - this.#movedAt < this.#afterMs))
      return false;
    for (const one of silent) {
      this.#stuck.add(one.source.slug);
      one.silentSince = now;
    }
    this.#movedAt = now;
    return true;
  }
}
