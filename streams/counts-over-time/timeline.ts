import { z } from 'zod';
import { monthNamed, monthNumber } from '../calendar.js';
import type { MonthCounts } from './month-counts.js';

/** Most months of one answer; of a longer time, the last ones. */
export const TIMELINE_MONTHS_MAX = 1_200;

const Month = z
  .string()
  .refine((text) => monthNumber(text) !== null && text.length === 'YYYY-MM'.length, {
    error: 'expected a month, such as 2026-01',
  });

export const TimelineParams = z.object({
  clock: z.enum(['effective', 'recorded']).default('effective'),
  /** First and last month, both included; default: those of the first and the last event. */
  from: Month.optional(),
  to: Month.optional(),
});

const NOTHING = { planned: 0, active: 0, deprecated: 0, retired: 0 };
type Totals = typeof NOTHING;

const after = (before: Totals, month: MonthCounts | undefined): Totals =>
  month === undefined
    ? before
    : {
        planned: before.planned + month.net_planned,
        active: before.active + month.net_active,
        deprecated: before.deprecated + month.net_deprecated,
        retired: before.retired + month.net_retired,
      };

const row = (month: string, totals: Totals, counts: MonthCounts | undefined) => {
  const { entered = 0, left = 0 } = counts ?? {};
  return {
    month,
    ...totals,
    /** All but the retired ones, at the end of the month. */
    current: totals.planned + totals.active + totals.deprecated,
    created: counts?.created ?? 0,
    deleted: counts?.deleted ?? 0,
    deprecations: counts?.deprecated ?? 0,
    retirements: counts?.retired ?? 0,
    transitions: counts?.transitions ?? 0,
    entered,
    left,
    /** Those that came plus those that went. */
    churn: entered + left,
    owner_changes: counts?.owner_changes ?? 0,
    classification_changes: counts?.classification_changes ?? 0,
    events: counts?.events ?? 0,
  };
};

/**
 * The applications per lifecycle at the end of each month, and what happened in it. Months without
 * events are there, too; what happened before the first one is in its totals.
 */
export const timeline = (
  documents: readonly MonthCounts[],
  { clock, from, to }: z.output<typeof TimelineParams>,
) => {
  const byNumber = new Map<number, MonthCounts>();
  for (const one of documents) {
    const number = monthNumber(one.month);
    if (one.clock === clock && number !== null) byNumber.set(number, one);
  }
  const known = [...byNumber.keys()].sort((a, b) => a - b);
  const last = to === undefined ? known.at(-1) : monthNumber(to)!;
  const first = from === undefined ? known[0] : monthNumber(from)!;
  if (first === undefined || last === undefined) return { clock, months: [] };
  const start = Math.max(first, last - TIMELINE_MONTHS_MAX + 1);
  let totals: Totals = NOTHING;
  for (const number of known) if (number < start) totals = after(totals, byNumber.get(number));
  const months = [];
  for (let number = start; number <= last; number++) {
    const counts = byNumber.get(number);
    totals = after(totals, counts);
    months.push(row(monthNamed(number), totals, counts));
  }
  return { clock, months };
};
