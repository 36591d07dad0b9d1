import { z } from 'zod';
import { holdsTimes, valuesOf } from '../../core/column-of.js';
import type { ColumnType, Projection, Report } from '../../core/projection.js';
import { TIME_UNITS, type TimeUnit } from '../../core/time-units.js';

/** An indexed field of a view: what it is compared as, and the only values it can have, if few. */
export type ViewField = {
  readonly name: string;
  readonly type: ColumnType;
  /** null = any value of the type. */
  readonly values: readonly (string | number | boolean)[] | null;
  /** What its times can be counted by; null = it holds none. */
  readonly units: readonly TimeUnit[] | null;
};

const UNITS = Object.keys(TIME_UNITS) as readonly TimeUnit[];

/** The fields of a projection that lists can be filtered by, with their possible values. */
export const filterFields = ({ columns, view }: Projection): readonly ViewField[] =>
  columns.map(({ name, type }) => {
    const values = valuesOf(view.shape[name]);
    const units = holdsTimes(name, view.shape[name]) ? UNITS : null;
    return { name, type, values, units };
  });

const json = (schema: z.ZodType, io: 'input' | 'output') =>
  z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' });

/** What readers get of a document, besides what `show` adds: each says by `id` which it is. */
export const servedView = ({ view }: Pick<Projection, 'view'>): z.ZodObject =>
  'id' in view.shape ? view : z.object({ id: z.string(), ...view.shape });

/** JSON Schema of the documents of a projection. */
export const viewSchema = (projection: Projection): object =>
  json(servedView(projection), 'output');

/** JSON Schema of the query parameters of a report. */
export const reportSchema = ({ params }: Report): object => json(params, 'input');
