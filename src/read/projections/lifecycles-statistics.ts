import type { Aggregate } from '../../core/aggregate.js';
import { arrows } from '../../core/chart.js';
import { sortedInSteps } from '../../core/steps.js';
import type { Lifecycle, Travelled, Visits } from './lifecycle.js';

const SECOND_MS = 1000;
const MEDIAN = 0.5;
const P90 = 0.9;

/** The nearest rank: a value that is there, half or nine tenths of the way up. */
const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;

const ascending = (values: readonly number[]) => sortedInSteps(values, (a, b) => a - b);

/** Over stays that are over; null when nothing ever left the status. */
function* dwellOf(visits: readonly Visits[]) {
  const latest = yield* ascending(visits.flatMap(({ latest_seconds }) => latest_seconds));
  if (latest.length === 0) return null;
  const stays = visits.reduce((sum, one) => sum + one.stays, 0);
  const seconds = visits.reduce((sum, one) => sum + one.seconds, 0);
  return {
    median: quantile(latest, MEDIAN),
    p90: quantile(latest, P90),
    max: visits.reduce((most, one) => Math.max(most, one.longest_seconds), 0),
    mean: seconds / stays,
  };
}

/** How long those that are in the status have been there by now; null when there is none. */
function* currentOf(there: readonly Lifecycle[], now: number) {
  if (there.length === 0) return null;
  const seconds = yield* ascending(
    // What is recorded as true from tomorrow on has not begun to stay.
    there.map(({ since }) => Math.max(0, now - Date.parse(since ?? '')) / SECOND_MS),
  );
  return { median: quantile(seconds, MEDIAN), max: seconds.at(-1)! };
}

/** The statuses that an aggregate can have once it is there, in the order of the chart. */
const statusesOf = ({ chart }: Aggregate): readonly string[] => [
  ...new Set(arrows(chart).map(({ to }) => to)),
];

const inOrder = ({ chart }: Aggregate, statuses: readonly string[]): readonly string[] =>
  Object.keys(chart.states).filter((status) => statuses.includes(status));

/** Every arrow of the chart that leads elsewhere, once, travelled or not. */
const edgesOf = ({ chart }: Aggregate, travelled: readonly Travelled[]) => {
  const keyOf = ({ from, event, to }: Pick<Travelled, 'from' | 'event' | 'to'>): string =>
    JSON.stringify([from, event, to]);
  const counts = new Map<string, { readonly count: number; readonly last_at: string }>();
  for (const one of travelled) {
    const known = counts.get(keyOf(one));
    const last_at = known && known.last_at > one.last_at ? known.last_at : one.last_at;
    counts.set(keyOf(one), { count: (known?.count ?? 0) + one.count, last_at });
  }
  const leading = arrows(chart).filter(({ from, to }) => from !== to);
  return [...new Map(leading.map((one) => [keyOf(one), one])).values()].map((one) => {
    const { count = 0, last_at = null } = counts.get(keyOf(one)) ?? {};
    return { from: one.from, event: one.event, to: one.to, count, last_at };
  });
};

const ofType = ({ name }: Aggregate, documents: readonly Lifecycle[]): readonly Lifecycle[] =>
  documents.filter(({ aggregate_type }) => aggregate_type === name);

/** How many aggregates of a type are in which status. */
export function* countsOfAll(definition: Aggregate, documents: readonly Lifecycle[]) {
  const all = ofType(definition, documents);
  yield;
  return {
    aggregate_type: definition.name,
    aggregates: all.length,
    statuses: inOrder(definition, statusesOf(definition)).map((status) => ({
      status,
      count: all.filter((one) => one.status === status).length,
    })),
  };
}

/** Statuses and edges of a lifecycle as the aggregates of a type have been through it. */
export function* statisticsOf(definition: Aggregate, documents: readonly Lifecycle[], now: string) {
  const all = ofType(definition, documents);
  const visits = all.flatMap(({ statuses }) => statuses);
  const statuses = [];
  for (const status of inOrder(definition, statusesOf(definition))) {
    yield;
    const there = all.filter((one) => one.status === status);
    const seen = visits.filter((one) => one.status === status);
    statuses.push({
      status,
      count: there.length,
      entered: seen.reduce((sum, one) => sum + one.entered, 0),
      dwell_seconds: yield* dwellOf(seen),
      current_seconds: yield* currentOf(there, Date.parse(now)),
    });
  }
  const edges = edgesOf(
    definition,
    all.flatMap((one) => one.edges),
  );
  return { aggregate_type: definition.name, aggregates: all.length, statuses, edges };
}
