/** What is below what. Everything has one parent at most, and nothing is below itself. */
export class Forest {
  readonly #parents = new Map<string, string>();
  /** A shortcut towards the root, so that the question for it stays cheap in deep trees. */
  readonly #above = new Map<string, string>();

  parentOf(child: string): string | undefined {
    return this.#parents.get(child);
  }

  /** Put it below; false = the parent is the child itself or below it. The child has no parent yet. */
  put(child: string, parent: string): boolean {
    if (this.#root(parent) === child) return false;
    this.#parents.set(child, parent);
    this.#above.set(child, parent);
    return true;
  }

  /** The same things, each after its parent. */
  parentsFirst<Thing extends { readonly id: string }>(things: Iterable<Thing>): readonly Thing[] {
    const waiting = new Map([...things].map((thing) => [thing.id, thing]));
    const ordered: Thing[] = [];
    for (const { id } of [...waiting.values()]) {
      const chain: Thing[] = [];
      for (let at: string | undefined = id; at !== undefined; at = this.#parents.get(at)) {
        const thing = waiting.get(at);
        if (!thing) break;
        waiting.delete(at);
        chain.push(thing);
      }
      while (chain.length > 0) ordered.push(chain.pop()!);
    }
    return ordered;
  }

  #root(of: string): string {
    let root = of;
    for (let above = this.#above.get(root); above !== undefined; above = this.#above.get(root))
      root = above;
    for (let at = of; at !== root; ) {
      const above = this.#above.get(at)!;
      this.#above.set(at, root);
      at = above;
    }
    return root;
  }
}

/** How many are above each, told once for all that lie on the way. What goes round ends somewhere. */
export const depths = (parentOf: (of: string) => string | undefined): ((of: string) => number) => {
  const known = new Map<string, number>();
  return (of) => {
    const way: string[] = [];
    const seen = new Set<string>();
    let at: string | undefined = of;
    while (at !== undefined && !known.has(at) && !seen.has(at)) {
      way.push(at);
      seen.add(at);
      at = parentOf(at);
    }
    let depth = at === undefined ? -1 : (known.get(at) ?? -1);
    for (const one of way.reverse()) known.set(one, ++depth);
    return known.get(of)!;
  };
};
