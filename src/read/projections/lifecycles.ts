import { z } from 'zod';
import type { Aggregate } from '../../core/aggregate.js';
import { nextStatus, presence } from '../../core/chart.js';
import { laterInstant } from '../../core/instant.js';
import {
  defineProjection,
  type Projection,
  report,
  type SomeEvent,
} from '../../core/projection.js';
import { Fault } from '../../core/refusal.js';
import { Lifecycle, type Visits } from './lifecycle.js';
import { countsOfAll, statisticsOf } from './lifecycles-statistics.js';

/** Stays of one aggregate in one status that are kept one by one; of older ones only the sum. */
const STAYS_KEPT_MAX = 20;
const SECOND_MS = 1000;

const NONE = { entered: 0, stays: 0, seconds: 0, longest_seconds: 0, latest_seconds: [] };

/** The entry with this key changed, or a new one at the end: as many as the chart has, at most. */
const changed = <T>(all: readonly T[], isIt: (one: T) => boolean, change: (one?: T) => T): T[] =>
  all.some(isIt) ? all.map((one) => (isIt(one) ? change(one) : one)) : [...all, change()];

const left = (all: readonly Visits[], status: string, seconds: number): Visits[] =>
  changed(
    all,
    (one) => one.status === status,
    (one) => ({
      status,
      entered: one?.entered ?? 0,
      stays: (one?.stays ?? 0) + 1,
      seconds: (one?.seconds ?? 0) + seconds,
      longest_seconds: Math.max(one?.longest_seconds ?? 0, seconds),
      latest_seconds: [...(one?.latest_seconds ?? []), seconds].slice(-STAYS_KEPT_MAX),
    }),
  );

const entered = (all: readonly Visits[], status: string): Visits[] =>
  changed(
    all,
    (one) => one.status === status,
    (one) => ({ ...NONE, ...one, status, entered: (one?.entered ?? 0) + 1 }),
  );

/** An event of an aggregate on its way through the chart; one that leaves the status is no step. */
const step = (before: Lifecycle, event: SomeEvent, { chart, name }: Aggregate): Lifecycle => {
  const from = before.status === '' ? chart.initial : before.status;
  const to = nextStatus(chart, from, event.event_type, event.data);
  if (to === undefined)
    throw new Fault(
      'HISTORY_MISFIT',
      `${name}: the stored event ${event.event_type} does not fit the chart in status "${from}"`,
    );
  if (to === from) return before;
  const { since } = before;
  // By the clock of the world, which stands still while events are told late: no stay is negative.
  const at = laterInstant(since ?? event.occurred_at, event.occurred_at);
  // Before the first event it was nowhere.
  const stayed =
    since === null
      ? before.statuses
      : left(before.statuses, from, (Date.parse(at) - Date.parse(since)) / SECOND_MS);
  return {
    aggregate_type: name,
    aggregate_id: event.aggregate_id,
    status: to,
    since: at,
    deleted: presence(chart, to) === 'deleted',
    statuses: entered(stayed, to),
    edges: changed(
      before.edges,
      (one) => one.from === from && one.event === event.event_type && one.to === to,
      (one) => ({
        from,
        event: event.event_type,
        to,
        count: (one?.count ?? 0) + 1,
        last_at: at,
      }),
    ),
  };
};

const statistics = (definitions: readonly Aggregate[]) => {
  const names = definitions.map(({ name }) => name);
  return report<Lifecycle, z.ZodObject<{ aggregate_type: z.ZodOptional<z.ZodEnum> }>>({
    summary: 'How many aggregates are in which status, how long they stay, and how they got there.',
    params: z.object({ aggregate_type: z.enum(names).optional() }),
    *answer(documents, { aggregate_type }, { now }) {
      const asked = definitions.find(({ name }) => name === aggregate_type);
      if (asked) return yield* statisticsOf(asked, documents, now);
      const types = [];
      for (const one of definitions) types.push(yield* countsOfAll(one, documents));
      return { types };
    },
  });
};

/**
 * Where every aggregate of all definitions stands in its lifecycle, and how it came there: one
 * document each, folded from the chart alone, without the states.
 */
export const lifecycles = (definitions: readonly Aggregate[]): Projection =>
  defineProjection({
    name: 'lifecycles',
    summary: 'Where every aggregate stands in its lifecycle, and how it came there.',
    view: Lifecycle,
    indexed: ['aggregate_type', 'aggregate_id', 'status', 'since', 'deleted'],
    search: ['aggregate_id'],
    sort: '-since',
    deleted: 'deleted',
    from: definitions,
    documentIds: Object.fromEntries(
      definitions.map(({ name, slug }) => [
        name,
        ({ aggregate_id }: SomeEvent) => `${slug}/${aggregate_id}`,
      ]),
    ),
    on: Object.fromEntries(
      definitions.map((definition) => [
        definition.name,
        { '*': (before: Lifecycle, event: SomeEvent) => step(before, event, definition) },
      ]),
    ),
    madeFrom: definitions.map(({ name, chart }) => [name, chart]),
    reports: { statistics: statistics(definitions) },
  });
