import type { JsonSchema } from '../../core/schema.js';

export type Ref = { readonly $ref: string };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapped = (
  value: unknown,
  change: (object: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): unknown => {
  if (Array.isArray(value)) return value.map((one) => mapped(one, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(change(value)).map(([key, one]) => [key, mapped(one, change)]),
  );
};

/**
 * A schema at a place of a larger document: its own head goes, what says who may send it too, since
 * that is said where it is used; references within it lead to where it now stands.
 */
export const placedAt = (schema: JsonSchema, place: string): JsonSchema => {
  const kept = Object.entries(schema).filter(
    ([key]) => key !== '$schema' && key !== '$id' && !key.startsWith('x-'),
  );
  return mapped(Object.fromEntries(kept), (object) => {
    const { $ref } = object;
    return typeof $ref === 'string' && /^#(\/\$defs|$)/.test($ref)
      ? { ...object, $ref: `${place}${$ref.slice(1)}` }
      : object;
  }) as JsonSchema;
};

/** The same, but for objects that may have more fields than the schema knows. */
export const opened = (schema: JsonSchema): JsonSchema =>
  mapped(schema, ({ additionalProperties, ...rest }) =>
    additionalProperties === false || additionalProperties === undefined
      ? rest
      : { ...rest, additionalProperties },
  ) as JsonSchema;
