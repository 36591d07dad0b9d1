import { AGGREGATE_ID } from '../../core/ids.js';
import { Mistakes, NAME_SHOWN_MAX } from '../../core/mistakes.js';
import { choices } from '../../core/nearest.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import type { Ctx } from './http.js';
import { PARAMETERS_MAX } from './limits.js';

/** Refuse for one parameter of a query. */
export const badQuery = (name: string, message: string, rule = 'FORMAT'): Refusal => {
  const field = name.slice(0, NAME_SHOWN_MAX);
  return refuse('VALIDATION_ERROR', `${field}: ${message}`, { errors: [{ field, message, rule }] });
};

/** Refuse a query that says more than anybody means, before each of its parameters is looked at. */
export const refuseTooMany = ({ size }: URLSearchParams): Refusal | undefined =>
  size > PARAMETERS_MAX
    ? badQuery('(query)', `${size} parameters; at most ${PARAMETERS_MAX} are read`, 'RANGE')
    : undefined;

/** An id that would not fit into a subject or a path. */
export const badId = (id: string): Refusal | undefined => {
  if (AGGREGATE_ID.test(id)) return undefined;
  const message = 'expected 1 to 128 letters, digits, "-" or "_" (a UUID fits)';
  return refuse('MALFORMED_COMMAND', `aggregate_id: ${message}`, {
    errors: [{ field: 'aggregate_id', message, rule: 'FORMAT' }],
  });
};

/** Refuse parameters that mean nothing here: a misspelt one must not be passed over. */
export const refuseUnknown = (c: Ctx, known: readonly string[]): Refusal | undefined => {
  const mistakes = new Mistakes();
  for (const name of Object.keys(c.req.query()))
    if (!known.includes(name))
      mistakes.add(
        name.slice(0, NAME_SHOWN_MAX),
        () => `unknown query parameter${choices(name, known, 'known:')}`,
        'UNKNOWN',
      );
  return mistakes.refusal();
};

/** A whole number of a query, or why it is none. */
export const wholeNumber = (
  c: Ctx,
  name: string,
  {
    min,
    max,
    otherwise,
  }: { readonly min: number; readonly max: number; readonly otherwise: number },
): { readonly number: number } | Refusal => {
  const text = c.req.query(name);
  if (text === undefined) return { number: otherwise };
  const number = Number(text);
  if (!/^\d{1,15}$/.test(text) || number < min || number > max)
    return badQuery(name, `expected a whole number from ${min} to ${max}`, 'RANGE');
  return { number };
};

/** An id in a path that no aggregate can have, whatever it is. */
export const noSuch = ({ name }: { readonly name: string }, id: string): Refusal | undefined =>
  AGGREGATE_ID.test(id)
    ? undefined
    : refuse('NOT_FOUND', `there is no ${name} with this id: ids are letters, digits, "-" and "_"`);
