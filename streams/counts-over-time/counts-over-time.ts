import { Application } from '../../actors/application/application.js';
import { type AnyEventOf, defineProjection, report } from '../../src/core/projection.js';
import { monthOf } from '../calendar.js';
import { isCurrent, lifecycleOf } from '../lifecycle.js';
import { CLOCKS, MonthCounts } from './month-counts.js';
import { TimelineParams, timeline } from './timeline.js';

type Event = AnyEventOf<typeof Application>;

const one = (is: boolean): number => (is ? 1 : 0);

/** What one event adds to its month: numbers only, so that it does not matter who came first. */
const counted = ({ before, after }: Event) => {
  const [from, to] = [lifecycleOf(before.status), lifecycleOf(after.status)];
  const existed = before.status !== 'absent';
  const moved = before.status !== after.status;
  const net = (lifecycle: string) => one(to === lifecycle) - one(from === lifecycle);
  return {
    events: 1,
    created: one(!existed),
    deleted: one(moved && after.status === 'deleted'),
    deprecated: one(moved && to === 'deprecated'),
    retired: one(moved && to === 'retired'),
    transitions: one(moved && from !== null && to !== null),
    entered: one(!isCurrent(from) && isCurrent(to)),
    left: one(isCurrent(from) && !isCurrent(to)),
    owner_changes: one(existed && before.data.owner !== after.data.owner),
    classification_changes: one(
      existed && before.data.data_classification !== after.data.data_classification,
    ),
    net_planned: net('planned'),
    net_active: net('active'),
    net_deprecated: net('deprecated'),
    net_retired: net('retired'),
  };
};

const added = (before: MonthCounts, event: Event, key: string): MonthCounts => {
  const clock = CLOCKS.find((name) => key.startsWith(name))!;
  const month = key.slice(clock.length + 1);
  const more = Object.entries(counted(event)).map(([field, count]) => [
    field,
    before[field as keyof ReturnType<typeof counted>] + count,
  ]);
  return { ...before, clock, month, ...Object.fromEntries(more) };
};

/** What happened to applications per month, by both clocks. */
export const countsOverTime = defineProjection({
  name: 'counts-over-time',
  summary: 'Per month: applications created, retired, deleted, moved, and how many there were.',
  view: MonthCounts,
  indexed: [
    ...(['clock', 'month', 'events', 'created', 'deleted', 'deprecated', 'retired'] as const),
    ...(['transitions', 'entered', 'left', 'owner_changes', 'classification_changes'] as const),
    ...(['net_planned', 'net_active', 'net_deprecated', 'net_retired'] as const),
  ],
  sort: 'clock,month',
  from: [Application],
  withState: true,
  documentIds: {
    Application: ({ occurred_at, event_timestamp }) => [
      `effective-${monthOf(occurred_at)}`,
      `recorded-${monthOf(event_timestamp)}`,
    ],
  },
  on: { Application: { '*': added } },
  reports: {
    timeline: report({
      summary: 'Month by month: applications per lifecycle, churn, changes of owners.',
      params: TimelineParams,
      clock: ({ clock }) => clock,
      answer: timeline,
    }),
  },
});
