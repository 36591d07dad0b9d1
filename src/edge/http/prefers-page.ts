import { type Wish, wishesOf } from './wishes-of.js';

/** How much a type is wanted: the most exact of the ranges that hold it says so (RFC 9110 12.5.1). */
const wanted = (ranges: readonly Wish[], type: string): number => {
  const [family = ''] = type.split('/');
  for (const name of [type, `${family}/*`, '*/*']) {
    const found = ranges.find((range) => range.name === name);
    if (found) return found.quality;
  }
  return 0;
};

/** Whether somebody would rather look at a page than read JSON. Programs say nothing, or anything. */
export const prefersPage = (accepted?: string): boolean => {
  const ranges = wishesOf(accepted);
  return wanted(ranges, 'text/html') > wanted(ranges, 'application/json');
};
