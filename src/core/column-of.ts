import { z } from 'zod';
import { columnTypeOf, inner } from './check-projection.js';
import type { Column } from './column.js';
import { isTimed } from './time-units.js';

type Scalar = string | number | boolean;

/** The only values that a field can have; null = any of its type. */
export const valuesOf = (schema: unknown): readonly Scalar[] | null => {
  const bare = inner(schema);
  if (bare instanceof z.ZodArray) return valuesOf(bare.element);
  if (bare instanceof z.ZodEnum) return bare.options as readonly Scalar[];
  if (bare instanceof z.ZodLiteral) return [...bare.values] as readonly Scalar[];
  return null;
};

const TIMES = ['date', 'datetime'];
const isTime = (schema: unknown): boolean => {
  const bare = inner(schema);
  return bare instanceof z.ZodStringFormat && TIMES.includes(bare.def.format);
};

/** Whether a field holds times or dates, as its schema or its name says. */
export const holdsTimes = (field: string, schema: unknown): boolean =>
  columnTypeOf(schema) === 'text' &&
  valuesOf(schema) === null &&
  (isTime(schema) || isTimed(field));

/** What programs made up for programs: nobody reads a list by it. */
const IS_KEY = /(^|_)(id|key)$/;

/** The column that an indexed field becomes. Words that people wrote are in their order. */
export const columnOf = (field: string, schema: unknown): Column => {
  const type = columnTypeOf(schema)!;
  const isWords =
    type === 'text' &&
    valuesOf(schema) === null &&
    !holdsTimes(field, schema) &&
    !IS_KEY.test(field);
  return isWords ? { name: field, type, order: 'people' } : { name: field, type };
};
