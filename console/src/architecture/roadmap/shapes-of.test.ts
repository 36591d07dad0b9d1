import { describe, expect, it } from 'vitest';
import { type StatusHistory, shapesOf, storyOf, sunsetsOf } from './shapes-of.js';

const at = (date: string): number => Date.parse(`${date}T00:00:00Z`);
const instant = (date: string): string => `${date}T00:00:00.000Z`;
const picture = {
  window: { from: at('2020-01-01'), to: at('2030-01-01') },
  width: 1_000,
  now: at('2025-01-01'),
};
const statusHistory: StatusHistory = {
  id: 'a',
  name: 'Ledger',
  owner: 'finance',
  lifecycle: 'deprecated',
  main_capability_id: null,
  main_capability_name: null,
  slips: 1,
  days_slipped: 184,
  spans: [
    { lifecycle: 'active', from: instant('2018-01-01'), to: instant('2024-01-01') },
    { lifecycle: 'deprecated', from: instant('2024-01-01'), to: null },
  ],
  sunset_date: '2026-12-31',
  sunset_plans: [
    { at: instant('2023-01-01'), from: null, to: '2023-12-31' },
    { at: instant('2023-02-01'), from: '2023-12-31', to: null },
    { at: instant('2024-01-01'), from: null, to: '2026-06-30' },
    { at: instant('2024-06-01'), from: '2026-06-30', to: '2026-12-31' },
  ],
  ended_on: null,
  overdue: false,
};
const kinds = (one: StatusHistory) => shapesOf(one, picture).map(({ kind }) => kind);

describe('the line of an application', () => {
  it('has a bar for each span within what is seen, and what is expected until the sunset', () => {
    const bars = shapesOf(statusHistory, picture).filter(({ kind }) => kind === 'bar');
    expect(bars).toMatchObject(
      [
        { lifecycle: 'active', expected: false, x: 0 },
        { lifecycle: 'deprecated', expected: false, title: 'deprecated 2024-01-01 to now' },
        { lifecycle: 'deprecated', expected: true, title: /until its sunset on 2026-12-31/ },
      ].map((one) => ({ ...one, title: expect.stringMatching(one.title ?? '') })),
    );
    const ends = bars.map((bar) => Math.round(bar.x + ('width' in bar ? bar.width : 0)));
    expect(ends).toEqual([400, 500, 700]);
  });

  it('shows each date of the plan that counts, and how far it moved', () => {
    expect(sunsetsOf(statusHistory)).toEqual(['2026-06-30', '2026-12-31']);
    expect(kinds(statusHistory)).toEqual(['bar', 'bar', 'bar', 'slip', 'sunset', 'sunset']);
    expect(shapesOf(statusHistory, picture).at(-1)).toMatchObject({
      date: 'now',
      title: 'sunset 2026-12-31',
    });
  });

  it('is late behind its sunset, until it ends or until now', () => {
    const plan = { sunset_plans: [], sunset_date: '2024-06-30' };
    const late = shapesOf({ ...statusHistory, ...plan }, picture).find(
      ({ kind }) => kind === 'late',
    );
    expect(late && 'width' in late && Math.round(late.x + late.width)).toBe(500);
    expect(kinds({ ...statusHistory, ...plan, ended_on: '2024-06-30' })).not.toContain('late');
    expect(kinds({ ...statusHistory, ...plan, ended_on: '2024-07-01' })).toContain('late');
  });

  it('expects an application without a plan to stay, and a retired one to be gone', () => {
    const open = { ...statusHistory, sunset_date: null, sunset_plans: [] };
    const ahead = shapesOf(open, picture).at(-1);
    expect(ahead && 'width' in ahead && Math.round(ahead.x + ahead.width)).toBe(1_000);
    const retired = [{ lifecycle: 'retired', from: instant('2024-01-01'), to: null }];
    expect(kinds({ ...open, spans: retired })).toEqual(['bar']);
  });

  it('leaves out what is not seen', () => {
    const past = { ...picture, window: { from: at('2010-01-01'), to: at('2015-01-01') } };
    expect(shapesOf(statusHistory, past)).toEqual([]);
  });

  it('can be told in words', () => {
    expect(storyOf({ ...statusHistory, overdue: true })).toBe(
      'active from 2018-01-01 to 2024-01-01; deprecated from 2024-01-01; sunset 2026-12-31; moved from 2026-06-30; overdue',
    );
  });
});
