import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RANGES, rangeBegins, roundUp, seriesOf } from './series-of.js';

const NOW = Date.parse('2026-11-21T15:04:31.250Z');

describe('seriesOf', () => {
  it('has every minute of the last hour, with what the server counted', () => {
    const series = seriesOf('hour', NOW, [
      { value: '2026-11-21T15:04', count: 3 },
      { value: '2026-11-21T14:05', count: 7 },
      { value: '2026-11-21T14:04', count: 99 },
    ]);
    expect(series).toHaveLength(60);
    expect(series.at(-1)).toEqual({
      name: '2026-11-21T15:04',
      from: '2026-11-21T15:04:00.000Z',
      to: '2026-11-21T15:04:59.999Z',
      count: 3,
    });
    expect(series[0]).toMatchObject({ name: '2026-11-21T14:05', count: 7 });
    expect(series[0]?.from).toBe(rangeBegins('hour', NOW));
    expect(series.reduce((sum, { count }) => sum + count, 0)).toBe(10);
  });

  it('has no gap and nothing twice in any range', () => {
    for (const range of Object.keys(RANGES) as (keyof typeof RANGES)[]) {
      const series = seriesOf(range, NOW, []);
      for (const [i, { from }] of series.entries())
        if (i > 0) expect(Date.parse(from)).toBe(Date.parse(series[i - 1]?.to ?? '') + 1);
      expect(Date.parse(series.at(-1)?.to ?? '')).toBeGreaterThanOrEqual(NOW);
    }
  });
});

it('rounds up to what is easy to read', () => {
  expect([0, 1, 3, 12, 21, 60, 101, 1_000].map(roundUp)).toEqual([
    1, 1, 5, 20, 50, 100, 200, 1_000,
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), (n) => {
      expect(roundUp(n)).toBeGreaterThanOrEqual(n);
      expect(roundUp(n)).toBeLessThanOrEqual(n * 2.5);
    }),
  );
});
