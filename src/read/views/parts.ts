import { sql } from 'kysely';
import { all, any, type Bool, sortColumn, TRUE } from './conditions.js';
import type { After, SortKey, ViewQuery } from './port.js';
import { columnValue, stored } from './stored.js';
import type { SlotTables } from './tables.js';

/** A total order: by these columns, nothing (null) last, then by key. */
const order = (tables: SlotTables, sort: readonly SortKey[]): Bool =>
  sql.join([
    ...sort.map(({ column, descending }) => {
      const ref = sql.ref(sortColumn(tables, column).name);
      return descending ? sql`${ref} desc nulls last` : sql`${ref} asc nulls last`;
    }),
    sql`key asc`,
  ]);

/** What comes after a place in that order: equal in the first columns, beyond it in the next. */
const beyond = (tables: SlotTables, sort: readonly SortKey[], after: After): Bool => {
  if (after.values.length !== sort.length)
    throw new TypeError('a place in an order has one value for each column of the order');
  const equal: Bool[] = [];
  const ways: Bool[] = [];
  for (const [index, { column, descending }] of sort.entries()) {
    const { name, field } = sortColumn(tables, column);
    const ref = sql.ref(name);
    const value = columnValue(field, after.values[index]);
    if (value === null) {
      equal.push(sql`${ref} is null`);
      continue;
    }
    const further = descending ? sql`${ref} < ${value}` : sql`${ref} > ${value}`;
    ways.push(all([...equal, sql`(${further} or ${ref} is null)`]));
    equal.push(sql`${ref} = ${value}`);
  }
  return any([...ways, all([...equal, sql`key > ${stored(after.key)}`])]);
};

/** A part of a page, one behind the other: which documents, in which order. */
export type Part = { readonly from: Bool; readonly by: Bool; readonly offset: number };

/**
 * A page in two parts: what has a value in the first column of the order, then what has none. In
 * one statement no engine would take the index of that column: "nothing last" is not how indexes
 * are sorted, and a place in an order of several columns is a condition with an "or". A page
 * would cost as much as sorting all documents.
 */
export const partsOf = (
  tables: SlotTables,
  { sort, after, offset = 0 }: Pick<ViewQuery, 'sort' | 'after' | 'offset'>,
): readonly Part[] => {
  const [first, ...rest] = sort;
  const beyondAfter = after ? beyond(tables, sort, after) : TRUE;
  if (!first || offset > 0) return [{ from: beyondAfter, by: order(tables, sort), offset }];
  const { name, field } = sortColumn(tables, first.column);
  const ref = sql.ref(name);
  const at = after ? columnValue(field, after.values[0]) : null;
  const further = first.descending ? sql`${ref} <= ${at}` : sql`${ref} >= ${at}`;
  const by = sql`${ref} ${first.descending ? sql`desc` : sql`asc`}, ${order(tables, rest)}`;
  const within = at === null ? sql`${ref} is not null` : sql`${further} and ${beyondAfter}`;
  const without = sql`${ref} is null${at === null ? sql` and ${beyondAfter}` : sql``}`;
  const last: Part = { from: without, by: order(tables, rest), offset };
  // Behind a document without a value there is none with one.
  return after && at === null ? [last] : [{ from: within, by, offset }, last];
};
