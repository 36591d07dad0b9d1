import { distance } from '../../core/nearest.js';
import { CLOSE_ROUTES_MAX } from './limits.js';

/** What is compared of a path that somebody made up. */
const SEGMENTS_MAX = 6;
const SEGMENT_MAX = 60;
/** Costs: a segment that only one of two has, a variable that stands for anything. */
const EXTRA = 4;
const VARIABLE = 1;

type Known = { readonly pattern: string; readonly segments: readonly string[] };
type Close = { readonly pattern: string; readonly far: number };

const segments = (path: string): string[] =>
  path
    .split('/', SEGMENTS_MAX + 1)
    .slice(1)
    .map((one) => one.slice(0, SEGMENT_MAX));

/** How far a path is from patterns, as long as that is less than `most`; what is not is `most`. */
class Distances {
  readonly #asked: readonly string[];
  readonly #compare: typeof distance;
  /** The same words stand in many patterns: each is compared once with a segment. */
  readonly #compared: readonly Map<string, number>[];

  constructor(asked: readonly string[], compare: typeof distance) {
    this.#asked = asked;
    this.#compare = compare;
    this.#compared = asked.map(() => new Map());
  }

  to(known: readonly string[], most: number): number {
    const extra = Math.abs(this.#asked.length - known.length) * EXTRA;
    const both = Math.min(this.#asked.length, known.length);
    let sum = extra;
    for (let index = 0; index < both && sum < most; index++)
      sum += this.#cost(index, known[index]!, most - sum);
    return Math.min(sum, most);
  }

  #cost(index: number, word: string, most: number): number {
    if (word.startsWith(':')) return VARIABLE;
    const compared = this.#compared[index]!;
    const known = compared.get(word);
    if (known !== undefined) return known;
    const asked = this.#asked[index]!;
    // No two words are closer than their lengths.
    if (Math.abs(asked.length - word.length) >= most) return most;
    const far = this.#compare(asked, word);
    compared.set(word, far);

    return far;
  }
}

/** Says which of the patterns look most like a path, the closest first. */
export const closeRoutesOf = (patterns: readonly string[], compare = distance) => {
  const known = [...new Set(patterns)].map(
    (pattern): Known => ({ pattern, segments: segments(pattern) }),
  );
  return (path: string): readonly string[] => {
    const distances = new Distances(segments(path), compare);
    const closest: Close[] = [];
    for (const one of known) {
      const most = closest[CLOSE_ROUTES_MAX - 1]?.far ?? Number.POSITIVE_INFINITY;
      const far = distances.to(one.segments, most);
      if (far >= most) continue;
      closest.push({ pattern: one.pattern, far });
      closest.sort((a, b) => a.far - b.far);
      closest.length = Math.min(closest.length, CLOSE_ROUTES_MAX);
    }
    return closest.map(({ pattern }) => pattern);
  };
};
