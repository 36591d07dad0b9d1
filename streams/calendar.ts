/** Calendar dates are texts: `2026-06-30`; months `2026-06`; quarters `2026-Q2`. All UTC. */
const DAY_MS = 86_400_000;
const MONTHS_A_YEAR = 12;
const MONTHS_A_QUARTER = 3;
const MONTH = /^(\d{4})-(0[1-9]|1[0-2])(?!\d)/;

/** The date of an instant: `2026-06-30T10:00:00Z` → `2026-06-30`. */
export const dateOf = (instant: string): string => instant.slice(0, 'YYYY-MM-DD'.length);

/** The month of a date or an instant. */
export const monthOf = (instant: string): string => instant.slice(0, 'YYYY-MM'.length);

/** Days from one date to another, negative when it is earlier; null when one of them is none. */
export const daysBetween = (from: string, to: string): number | null => {
  const days = (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS;
  return Number.isFinite(days) ? Math.round(days) : null;
};

/** Months counted from the year 0, so that they can be walked; null when it is no month. */
export const monthNumber = (month: string): number | null => {
  const [, year, ofYear] = MONTH.exec(month) ?? [];
  return year === undefined ? null : Number(year) * MONTHS_A_YEAR + Number(ofYear) - 1;
};

/** The month that a number counts. */
export const monthNamed = (number: number): string => {
  const year = String(Math.floor(number / MONTHS_A_YEAR)).padStart(4, '0');
  return `${year}-${String((number % MONTHS_A_YEAR) + 1).padStart(2, '0')}`;
};

/** The quarter of a date; null when it is none. */
export const quarterOf = (date: string): string | null => {
  const number = monthNumber(date);
  if (number === null) return null;
  const quarter = Math.floor((number % MONTHS_A_YEAR) / MONTHS_A_QUARTER) + 1;
  return `${monthNamed(number).slice(0, 'YYYY'.length)}-Q${quarter}`;
};
