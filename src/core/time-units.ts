/** Units that times are counted by, and how many characters of a time (ISO 8601, UTC) say each. */
export const TIME_UNITS = { year: 4, month: 7, day: 10, hour: 13, minute: 16 } as const;
export type TimeUnit = keyof typeof TIME_UNITS;

/** A time that is said as exactly as a unit, or less: a month has no hour. */
const PERIOD = /^\d{4}(-\d{2}(-\d{2}(T\d{2}(:\d{2})?)?)?)?$/;

/** Which period a text names that is the beginning of a time; null when it is none. */
export const periodOf = (beginning: string): string | null =>
  PERIOD.test(beginning) ? beginning : null;

/** The rest of the first instant of a period. */
const BEGINNING = '0000-01-01T00:00:00.000Z';
/** Comes after every time as a text: what follows on the last year that has four digits. */
const AFTER_ALL = ':';

/**
 * The period after one, as exact as it; undefined when the text names none: `2019-02` has no day 30.
 * Times and dates within a period are texts from the period on and before the one after it.
 */
export const periodAfter = (period: string): string | undefined => {
  const first = period + BEGINNING.slice(period.length);
  const at = new Date(PERIOD.test(period) ? Date.parse(first) : Number.NaN);
  if (Number.isNaN(at.getTime()) || at.toISOString() !== first) return undefined;
  const { year, month, day, hour } = TIME_UNITS;
  const { length } = period;
  if (length === year) at.setUTCFullYear(at.getUTCFullYear() + 1);
  else if (length === month) at.setUTCMonth(at.getUTCMonth() + 1);
  else if (length === day) at.setUTCDate(at.getUTCDate() + 1);
  else if (length === hour) at.setUTCHours(at.getUTCHours() + 1);
  else at.setUTCMinutes(at.getUTCMinutes() + 1);
  const text = at.toISOString();
  return text.startsWith('+') ? AFTER_ALL : text.slice(0, length);
};

/** What fields that hold times or dates are called: their schemas do not always say so. */
const TIMED = /(^|_)(at|timestamp|since|date|day|month)$|^(effective|valid)_(from|to)$/;

export const isTimed = (field: string): boolean => TIMED.test(field);
