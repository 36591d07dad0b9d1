import { type RawBuilder, sql } from 'kysely';
import { Fault } from '../../core/refusal.js';
import type { ViewStore } from './port.js';
import type { Sql, TableColumn, TypeName, TypeNames } from './tables.js';

export type Value = string | number | null;

/** Rows to write; those that are there already by `conflict` are replaced. */
export type Rows = {
  readonly table: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Value[])[];
  readonly conflict: readonly string[];
  /** The columns in which rows may differ from those that are there. Default: all. */
  readonly changed?: ReadonlySet<string>;
};

/** What is set in rows that are there already. */
export const replacedColumns = ({ columns, conflict, changed }: Omit<Rows, 'rows'>): string[] =>
  columns
    .map(({ name }) => name)
    .filter((name) => !conflict.includes(name) && (changed?.has(name) ?? true));

/** A read transaction on a connection of its own, until it is ended. */
export type HeldTransaction = {
  readonly read: <T>(work: (db: Sql) => Promise<T>) => Promise<T>;
  readonly end: () => Promise<void>;
};

/** All that differs between SQLite and PostgreSQL. */
export type Engine = {
  readonly name: ViewStore['engine'];
  readonly db: Sql;
  readonly types: TypeNames;
  /**
   * What begins a transaction that writes, one that reads and sees one moment, and one that drops
   * tables and does not wait long for those who read them.
   */
  readonly begin: { readonly write: string; readonly read: string; readonly drop: string };
  /** Several reads of one moment. */
  readonly atOnce: <T>(work: (db: Sql) => Promise<T>) => Promise<T>;
  readonly beginRead: () => Promise<HeldTransaction>;
  /** Called with the connection that is about to change something. */
  readonly aboutToWrite: () => void;
  /** A column that is asked for a value which most rows have: an index would not help. */
  readonly common: (column: RawBuilder<unknown>) => RawBuilder<unknown>;
  /** Whether a column holds a text, as it stands. */
  readonly contains: (column: RawBuilder<unknown>, text: string) => RawBuilder<unknown>;
  readonly among: (
    column: RawBuilder<unknown>,
    type: TypeName,
    values: readonly Value[],
  ) => RawBuilder<unknown>;
  /** Writes rows that differ in `conflict`. */
  readonly upsert: (db: Sql, rows: Rows) => Promise<void>;
  /** Makes others who prepare the tables wait until the end of the transaction. */
  readonly prepareAlone: (db: Sql) => Promise<void>;
  /** Rejects when the store is known to be gone, or is not prepared, before it is asked. */
  readonly verify: () => Promise<void>;
  /** Told of every error that the store answered with. */
  readonly failed: (error: unknown) => void;
  /** What an error told since this was asked last: something happened to the files of the store. */
  readonly takeBroken: () => string | undefined;
  /** Whether an error says that somebody else holds what was to be changed. */
  readonly busy: (error: unknown) => boolean;
  /** How many connections are kept: so many may be found cut, one after the other. */
  readonly connectionsMax: number;
  /** Whether an error says that just this connection was cut: another one may be fine. */
  readonly cut: (error: unknown) => boolean;
  /** Makes one index, however many documents there are; it rejects with the signal. */
  readonly makeIndex: (statement: string, signal: AbortSignal | undefined) => Promise<void>;
  /** Whoever is at work comes to an end soon: the store is closed. */
  readonly closing: () => void;
  /** What is damaged in a table; undefined when nothing is, or the database looks after it. */
  readonly damaged: (table: string) => Promise<string | undefined>;
  readonly lead: (projection: string) => Promise<boolean>;
  /** What is wrong and what to do, in a sentence without secrets. */
  readonly explain: (error: unknown) => string;
  readonly close: () => Promise<void>;
};

export const unavailable = (sentence: string, cause?: unknown): Fault =>
  new Fault('READ_STORE_UNAVAILABLE', sentence, cause === undefined ? undefined : { cause });

/** A mistake of the caller stays what it is; all else means that the store is not there. */
export const asFault = ({ explain }: Pick<Engine, 'explain'>, error: unknown): unknown =>
  error instanceof Fault || error instanceof TypeError ? error : unavailable(explain(error), error);

/** One transaction: what `work` wrote is there when it resolves, and nothing of it otherwise. */
export const within = <T>(
  engine: Pick<Engine, 'db' | 'begin' | 'aboutToWrite'>,
  kind: keyof Engine['begin'],
  work: (db: Sql) => Promise<T>,
): Promise<T> =>
  engine.db.connection().execute(async (db) => {
    if (kind !== 'read') engine.aboutToWrite();
    await sql.raw(engine.begin[kind]).execute(db);
    try {
      const result = await work(db);
      await sql`commit`.execute(db);
      return result;
    } catch (error) {
      // A lost connection or a full disk has rolled back by itself: what went wrong first counts.
      await sql`rollback`.execute(db).catch(() => undefined);
      throw error;
    }
  });
