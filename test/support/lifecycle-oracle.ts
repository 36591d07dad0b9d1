import type { Aggregate } from '../../src/core/aggregate.js';
import { arrows } from '../../src/core/chart.js';
import { type Foldable, replay } from '../../src/core/fold.js';

/** Stays of one aggregate in one status that count one by one. */
const KEPT = 20;

type Happened = Foldable & { readonly aggregate_id: string; readonly occurred_at: string };
type Stay = { readonly status: string; readonly from: number; to: number | null };

/** The smallest value that so many of a hundred do not exceed. */
const percentile = (values: readonly number[], percent: number): number =>
  values
    .toSorted((a, b) => a - b)
    .find(
      (one, _, all) => 100 * all.filter((other) => other <= one).length >= percent * all.length,
    )!;

/** Statistics of a lifecycle as one would work them out on paper: from every stay there ever was. */
export const naiveStatistics = (
  definition: Aggregate,
  events: readonly Happened[],
  now: string,
) => {
  const lives = new Map<string, Happened[]>();
  for (const event of events)
    lives.set(event.aggregate_id, [...(lives.get(event.aggregate_id) ?? []), event]);
  const walked: { from: string; event: string; to: string; at: number }[] = [];
  const stays = [...lives.values()].map((life) => {
    const own: Stay[] = [];
    let state = definition.initial;
    let clock = Number.NEGATIVE_INFINITY;
    for (const event of life) {
      const after = replay(definition, state, event);
      const [from, to] = [state.status, after.status];
      state = after;
      if (from === to) continue;
      clock = Math.max(clock, Date.parse(event.occurred_at));
      const last = own.at(-1);
      if (last) last.to = clock;
      own.push({ status: to, from: clock, to: null });
      walked.push({ from, event: event.event_type, to, at: clock });
    }
    return own;
  });
  const reached = new Set(arrows(definition.chart).map(({ to }) => to));
  const begun = stays.filter((own) => own.length > 0);
  const statuses = Object.keys(definition.chart.states)
    .filter((status) => reached.has(status))
    .map((status) => {
      const there = begun.flatMap((own) => own.filter((one) => one.status === status));
      const over = begun.flatMap((own) =>
        own
          .filter((one) => one.status === status && one.to !== null)
          .map((one, index, all) => ({
            seconds: (one.to! - one.from) / 1000,
            kept: index >= all.length - KEPT,
          })),
      );
      const all = over.map(({ seconds }) => seconds);
      const kept = over.filter((one) => one.kept).map(({ seconds }) => seconds);
      const open = there
        .filter(({ to }) => to === null)
        .map(({ from }) => Math.max(0, (Date.parse(now) - from) / 1000));
      return {
        status,
        count: open.length,
        entered: there.length,
        dwell_seconds:
          all.length === 0
            ? null
            : {
                median: percentile(kept, 50),
                p90: percentile(kept, 90),
                max: Math.max(...all),
                mean: all.reduce((sum, one) => sum + one, 0) / all.length,
              },
        current_seconds:
          open.length === 0 ? null : { median: percentile(open, 50), max: Math.max(...open) },
      };
    });
  const edges = new Map<string, object>();
  for (const { from, event, to } of arrows(definition.chart)) {
    if (from === to) continue;
    const here = walked.filter((one) => one.from === from && one.event === event && one.to === to);
    const last = Math.max(...here.map(({ at }) => at));
    edges.set(`${from} ${event} ${to}`, {
      from,
      event,
      to,
      count: here.length,
      last_at: here.length === 0 ? null : new Date(last).toISOString(),
    });
  }
  return {
    aggregate_type: definition.name,
    aggregates: begun.length,
    statuses,
    edges: [...edges.values()],
  };
};
