import { GUESSES_WINDOW_S, GuessSources, type Source, type Tried } from './guess-sources.js';

/** Credentials remembered as right. */
const KNOWN_MAX = 10_000;

/** What became of a try; `unknown` where nobody could tell. `over`: right once, so nobody guessed. */
export type Found = 'right' | 'wrong' | 'over' | 'unknown';

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
  readonly #sources: GuessSources;

  /** @param elapsed milliseconds that only ever grow */
  constructor(most: number, elapsed: () => number = () => performance.now()) {
    this.#most = most;
    this.#elapsed = elapsed;
    this.#sources = new GuessSources(most, elapsed);
  }

  begin(tried: Tried): Try {
    const { source: name, digest } = tried;
    if (digest !== undefined && this.#known.has(digest))
      return {
        end: (found) => {
          if (found === 'wrong' || found === 'over') this.#found(name, digest, found);
        },
      };
    const source = this.#sources.of(name);
    const isNew = digest === undefined || !source.wrong.has(digest);
    if (isNew && source.wrong.size + othersOf(source, digest) >= this.#most) {
      const left = GUESSES_WINDOW_S - (this.#elapsed() - source.since) / 1_000;
      return { retryAfterS: source.wrong.size > 0 ? Math.ceil(left) : 1 };
    }
    source.trying.add(tried);
    this.#sources.rank(source);
    return {
      end: (found, read = digest) => {
        source.trying.delete(tried);
        if (read !== undefined) this.#found(name, read, found);
        this.#sources.rank(source);
      },
    };
  }

  #found(name: string, digest: string, found: Found): void {
    if (found === 'right') this.#remember(digest);
    else if (found !== 'unknown') this.#known.delete(digest);
    if (found !== 'wrong') return;
    // The one it began with may be forgotten by now.
    const source = this.#sources.of(name);
    if (source.wrong.size === 0) source.since = this.#elapsed();
    source.wrong.add(digest);
    this.#sources.rank(source);
  }

  #remember(digest: string): void {
    if (this.#known.has(digest)) return;
    if (this.#known.size >= KNOWN_MAX) this.#known.delete(oldestOf(this.#known)!);
    this.#known.add(digest);
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
