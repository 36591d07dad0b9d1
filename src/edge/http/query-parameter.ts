import { isRefusal, type Refusal } from '../../core/refusal.js';
import type { JsonSchema } from '../../core/schema.js';
import type { Ref } from '../openapi/index.js';
import type { Ctx } from './http.js';
import { badQuery, refuseUnknown, wholeNumber } from './query.js';

/** A parameter of a query: how it is described, and how it is read. */
export type QueryParameter<T = unknown> = {
  readonly description: string;
  readonly schema: JsonSchema;
  readonly required?: true;
  /** Where a document keeps it once for many routes. */
  readonly shared?: Ref;
  readonly read: (c: Ctx, name: string) => { readonly value: T } | Refusal;
};

/** All parameters that a query may have. */
export type Query = Readonly<Record<string, QueryParameter>>;
/** What was asked for by them. */
export type Asked<Q extends Query> = {
  readonly [N in keyof Q]: Q[N] extends QueryParameter<infer T> ? T : never;
};

export const textIn = (description: string): QueryParameter<string | undefined> => ({
  description,
  schema: { type: 'string' },
  read: (c, name) => ({ value: c.req.query(name) }),
});

type Bounds = { readonly min: number; readonly max?: number; readonly otherwise: number };

export const wholeIn = (
  description: string,
  { min, max, otherwise }: Bounds,
): QueryParameter<number> => ({
  description,
  schema: {
    type: 'integer',
    minimum: min,
    ...(max !== undefined && { maximum: max }),
    default: otherwise,
  },
  read: (c, name) => {
    const found = wholeNumber(c, name, { min, max: max ?? Number.MAX_SAFE_INTEGER, otherwise });
    return isRefusal(found) ? found : { value: found.number };
  },
});

/** A flag that many routes share. */
export const flagOf = (shared: Ref): QueryParameter<boolean> => ({
  description: '',
  schema: { type: 'boolean' },
  shared,
  read: (c, name) => {
    const text = c.req.query(name);
    return text === undefined || text === 'true' || text === 'false'
      ? { value: text === 'true' }
      : badQuery(name, 'expected true or false', 'ENUM');
  },
});

/** What a query asks for, or what is wrong with it: a parameter that is not among these, too. */
export const readQuery = <Q extends Query>(
  c: Ctx,
  query: Q,
): { readonly asked: Asked<Q> } | Refusal => {
  const unknown = refuseUnknown(c, Object.keys(query));
  if (unknown) return unknown;
  const asked: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(query)) {
    const found = parameter.read(c, name);
    if (isRefusal(found)) return found;
    asked[name] = found.value;
  }
  return { asked: asked as Asked<Q> };
};
