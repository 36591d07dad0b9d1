import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Column } from '../../core/projection.js';
import type { Slot } from './port.js';
import { isList } from './stored.js';

/** Raise it when the tables change; a store that says more was made by a newer program. */
export const SCHEMA_VERSION = 1;

type OfSlot = { projection: string; generation: number };
type OfEvent = OfSlot & { source: string; aggregate_id: string; sequence: number };

/** The tables that all projections share. */
export interface Tables {
  stele_schema: { version: number };
  /** The streams of the log that all documents are made from, and when each was made. */
  stele_log: { source: string; created: string };
  stele_projection: { name: string; generations: number; stopped: number };
  stele_slot: OfSlot & {
    version: number;
    hash: string;
    /** JSON, as `search` is. */
    columns: string;
    search: string;
    /** `dropped`: gone for everybody, but its tables may be there still. */
    role: Slot['role'] | 'dropped';
    created_at: string;
    /** Counts the commits: who knows another number than this does not know the documents. */
    revision: number;
  };
  stele_checkpoint: OfSlot & { source: string; sequence: number; at: string | null };
  /** Which epoch of the log a checkpoint is of. */
  stele_epoch: OfSlot & { source: string; epoch: number };
  /** `record` is JSON: error texts may hold characters that an engine refuses. */
  stele_parked: OfEvent & { record: string };
  stele_discarded: OfEvent & { record: string };
}

export type Sql = Kysely<Tables>;

/** How an engine spells the types of columns, and one kind of table. */
export type TypeNames = {
  /** Compared byte by byte, so that both engines sort alike. */
  readonly text: string;
  readonly number: string;
  readonly flag: string;
  readonly sequence: string;
  /** What follows a table of narrow rows that are their primary key. */
  readonly clustered: string;
};
export type TypeName = Exclude<keyof TypeNames, 'clustered'>;
export type TableColumn = { readonly name: string; readonly type: TypeName };

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** PostgreSQL cuts names off after 63 bytes; a prefix, the generation and the index want room too. */
const NAME_MAX = 36;
const COLUMN_NAME_MAX = 40;
const HASH_DIGITS = 8;

const snake = (projection: string): string => {
  if (!NAME.test(projection)) throw new TypeError(`"${projection}" is no name of a projection`);
  const name = projection.replaceAll('-', '_');
  if (name.length <= NAME_MAX) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_DIGITS);
  return `${name.slice(0, NAME_MAX - HASH_DIGITS - 1)}_${hash}`;
};

/** A column by its place, which is unique and short whatever the field is called. */
const columnName = (column: Column, index: number): string =>
  `c${index}_${column.name.toLowerCase().replace(/[^a-z0-9_]/g, '_')}`.slice(0, COLUMN_NAME_MAX);

const COLUMN_TYPES = { text: 'text', number: 'number', boolean: 'flag' } as const;

/** The three tables of one slot, and where each indexed field is. */
export type SlotTables = {
  readonly documents: string;
  readonly lists: string;
  readonly folds: string;
  /** The columns of single values. */
  readonly scalars: readonly (TableColumn & { readonly field: Column })[];
  /** The fields that are lists, with their number in the list table. */
  readonly listed: readonly { readonly field: Column; readonly number: number }[];
  readonly search: readonly string[];
};

/** What all projections share; an older program made no `stele_log` and no `stele_epoch`. */
export const SHARED_TABLES = [
  'stele_schema',
  'stele_projection',
  'stele_slot',
  'stele_checkpoint',
  'stele_parked',
  'stele_discarded',
] as const;

export const slotTables = (
  slot: Pick<Slot, 'projection' | 'generation' | 'columns' | 'search'>,
): SlotTables => {
  if (!Number.isSafeInteger(slot.generation) || slot.generation < 1)
    throw new TypeError(`${slot.generation} is no generation`);
  const name = `${snake(slot.projection)}_${slot.generation}`;
  return {
    documents: `stele_d_${name}`,
    lists: `stele_l_${name}`,
    folds: `stele_f_${name}`,
    scalars: slot.columns.flatMap((field, index) =>
      field.type === 'list'
        ? []
        : [{ field, name: columnName(field, index), type: COLUMN_TYPES[field.type] }],
    ),
    listed: slot.columns.flatMap((field, number) => (isList(field) ? [{ field, number }] : [])),
    search: slot.search,
  };
};

/**
 * Every column of a table of documents, in the order of `documentRow`. The document is the last:
 * who looks at the others of every row need not step over it.
 */
export const documentColumns = (tables: SlotTables): readonly TableColumn[] => [
  { name: 'key', type: 'text' },
  ...tables.scalars,
  ...(tables.search.length > 0 ? [{ name: 'search', type: 'text' } as const] : []),
  { name: 'document', type: 'text' },
];
export const LIST_COLUMNS: readonly TableColumn[] = [
  { name: 'field', type: 'sequence' },
  { name: 'value', type: 'text' },
  { name: 'key', type: 'text' },
];
export const FOLD_COLUMNS: readonly TableColumn[] = [
  { name: 'source', type: 'text' },
  { name: 'aggregate_id', type: 'text' },
  { name: 'version', type: 'sequence' },
  { name: 'state', type: 'text' },
];

const run = async (db: Sql, statements: readonly string[]): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db);
};

/** The shared tables. May run again. */
export const createShared = async (db: Sql, types: TypeNames): Promise<void> => {
  const { text, sequence } = types;
  const slot = `projection ${text} not null, generation ${sequence} not null`;
  const event = `${slot}, source ${text} not null, aggregate_id ${text} not null, sequence ${sequence} not null, record ${text} not null`;
  await run(db, [
    `create table if not exists stele_schema (version ${sequence} not null)`,
    `create table if not exists stele_log (source ${text} primary key, created ${text} not null)`,
    `create table if not exists stele_projection (name ${text} primary key, generations ${sequence} not null, stopped ${types.flag} not null)`,
    `create table if not exists stele_slot (${slot}, version ${sequence} not null, hash ${text} not null, columns ${text} not null, search ${text} not null, role ${text} not null, created_at ${text} not null, revision ${sequence} not null, primary key (projection, generation))`,
    // Of two nodes that make the first slot at once, one must lose.
    `create unique index if not exists stele_slot_live on stele_slot (projection) where role = 'live'`,
    `create table if not exists stele_checkpoint (${slot}, source ${text} not null, sequence ${sequence} not null, at ${text}, primary key (projection, generation, source))`,
    `create table if not exists stele_parked (${event}, primary key (projection, generation, source, aggregate_id))`,
    `create table if not exists stele_discarded (${event}, primary key (projection, generation, source, sequence))`,
    `create table if not exists stele_epoch (${slot}, source ${text} not null, epoch ${sequence} not null, primary key (projection, generation, source))`,
  ]);
};

/**
 * The tables of one slot, without the indexes of `slotIndexes`. Their names hold nothing but checked
 * letters, digits and underscores.
 */
export const createSlotTables = async (
  db: Sql,
  tables: SlotTables,
  types: TypeNames,
): Promise<void> => {
  const { documents, lists, folds } = tables;
  const { text, sequence } = types;
  const columns = documentColumns(tables)
    .slice(1)
    .map(({ name, type }) => `${name} ${types[type]}`);
  await run(db, [
    `create table ${documents} (key ${text} primary key not null, ${columns.join(', ')})`,
    // The key first: a plan that begins with the field reads the lists of all documents for each.
    `create table ${lists} (key ${text} not null, field ${sequence} not null, value ${text} not null, primary key (key, field, value))${types.clustered}`,
    `create table ${folds} (source ${text} not null, aggregate_id ${text} not null, version ${sequence} not null, state ${text} not null, primary key (source, aggregate_id))`,
  ]);
};

/**
 * What makes the indexes that queries want, one statement each; they may run again. A slot that is
 * being filled is better off without: they cost as much as all else that is written.
 */
export const slotIndexes = ({ documents, lists, scalars }: SlotTables): readonly string[] => [
  // Without the key, which ends every order: it would scatter what is added over all their pages.
  ...scalars.map(
    ({ name }, index) =>
      `create index if not exists ${documents}_c${index} on ${documents} (${name})`,
  ),
  `create index if not exists ${lists}_value on ${lists} (field, value, key)`,
];

export const dropSlotTables = async (db: Sql, tables: SlotTables): Promise<void> =>
  run(
    db,
    [tables.documents, tables.lists, tables.folds].map((name) => `drop table if exists ${name}`),
  );
