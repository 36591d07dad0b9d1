/** How far the log was when this client wrote last: what it reads reflects at least that. */
export class Positions {
  readonly #known = new Map<string, number>();

  /** Keep `source:42`, or several, unless more is known already. */
  wrote(position: string | null | undefined): void {
    for (const one of position?.split(',') ?? []) {
      const [source = '', sequence] = one.split(':');
      const known = this.#known.get(source) ?? 0;
      if (source !== '' && Number(sequence) > known) this.#known.set(source, Number(sequence));
    }
  }

  /** All of them, as a query asks for them; undefined when this client wrote nothing. */
  get text(): string | undefined {
    if (this.#known.size === 0) return undefined;
    return [...this.#known].map(([source, sequence]) => `${source}:${sequence}`).join(',');
  }

  /** The log is another one. */
  forget(): void {
    this.#known.clear();
  }
}
