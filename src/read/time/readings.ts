import type { Reading } from '../projector/projections.js';
import type { ViewStore } from '../views/port.js';
import type { Built } from './build.js';
import { holdsAt } from './holding.js';
import { DISPOSE_AFTER_MS, type TimeLimits } from './limits.js';
import type { Point } from './point.js';

/** An answer that is kept: the documents in a read store, and in memory to go on from. */
export type Answer = { readonly built: Built; readonly reading: Reading };

/**
 * The answers given last, by what was asked. The store of one that is dropped stays a little, for
 * requests that still read it: they take milliseconds.
 */
export class Readings {
  readonly #limits: TimeLimits;
  readonly #answers = new Map<string, Answer>();
  readonly #leaving = new Map<ViewStore, NodeJS.Timeout>();
  #documents = 0;

  constructor(limits: TimeLimits) {
    this.#limits = limits;
  }

  get(key: string): Answer | undefined {
    const answer = this.#answers.get(key);
    if (!answer) return undefined;
    this.#answers.delete(key); // last in the map = asked for last
    this.#answers.set(key, answer);
    return answer;
  }

  /** An answer that was made for another point, and holds at this one, too. */
  holding(beginning: string, point: Point): Answer | undefined {
    for (const [key, { built }] of this.#answers)
      if (key.startsWith(beginning) && holdsAt(built, point)) return this.get(key);
    return undefined;
  }

  /** All answers whose question begins so. */
  about(beginning: string): readonly Answer[] {
    return [...this.#answers].flatMap(([key, one]) => (key.startsWith(beginning) ? [one] : []));
  }

  add(key: string, answer: Answer): void {
    this.#answers.set(key, answer);
    this.#documents += answer.built.documents.views.size;
    for (const [oldest, { built, reading }] of this.#answers) {
      const { readingsMax, documentsMax } = this.#limits;
      const fits = this.#answers.size <= readingsMax && this.#documents <= documentsMax;
      if (fits || oldest === key) return; // the newest stays, however large
      this.#answers.delete(oldest);
      this.#documents -= built.documents.views.size;
      this.#leave(reading.store);
    }
  }

  #leave(store: ViewStore): void {
    const timer = setTimeout(() => {
      this.#leaving.delete(store);
      void store.close().catch(() => {}); // it was only in memory
    }, DISPOSE_AFTER_MS);
    timer.unref();
    this.#leaving.set(store, timer);
  }

  async close(): Promise<void> {
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    const stores = [
      ...this.#leaving.keys(),
      ...[...this.#answers.values()].map(({ reading }) => reading.store),
    ];
    this.#leaving.clear();
    this.#answers.clear();
    this.#documents = 0;
    await Promise.allSettled(stores.map((store) => store.close()));
  }
}
