import { describe, expect, it } from 'vitest';
import { binAt, binsOf, keyed, spanOf, unitFor, widened } from './bins-of.js';

describe('the unit of a histogram', () => {
  it('is the finest that still makes a picture', () => {
    expect(unitFor({ from: '1900-01-01', to: '2026-01-01' })).toBe('year');
    expect(unitFor({ from: '2015-01-01', to: '2026-01-01' })).toBe('month');
    expect(unitFor({ from: '2026-01-01', to: '2026-05-01' })).toBe('day');
    expect(unitFor({ from: '2026-01-01', to: '2026-01-06' })).toBe('hour');
    expect(unitFor({ from: '2026-01-01T10:00Z', to: '2026-01-01T11:00Z' })).toBe('minute');
    expect(unitFor({ from: '2026-01-01', to: '2026-01-01' })).toBe('minute');
  });
});

describe('bars', () => {
  const months = binsOf({ from: '2019-11-20T00:00:00Z', to: '2020-02-01T00:00:00Z' }, 'month', [
    { value: '2019-12', count: 7 },
    { value: null, count: 3 },
  ]);

  it('are there for every period, also for those without anything', () => {
    expect(months.map(({ name, count }) => [name, count])).toEqual([
      ['2019-11', 0],
      ['2019-12', 7],
      ['2020-01', 0],
      ['2020-02', 0],
    ]);
  });

  it('end with the last instant of their period', () => {
    expect(months.at(-1)).toMatchObject({
      from: '2020-02-01T00:00:00.000Z',
      to: '2020-02-29T23:59:59.999Z',
    });
  });

  it('are bounded where a date is far off', () => {
    const years = binsOf({ from: '0001-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'year', []);
    expect([years.length, years.at(-1)?.name]).toEqual([400, '2026']);
  });

  it('are chosen in both directions', () => {
    const span = { from: '2019-12-01T00:00:00.000Z', to: '2020-01-31T23:59:59.999Z' };
    expect(spanOf(months, { anchor: 1, head: 2 })).toEqual(span);
    expect(spanOf(months, { anchor: 2, head: 1 })).toEqual(span);
    expect(spanOf([], { anchor: 0, head: 0 })).toBeUndefined();
  });

  it('are found by place, at the edges too', () => {
    expect([-5, 0, 99, 100, 500].map((x) => binAt(x, 100, 4))).toEqual([0, 0, 3, 3, 3]);
  });
});

describe('keys', () => {
  const press = (key: string, shift = false) => ({ key, shift });

  it('begin at an end and move one bar', () => {
    expect(keyed(undefined, press('ArrowRight'), 4)).toEqual({ anchor: 0, head: 0 });
    expect(keyed(undefined, press('ArrowLeft'), 4)).toEqual({ anchor: 3, head: 3 });
    expect(keyed({ anchor: 0, head: 1 }, press('ArrowRight'), 4)).toEqual({ anchor: 2, head: 2 });
    expect(keyed({ anchor: 3, head: 3 }, press('ArrowRight'), 4)).toEqual({ anchor: 3, head: 3 });
  });

  it('widen with Shift', () => {
    expect(keyed({ anchor: 1, head: 2 }, press('ArrowRight', true), 4)).toEqual({
      anchor: 1,
      head: 3,
    });
    expect(keyed({ anchor: 1, head: 2 }, press('Home', true), 4)).toEqual({ anchor: 1, head: 0 });
  });

  it('do nothing else', () => {
    expect(keyed({ anchor: 1, head: 1 }, press('x'), 4)).toBeUndefined();
    expect(keyed(undefined, press('Home'), 0)).toBeUndefined();
  });
});

describe('zooming out', () => {
  it('keeps the middle', () => {
    expect(widened({ from: '2026-01-02T00:00:00Z', to: '2026-01-03T00:00:00Z' })).toEqual({
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-04T00:00:00.000Z',
    });
  });
});
