import { distance } from '../core/nearest.js';
import { CLOSE_ROUTES_MAX } from './limits.js';

/** What is compared of a path that somebody made up. */
const SEGMENTS_MAX = 6;
const SEGMENT_MAX = 60;
/** Costs: a segment that only one of two has, a variable that stands for anything. */
const EXTRA = 4;
const VARIABLE = 1;

const segments = (path: string): string[] =>
  path
    .split('/', SEGMENTS_MAX + 1)
    .slice(1)
    .map((one) => one.slice(0, SEGMENT_MAX));

const cost = (asked: string | undefined, known: string | undefined): number => {
  if (asked === undefined || known === undefined) return EXTRA;
  return known.startsWith(':') ? VARIABLE : distance(asked, known);
};

/** Patterns that look most like a path, the closest first. */
export const closeRoutes = (path: string, patterns: readonly string[]): readonly string[] => {
  const asked = segments(path);
  const costs = [...new Set(patterns)].map((pattern) => {
    const known = segments(pattern);
    const length = Math.max(asked.length, known.length);
    let sum = 0;
    for (let index = 0; index < length; index++) sum += cost(asked[index], known[index]);
    return { pattern, sum };
  });
  return costs
    .sort((a, b) => a.sum - b.sum)
    .slice(0, CLOSE_ROUTES_MAX)
    .map(({ pattern }) => pattern);
};
