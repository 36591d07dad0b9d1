import { sql } from 'kysely';
import { type Engine, type Value, within } from './engine.js';
import type { Commit, DocumentWrite, Slot } from './port.js';
import { documentText, searchable, stored, storedMembers, storedValue } from './stored.js';
import {
  documentColumns,
  FOLD_COLUMNS,
  LIST_COLUMNS,
  type SlotTables,
  type Sql,
  slotTables,
} from './tables.js';

/** Ends a transaction that must leave nothing: somebody else wrote, or the slot is gone. */
const ELSEWHERE = Symbol('elsewhere');

const ofSlot = ({ projection, generation }: Slot) => ({ projection, generation });

/** Also makes the writers of one slot wait for one another where there are several. */
const countCommit = async (db: Sql, slot: Slot, revision: number | undefined): Promise<void> => {
  let update = db
    .updateTable('stele_slot')
    .set((eb) => ({ revision: eb('revision', '+', 1) }))
    .where('projection', '=', slot.projection)
    .where('generation', '=', slot.generation);
  if (revision !== undefined) update = update.where('revision', '=', revision);
  const { numUpdatedRows } = await update.executeTakeFirst();
  if (numUpdatedRows !== 1n) throw ELSEWHERE;
};

const advance = async (
  db: Sql,
  slot: Slot,
  { source, expected, sequence, at }: NonNullable<Commit['advance']>,
): Promise<void> => {
  const changed = await db
    .updateTable('stele_checkpoint')
    .set({ sequence, at })
    .where('projection', '=', slot.projection)
    .where('generation', '=', slot.generation)
    .where('source', '=', source)
    .where('sequence', '=', expected)
    .executeTakeFirst();
  if (changed.numUpdatedRows === 1n) return;
  if (expected !== 0) throw ELSEWHERE;
  const first = await db
    .insertInto('stele_checkpoint')
    .values({ ...ofSlot(slot), source, sequence, at })
    .onConflict((conflict) => conflict.columns(['projection', 'generation', 'source']).doNothing())
    .executeTakeFirst();
  if (first.numInsertedOrUpdatedRows !== 1n) throw ELSEWHERE;
};

const documentRow = (tables: SlotTables, key: string, document: object): readonly Value[] => {
  const view = document as Readonly<Record<string, unknown>>;
  return [
    stored(key),
    documentText(key, document),
    ...(tables.search.length > 0 ? [searchable(view, tables.search)] : []),
    ...tables.scalars.map(({ field }) => storedValue(field.type, view[field.name])),
  ];
};

const listRows = (tables: SlotTables, key: string, document: object): readonly Value[][] =>
  tables.listed.flatMap(({ field, number }) =>
    storedMembers((document as Readonly<Record<string, unknown>>)[field.name]).map((member) => [
      number,
      member,
      stored(key),
    ]),
  );

const writeDocuments = async (
  engine: Engine,
  db: Sql,
  { tables, writes }: { readonly tables: SlotTables; readonly writes: Commit['documents'] },
): Promise<void> => {
  // One statement may touch a row once: of two writes to one key the later counts.
  const last = [...new Map(writes.map((write) => [write.key, write])).values()];
  const kept = last.filter(
    (write): write is DocumentWrite & { document: object } => write.document !== null,
  );
  const gone = last.filter((write) => write.document === null);
  const delist = tables.listed.length > 0 ? last : [];
  for (const [table, keys] of [
    [tables.lists, delist],
    [tables.documents, gone],
  ] as const)
    if (keys.length > 0)
      await sql`delete from ${sql.table(table)} where ${engine.among(
        sql.ref('key'),
        'text',
        keys.map(({ key }) => stored(key)),
      )}`.execute(db);
  await engine.upsert(db, {
    table: tables.documents,
    columns: documentColumns(tables),
    rows: kept.map(({ key, document }) => documentRow(tables, key, document)),
    conflict: ['key'],
  });
  await engine.upsert(db, {
    table: tables.lists,
    columns: LIST_COLUMNS,
    rows: kept.flatMap(({ key, document }) => listRows(tables, key, document)),
    conflict: ['field', 'value', 'key'],
  });
};

const writeFolds = (
  engine: Engine,
  db: Sql,
  { tables, folds }: { readonly tables: SlotTables; readonly folds: Commit['folds'] },
): Promise<void> =>
  engine.upsert(db, {
    table: tables.folds,
    columns: FOLD_COLUMNS,
    rows: [
      ...new Map(
        folds.map(({ source, aggregate_id, fold }) => [
          `${source} ${aggregate_id}`,
          [source, aggregate_id, fold.version, JSON.stringify(fold.state)],
        ]),
      ).values(),
    ],
    conflict: ['source', 'aggregate_id'],
  });

/** Few at a time, if any: one statement each. */
const settle = async (db: Sql, slot: Slot, { park, unpark, discard }: Commit): Promise<void> => {
  for (const { source, aggregate_id } of unpark)
    await db
      .deleteFrom('stele_parked')
      .where('projection', '=', slot.projection)
      .where('generation', '=', slot.generation)
      .where('source', '=', source)
      .where('aggregate_id', '=', aggregate_id)
      .execute();
  const row = <E extends { source: string; aggregate_id: string; sequence: number }>(entry: E) => ({
    ...ofSlot(slot),
    source: entry.source,
    aggregate_id: entry.aggregate_id,
    sequence: entry.sequence,
    record: JSON.stringify(entry),
  });
  for (const entry of park.map(row))
    await db
      .insertInto('stele_parked')
      .values(entry)
      .onConflict((conflict) =>
        conflict
          .columns(['projection', 'generation', 'source', 'aggregate_id'])
          .doUpdateSet({ sequence: entry.sequence, record: entry.record }),
      )
      .execute();
  for (const entry of discard.map(row))
    await db
      .insertInto('stele_discarded')
      .values(entry)
      .onConflict((conflict) =>
        conflict
          .columns(['projection', 'generation', 'source', 'sequence'])
          .doUpdateSet({ record: entry.record }),
      )
      .execute();
};

/** Everything of a batch in one transaction; false when it was decided on something old. */
export const writeCommit = async (engine: Engine, slot: Slot, commit: Commit): Promise<boolean> => {
  const tables = slotTables(slot);
  try {
    await within(engine, 'write', async (db) => {
      await countCommit(db, slot, commit.revision);
      if (commit.advance) await advance(db, slot, commit.advance);
      await writeDocuments(engine, db, { tables, writes: commit.documents });
      await writeFolds(engine, db, { tables, folds: commit.folds });
      await settle(db, slot, commit);
    });
    return true;
  } catch (error) {
    if (error === ELSEWHERE) return false;
    throw error;
  }
};
