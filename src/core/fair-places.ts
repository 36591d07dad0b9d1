/** Who asks, as far as that is known. */
type Who = string | undefined;

/** So much work at a time. The rest waits: each who asks gets a place before anybody another one. */
export class FairPlaces {
  readonly #most: number;
  /** Who waits, next one first, each with what waits. */
  readonly #waiting = new Map<Who, (() => void)[]>();
  #waitingOfAll = 0;
  #underWay = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get waiting(): number {
    return this.#waitingOfAll;
  }

  /** What waits of one who asks; nobody is told apart of those who are not known. */
  waitingOf(who: Who): number {
    return who === undefined ? 0 : (this.#waiting.get(who)?.length ?? 0);
  }

  /** Work once there is a place. */
  async hold<T>(who: Who, work: () => Promise<T>): Promise<T> {
    if (this.#underWay < this.#most) this.#underWay++;
    else await this.#turn(who);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #turn(who: Who): Promise<void> {
    this.#waitingOfAll++;
    return new Promise((begin) => {
      const own = this.#waiting.get(who);
      if (own) own.push(begin);
      else this.#waiting.set(who, [begin]);
    });
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#underWay--;
      return;
    }
    const [who, own] = next;
    this.#waiting.delete(who);
    const begin = own.shift();
    if (own.length > 0) this.#waiting.set(who, own);
    this.#waitingOfAll--;
    begin?.();
  }
}
