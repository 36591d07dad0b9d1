type Held = { readonly aggregate: string; count: number; readonly free: Promise<void> };

/**
 * Command ids that are being decided, and for which aggregate: whether one that comes for another
 * aggregate was accepted there is known only when that is over.
 */
export class IdsUnderWay {
  readonly #held = new Map<string, Held & { readonly release: () => void }>();

  /** Take ids for an aggregate once no other has one of them. Returns how to let go of them. */
  async take(commandIds: readonly string[], aggregate: string): Promise<() => void> {
    const ids = commandIds.map((id) => id.toLowerCase());
    for (;;) {
      const other = ids
        .map((id) => this.#held.get(id))
        .find((held) => held && held.aggregate !== aggregate);
      if (!other) break;
      await other.free;
    }
    for (const id of ids) this.#take(id, aggregate);
    return () => {
      for (const id of ids) this.#letGo(id);
    };
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
