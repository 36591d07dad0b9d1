/** Units that times are counted by, and how many characters of a time (ISO 8601, UTC) say each. */
export const TIME_UNITS = { year: 4, month: 7, day: 10, hour: 13, minute: 16 } as const;
export type TimeUnit = keyof typeof TIME_UNITS;

/** A time that is said as exactly as a unit, or less: a month has no hour. */
const PERIOD = /^\d{4}(-\d{2}(-\d{2}(T\d{2}(:\d{2})?)?)?)?$/;

/** Which period a text names that is the beginning of a time; null when it is none. */
export const periodOf = (beginning: string): string | null =>
  PERIOD.test(beginning) ? beginning : null;

/** What fields that hold times or dates are called: their schemas do not always say so. */
const TIMED = /(^|_)(at|timestamp|since|date|day|month)$|^(effective|valid)_(from|to)$/;

export const isTimed = (field: string): boolean => TIMED.test(field);
