/** Who asks, as far as that is known. */
export type Who = string | undefined;

/** What waits of many who ask: each of them comes to a turn before anybody has another one. */
export class FairQueue {
  /** Who waits, next one first, each with what waits. */
  readonly #waiting = new Map<Who, (() => void)[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** What waits of one who asks; nobody is told apart of those who are not known. */
  sizeOf(who: Who): number {
    return who === undefined ? 0 : (this.#waiting.get(who)?.length ?? 0);
  }

  /** Settles when it is its turn. */
  wait(who: Who): Promise<void> {
    this.#size++;
    return new Promise((begin) => {
      const own = this.#waiting.get(who);
      if (own) own.push(begin);
      else this.#waiting.set(who, [begin]);
    });
  }

  /** Takes the next one, to be begun; undefined when nobody waits. */
  next(): (() => void) | undefined {
    const [next] = this.#waiting;
    if (!next) return undefined;
    const [who, own] = next;
    this.#waiting.delete(who);
    const begin = own.shift();
    if (own.length > 0) this.#waiting.set(who, own);
    this.#size--;
    return begin;
  }
}
