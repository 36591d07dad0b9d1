import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { Distribution } from './distribution.js';

const BOUNDS = [1, 2, 5];

test.prop([fc.array(fc.double({ min: 0, max: 10, noNaN: true }))])(
  'every value is in the first bucket whose bound it does not exceed',
  (values) => {
    const spread = new Distribution(BOUNDS);
    for (const value of values) spread.observe(value);
    const between = (low: number, high: number) =>
      values.filter((value) => value > low && value <= high).length;
    expect(spread.counts).toEqual([
      values.filter((value) => value <= 1).length,
      between(1, 2),
      between(2, 5),
      between(5, Number.POSITIVE_INFINITY),
    ]);
    expect(spread.count).toBe(values.length);
    expect(spread.sum).toBeCloseTo(values.reduce((sum, value) => sum + value, 0));
  },
);
