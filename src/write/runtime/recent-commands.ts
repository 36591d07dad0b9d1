/**
 * Which aggregate each of the latest command ids was accepted for, to notice an id that is used for
 * two. Two generations: when the young one is full, the old one is forgotten whole.
 */
export class RecentCommands {
  readonly #half: number;
  #young = new Map<string, string>();
  #old = new Map<string, string>();

  constructor(most: number) {
    this.#half = Math.ceil(most / 2);
  }

  forget(): void {
    this.#young = new Map();
    this.#old = new Map();
  }

  get(commandId: string): string | undefined {
    return this.#young.get(commandId) ?? this.#old.get(commandId);
  }

  add(commandId: string, aggregate: string): void {
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(commandId, aggregate);
  }
}
