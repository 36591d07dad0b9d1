import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { periodAfter, TIME_UNITS } from './time-units.js';

const anyTime = fc
  .integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59Z') })
  .map((ms) => new Date(ms).toISOString());
const lengths = fc.constantFrom(...Object.values(TIME_UNITS));

describe('the period after one', () => {
  test.prop([anyTime, lengths, anyTime])(
    'parts the times within it from those that come later',
    (one, length, other) => {
      const period = one.slice(0, length);
      const after = periodAfter(period)!;
      expect(period <= one && one < after).toBe(true);
      expect(period <= other && other < after).toBe(other.startsWith(period));
    },
  );

  it.each([
    ['2019', '2020'],
    ['2019-12', '2020-01'],
    ['2020-02-28', '2020-02-29'],
    ['2019-02-28', '2019-03-01'],
    ['2019-12-31T23', '2020-01-01T00'],
    ['2019-12-31T23:59', '2020-01-01T00:00'],
  ])('%s is %s', (period, after) => expect(periodAfter(period)).toBe(after));

  it.each(['2019-13', '2019-02-30', '2019-01-01T24', '2019-01-01T10:60', '19', 'May', ''])(
    'does not exist for "%s"',
    (text) => expect(periodAfter(text)).toBeUndefined(),
  );
});
