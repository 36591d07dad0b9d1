import { z } from 'zod';
import { sortedInSteps } from '../../src/core/steps.js';
import { dateOf, daysBetween, monthNamed, monthNumber, quarterOf } from '../calendar.js';

/** What the roadmap needs to know of an application. */
type Ending = {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly sunset_date: string | null;
  readonly ended_on: string | null;
  readonly slips: number;
  readonly deleted: boolean;
};
type Standing = 'planned' | 'overdue' | 'done';

export const RoadmapParams = z.object({
  per: z.enum(['quarter', 'month']).default('quarter'),
  /** First and last day of sunset dates that count; both included. */
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
});

/** How a sunset stands on a day: days left until it (negative = past), and whether it is overdue. */
export const sunsetAt = (
  { sunset_date, ended_on }: Pick<Ending, 'sunset_date' | 'ended_on'>,
  today: string,
) => {
  const open = ended_on === null && sunset_date !== null;
  const days_left = open ? daysBetween(today, sunset_date) : null;
  return { days_left, overdue: days_left !== null && days_left < 0 };
};

const standingOf = (one: Ending, today: string): Standing => {
  if (one.ended_on !== null) return 'done';
  return sunsetAt(one, today).overdue ? 'overdue' : 'planned';
};

const periodOf = (date: string, per: 'quarter' | 'month'): string | null => {
  if (per === 'quarter') return quarterOf(date);
  const month = monthNumber(date);
  return month === null ? null : monthNamed(month);
};

/**
 * Applications by the period of their sunset date; what ended without one stands in the period in
 * which it ended. `undated` are still there and nobody said until when.
 */
export function* roadmap(
  documents: readonly Ending[],
  { per, from = '', to }: z.output<typeof RoadmapParams>,
  { now }: { readonly now: string },
) {
  const today = dateOf(now);
  const periods = new Map<string, (Ending & { readonly standing: Standing })[]>();
  const undated: Ending[] = [];
  for (const one of documents) {
    const date = one.sunset_date ?? one.ended_on;
    const period = date === null ? null : periodOf(date, per);
    if (date === null || period === null) undated.push(one);
    else if (date >= from && (to === undefined || date <= to)) {
      const known = periods.get(period) ?? [];
      known.push({ ...one, standing: standingOf(one, today) });
      periods.set(period, known);
    }
    yield;
  }
  const inOrder = [];
  for (const one of [...periods].sort(([a], [b]) => (a < b ? -1 : 1)))
    inOrder.push(yield* inPeriod(one));
  const open = yield* sortedInSteps(undated, byId);
  return {
    per,
    today,
    periods: inOrder,
    undated: open.map(({ id, name, owner }) => ({ id, name, owner })),
  };
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : 1;

function* inPeriod([period, all]: readonly [
  string,
  readonly (Ending & { readonly standing: Standing })[],
]) {
  const count = (wanted: Standing) => all.filter(({ standing }) => standing === wanted).length;
  const dateOfEnd = (one: Ending): string => one.sunset_date ?? one.ended_on ?? '';
  const applications = yield* sortedInSteps(all, (a, b) => {
    const [first, second] = [dateOfEnd(a), dateOfEnd(b)];
    return first === second ? byId(a, b) : first < second ? -1 : 1;
  });
  return {
    period,
    planned: count('planned'),
    overdue: count('overdue'),
    done: count('done'),
    applications: applications.map(
      ({ id, name, owner, sunset_date, ended_on, slips, standing }) => ({
        id,
        name,
        owner,
        sunset_date,
        ended_on,
        slips,
        standing,
      }),
    ),
  };
}
