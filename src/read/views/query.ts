import { type RawBuilder, sql } from 'kysely';
import { periodOf, TIME_UNITS, type TimeUnit } from '../../core/time-units.js';
import { columnOf, filter, sortColumn } from './conditions.js';
import type { Engine, Value } from './engine.js';
import { partsOf } from './parts.js';
import type { Document, Fold, Group, Page, RangedGroup, Slot, ViewQuery } from './port.js';
import { documentOf, scalar, stored } from './stored.js';
import { type SlotTables, type Sql, slotTables } from './tables.js';

type DocumentRow = { key: string; document: string };

/** Keys or ids asked for in one statement. */
const ASKED_MAX = 5000;

const portions = function* (texts: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < texts.length; at += ASKED_MAX) yield texts.slice(at, at + ASKED_MAX);
};

/** One page, in the parts that an index leads to. */
const readPage = async (
  engine: Engine,
  on: Sql,
  { tables, query }: { readonly tables: SlotTables; readonly query: ViewQuery },
): Promise<readonly Document[]> => {
  const matching = filter(engine, tables, query);
  const found: DocumentRow[] = [];
  for (const { from, by, offset } of partsOf(tables, query)) {
    const left = query.limit - found.length;
    if (left === 0) break;
    const { rows } = await sql<DocumentRow>`select key, document
      from ${sql.table(tables.documents)} where ${matching} and ${from}
      order by ${by} limit ${left} offset ${offset}`.execute(on);
    found.push(...rows);
  }
  return found.map(documentOf);
};

export const findDocuments = (engine: Engine, slot: Slot, query: ViewQuery): Promise<Page> => {
  const tables = slotTables(slot);
  const total = sql<{ n: number }>`select count(*) as n from ${sql.table(tables.documents)}
    where ${filter(engine, tables, query)}`;
  return engine.atOnce(async (db) => ({
    documents: await readPage(engine, db, { tables, query }),
    total: (await total.execute(db)).rows[0]?.n ?? 0,
  }));
};

export const pageOfDocuments = (
  engine: Engine,
  slot: Slot,
  query: ViewQuery,
): Promise<readonly Document[]> =>
  // A document that moves from one part to the other meanwhile would be met twice, or never.
  engine.atOnce((db) => readPage(engine, db, { tables: slotTables(slot), query }));

/**
 * How many there are per period, by period, nothing (null) last. What begins like no time is told
 * from times here rather than by the engines, which do it in different ways.
 */
const periodGroups = async (
  engine: Engine,
  {
    name,
    table,
    matching,
  }: { name: string; table: RawBuilder<unknown>; matching: RawBuilder<unknown> },
  unit: TimeUnit,
): Promise<readonly Group[]> => {
  const { rows } = await sql<{ v: string | null; n: number }>`select v, count(*) as n
    from (select substr(${sql.ref(name)}, 1, ${sql.lit(TIME_UNITS[unit])}) as v
      from ${table} where ${matching}) m group by v order by v asc nulls last`.execute(engine.db);
  const groups = rows.map(({ v, n }) => ({ value: v === null ? null : periodOf(v), count: n }));
  const none = groups.filter(({ value }) => value === null);
  if (none.length === 0) return groups;
  const count = none.reduce((sum, one) => sum + one.count, 0);
  return [...groups.filter(({ value }) => value !== null), { value: null, count }];
};

/** By value, nothing (null) last. */
export const groupDocuments = async (
  engine: Engine,
  slot: Slot,
  by: Pick<ViewQuery, 'where' | 'search'> & { readonly column: string; readonly unit?: TimeUnit },
): Promise<readonly Group[]> => {
  const tables = slotTables(slot);
  const column = columnOf(tables, by.column);
  const table = sql.table(tables.documents);
  const matching = filter(engine, tables, by);
  if (by.unit) {
    if ('number' in column || column.type !== 'text')
      throw new TypeError(`"${by.column}" is no text: it holds no times`);
    return periodGroups(engine, { name: column.name, table, matching }, by.unit);
  }
  const values =
    'number' in column
      ? sql`select l.value as v from (select key as k from ${table} where ${matching}) d
          left join ${sql.table(tables.lists)} l on l.key = d.k and l.field = ${column.number}`
      : sql`select ${sql.ref(column.name)} as v from ${table} where ${matching}`;
  const { rows } = await sql<{ v: Value; n: number }>`select v, count(*) as n
    from (${values}) m group by v order by v asc nulls last`.execute(engine.db);
  return rows.map(({ v, n }) => ({ value: scalar(column.field, v), count: n }));
};

/** By value, nothing (null) last. */
export const groupDocumentsRanged = async (
  engine: Engine,
  slot: Slot,
  by: Pick<ViewQuery, 'where' | 'search'> & { readonly column: string; readonly of: string },
): Promise<readonly RangedGroup[]> => {
  const tables = slotTables(slot);
  const [{ name, field }, of] = [sortColumn(tables, by.column), sortColumn(tables, by.of)];
  const { rows } = await sql<{ v: Value; n: number; least: Value; most: Value }>`select
    ${sql.ref(name)} as v, count(*) as n,
    min(${sql.ref(of.name)}) as least, max(${sql.ref(of.name)}) as most
    from ${sql.table(tables.documents)} where ${filter(engine, tables, by)}
    group by ${sql.ref(name)} order by v asc nulls last`.execute(engine.db);
  return rows.map(({ v, n, least, most }) => ({
    value: scalar(field, v),
    count: n,
    least: scalar(of.field, least),
    most: scalar(of.field, most),
  }));
};

export const documentsByKey = async (
  engine: Engine,
  slot: Slot,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Document['document']>> => {
  const table = sql.table(slotTables(slot).documents);
  const found = new Map<string, Document['document']>();
  for (const some of portions(keys)) {
    const { rows } = await sql<DocumentRow>`select key, document from ${table}
      where ${engine.among(sql.ref('key'), 'text', some.map(stored))}`.execute(engine.db);
    for (const row of rows.map(documentOf)) found.set(row.key, row.document);
  }
  return found;
};

export const documentAt = async (
  engine: Engine,
  slot: Slot,
  key: string,
): Promise<{ document: Document['document']; revision: number } | undefined> => {
  const { rows } = await sql<DocumentRow & { revision: number }>`
    select d.key, d.document, s.revision
    from ${sql.table(slotTables(slot).documents)} d, ${sql.table('stele_slot')} s
    where d.key = ${stored(key)} and s.projection = ${slot.projection}
      and s.generation = ${slot.generation} and s.created_at = ${slot.created_at}`.execute(
    engine.db,
  );
  const [row] = rows;
  return row && { document: documentOf(row).document, revision: row.revision };
};

export const foldsById = async (
  engine: Engine,
  slot: Slot,
  { source, ids }: { readonly source: string; readonly ids: readonly string[] },
): Promise<ReadonlyMap<string, Fold>> => {
  const table = sql.table(slotTables(slot).folds);
  const found = new Map<string, Fold>();
  for (const some of portions(ids)) {
    const { rows } = await sql<{ aggregate_id: string; version: number; state: string }>`
      select aggregate_id, version, state from ${table}
      where source = ${source} and ${engine.among(sql.ref('aggregate_id'), 'text', some)}`.execute(
      engine.db,
    );
    for (const { aggregate_id, version, state } of rows)
      found.set(aggregate_id, { version, state: JSON.parse(state) as Fold['state'] });
  }
  return found;
};

export const documentsAfter = async (
  engine: Engine,
  slot: Slot,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<readonly Document[]> => {
  const from = after === null ? sql`true` : sql`key > ${stored(after)}`;
  const { rows } = await sql<DocumentRow>`select key, document
    from ${sql.table(slotTables(slot).documents)} where ${from}
    order by key limit ${limit}`.execute(engine.db);
  return rows.map(documentOf);
};

export const countDocuments = async (engine: Engine, slot: Slot): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select count(*) as n
    from ${sql.table(slotTables(slot).documents)}`.execute(engine.db);
  return rows[0]?.n ?? 0;
};
