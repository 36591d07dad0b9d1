import { z } from 'zod';
import type { ColumnType, Projection, Report } from './projection.js';
import { isTimed, TIME_UNITS, type TimeUnit } from './time-units.js';

/** An indexed field of a view: what it is compared as, and the only values it can have, if few. */
export type ViewField = {
  readonly name: string;
  readonly type: ColumnType;
  /** null = any value of the type. */
  readonly values: readonly (string | number | boolean)[] | null;
  /** What its times can be counted by; null = it holds none. */
  readonly units: readonly TimeUnit[] | null;
};

type Scalar = string | number | boolean;

const valuesOf = (schema: unknown): readonly Scalar[] | null => {
  const { innerType } = (schema as { def?: { innerType?: unknown } }).def ?? {};
  if (innerType !== undefined) return valuesOf(innerType);
  if (schema instanceof z.ZodArray) return valuesOf(schema.element);
  if (schema instanceof z.ZodEnum) return schema.options as readonly Scalar[];
  if (schema instanceof z.ZodLiteral) return [...schema.values] as readonly Scalar[];
  return null;
};

const UNITS = Object.keys(TIME_UNITS) as readonly TimeUnit[];

/** The fields of a projection that lists can be filtered by, with their possible values. */
export const filterFields = ({ columns, view }: Projection): readonly ViewField[] =>
  columns.map(({ name, type }) => {
    const values = valuesOf(view.shape[name]);
    const timed = type === 'text' && values === null && isTimed(name);
    return { name, type, values, units: timed ? UNITS : null };
  });

const json = (schema: z.ZodType, io: 'input' | 'output') =>
  z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' });

/** JSON Schema of the documents of a projection. */
export const viewSchema = ({ view }: Projection): object => json(view, 'output');

/** JSON Schema of the query parameters of a report. */
export const reportSchema = ({ params }: Report): object => json(params, 'input');
