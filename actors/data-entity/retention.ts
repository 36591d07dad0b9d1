import { z } from 'zod';

const HOURS_A_DAY = 24;
const HOURS_A_YEAR = 365.25 * HOURS_A_DAY;

/** Hours, by the first letter of a unit. */
const HOURS: Readonly<Record<string, number>> = {
  h: 1,
  d: HOURS_A_DAY,
  w: 7 * HOURS_A_DAY,
  m: HOURS_A_YEAR / 12,
  y: HOURS_A_YEAR,
};

/** How long data is kept. `m` is months: nothing is kept for minutes. */
export const Retention = z
  .string()
  .trim()
  .regex(
    /^[1-9]\d{0,5} ?([hdwmy]|(hour|day|week|month|year)s?)$/,
    'expected a number and h, d, w, m (months), y or the whole word, such as 10y or 90 days',
  );

/** How many hours a retention is, so that `12 months` can be compared to `1y`. */
const hours = (retention: string): number =>
  Number.parseInt(retention, 10) * (HOURS[/[a-z]/.exec(retention)?.[0] ?? ''] ?? 0);

/** Whether data would be kept for a shorter time than before. */
export const isShorter = (next: string, previous: string): boolean => hours(next) < hours(previous);
