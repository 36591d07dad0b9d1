import { FairQueue, type Who } from './fair-queue.js';

/** So much work at a time. The rest waits: each who asks gets a place before anybody another one. */
export class FairPlaces {
  readonly #most: number;
  readonly #queue = new FairQueue();
  #underWay = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  waitingOf(who: Who): number {
    return this.#queue.sizeOf(who);
  }

  /** Work once there is a place. */
  async hold<T>(who: Who, work: () => Promise<T>): Promise<T> {
    if (this.#underWay < this.#most) this.#underWay++;
    else await this.#queue.wait(who);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #leave(): void {
    const begin = this.#queue.next();
    if (begin) begin();
    else this.#underWay--;
  }
}
