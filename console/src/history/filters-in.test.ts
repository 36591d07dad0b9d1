import { describe, expect, it } from 'vitest';
import { chipsOf, filtersIn, normal } from './filters-in.js';

const params = new URLSearchParams('actor=ann&actor=bob&recorded_at.gte=2026-01-01&sort=x&open=e1');

describe('filters in the address', () => {
  it('are everything but what the screen itself keeps there', () => {
    expect(filtersIn(params)).toEqual({ actor: ['ann', 'bob'], 'recorded_at.gte': ['2026-01-01'] });
  });

  it('are only those that a list has', () => {
    expect(filtersIn(params, new Set(['recorded_at']))).toEqual({
      'recorded_at.gte': ['2026-01-01'],
    });
  });

  it('are taken away one by one', () => {
    expect(chipsOf({ actor: ['ann', 'bob'], sensitive: 'true' })).toEqual([
      { name: 'actor', value: 'ann' },
      { name: 'actor', value: 'bob' },
      { name: 'sensitive', value: 'true' },
    ]);
  });

  it('are the same in any order, whatever is open beside them', () => {
    expect(normal('b=2&a=1&open=x')).toBe(normal('a=1&b=2'));
    expect(normal('a=1')).not.toBe(normal('a=2'));
  });
});
