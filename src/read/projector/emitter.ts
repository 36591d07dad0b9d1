/** Tells whoever wants to know that something moved. */
export class Emitter {
  readonly #told = new Set<() => void>();

  /** Call at each move, until the returned function is called. */
  on(told: () => void): () => void {
    this.#told.add(told);
    return () => this.#told.delete(told);
  }

  /** Whether somebody waits to be told. */
  get awaited(): boolean {
    return this.#told.size > 0;
  }

  emit(): void {
    for (const told of [...this.#told]) told();
  }
}
