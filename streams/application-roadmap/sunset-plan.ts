import { daysBetween } from '../calendar.js';

/** Settings of the sunset date kept of one application; of more the latest. */
export const PLANS_MAX = 64;

type Plan = { readonly at: string; readonly from: string | null; readonly to: string | null };
type Planned = {
  readonly sunset_date: string | null;
  readonly first_sunset_date: string | null;
  readonly sunset_plans: Plan[];
  readonly slips: number;
};
type Planning = {
  readonly occurred_at: string;
  readonly after: { readonly data: { readonly sunset_date: string | null } };
};

/**
 * The sunset date that counts, the first one of the same plan, and every time that it was set,
 * moved or dropped. A plan that is dropped and made anew begins with its new date.
 */
export const plannedAfter = (before: Planned, { occurred_at, after }: Planning) => {
  const { sunset_date } = after.data;
  const first_sunset_date = sunset_date && (before.first_sunset_date ?? sunset_date);
  const moved = before.sunset_date !== sunset_date;
  const later = moved && before.sunset_date && sunset_date && sunset_date > before.sunset_date;
  const plan = { at: occurred_at, from: before.sunset_date, to: sunset_date };
  return {
    sunset_date,
    first_sunset_date,
    sunset_plans: moved ? [...before.sunset_plans, plan].slice(-PLANS_MAX) : before.sunset_plans,
    slips: sunset_date === null ? 0 : before.slips + (later ? 1 : 0),
    days_slipped:
      (first_sunset_date && sunset_date && daysBetween(first_sunset_date, sunset_date)) || 0,
  };
};
