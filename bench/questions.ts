import { teamOf } from './landscape.js';

/** Documents on one page of a list. */
export const LIST_LIMIT = 50;

/**
 * - `point`: one document by its key
 * - `list`: the first page of what one team owns, sorted by name
 * - `browse`: the first page of everything, sorted by name, with the count of all
 */
export const ASKINGS = ['point', 'list', 'browse'] as const;
export type Asking = (typeof ASKINGS)[number];

/** Any number below `count`. */
export const drawn = (count: number): number => Math.floor(Math.random() * count);

/** The path of a question over HTTP. */
export const pathOf = (asking: Asking, ids: readonly string[]): string => {
  const index = drawn(ids.length);
  if (asking === 'point') return `/applications/${ids[index]!}`;
  const sorted = `sort=name&limit=${LIST_LIMIT}`;
  return `/applications?${asking === 'list' ? `owner=${teamOf(index)}&${sorted}` : sorted}`;
};
