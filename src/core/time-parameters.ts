import { z } from 'zod';
import { spanOf } from './instant.js';

const SHAPE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+ -]\d{2}:\d{2}))?$/;
const expected = {
  error: 'expected a date such as 2019-05-01 or a time such as 2019-05-01T12:00:00Z',
};
const Said = z
  .string()
  .regex(SHAPE, expected)
  .refine((text) => spanOf(text) !== undefined, { error: 'there is no such day or time' });

/** Parameter of a report: where it begins. */
export const FromTime = Said.describe('From this time, or the beginning of this day in UTC, on.')
  // In the one form, to be compared with times as texts.
  .transform((text) => spanOf(text)!.first);

/** Parameter of a report: where it ends, as the first time that counts no more. */
export const UntilTime = Said.describe(
  'Before this time; a date is the whole of that day in UTC.',
).transform((text) => {
  const { first, last } = spanOf(text)!;
  return first === last ? first : new Date(Date.parse(last) + 1).toISOString();
});
