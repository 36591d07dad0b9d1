import { z } from 'zod';

/**
 * Instants are texts in one form, ISO 8601 in UTC with milliseconds, so that their order as texts is
 * their order in time: `…00Z` would come after `…00.500Z`.
 */
const CANONICAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
/** A time that says its zone, as ISO 8601 allows it. A "+" that no URL encoded arrives as a space. */
const TIME = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+ -]\d{2}:\d{2})$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

/** Years of more than four digits are written in another form, which has another order. */
const FIRST_MS = Date.parse('0000-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Whether there is such a day: 2019-02-30 is none, though `Date` would take it for a later one. */
const isDay = (text: string): boolean => {
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
};

/** A time in the one form, finer fractions cut off; undefined when the text is no time. */
export const instantOf = (text: string): string | undefined => {
  const day = TIME.exec(text)?.[1];
  if (day === undefined || !isDay(day)) return undefined;
  const ms = Date.parse(text.replace(' ', '+'));
  return ms >= FIRST_MS && ms <= LAST_MS ? new Date(ms).toISOString() : undefined;
};

/**
 * The first and the last instant of what somebody says: a time, or a day in UTC; undefined when it
 * is neither.
 */
export const spanOf = (
  text: string,
): { readonly first: string; readonly last: string } | undefined => {
  if (!DATE.test(text)) {
    const instant = instantOf(text);
    return instant === undefined ? undefined : { first: instant, last: instant };
  }
  if (!isDay(text)) return undefined;
  const first = `${text}T00:00:00.000Z`;
  return { first, last: new Date(Date.parse(first) + DAY_MS - 1).toISOString() };
};

/**
 * A stored time in the one form. Logs hold times in whatever form they came in until each was
 * brought into this one on its way in; what is no time stays what it is.
 */
export const canonicalInstant = (text: string): string =>
  CANONICAL.test(text) ? text : (instantOf(text) ?? text);

/** The later of two instants, whatever form they are in. */
export const laterInstant = (one: string, other: string): string =>
  canonicalInstant(Date.parse(other) > Date.parse(one) ? other : one);

/** Schema of an instant that comes in: ISO 8601 with a Z, brought into the one form. */
export const Instant = z.iso
  .datetime({ error: 'expected ISO 8601 in UTC, such as 2026-01-06T10:00:00Z' })
  .overwrite(canonicalInstant);
