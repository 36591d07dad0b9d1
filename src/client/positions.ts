type Known = { readonly sequence: number; readonly at: number };

/** How far the log was when this client wrote last: what it reads reflects at least that. */
export class Positions {
  readonly #known = new Map<string, Known>();
  readonly #keptMs: number;

  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  /** Keep `source:42`, or several, unless more is known already. */
  wrote(position: string | null | undefined): void {
    for (const one of position?.split(',') ?? []) {
      const [source = '', last] = one.split(':');
      const sequence = Number(last);
      if (source !== '' && sequence > (this.#known.get(source)?.sequence ?? 0))
        this.#known.set(source, { sequence, at: performance.now() });
    }
  }

  /** All of them, as a query asks for them; undefined when this client wrote nothing lately. */
  get text(): string | undefined {
    for (const [source, { at }] of this.#known)
      if (performance.now() - at > this.#keptMs) this.#known.delete(source);
    if (this.#known.size === 0) return undefined;
    return [...this.#known].map(([source, { sequence }]) => `${source}:${sequence}`).join(',');
  }

  /** The log is another one. */
  forget(): void {
    this.#known.clear();
  }
}
