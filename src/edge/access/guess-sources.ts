/** How long a wrong credential counts, from the first of its source on. */
export const GUESSES_WINDOW_S = 60;
const WINDOW_MS = GUESSES_WINDOW_S * 1_000;
/** Sources remembered with what was wrong from there. */
export const SOURCES_MAX = 5_000;

export type Tried = {
  /** Where it comes from, or what it claims to be: what shares one budget. */
  readonly source: string;
  /** Of the credential; undefined while it stands in a body that is not read yet. */
  readonly digest: string | undefined;
  /** Whether it is known by now who it is, though the try goes on. */
  readonly isKnown?: () => boolean;
};

export class Source {
  /** When the first that is counted was wrong. */
  since = 0;
  readonly wrong = new Set<string>();
  readonly trying = new Set<Tried>();
  /** How many of both there were when it was last ranked. */
  rank = 0;

  constructor(readonly name: string) {}
}

const firstOf = <T>(all: Iterable<T>): T | undefined => {
  for (const one of all) return one;
  return undefined;
};

/**
 * The sources that are remembered. Where they are too many, one whose time is over goes, or the one
 * that guessed least: a name is made up for nothing, and whoever is pushed out begins anew. None
 * goes that has spent all it may; where all have, those that come share one budget.
 */
export class GuessSources {
  readonly #elapsed: () => number;
  readonly #all = new Map<string, Source>();
  /** By rank, those at last that have spent all; in each, those that came to it first. */
  readonly #ranks: readonly Set<Source>[];
  readonly #others = new Source('');

  constructor(most: number, elapsed: () => number) {
    this.#ranks = Array.from({ length: most + 1 }, () => new Set<Source>());
    this.#elapsed = elapsed;
  }

  of(name: string): Source {
    const source = this.#all.get(name) ?? this.#begun(name);
    if (this.#isOver(source)) {
      source.wrong.clear();
      this.rank(source);
    }
    return source;
  }

  /** After something of it changed. One of which nothing is left is forgotten. */
  rank(source: Source): void {
    if (this.#all.get(source.name) !== source) return;
    const rank = Math.min(source.wrong.size + source.trying.size, this.#ranks.length - 1);
    if (rank === source.rank && rank > 0) return;
    this.#forget(source);
    if (rank > 0) this.#keep(source, rank);
  }

  #begun(name: string): Source {
    const room = this.#all.size < SOURCES_MAX || this.#makeRoom();
    if (!room) return this.#others;
    const source = new Source(name);
    this.#keep(source, 0);
    return source;
  }

  #keep(source: Source, rank: number): void {
    source.rank = rank;
    this.#all.set(source.name, source);
    this.#ranks[rank]!.add(source);
  }

  #forget(source: Source): void {
    this.#all.delete(source.name);
    this.#ranks[source.rank]!.delete(source);
  }

  #makeRoom(): boolean {
    const firsts = this.#ranks.map(firstOf);
    const goes =
      firsts.find((one) => one?.trying.size === 0 && this.#isOver(one)) ??
      firsts.slice(0, -1).find((one) => one);
    if (goes) this.#forget(goes);
    return goes !== undefined;
  }

  #isOver({ since, wrong }: Source): boolean {
    return wrong.size > 0 && this.#elapsed() - since >= WINDOW_MS;
  }
}
