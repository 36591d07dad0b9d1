/** How long a wrong credential counts, from the first of its source on. */
export const GUESSES_WINDOW_S = 60;
const WINDOW_MS = GUESSES_WINDOW_S * 1_000;
/** Credentials remembered as right. */
const KNOWN_MAX = 10_000;
/** Sources remembered with what was wrong from there; those heard of longest ago go first. */
const SOURCES_MAX = 5_000;

/** What became of a try; `unknown` where nobody could tell. `over`: right once, so nobody guessed. */
export type Found = 'right' | 'wrong' | 'over' | 'unknown';

type Tried = {
  /** Where it comes from, or what it claims to be: what shares one budget. */
  readonly source: string;
  /** Of the credential; undefined while it stands in a body that is not read yet. */
  readonly digest: string | undefined;
  /** Whether it is known by now who it is, though the try goes on. */
  readonly isKnown?: () => boolean;
};
type Source = {
  /** When the first that is counted was wrong. */
  since: number;
  readonly wrong: Set<string>;
  readonly trying: Set<Tried>;
};

/** A try that may go on, to be ended; or how long none may. */
type Try = { end(found: Found, digest?: string): void } | { readonly retryAfterS: number };

const oldestOf = <T>(all: Iterable<T>): T | undefined => {
  for (const one of all) return one;
  return undefined;
};

/**
 * Bounds how often credentials are guessed: so many different wrong ones of one source within a
 * while, with those that are looked at just now, or all that is sent at once would be checked before
 * the first one counts. One that comes again is no new guess, and whoever was right before is let
 * pass, whatever others try. Only what was found to be wrong counts.
 */
export class Guesses {
  readonly #most: number;
  readonly #elapsed: () => number;
  readonly #known = new Set<string>();
  readonly #sources = new Map<string, Source>();

  /** @param elapsed milliseconds that only ever grow */
  constructor(most: number, elapsed: () => number = () => performance.now()) {
    this.#most = most;
    this.#elapsed = elapsed;
  }

  begin(tried: Tried): Try {
    const { source: name, digest } = tried;
    if (digest !== undefined && this.#known.has(digest))
      return {
        end: (found) => {
          if (found === 'wrong' || found === 'over')
            this.#ended(this.#of(name), tried, { found, digest });
        },
      };
    const source = this.#of(name);
    const isNew = digest === undefined || !source.wrong.has(digest);
    if (isNew && source.wrong.size + othersOf(source, digest) >= this.#most) {
      const left = source.since + WINDOW_MS - this.#elapsed();
      return { retryAfterS: source.wrong.size > 0 ? Math.ceil(left / 1_000) : 1 };
    }
    source.trying.add(tried);
    return {
      end: (found, read = digest) => this.#ended(source, tried, { found, digest: read }),
    };
  }

  #ended(
    source: Source,
    tried: Tried,
    { found, digest }: { readonly found: Found; readonly digest: string | undefined },
  ): void {
    source.trying.delete(tried);
    if (digest !== undefined) {
      if (found === 'right') this.#remember(digest);
      else if (found !== 'unknown') this.#known.delete(digest);
      if (found === 'wrong') {
        if (source.wrong.size === 0) source.since = this.#elapsed();
        source.wrong.add(digest);
      }
    }
    // Whoever is right takes the place of nobody who is not.
    const isEmpty = source.trying.size === 0 && source.wrong.size === 0;
    if (isEmpty && this.#sources.get(tried.source) === source) this.#sources.delete(tried.source);
  }

  #remember(digest: string): void {
    if (this.#known.has(digest)) return;
    if (this.#known.size >= KNOWN_MAX) this.#known.delete(oldestOf(this.#known)!);
    this.#known.add(digest);
  }

  #of(name: string): Source {
    const source = this.#sources.get(name) ?? { since: 0, wrong: new Set(), trying: new Set() };
    if (this.#elapsed() - source.since >= WINDOW_MS) source.wrong.clear();
    this.#sources.delete(name);
    if (this.#sources.size >= SOURCES_MAX) this.#sources.delete(oldestOf(this.#sources.keys())!);
    this.#sources.set(name, source);
    return source;
  }
}

/** How many are tried besides this one; many requests with one credential are one try. */
const othersOf = ({ trying }: Source, digest: string | undefined): number => {
  const others = new Set<string | Tried>();
  for (const one of trying)
    if (!one.isKnown?.() && (digest === undefined || one.digest !== digest))
      others.add(one.digest ?? one);
  return others.size;
};
