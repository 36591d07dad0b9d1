import { sql } from 'kysely';
import { beyond, columnOf, filter, order } from './conditions.js';
import { type Engine, type Value, within } from './engine.js';
import type { Document, Fold, Group, Page, Slot, ViewQuery } from './port.js';
import { documentOf, scalar, stored } from './stored.js';
import { slotTables } from './tables.js';

type DocumentRow = { key: string; document: string };

/** Keys or ids asked for in one statement. */
const ASKED_MAX = 5000;

const portions = function* (texts: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < texts.length; at += ASKED_MAX) yield texts.slice(at, at + ASKED_MAX);
};

export const findDocuments = (engine: Engine, slot: Slot, query: ViewQuery): Promise<Page> => {
  const tables = slotTables(slot);
  const table = sql.table(tables.documents);
  const matching = filter(engine, tables, query);
  const { sort, after, limit, offset = 0 } = query;
  const from = after ? sql`${matching} and ${beyond(tables, sort, after)}` : matching;
  const page = sql<DocumentRow>`select key, document from ${table}
    where ${from} order by ${order(tables, sort)} limit ${limit} offset ${offset}`;
  const total = sql<{ n: number }>`select count(*) as n from ${table} where ${matching}`;
  return within(engine, 'read', async (db) => ({
    documents: (await page.execute(db)).rows.map(documentOf),
    total: (await total.execute(db)).rows[0]?.n ?? 0,
  }));
};

/** By value, nothing (null) last. */
export const groupDocuments = async (
  engine: Engine,
  slot: Slot,
  by: { readonly column: string } & Pick<ViewQuery, 'where' | 'search'>,
): Promise<readonly Group[]> => {
  const tables = slotTables(slot);
  const column = columnOf(tables, by.column);
  const table = sql.table(tables.documents);
  const matching = filter(engine, tables, by);
  const values =
    'number' in column
      ? sql`select l.value as v from (select key as k from ${table} where ${matching}) d
          left join ${sql.table(tables.lists)} l on l.key = d.k and l.field = ${column.number}`
      : sql`select ${sql.ref(column.name)} as v from ${table} where ${matching}`;
  const { rows } = await sql<{ v: Value; n: number }>`select v, count(*) as n
    from (${values}) m group by v order by v asc nulls last`.execute(engine.db);
  return rows.map(({ v, n }) => ({ value: scalar(column.field.type, v), count: n }));
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
