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
    return new Promise((begin) => {
      this.join(who, begin);
    });
  }

  /** Stands in the line of one who asks until it is begun; gives what leaves the line before. */
  join(who: Who, begin: () => void): () => void {
    this.#size++;
    const own = this.#waiting.get(who);
    if (own) own.push(begin);
    else this.#waiting.set(who, [begin]);
    return () => this.#leave(who, begin);
  }

  /** Takes the next one whose turn may be given, to be begun; undefined when there is none. */
  next(may: (who: Who) => boolean = () => true): (() => void) | undefined {
    for (const [who, own] of this.#waiting) {
      if (!may(who)) continue;
      this.#waiting.delete(who);
      const begin = own.shift();
      if (own.length > 0) this.#waiting.set(who, own);
      this.#size--;
      return begin;
    }
    return undefined;
  }

  #leave(who: Who, begin: () => void): void {
    const own = this.#waiting.get(who);
    const at = own?.indexOf(begin) ?? -1;
    if (!own || at === -1) return;
    own.splice(at, 1);
    if (own.length === 0) this.#waiting.delete(who);
    this.#size--;
  }
}
