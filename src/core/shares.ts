/** How much of something is taken, by all and by each who takes of it, as far as that is known. */
export class Shares {
  readonly #of = new Map<string, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  of(who: string | undefined): number {
    return who === undefined ? 0 : (this.#of.get(who) ?? 0);
  }

  /** Takes more; a negative number gives back. */
  take(who: string | undefined, more: number): void {
    this.#total += more;
    if (who === undefined) return;
    const own = this.of(who) + more;
    if (own === 0) this.#of.delete(who);
    else this.#of.set(who, own);
  }
}
