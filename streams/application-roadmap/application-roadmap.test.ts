import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { givenEvents } from '../../src/testing/index.js';
import { offered, relation, unrelated } from '../../test/support/landscape.js';
import { applicationRoadmap } from './application-roadmap.js';
import { SPANS_MAX, spansAfter } from './spans.js';
import { PLANS_MAX, plannedAfter } from './sunset-plan.js';

type Lifecycle = 'planned' | 'active' | 'deprecated' | 'retired';
const on = (day: string) =>
  ({ type: 'Application', id: 'a', effective_at: `${day}T00:00:00.000Z` }) as const;
const at = (day: string): string => `${day}T00:00:00.000Z`;

const created = (day: string, lifecycle: Lifecycle = 'planned') =>
  ({
    ...on(day),
    event: 'ApplicationCreated',
    data: {
      name: 'Ledger',
      owner: 'finance',
      data_classification: 'internal',
      lifecycle,
      capability_id: null,
    },
  }) as const;
const moved = (day: string, to_lifecycle: Lifecycle, sunset_date: string | null = null) =>
  ({
    ...on(day),
    event: 'LifecycleTransitioned',
    data: { from_lifecycle: 'active', to_lifecycle, sunset_date },
  }) as const;
const rescheduled = (day: string, from: string | null, to: string) =>
  ({
    ...on(day),
    event: 'SunsetRescheduled',
    data: { previous_sunset_date: from, new_sunset_date: to, reason: 'late' },
  }) as const;
const reinstated = (day: string) =>
  ({
    ...on(day),
    event: 'ApplicationReinstated',
    data: { previous_sunset_date: null, reason: 'needed' },
  }) as const;
const deleted = (day: string) =>
  ({
    ...on(day),
    event: 'ApplicationDeleted',
    data: { reason: 'gone', approval_id: 'chg-1' },
  }) as const;
const owned = (day: string) =>
  ({
    ...on(day),
    event: 'OwnerSet',
    data: { previous_owner: 'finance', new_owner: 'treasury', reason: 'moved' },
  }) as const;

const life = [created('2019-01-01'), moved('2020-01-01', 'active')];
const ending = [...life, moved('2024-01-01', 'deprecated', '2025-06-30')];

describe('an application', () => {
  it('has a span for each lifecycle, by the time at which it was true', () => {
    givenEvents(
      applicationRoadmap,
      ...ending,
      owned('2024-02-01'),
      moved('2025-07-10', 'retired'),
    ).then({
      a: {
        name: 'Ledger',
        owner: 'treasury',
        lifecycle: 'retired',
        spans: [
          { lifecycle: 'planned', from: at('2019-01-01'), to: at('2020-01-01') },
          { lifecycle: 'active', from: at('2020-01-01'), to: at('2024-01-01') },
          { lifecycle: 'deprecated', from: at('2024-01-01'), to: at('2025-07-10') },
          { lifecycle: 'retired', from: at('2025-07-10'), to: null },
        ],
        ended_on: '2025-07-10',
      },
    });
  });

  it('never goes back in time: what was recorded later does not begin before', () => {
    givenEvents(
      applicationRoadmap,
      created('2020-01-01', 'active'),
      moved('2019-06-01', 'deprecated'),
    ).then({
      a: {
        spans: [
          { lifecycle: 'active', from: at('2020-01-01'), to: at('2020-01-01') },
          { lifecycle: 'deprecated', from: at('2020-01-01'), to: null },
        ],
      },
    });
  });

  it('has ended on the day on which the span before does, whenever that was told', () => {
    givenEvents(applicationRoadmap, ...ending, moved('2023-06-01', 'retired')).then({
      a: { lifecycle: 'retired', ended_on: '2024-01-01' },
    });
  });

  it('tells every date that its sunset had, and how far it slipped', () => {
    givenEvents(
      applicationRoadmap,
      ...ending,
      rescheduled('2025-01-01', '2025-06-30', '2025-12-31'),
      rescheduled('2025-12-01', '2025-12-31', '2025-12-15'),
    ).then({
      a: {
        sunset_date: '2025-12-15',
        first_sunset_date: '2025-06-30',
        sunset_plans: [
          { at: at('2024-01-01'), from: null, to: '2025-06-30' },
          { at: at('2025-01-01'), from: '2025-06-30', to: '2025-12-31' },
          { at: at('2025-12-01'), from: '2025-12-31', to: '2025-12-15' },
        ],
        slips: 1,
        days_slipped: 168,
        ended_on: null,
      },
    });
  });

  it('begins a new plan when it was kept and is deprecated again', () => {
    const kept = [...ending, reinstated('2024-06-01')];
    givenEvents(applicationRoadmap, ...kept).then({
      a: { sunset_date: null, first_sunset_date: null, slips: 0, days_slipped: 0 },
    });
    givenEvents(applicationRoadmap, ...kept, moved('2026-01-01', 'deprecated', '2027-01-01')).then({
      a: {
        first_sunset_date: '2027-01-01',
        slips: 0,
        sunset_plans: [
          { at: at('2024-01-01'), from: null, to: '2025-06-30' },
          { at: at('2024-06-01'), from: '2025-06-30', to: null },
          { at: at('2026-01-01'), from: null, to: '2027-01-01' },
        ],
      },
    });
  });

  it('ends when it is deleted, and keeps the lifecycle that it had', () => {
    givenEvents(applicationRoadmap, created('2020-01-01', 'active'), deleted('2021-01-01')).then({
      a: {
        lifecycle: 'active',
        spans: [{ lifecycle: 'active', from: at('2020-01-01'), to: at('2021-01-01') }],
        ended_on: '2021-01-01',
        deleted: true,
      },
    });
  });

  it('stands under what it is assigned to, or else under the first that it supports', () => {
    const supports = (id: string, to: string) =>
      relation(id, 'application:a', 'supports', `business_capability:${to}`);
    const assigned = {
      ...on('2020-01-02'),
      event: 'CapabilityAssigned',
      data: { capability_id: 'tax', previous_capability_id: null },
    } as const;
    const said = [supports('r', 'pay'), ...life, supports('s', 'bill'), offered('a', 'o', 'mail')];
    const { then, show } = givenEvents(applicationRoadmap, ...said);
    const capability_ids = ['bill', 'mail', 'pay'];
    then({ a: { capability_id: null, capability_ids, main_capability_id: 'bill' } });
    const others = { 'capability-map': { bill: { name: 'Bill' } } };
    expect(show('a', { others })).toMatchObject({
      capability_name: null,
      main_capability_name: 'Bill',
    });
    givenEvents(applicationRoadmap, ...said, assigned).then({
      a: { capability_ids: [...capability_ids, 'tax'], main_capability_id: 'tax' },
    });
    givenEvents(applicationRoadmap, ...said, unrelated('s')).then({
      a: { main_capability_id: 'mail' },
    });
    givenEvents(applicationRoadmap, ...life).then({ a: { main_capability_id: null } });
    givenEvents(applicationRoadmap, supports('r', 'pay')).then({ a: { deleted: true } });
    givenEvents(applicationRoadmap, supports('r', 'pay'), unrelated('r')).then({ a: null });
  });

  it('is overdue from the day after its sunset', () => {
    const { show } = givenEvents(applicationRoadmap, ...ending);
    const shown = (day: string) => show('a', { now: `${day}T12:00:00Z` });
    expect(shown('2025-06-30')).toMatchObject({ days_left: 0, overdue: false });
    expect(shown('2025-07-01')).toMatchObject({ days_left: -1, overdue: true });
  });
});

const statuses = fc.constantFrom('planned', 'active', 'deprecated', 'retired', 'deleted');
const days = fc
  .integer({ min: 1, max: 28 })
  .map((day) => `2024-02-${String(day).padStart(2, '0')}`);

describe('whatever happens', () => {
  const steps = fc.array(fc.record({ status: statuses, day: days }), { maxLength: 200 });
  test.prop([steps])('spans join one another, and only the last is open', (all) => {
    let spans: ReturnType<typeof spansAfter> = [];
    let status = 'absent';
    for (const { status: next, day } of all) {
      spans = spansAfter(spans, {
        occurred_at: at(day),
        before: { status },
        after: { status: next },
      });
      status = next;
    }
    expect(spans.length).toBeLessThanOrEqual(SPANS_MAX);
    for (const [index, { from, to }] of spans.entries()) {
      const following = spans[index + 1];
      if (to !== null) expect(to >= from).toBe(true);
      if (following) expect(to !== null && following.from >= to).toBe(true);
    }
    const last = spans.at(-1);
    if (last && status !== 'deleted') expect(last).toMatchObject({ lifecycle: status, to: null });
    if (last && status === 'deleted') expect(last.to).not.toBeNull();
  });

  const dates = fc.array(fc.record({ on: days, to: fc.option(days) }), { maxLength: 150 });
  test.prop([dates])('plans follow one another, from each date to the next', (all) => {
    let plan: ReturnType<typeof plannedAfter> = {
      sunset_date: null,
      first_sunset_date: null,
      sunset_plans: [],
      slips: 0,
      days_slipped: 0,
    };
    for (const { on: day, to } of all)
      plan = plannedAfter(plan, { occurred_at: at(day), after: { data: { sunset_date: to } } });
    const { sunset_plans } = plan;
    expect(sunset_plans.length).toBeLessThanOrEqual(PLANS_MAX);
    for (const [index, { from, to }] of sunset_plans.entries()) {
      expect(from).not.toBe(to);
      if (index > 0) expect(sunset_plans[index - 1]?.to).toBe(from);
    }
    expect(plan.sunset_date).toBe(all.at(-1)?.to ?? null);
    expect(plan.first_sunset_date === null).toBe(plan.sunset_date === null);
  });
});
