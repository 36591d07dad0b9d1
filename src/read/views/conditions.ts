import { type RawBuilder, sql } from 'kysely';
import type { Engine, Value } from './engine.js';
import type { Condition, Scalar, ViewQuery } from './port.js';
import { columnValue, comparedValue, folded } from './stored.js';
import type { SlotTables } from './tables.js';

export type Bool = RawBuilder<unknown>;
type Scalars = SlotTables['scalars'][number];
type Listed = SlotTables['listed'][number];

export const TRUE: Bool = sql`true`;
const FALSE: Bool = sql`false`;

export const all = (conditions: readonly Bool[]): Bool =>
  conditions.length === 0 ? TRUE : sql`(${sql.join(conditions, sql` and `)})`;
export const any = (conditions: readonly Bool[]): Bool =>
  conditions.length === 0 ? FALSE : sql`(${sql.join(conditions, sql` or `)})`;

const COMPARED = { gt: sql`>`, gte: sql`>=`, lt: sql`<`, lte: sql`<=` } as const;

/** @throws TypeError for a field that is not indexed */
export const columnOf = (tables: SlotTables, field: string): Scalars | Listed =>
  tables.scalars.find((one) => one.field.name === field) ??
  tables.listed.find((one) => one.field.name === field) ??
  (() => {
    throw new TypeError(`"${field}" is not an indexed field`);
  })();

const isListed = (column: Scalars | Listed): column is Listed => 'number' in column;

/** @throws TypeError for a list, which has no place in an order */
export const sortColumn = (tables: SlotTables, field: string): Scalars => {
  const column = columnOf(tables, field);
  if (isListed(column))
    throw new TypeError(`"${field}" is a list: documents cannot be sorted by it`);
  return column;
};

/** Values of another type than the column's match nothing; they are not "not set". */
const known = (column: Scalars | Listed, values: readonly (Scalar | null)[]): readonly Value[] =>
  values
    .filter((value) => value !== null)
    .map((value) => columnValue(column.field, value))
    .filter((value) => value !== null);

const memberWhere = (tables: SlotTables, column: Listed, condition: Bool): Bool =>
  sql`key in (select key from ${sql.table(tables.lists)} where field = ${column.number} and ${condition})`;

const meets = (engine: Engine, tables: SlotTables, condition: Condition): Bool => {
  const column = columnOf(tables, condition.column);
  const listed = isListed(column);
  const ref = listed ? sql.ref('value') : sql.ref(column.name);
  const type = listed ? 'text' : column.type;
  const match = (one: Bool): Bool => (listed ? memberWhere(tables, column, one) : one);
  const compared = (op: keyof typeof COMPARED, given: Scalar): Bool => {
    const value = comparedValue(column.field, op, given);
    return value === null ? FALSE : sql`${ref} ${COMPARED[op]} ${value}`;
  };
  if (condition.op !== 'in') return match(compared(condition.op, condition.value));
  const values = known(column, condition.values);
  const [first] = values;
  // Most are not deleted, not critical, no orphan.
  const asked = type === 'flag' && first === 0 ? engine.common(ref) : ref;
  const one = values.length === 1 ? sql`${asked} = ${first}` : engine.among(ref, type, values);
  const unset = listed ? sql`not ${memberWhere(tables, column, TRUE)}` : sql`${ref} is null`;
  const spans = (condition.spans ?? []).map(({ from, before }) =>
    match(all([compared('gte', from), compared('lt', before)])),
  );
  return any([
    ...(values.length > 0 ? [match(one)] : []),
    ...spans,
    ...(condition.values.includes(null) ? [unset] : []),
  ]);
};

const finds = (engine: Engine, tables: SlotTables, search: string): Bool =>
  tables.search.length > 0 ? engine.contains(sql.ref('search'), folded(search)) : FALSE;

/** What a document must meet. */
export const filter = (
  engine: Engine,
  tables: SlotTables,
  { where, search }: Pick<ViewQuery, 'where' | 'search'>,
): Bool =>
  all([
    ...where.map((condition) => meets(engine, tables, condition)),
    ...(search ? [finds(engine, tables, search)] : []),
  ]);
