import { describe, expect, it } from 'vitest';
import { instantOf, moved, placeOf, rangeOf, ticksOf, windowOf, zoomNamed } from './window-of.js';

const at = (text: string): number => Date.parse(`${text}T00:00:00Z`);
const decade = { from: at('2015-06-01'), to: at('2025-06-01') };
const labels = (...given: Parameters<typeof ticksOf>) =>
  ticksOf(...given).map(({ label }) => label);

describe('what is seen', () => {
  it('is everything with room around it, or so much around a day', () => {
    const all = windowOf('all', at('2020-01-01'), decade);
    expect(all.from).toBeLessThan(decade.from);
    expect(all.to).toBeGreaterThan(decade.to);
    const year = windowOf('year', at('2020-07-01'), decade);
    expect(new Date(year.from).toISOString().slice(0, 7)).toBe('2019-12');
    expect(new Date(year.to).toISOString().slice(0, 7)).toBe('2020-12');
  });

  it('is never empty, and moves by half of itself', () => {
    const one = windowOf('all', 0, { from: 5, to: 5 });
    expect(one.to).toBeGreaterThan(one.from);
    expect(moved({ from: 0, to: 10 }, 1)).toBe(10);
    expect(moved({ from: 0, to: 10 }, -1)).toBe(0);
  });

  it('is all unless the address says something that there is', () => {
    expect([zoomNamed('year'), zoomNamed('century'), zoomNamed(undefined)]).toEqual([
      'year',
      'all',
      'all',
    ]);
  });

  it('has what began today behind it, and room on both sides', () => {
    const evening = new Date('2026-11-30T21:00:00Z');
    const now = instantOf('2026-11-30', evening);
    const since = Date.parse('2026-11-30T18:00:00Z');
    expect(now).toBeGreaterThan(since);
    const { from, to } = rangeOf(since, Number.NaN, now);
    expect([since - from > 100 * 86_400_000, to - now > 100 * 86_400_000]).toEqual([true, true]);
    expect(instantOf('2019-05-01', evening)).toBe(Date.parse('2019-05-01T12:00:00Z'));
    const years = rangeOf(at('2019-01-01'), at('2031-01-01'), now);
    expect(years).toEqual({ from: at('2019-01-01'), to: at('2031-01-01') });
  });

  it('is put on a line', () => {
    expect(placeOf(5, { from: 0, to: 10 }, 200)).toBe(100);
    expect(placeOf(-5, { from: 0, to: 10 }, 200)).toBe(-100);
  });
});

describe('the calendar', () => {
  it('is divided as finely as its labels have room', () => {
    expect(labels(decade, 1_000)).toEqual([
      '2016',
      '2017',
      '2018',
      '2019',
      '2020',
      '2021',
      '2022',
      '2023',
      '2024',
      '2025',
    ]);
    expect(labels(decade, 200)).toEqual(['2020', '2025']);
    const year = { from: at('2024-02-10'), to: at('2025-02-10') };
    expect(labels(year, 400)).toEqual(['Q2', 'Q3', 'Q4', 'Q1 2025']);
    expect(labels(year, 1_200).slice(-3)).toEqual(['Dec', 'Jan 2025', 'Feb']);
    const quarter = { from: at('2024-12-20'), to: at('2025-01-20') };
    expect(labels(quarter, 600)).toEqual(['23 Dec', '30 Dec', '6 Jan', '13 Jan', '20 Jan']);
  });

  it('stays small for any window', () => {
    expect(ticksOf({ from: at('0001-01-01'), to: at('9999-01-01') }, 10).length).toBeLessThan(401);
  });
});
