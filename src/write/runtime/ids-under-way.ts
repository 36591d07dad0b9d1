type Held = { readonly aggregate: string; count: number; readonly free: Promise<void> };

/**
 * Command ids that are being decided, and for which aggregate: whether one that comes for another
 * aggregate was accepted there is known only when that is over.
 */
export class IdsUnderWay {
  readonly #held = new Map<string, Held & { readonly release: () => void }>();

  /** Take ids for an aggregate. Returns how to let go of them; undefined while another has one. */
  take(ids: readonly string[], aggregate: string): (() => void) | undefined {
    if (this.#other(ids, aggregate)) return undefined;
    for (const id of ids) this.#take(id.toLowerCase(), aggregate);
    return () => {
      for (const id of ids) this.#letGo(id.toLowerCase());
    };
  }

  /** Settles when another that has one of the ids has let go of it. */
  async freed(ids: readonly string[], aggregate: string): Promise<void> {
    await this.#other(ids, aggregate)?.free;
  }

  #other(ids: readonly string[], aggregate: string): Held | undefined {
    for (const id of ids) {
      const held = this.#held.get(id.toLowerCase());
      if (held && held.aggregate !== aggregate) return held;
    }
    return undefined;
  }

  #take(id: string, aggregate: string): void {
    const held = this.#held.get(id);
    if (held) {
      held.count++;
      return;
    }
    let release = (): void => {};
    const free = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#held.set(id, { aggregate, count: 1, free, release });
  }

  #letGo(id: string): void {
    const held = this.#held.get(id)!;
    if (--held.count > 0) return;
    this.#held.delete(id);
    held.release();
  }
}
