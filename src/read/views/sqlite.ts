import { randomInt } from 'node:crypto';
import { chmodSync, closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  CompiledQuery,
  Kysely,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteStatement,
  sql,
} from 'kysely';
import Database from 'libsql';
import { makeDirectory } from '../../nats-server/make-directory.js';
import { type Engine, type Rows, replacedColumns, unavailable, within } from './engine.js';
import type { ViewLimits } from './limits.js';
import type { OfLog, ViewStore } from './port.js';
import { prepareTables, sqlViews } from './sql-views.js';
import { SqliteCopies } from './sqlite-copies.js';
import { lockSqliteFile } from './sqlite-lock.js';
import { SqliteReaders } from './sqlite-readers.js';
import type { Sql, Tables, TypeNames } from './tables.js';

const MEMORY = ':memory:';
const PRIVATE_DIR = 0o700;
const PRIVATE_FILE = 0o600;
/** Page cache of one file, KiB: what a rebuild touches at random should fit. */
const CACHE_KIB = 65_536;
/** The same of a connection that only reads what one answer is made of. */
const READER_CACHE_KIB = 8_192;
/** Pages that gather in the write-ahead log before they are moved, which blocks the thread. */
const CHECKPOINT_PAGES = 1000;
/** The longest that a reader in another process may hold up a write, which blocks the thread. */
const BUSY_MS = 1000;
/** Prepared statements that are kept. */
const STATEMENTS_MAX = 600;
/** Rows per insert: enough that the way through the promises costs little; the rest in few sizes. */
const ROWS_PER_INSERT = [16, 4, 1] as const;

const TYPES: TypeNames = {
  text: 'text',
  number: 'real',
  flag: 'integer',
  sequence: 'integer',
  clustered: ' without rowid',
};

/** The binding ends the whole process over a value of any other type. */
const bindable = (values: readonly unknown[]): readonly unknown[] => {
  for (const value of values)
    if (value !== null && typeof value !== 'string' && typeof value !== 'number')
      throw new TypeError(`a ${typeof value} is nothing that the read store takes`);
  return values;
};

const checked = (statement: Database.Statement): SqliteStatement => ({
  reader: statement.reader,
  all: (values) => statement.all(bindable(values)),
  run: (values) => statement.run(bindable(values)),
  iterate: (values) => statement.iterate(bindable(values)) as IterableIterator<unknown>,
});

/** Kysely prepares every query anew; a projector asks the same ones for ever. */
const preparing = (database: Database.Database): SqliteDatabase => {
  const statements = new Map<string, SqliteStatement>();
  const prepare = (text: string): SqliteStatement => {
    const found = statements.get(text) ?? checked(database.prepare(text));
    statements.delete(text);
    statements.set(text, found);
    if (statements.size > STATEMENTS_MAX) statements.delete(statements.keys().next().value!);
    return found;
  };
  return {
    prepare,
    close: () => {
      statements.clear();
      database.close();
    },
  };
};

/** Written out here: building it from parts for every batch took longer than to run it. */
const upsertText = (into: Omit<Rows, 'rows'>, rows: number): string => {
  const { table, columns, conflict } = into;
  const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');
  const names = columns.map(({ name }) => name);
  const row = `(${names.map(() => '?').join(', ')})`;
  const set = replacedColumns(into)
    .map((name) => `"${name}" = excluded."${name}"`)
    .join(', ');
  return `insert into "${table}" (${quoted(names)}) values ${Array(rows).fill(row).join(', ')} on conflict (${quoted(conflict)}) do ${set ? `update set ${set}` : 'nothing'}`;
};

const upsert = async (db: Sql, { rows, ...into }: Rows): Promise<void> => {
  let at = 0;
  for (const size of ROWS_PER_INSERT) {
    if (rows.length - at < size) continue;
    const text = upsertText(into, size);
    for (; rows.length - at >= size; at += size)
      await db.executeQuery(CompiledQuery.raw(text, rows.slice(at, at + size).flat()));
  }
};

const BUILD_ANEW =
  'end Stele, remove the file with its -wal and -shm, and start again; everything is built anew from the log';

/** SQLITE_IOERR_READ, _WRITE and _FSYNC, which the library tells by number: the disk itself failed. */
const OF_DISK = new Set([266, 778, 1034]);

/** Errors that do not go away: something happened to the file. */
const BROKEN = /CORRUPT|NOTADB|IOERR/;

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/FULL/, 'the disk is full: make room'],
  [/EISDIR/, 'a directory stands where its file should: move that away, and start again'],
  [/CORRUPT|NOTADB/, `it is damaged: ${BUILD_ANEW}`],
  [
    /CANTOPEN|READONLY|PERM|EROFS|EACCES|ENOENT/,
    'it cannot be opened for writing: see who may write to its directory',
  ],
  [/IOERR of the disk/, 'the disk fails: see to it'],
  [/IOERR/, `it was cut or removed while in use: ${BUILD_ANEW}`],
  [
    /no such table/,
    'these documents are gone: ask again, and if they stay so, stele projection rebuild',
  ],
  [/BUSY|LOCKED/, 'another process holds it: end that one, or wait'],
];

const codeOf = (error: unknown): string => {
  const { code = '', rawCode = 0 } = error as { code?: string; rawCode?: number };
  return OF_DISK.has(rawCode) ? `${code} of the disk` : code;
};

const explain =
  (path: string) =>
  (error: unknown): string => {
    const message = (error as Partial<Error>).message ?? String(error);
    const hint =
      HINTS.find(([pattern]) => pattern.test(`${codeOf(error)} ${message}`))?.[1] ??
      'see what is wrong with it';
    return `the read store ${path} does not work (${message}): ${hint}`;
  };

/** SQLite gives the files beside it the mode of this one. Those of older programs were for all. */
const keepPrivate = (path: string): void => {
  for (const file of [path, `${path}.lock`]) {
    closeSync(openSync(file, 'a', PRIVATE_FILE));
    chmodSync(file, PRIVATE_FILE);
  }
  for (const file of [`${path}-wal`, `${path}-shm`])
    if (existsSync(file)) chmodSync(file, PRIVATE_FILE);
};

const FORMAT = 'SQLite format 3\0';
/** Where the header of a file has the number that its application gave it. */
const MARK_AT = 68;

/** The name of the format and the mark; whatever else is in the header changes. */
const headOf = (file: number): string => {
  const head = Buffer.alloc(MARK_AT + 4);
  readSync(file, head, 0, head.length, 0);
  return head.toString('latin1', 0, 16) + head.toString('latin1', MARK_AT);
};

/** Gives it a number that no other file has, nor a copy of this one from before. */
const mark = (database: Database.Database): string => {
  const number = randomInt(1, 2 ** 31);
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(number);
  try {
    database.exec(`pragma application_id = ${number}`);
    database.exec('pragma wal_checkpoint(passive)');
  } catch {
    // A disk that is full is no reason not to read.
  }
  return FORMAT + bytes.toString('latin1');
};

type Guard = { verify(): Promise<void>; close(): void };
const UNGUARDED: Guard = { verify: () => Promise.resolve(), close: () => undefined };

/** How a write-ahead log begins, in either order of bytes. */
const WAL_MARKS = ['377f0682', '377f0683'];

const beginsAsWal = (file: number): boolean => {
  const mark = Buffer.alloc(4);
  return readSync(file, mark, 0, 4, 0) < 4 || WAL_MARKS.includes(mark.toString('hex'));
};

/** One of the files of a store; none of them becomes shorter while it is open. */
type Part = {
  readonly path: string;
  readonly ino: number;
  readonly dev: number;
  size: number;
};

const partOf = (path: string): Part => {
  const { ino, dev, size } = statSync(path);
  return { path, ino, dev, size };
};

/** Its size now; undefined where it is not there any more, or another one is. */
const sizeNow = ({ path, ino, dev }: Part): number | undefined => {
  const now = statSync(path, { throwIfNoEntry: false });
  return now?.ino === ino && now.dev === dev ? now.size : undefined;
};

/**
 * A file that was taken away under SQLite would be written to, and never be seen again; of one that
 * was written over it would go on answering from memory. Close it after SQLite did: whoever closes a
 * file lets go of all locks that its process has on it.
 */
const guardOf = (path: string, marked: string): Guard => {
  const besides = [`${path}-wal`, `${path}-shm`].filter((one) => existsSync(one));
  const parts = [path, ...besides].map(partOf);
  const file = openSync(path, 'r');
  const wal = besides[0]?.endsWith('-wal') ? openSync(besides[0], 'r') : undefined;
  let head = headOf(file);
  const inUse = (one: string, what: string): Error =>
    unavailable(`the read store ${one} was ${what} while in use: ${BUILD_ANEW}`);
  return {
    verify: async () => {
      const sizes = parts.map((part) => {
        const size = sizeNow(part);
        if (size === undefined) throw inUse(part.path, 'removed or replaced');
        return [part, size] as const;
      });
      const found = headOf(file);
      // The mark may come there later, by a checkpoint.
      if (found === marked) head = marked;
      if (found !== head) throw inUse(path, 'written over');
      if (wal !== undefined && !beginsAsWal(wal)) throw inUse(`${path}-wal`, 'written over');
      for (const [part, size] of sizes) {
        if (size < part.size) throw inUse(part.path, 'cut');
        part.size = size;
      }
    },
    close: () => {
      closeSync(file);
      if (wal !== undefined) closeSync(wal);
    },
  };
};

export type SqliteOptions = {
  /** To look only, beside the process that writes; the file must be there. Default false. */
  readonly readOnly?: boolean;
  readonly limits?: Partial<ViewLimits> | undefined;
  /** Whose documents it is to hold, and no other's. */
  readonly log?: OfLog | undefined;
};

/**
 * The read store in one SQLite file, which one process writes; `:memory:` is one that is gone when
 * it is closed. The file is flushed with each checkpoint of its write-ahead log, not with each
 * commit: the log of events is the truth, and what a power failure takes is folded again.
 *
 * @throws Fault READ_STORE_UNAVAILABLE
 */
export const sqliteViews = async (
  path: string,
  { readOnly = false, limits, log }: SqliteOptions = {},
): Promise<ViewStore> => {
  const inFile = path !== MEMORY;
  if (readOnly && inFile && !existsSync(path))
    throw unavailable(`there is no read store ${path} yet: a node makes it when it starts`);
  let release = (): void => undefined;
  try {
    if (inFile && !readOnly) {
      makeDirectory(dirname(path), PRIVATE_DIR);
      keepPrivate(path);
      release = lockSqliteFile(path);
    }
    return await open(path, { readOnly, release, limits, log });
  } catch (error) {
    release();
    throw error instanceof Error && error.name === 'Fault'
      ? error
      : unavailable(explain(path)(error), error);
  }
};

const kyselyOf = (database: Database.Database): Kysely<Tables> =>
  new Kysely<Tables>({ dialect: new SqliteDialect({ database: preparing(database) }) });

const openReader = (path: string): Kysely<Tables> => {
  const database = new Database(path);
  for (const pragma of [
    `busy_timeout = ${BUSY_MS}`,
    'query_only = on',
    `cache_size = -${READER_CACHE_KIB}`,
  ])
    database.exec(`pragma ${pragma}`);
  return kyselyOf(database);
};

/** All of a store in memory as it is now, in memory too, under a name that nobody else has. */
const copyOf = (database: Database.Database): Kysely<Tables> => {
  const name = `file:/stele-${crypto.randomUUID()}?vfs=memdb`;
  const copy = new Database(name); // it lasts as long as it is open
  database.exec(`vacuum into '${name}'`);
  return kyselyOf(copy);
};

/** What SQLite finds wrong with the pages of one table and its indexes. */
const damagedIn = (database: Database.Database, table: string): string | undefined => {
  try {
    const rows = database.prepare(`pragma quick_check("${table}")`).all() as {
      readonly quick_check: string;
    }[];
    return rows.find(({ quick_check }) => quick_check !== 'ok')?.quick_check;
  } catch (error) {
    return (error as Error).message;
  }
};

type Opening = {
  readonly readOnly: boolean;
  readonly release: () => void;
  readonly limits: Partial<ViewLimits> | undefined;
  readonly log: OfLog | undefined;
};

const open = async (
  path: string,
  { readOnly, release, limits, log }: Opening,
): Promise<ViewStore> => {
  const database = new Database(path);
  for (const pragma of [
    `busy_timeout = ${BUSY_MS}`,
    ...(readOnly ? ['query_only = on'] : ['journal_mode = wal', 'synchronous = normal']),
    `cache_size = -${CACHE_KIB}`,
    `wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
  ])
    database.exec(`pragma ${pragma}`);
  const db = kyselyOf(database);
  const inFile = path !== MEMORY;
  // Whoever only looks sees another mark when the node that writes was started again.
  const guard = inFile && !readOnly ? guardOf(path, mark(database)) : UNGUARDED;
  const readers = new SqliteReaders(() => openReader(path));
  const copies = new SqliteCopies(db, () => copyOf(database));
  let broken: string | undefined;
  const engine: Engine = {
    name: 'sqlite',
    db,
    types: TYPES,
    // It knows nothing of the values, and would rather find what was not deleted than one owner.
    common: (column) => sql`+${column}`,
    begin: { write: 'begin immediate', read: 'begin', drop: 'begin immediate' },
    atOnce: (work) => within(engine, 'read', work),
    beginRead: () => (inFile ? readers.begin() : copies.begin()),
    aboutToWrite: () => copies.aboutToWrite(),
    contains: (column, text) => sql`instr(${column}, ${text}) > 0`,
    // Numbers as they are: SQLite rounds those it reads from JSON.
    among: (column, type, values) =>
      type === 'text'
        ? sql`${column} in (select value from json_each(${JSON.stringify(values)}))`
        : sql`${column} in (${sql.join(values)})`,
    upsert,
    // There is one process, and it writes one thing at a time.
    prepareAlone: () => Promise.resolve(),
    verify: guard.verify,
    failed: (error) => {
      const { cause = error } = error as { cause?: unknown };
      if (BROKEN.test(codeOf(cause))) broken = explain(path)(cause);
    },
    takeBroken: () => {
      const was = broken;
      broken = undefined;
      return was;
    },
    busy: () => false, // whoever reads what is dropped has it still
    connectionsMax: 1,
    cut: () => false,
    makeIndex: async (statement, signal) => {
      signal?.throwIfAborted();
      await sql.raw(statement).execute(db);
    },
    closing: () => undefined,
    damaged: async (table) => damagedIn(database, table),
    lead: () => Promise.resolve(!readOnly),
    explain: explain(path),
    close: async () => {
      await readers.close();
      // Statements that wait to be collected keep SQLite from doing this by itself.
      try {
        if (inFile && !readOnly) database.exec('pragma wal_checkpoint(truncate)');
      } catch {
        // What is in the write-ahead log is taken from there at the next start.
      } finally {
        await db.destroy();
        guard.close();
        release();
      }
    },
  };
  if (!readOnly)
    await prepareTables(engine).catch(async (error: unknown) => {
      await db.destroy();
      guard.close();
      throw error;
    });
  return sqlViews(engine, { limits, log });
};
