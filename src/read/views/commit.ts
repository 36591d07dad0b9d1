import { CompiledQuery, sql } from 'kysely';
import type { View } from '../../core/projection.js';
import { type Engine, type Value, within } from './engine.js';
import type { Commit, DocumentWrite, Slot } from './port.js';
import { columnValue, documentText, searchable, stored, storedMembers } from './stored.js';
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

/** Of each commit, and so written out: building them took longer than to run them. */
const COUNT_COMMIT =
  "update stele_slot set revision = revision + 1 where role <> 'dropped' and projection = $1 and generation = $2";
const ADVANCE =
  'update stele_checkpoint set sequence = $1, at = $2 where projection = $3 and generation = $4 and source = $5 and sequence = $6';

const updatesOne = async (db: Sql, text: string, values: readonly Value[]): Promise<boolean> =>
  (await db.executeQuery(CompiledQuery.raw(text, [...values]))).numAffectedRows === 1n;

/** Also makes the writers of one slot wait for one another where there are several. */
const countCommit = async (
  db: Sql,
  { projection, generation }: Slot,
  revision: number | undefined,
): Promise<void> => {
  const counted =
    revision === undefined
      ? await updatesOne(db, COUNT_COMMIT, [projection, generation])
      : await updatesOne(db, `${COUNT_COMMIT} and revision = $3`, [
          projection,
          generation,
          revision,
        ]);
  if (!counted) throw ELSEWHERE;
};

const advance = async (
  db: Sql,
  slot: Slot,
  { source, expected, sequence, at }: NonNullable<Commit['advance']>,
): Promise<void> => {
  const { projection, generation } = slot;
  const place = [projection, generation, source, expected];
  if (await updatesOne(db, ADVANCE, [sequence, at, ...place])) return;
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
    ...tables.scalars.map(({ field }) => columnValue(field, view[field.name])),
    ...(tables.search.length > 0 ? [searchable(view, tables.search)] : []),
    documentText(key, document),
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

const same = (one: unknown, other: unknown): boolean =>
  one === other ||
  (Array.isArray(one) &&
    Array.isArray(other) &&
    one.length === other.length &&
    one.every((member, index) => member === other[index]));

/** Whether the lists of a document are not, or may not be, what stands in their table. */
const isRelisted = ({ listed }: SlotTables, { document, before }: DocumentWrite): boolean =>
  before === undefined ||
  listed.some(({ field: { name } }) => !same(document?.[name] ?? [], before?.[name] ?? []));

/** The columns in which documents differ from those that are there, or may: an index is spared. */
const changedColumns = (
  tables: SlotTables,
  writes: readonly (DocumentWrite & { readonly document: View })[],
): ReadonlySet<string> => {
  const changed = new Set(['document']);
  for (const { document, before } of writes) {
    if (before === undefined) return new Set(documentColumns(tables).map(({ name }) => name));
    if (before === null) continue; // it is inserted
    for (const { name, field } of tables.scalars)
      if (document[field.name] !== before[field.name]) changed.add(name);
    if (tables.search.some((field) => document[field] !== before[field])) changed.add('search');
  }
  return changed;
};

const writeDocuments = async (
  engine: Engine,
  db: Sql,
  { tables, writes }: { readonly tables: SlotTables; readonly writes: Commit['documents'] },
): Promise<void> => {
  // One statement may touch a row once: of two writes to one key the later counts.
  const last = [...new Map(writes.map((write) => [write.key, write])).values()];
  const kept = last.filter(
    (write): write is DocumentWrite & { document: View } => write.document !== null,
  );
  const gone = last.filter((write) => write.document === null);
  const relisted = new Set(
    tables.listed.length > 0 ? last.filter((write) => isRelisted(tables, write)) : [],
  );
  const delist = [...relisted].filter(({ before }) => before !== null);
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
    changed: changedColumns(tables, kept),
  });
  await engine.upsert(db, {
    table: tables.lists,
    columns: LIST_COLUMNS,
    rows: kept
      .filter((write) => relisted.has(write))
      .flatMap(({ key, document }) => listRows(tables, key, document)),
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

const rowSource = ({ source, aggregate_id }: { source: string; aggregate_id: string }): string =>
  `${source}/${aggregate_id}`;

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
  // Entries of one message of the journal share its sequence: what was discarded tells them apart.
  const discarded = discard.map((entry) => ({ ...row(entry), source: rowSource(entry) }));
  for (const entry of discarded)
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
