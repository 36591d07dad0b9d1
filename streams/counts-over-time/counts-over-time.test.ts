import { describe, expect, it } from 'vitest';
import { givenEvents } from '../../src/testing/index.js';
import { countsOverTime } from './counts-over-time.js';
import { TIMELINE_MONTHS_MAX, TimelineParams, type timeline } from './timeline.js';

type Lifecycle = 'planned' | 'active' | 'deprecated' | 'retired';
const at = '2026-03-10T10:00:00.000Z';
const on = (month: string) => ({ at, effective_at: `${month}-05T00:00:00Z` });

const created = (id: string, month: string, lifecycle: Lifecycle = 'active') =>
  ({
    type: 'Application',
    id,
    event: 'ApplicationCreated',
    ...on(month),
    data: {
      name: id,
      owner: 'it',
      data_classification: 'internal',
      lifecycle,
      capability_id: null,
    },
  }) as const;
const moved = (id: string, month: string, to: Lifecycle) =>
  ({
    type: 'Application',
    id,
    event: 'LifecycleTransitioned',
    ...on(month),
    data: { from_lifecycle: 'active', to_lifecycle: to, sunset_date: null },
  }) as const;
const corrected = (id: string, month: string, corrected_lifecycle: Lifecycle) =>
  ({
    type: 'Application',
    id,
    event: 'LifecycleCorrected',
    ...on(month),
    data: {
      original_event_id: 'x',
      previous_lifecycle: 'active',
      corrected_lifecycle,
      reason: 'typo',
      approval_id: 'chg-1',
    },
  }) as const;
const gone = (id: string, month: string) =>
  ({
    type: 'Application',
    id,
    event: 'ApplicationDeleted',
    ...on(month),
    data: { reason: 'gone', approval_id: 'chg-1' },
  }) as const;
const owner = (id: string, month: string) =>
  ({
    type: 'Application',
    id,
    event: 'OwnerSet',
    ...on(month),
    data: { previous_owner: 'it', new_owner: 'hr', reason: null },
  }) as const;
const classified = (id: string, month: string) =>
  ({
    type: 'Application',
    id,
    event: 'DataClassificationChanged',
    ...on(month),
    data: { previous_classification: 'internal', new_classification: 'public', reason: 'open' },
  }) as const;

describe('a month', () => {
  it('counts by both clocks', () => {
    givenEvents(
      countsOverTime,
      created('a', '2025-01'),
      created('b', '2025-02', 'planned'),
      owner('a', '2025-02'),
      classified('a', '2025-02'),
    ).then({
      'effective-2025-01': { clock: 'effective', month: '2025-01', created: 1, net_active: 1 },
      'effective-2025-02': {
        events: 3,
        created: 1,
        owner_changes: 1,
        classification_changes: 1,
        net_planned: 1,
        net_active: 0,
        entered: 1,
      },
      'recorded-2026-03': { clock: 'recorded', events: 4, created: 2, entered: 2 },
      'recorded-2025-01': null,
    });
  });

  it('takes from one lifecycle what it gives to another', () => {
    givenEvents(
      countsOverTime,
      created('a', '2025-01'),
      moved('a', '2025-02', 'deprecated'),
      moved('a', '2025-03', 'retired'),
    ).then({
      'effective-2025-02': { deprecated: 1, transitions: 1, net_active: -1, net_deprecated: 1 },
      'effective-2025-03': {
        retired: 1,
        transitions: 1,
        left: 1,
        net_deprecated: -1,
        net_retired: 1,
      },
    });
  });

  it('counts one that leaves once: retired, then deleted', () => {
    givenEvents(
      countsOverTime,
      created('a', '2025-01', 'retired'),
      gone('a', '2025-02'),
      created('b', '2025-01'),
      gone('b', '2025-02'),
    ).then({
      'effective-2025-01': { created: 2, entered: 1 },
      'effective-2025-02': { deleted: 2, left: 1, net_active: -1, net_retired: -1, transitions: 0 },
    });
  });

  it('takes back what a correction takes back', () => {
    givenEvents(
      countsOverTime,
      created('a', '2025-01', 'retired'),
      corrected('a', '2025-02', 'active'),
    ).then({
      'effective-2025-02': { entered: 1, transitions: 1, net_retired: -1, net_active: 1 },
    });
  });
});

describe('the timeline', () => {
  const { report } = givenEvents(
    countsOverTime,
    created('a', '2024-11'),
    created('b', '2024-11', 'planned'),
    moved('a', '2025-02', 'deprecated'),
    owner('a', '2025-02'),
    gone('b', '2025-02'),
  );
  const ask = (params: Readonly<Record<string, string>> = {}) =>
    report('timeline', params) as ReturnType<typeof timeline>;

  it('adds up, and fills the months in between', () => {
    expect(ask().months).toMatchObject([
      { month: '2024-11', planned: 1, active: 1, current: 2, created: 2, churn: 2 },
      { month: '2024-12', planned: 1, active: 1, current: 2, created: 0, churn: 0, events: 0 },
      { month: '2025-01', planned: 1, active: 1, current: 2 },
      {
        month: '2025-02',
        planned: 0,
        active: 0,
        deprecated: 1,
        current: 1,
        deleted: 1,
        left: 1,
        churn: 1,
        owner_changes: 1,
        deprecations: 1,
      },
    ]);
  });

  it('starts with what there was before, and goes on after the last event', () => {
    const { months } = ask({ from: '2025-01', to: '2025-04' });
    expect(months.map(({ month, current }) => [month, current])).toEqual([
      ['2025-01', 2],
      ['2025-02', 1],
      ['2025-03', 1],
      ['2025-04', 1],
    ]);
    expect(ask({ from: '2020-01', to: '2020-02' }).months).toMatchObject([
      { current: 0 },
      { current: 0 },
    ]);
    expect(ask({ from: '2025-02', to: '2025-01' }).months).toEqual([]);
  });

  it('goes by the other clock', () => {
    expect(ask({ clock: 'recorded' }).months).toMatchObject([
      { month: '2026-03', current: 1, created: 2, deleted: 1 },
    ]);
  });

  it('is empty without events, and never longer than it may be', () => {
    expect(givenEvents(countsOverTime).report('timeline')).toEqual({
      clock: 'effective',
      months: [],
    });
    const { months } = ask({ from: '0001-01', to: '9999-12' });
    expect(months).toHaveLength(TIMELINE_MONTHS_MAX);
    expect(months.at(-1)).toMatchObject({ month: '9999-12', deprecated: 1 });
  });

  it.each(['2026', '2026-13', '2026-1', '2026-01-01', 'soon'])('does not take %s', (from) => {
    expect(TimelineParams.safeParse({ from }).success).toBe(false);
  });
});
