import { describe, expect, it } from 'vitest';
import { givenEvents } from '../../src/testing/index.js';
import { consumed, exposed, offered, relation } from '../../test/support/landscape.js';
import { applicationServices } from '../application-services/application-services.js';
import { RoadmapParams } from './roadmap.js';
import { sunsetRoadmap } from './sunset-roadmap.js';

type Lifecycle = 'planned' | 'active' | 'deprecated' | 'retired';
const created = (id: string, lifecycle: Lifecycle = 'active') =>
  ({
    type: 'Application',
    id,
    event: 'ApplicationCreated',
    data: {
      name: `name of ${id}`,
      owner: 'it',
      data_classification: 'internal',
      lifecycle,
      capability_id: null,
    },
  }) as const;
const moved = (id: string, to: Lifecycle, sunset_date: string | null, on: string) =>
  ({
    type: 'Application',
    id,
    event: 'LifecycleTransitioned',
    effective_at: `${on}T00:00:00Z`,
    data: { from_lifecycle: 'active', to_lifecycle: to, sunset_date },
  }) as const;
const deprecated = (id: string, sunset: string | null, on = '2026-01-01') =>
  moved(id, 'deprecated', sunset, on);
const retired = (id: string, on: string) => moved(id, 'retired', null, on);
const rescheduled = (id: string, from: string | null, to: string) =>
  ({
    type: 'Application',
    id,
    event: 'SunsetRescheduled',
    data: { previous_sunset_date: from, new_sunset_date: to, reason: 'late' },
  }) as const;
const corrected = (id: string, corrected_lifecycle: Lifecycle) =>
  ({
    type: 'Application',
    id,
    event: 'LifecycleCorrected',
    data: {
      original_event_id: 'x',
      previous_lifecycle: 'active',
      corrected_lifecycle,
      reason: 'typo',
      approval_id: 'chg-1',
    },
  }) as const;
const gone = (id: string, on: string) =>
  ({
    type: 'Application',
    id,
    event: 'ApplicationDeleted',
    effective_at: `${on}T00:00:00Z`,
    data: { reason: 'gone', approval_id: 'chg-1' },
  }) as const;

describe('an application', () => {
  it('is on the roadmap from its deprecation on', () => {
    givenEvents(sunsetRoadmap, created('a')).then({ a: null });
    givenEvents(sunsetRoadmap, created('a'), deprecated('a', '2026-06-30')).then({
      a: {
        id: 'a',
        name: 'name of a',
        lifecycle: 'deprecated',
        deprecated_on: '2026-01-01',
        sunset_date: '2026-06-30',
        first_sunset_date: '2026-06-30',
        rescheduled: 0,
        slips: 0,
        days_slipped: 0,
        retired_on: null,
        ended_on: null,
        days_late: null,
        deleted: false,
      },
    });
  });

  it('does not end before it came onto the roadmap, in whatever order that was told', () => {
    const told = [created('a'), deprecated('a', null, '2026-01-01'), retired('a', '2025-03-01')];
    givenEvents(sunsetRoadmap, ...told).then({
      a: { deprecated_on: '2026-01-01', retired_on: '2026-01-01', ended_on: '2026-01-01' },
    });
  });

  it('slips: how often, and how far from the first date', () => {
    const late = [
      created('a'),
      deprecated('a', '2026-06-30'),
      rescheduled('a', '2026-06-30', '2026-09-30'),
      rescheduled('a', '2026-09-30', '2026-12-31'),
    ];
    givenEvents(sunsetRoadmap, ...late).then({
      a: { sunset_date: '2026-12-31', first_sunset_date: '2026-06-30', rescheduled: 2, slips: 2 },
    });
    givenEvents(sunsetRoadmap, ...late).then({ a: { days_slipped: 184 } });
    givenEvents(sunsetRoadmap, ...late, rescheduled('a', '2026-12-31', '2026-06-29')).then({
      a: { rescheduled: 3, slips: 2, days_slipped: -1 },
    });
  });

  it('does not slip when it gets its first date late', () => {
    givenEvents(
      sunsetRoadmap,
      created('a'),
      deprecated('a', null),
      rescheduled('a', null, '2026-09-30'),
    ).then({
      a: { first_sunset_date: '2026-09-30', rescheduled: 0, slips: 0, days_slipped: 0 },
    });
  });

  it('ends when it is retired, early or late', () => {
    const plan = [created('a'), deprecated('a', '2026-06-30')];
    givenEvents(sunsetRoadmap, ...plan, retired('a', '2026-07-10')).then({
      a: { lifecycle: 'retired', retired_on: '2026-07-10', ended_on: '2026-07-10', days_late: 10 },
    });
    givenEvents(sunsetRoadmap, ...plan, retired('a', '2026-06-29')).then({ a: { days_late: -1 } });
    givenEvents(sunsetRoadmap, ...plan, retired('a', '2026-07-10'), gone('a', '2027-01-01')).then({
      a: { retired_on: '2026-07-10', ended_on: '2026-07-10', deleted: true, lifecycle: 'retired' },
    });
  });

  it('tells who still uses it, and which open interfaces nothing replaces', () => {
    const open = [
      created('a'),
      offered('a', 's'),
      consumed('a', 's', 'y'),
      consumed('a', 's', 'x'),
      offered('a', 't'),
      consumed('a', 't', 'x'),
      exposed('a', 'i'),
      exposed('a', 'j'),
      {
        type: 'Application',
        id: 'a',
        event: 'InterfaceDeprecated',
        data: { interface_id: 'i', sunset_date: null, replacement_interface_id: 'k' },
      } as const,
      deprecated('a', '2026-06-30'),
    ];
    const before = givenEvents(sunsetRoadmap, ...open);
    before.then({ a: { open_interface_ids: ['i', 'j'], unreplaced_interface_ids: ['j'] } });
    expect(before.show('a')).toMatchObject({ consumer_ids: ['x', 'y'], consumer_count: 2 });
    const t = givenEvents(
      applicationServices,
      created('a'),
      offered('a', 't'),
      consumed('a', 't', 'x'),
      relation('r', 'application:z', 'uses', 'application_service:t'),
    ).documents.get('t')!;
    expect(before.show('a', { others: { 'application-services': { t } } })).toMatchObject({
      consumer_ids: ['x', 'y', 'z'],
      consumer_count: 3,
    });
    const after = givenEvents(
      sunsetRoadmap,
      ...open,
      { type: 'Application', id: 'a', event: 'InterfaceRetired', data: { interface_id: 'i' } },
      {
        type: 'Application',
        id: 'a',
        event: 'ServiceWithdrawn',
        data: { service_id: 's', reason: 'unused' },
      },
    );
    after.then({ a: { offered_service_ids: ['t'], open_interface_ids: ['j'] } });
    expect(after.show('a')).toMatchObject({ consumer_ids: ['x'], consumer_count: 1 });
  });

  it('ends when it is deleted, without having been retired', () => {
    givenEvents(
      sunsetRoadmap,
      created('a'),
      deprecated('a', '2026-06-30'),
      gone('a', '2026-05-31'),
    ).then({
      a: {
        deleted: true,
        lifecycle: 'deprecated',
        retired_on: null,
        ended_on: '2026-05-31',
        days_late: -30,
      },
    });
  });

  it('leaves the roadmap when it is kept after all, and starts anew the next time', () => {
    const kept = [
      created('a'),
      deprecated('a', '2026-06-30'),
      rescheduled('a', '2026-06-30', '2026-09-30'),
      {
        type: 'Application',
        id: 'a',
        event: 'ApplicationReinstated',
        data: { previous_sunset_date: '2026-09-30', reason: 'needed' },
      } as const,
    ];
    givenEvents(sunsetRoadmap, ...kept).then({ a: null });
    givenEvents(sunsetRoadmap, ...kept, deprecated('a', '2028-06-30', '2028-01-01')).then({
      a: { first_sunset_date: '2028-06-30', rescheduled: 0, deprecated_on: '2028-01-01' },
    });
  });

  it('is put right by corrections', () => {
    const ended = [created('a'), deprecated('a', '2026-06-30'), retired('a', '2026-06-30')];
    givenEvents(sunsetRoadmap, ...ended, corrected('a', 'deprecated')).then({
      a: { lifecycle: 'deprecated', retired_on: null, ended_on: null, days_late: null },
    });
    givenEvents(sunsetRoadmap, ...ended, corrected('a', 'active')).then({ a: null });
    givenEvents(sunsetRoadmap, created('a'), corrected('a', 'deprecated')).then({
      a: { lifecycle: 'deprecated', sunset_date: null },
    });
  });

  it('that was never on its way out is not on it', () => {
    givenEvents(sunsetRoadmap, created('a', 'retired'), gone('a', '2026-01-01')).then({ a: null });
    givenEvents(sunsetRoadmap, created('a', 'planned'), {
      type: 'Application',
      id: 'a',
      event: 'ApplicationCancelled',
      data: { reason: 'no money' },
    }).then({ a: null });
    givenEvents(sunsetRoadmap, created('a', 'deprecated')).then({ a: { id: 'a' } });
  });
});

describe('today', () => {
  const plan = [created('a'), deprecated('a', '2026-06-30')];
  const shown = (now: string, ...more: readonly ReturnType<typeof retired>[]) =>
    givenEvents(sunsetRoadmap, ...plan, ...more).show('a', { now: `${now}T23:00:00Z` });

  it('is so many days before or after the sunset', () => {
    expect(shown('2026-06-01')).toMatchObject({ days_left: 29, overdue: false });
    expect(shown('2026-06-30')).toMatchObject({ days_left: 0, overdue: false });
    expect(shown('2026-07-01')).toMatchObject({ days_left: -1, overdue: true });
  });

  it('does not matter any more when it is over', () => {
    expect(shown('2027-01-01', retired('a', '2026-06-30'))).toMatchObject({
      days_left: null,
      overdue: false,
    });
  });
});

describe('the roadmap', () => {
  const { report } = givenEvents(
    sunsetRoadmap,
    created('a'),
    deprecated('a', '2026-06-30'),
    retired('a', '2026-06-01'),
    created('b'),
    deprecated('b', '2026-05-31'),
    created('c'),
    deprecated('c', '2026-12-31'),
    rescheduled('c', '2026-12-31', '2027-01-15'),
    created('d'),
    deprecated('d', null),
    created('e'),
    deprecated('e', null, '2025-01-01'),
    retired('e', '2025-03-01'),
  );
  type Answer = {
    readonly periods: readonly {
      readonly period: string;
      readonly planned: number;
      readonly overdue: number;
      readonly done: number;
      readonly applications: readonly { readonly id: string; readonly standing: string }[];
    }[];
    readonly undated: readonly { readonly id: string }[];
  };
  const ask = (params: Readonly<Record<string, string>> = {}) =>
    report('roadmap', params, '2026-06-15T00:00:00Z') as Answer;
  const lines = ({ periods }: Answer) =>
    periods.map((one) => [one.period, one.planned, one.overdue, one.done]);

  it('says per quarter what is planned, overdue and done', () => {
    const answer = ask();
    expect(lines(answer)).toEqual([
      ['2025-Q1', 0, 0, 1],
      ['2026-Q2', 0, 1, 1],
      ['2027-Q1', 1, 0, 0],
    ]);
    expect(answer.periods[1]?.applications).toMatchObject([
      { id: 'b', standing: 'overdue' },
      { id: 'a', standing: 'done' },
    ]);
    expect(answer.undated).toMatchObject([{ id: 'd' }]);
  });

  it('says so per month, and between two days', () => {
    expect(lines(ask({ per: 'month', from: '2026-05-31', to: '2026-06-30' }))).toEqual([
      ['2026-05', 0, 1, 0],
      ['2026-06', 0, 0, 1],
    ]);
    expect(RoadmapParams.safeParse({ per: 'week' }).success).toBe(false);
    expect(RoadmapParams.safeParse({ from: 'June' }).success).toBe(false);
  });
});
