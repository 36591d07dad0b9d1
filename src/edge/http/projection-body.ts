import { type FieldError, isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { By } from '../../read/projector/projections.js';
import { headerText } from './header-text.js';
import type { Ctx, Http } from './http.js';
import { refuseUnknown } from './query.js';
import { readJson } from './read-json.js';
import { requestContext } from './request-context.js';

const TEXT_MAX = 255;
const REASON_MAX = 2_000;

export const invalid = (field: string, message: string, rule: string): Refusal => {
  const errors: FieldError[] = [{ field, message, rule }];
  return refuse('VALIDATION_ERROR', `${field}: ${message}`, { errors });
};

/** Who asks; where everything is open, whoever the header says. */
export const actorOf = (c: Ctx): string | undefined =>
  requestContext(c).who?.actor ??
  (headerText(c, 'X-Actor')?.trim().slice(0, TEXT_MAX) || undefined);

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a body, none when there is no body. In a record: it may have any field. */
export const fieldsOf = async (
  c: Ctx,
  { limits }: Http,
  known: readonly string[],
): Promise<{ readonly fields: Fields } | Refusal> => {
  const unknown = refuseUnknown(c, []);
  if (unknown) return unknown;
  const body = await readJson(c, limits.bodyMax);
  if (isRefusal(body)) return body;
  const { json } = body;
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return invalid('(body)', 'expected an object', 'FORMAT');
  const odd = Object.keys(json).find((field) => !known.includes(field));
  if (odd === undefined) return { fields: json as Fields };
  const there = known.length === 0 ? 'there are none' : `known: ${known.join(', ')}`;
  return invalid(odd.slice(0, TEXT_MAX), `unknown field; ${there}`, 'UNKNOWN');
};

/** Why and by whom an event is left out; neither may be missing. */
export const whyDiscard = async (
  c: Ctx,
  http: Http,
): Promise<{ readonly why: By; readonly sequence: number | undefined } | Refusal> => {
  const body = await fieldsOf(c, http, ['reason', 'sequence']);
  if (isRefusal(body)) return body;
  const by = actorOf(c);
  if (by === undefined)
    return invalid('X-Actor', 'say who leaves the event out: this header is required', 'REQUIRED');
  const { reason, sequence } = body.fields;
  if (typeof reason !== 'string' || reason.trim() === '')
    return invalid('reason', 'say why this event is left out', 'REQUIRED');
  if (reason.length > REASON_MAX)
    return invalid('reason', `longer than ${REASON_MAX} characters`, 'TOO_LONG');
  if (sequence !== undefined && !(Number.isSafeInteger(sequence) && (sequence as number) > 0))
    return invalid('sequence', 'expected the sequence of the event that fails', 'FORMAT');
  return { why: { by, reason: reason.trim() }, sequence: sequence as number | undefined };
};
