import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dwellScale } from './dwell-scale.js';

const YEAR = 31_557_600;

describe('dwellScale', () => {
  it('keeps the order, from 0 to 1', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 100 * YEAR }), { minLength: 2 }), (all) => {
        const { at } = dwellScale(all);
        const sorted = [...all].sort((a, b) => a - b).map(at);
        for (const [i, one] of sorted.entries()) {
          expect(one).toBeGreaterThanOrEqual(sorted[i - 1] ?? 0);
          expect(one).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('has ticks that do not touch, inside', () => {
    fc.assert(
      fc.property(fc.nat({ max: 200 * YEAR }), (longest) => {
        const { ticks } = dwellScale([longest]);
        for (const [i, { at }] of ticks.entries()) {
          expect(at).toBeGreaterThan(0);
          expect(at).toBeLessThanOrEqual(1);
          if (i > 0) expect(at - (ticks[i - 1]?.at ?? 0)).toBeGreaterThanOrEqual(0.14);
        }
      }),
    );
  });

  it('shows minutes beside decades', () => {
    const { at, ticks } = dwellScale([10 * YEAR]);
    expect(at(0)).toBe(0);
    expect(at(10 * YEAR)).toBe(1);
    expect(at(60)).toBeGreaterThan(0.15);
    expect(ticks.map(({ label }) => label)).toEqual(['1 minute', '1 hour', '1 week', '1 year']);
  });

  it('is there when there is nothing to show', () => {
    expect(dwellScale([]).at(0)).toBe(0);
  });
});
