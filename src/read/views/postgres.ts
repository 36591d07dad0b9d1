import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient, sql } from 'kysely';
import pg from 'pg';
import { Fault } from '../../core/refusal.js';
import { asFault, type Engine, type Rows, replacedColumns, unavailable, within } from './engine.js';
import { holdTransaction } from './held-transaction.js';
import { VIEW_LIMITS, type ViewLimits } from './limits.js';
import type { OfLog, ViewStore } from './port.js';
import { PostgresIndexes } from './postgres-indexes.js';
import { isAnswer, Leads, lockOf } from './postgres-leads.js';
import { type OnAwaited, Preparing } from './preparing.js';
import { prepareTables, sqlViews } from './sql-views.js';
import type { Sql, Tables, TypeNames } from './tables.js';

/** For queries and the projector; one more holds the locks of `lead`, some are for read transactions. */
const CONNECTIONS_MAX = 10;
const CONNECT_MS = 5000;
/** The longest that PostgreSQL may wait for a lock. */
const LOCK_MS = 10_000;
/** Tables that are gone for everybody may wait for those who read them still. */
const DROP_LOCK_MS = 200;
const LOCK_NOT_AVAILABLE = '55P03';
/** Longer than a statement may take by this: then the connection is dead, whatever it says. */
const ANSWER_LATE_MS = 5000;
/** Who hangs in the middle of a commit keeps others from it for so long. */
const IDLE_IN_TRANSACTION_MS = 8_000;
/** When the server is first asked whether it is still there, on a connection that is silent. */
const KEEP_ALIVE_MS = 10_000;

const TYPES: TypeNames = {
  text: 'text collate "C"',
  number: 'double precision',
  flag: 'smallint',
  sequence: 'bigint',
  clustered: '',
};
const ARRAYS = { text: 'text[]', number: 'double precision[]', flag: 'smallint[]' } as const;
const RECORD_TYPES = {
  text: 'text',
  number: 'double precision',
  flag: 'smallint',
  sequence: 'bigint',
} as const;

/** Sequences and counts as numbers; they stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8
      ? Number
      : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

/** Where it is, without who asks and the password. */
const placeOf = (url: string): string => {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
};

/** By SQLSTATE, or by the code of the socket. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/^28/, 'it refuses user or password: see DATABASE_URL'],
  [/^3D000$/, 'it has no such database: make it, or see DATABASE_URL'],
  [/^42501$/, 'the user may not do that: let it make tables'],
  [/^53300$/, 'it has no connection left: raise max_connections, or end what holds them'],
  [/^(53100|58030)$/, 'its disk is full or fails: make room'],
  [/^53/, 'it lacks resources: see its log'],
  [/^25006$/, 'it is read-only, as a standby is: name the primary in DATABASE_URL'],
  [/^57014$/, 'it took longer than a statement may: ask for less, or see what slows it'],
  [/^55P03$/, `another held a lock for longer than ${LOCK_MS / 1000} s: try again`],
  [/^3F000$/, 'it has no schema to make tables in: make one, or see search_path'],
  [
    /^(42P01|2BP01)$/,
    'these documents are gone: ask again, and if they stay so, stele projection rebuild',
  ],
  [/^(40|23505)/, 'another node wrote at the same time: try again'],
  [
    /^42/,
    'its tables are not as this program made them: stele projection rebuild, of those that need them',
  ],
  [/^ENOTFOUND|^EAI_/, 'its host has no address: see DATABASE_URL'],
];
/** No waiting makes these right: user, password, database, rights, tables that were changed. */
const FINAL = /^(28|3D|3F|42|0A)/;
/** Tables that were there and are gone: the database was emptied, or another one took its place. */
const TABLES_GONE = /^(42P01|3F000)$/;
const UNREACHED = 'it is not reached: see that it runs and that DATABASE_URL is right';

/** Of a class of connections, or of a server that starts or ends: nobody answers for long. */
const UNREACHED_STATE = /^(08|57P0)/;

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

/** Whether a fault at the start is what the server said for good, not that it is away. */
const isFinal = ({ cause }: Fault): boolean => cause === undefined || FINAL.test(codeOf(cause));

const explain =
  (place: string) =>
  (error: unknown): string => {
    const { code = '', message = '' } = error as { code?: string; message?: string };
    const answered = /^[0-9A-Z]{5}$/.test(code) && !UNREACHED_STATE.test(code);
    const otherwise = answered ? 'it answers, but refuses: see to what it says' : UNREACHED;
    const hint = HINTS.find(([pattern]) => pattern.test(code))?.[1] ?? otherwise;
    return `the read store, PostgreSQL ${place}, does not work (${message || code || 'no connection'}): ${hint}`;
  };

/** Not a server that is away or too slow: asking such a one again would only take longer. */
const wasCut = (error: unknown): boolean => {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return /^(57P01|ECONNRESET|EPIPE)$/.test(code) || /terminated unexpectedly/.test(message);
};

/** Kysely gives connections back as if nothing had happened; those that failed must not come back. */
const discardingPool = (pool: pg.Pool): PostgresPool => ({
  connect: async (): Promise<PostgresPoolClient> => {
    const client = await pool.connect();
    let broken = false;
    const query = async (text: string, values: readonly unknown[]) => {
      // Nor is it asked again: a rollback over a dead connection would wait for nobody.
      if (broken) throw new Error('the connection is lost');
      try {
        return await client.query(text, [...values]);
      } catch (error) {
        // Where even the way back fails, nobody knows what state it is in.
        broken ||= !isAnswer(error) || text === 'rollback';
        throw error;
      }
    };
    return {
      // Kysely knows one more way to ask, with a cursor, which is not used here.
      query: query as unknown as PostgresPoolClient['query'],
      release: () => client.release(broken),
    };
  },
  end: () => pool.end(),
});

const upsert = async (db: Sql, { rows, ...into }: Rows): Promise<void> => {
  const { table, columns, conflict } = into;
  if (rows.length === 0) return;
  const names = columns.map(({ name }) => sql.ref(name));
  const rest = replacedColumns(into);
  const replace =
    rest.length === 0
      ? sql`nothing`
      : sql`update set ${sql.join(rest.map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`))}`;
  const record = columns.map(
    ({ name, type }) => sql`${sql.ref(name)} ${sql.raw(RECORD_TYPES[type])}`,
  );
  const json = JSON.stringify(
    rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]]))),
  );
  await sql`insert into ${sql.table(table)} (${sql.join(names)})
    select ${sql.join(names)} from json_to_recordset(${json}::json) as r(${sql.join(record)})
    on conflict (${sql.join(conflict.map((name) => sql.ref(name)))}) do ${replace}`.execute(db);
};

const connectionsOf = (config: pg.PoolConfig): Kysely<Tables> => {
  const pool = new pg.Pool(config);
  // An idle connection that dies is replaced when the next one is needed.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: discardingPool(pool) }) });
};

export type PostgresOptions = {
  /**
   * When given, a server that cannot be reached yet is waited for: every question is answered with
   * the reason until it is there, and its tables are made then.
   */
  readonly onAwaited?: OnAwaited;
  readonly limits?: Partial<ViewLimits> | undefined;
  /** Whose documents it is to hold, and no other's. */
  readonly log?: OfLog | undefined;
};

/**
 * The read store in PostgreSQL, which several nodes may share. Lost connections are replaced, and
 * tables that were taken away are made anew.
 *
 * @throws Fault READ_STORE_UNAVAILABLE when the server refuses for good: user, password, database,
 *   encoding, tables of a newer program; and, unless it is waited for, when it cannot be reached
 */
export const postgresViews = async (
  url: string,
  { onAwaited, limits: given, log }: PostgresOptions = {},
): Promise<ViewStore> => {
  // Not the engine's error, which would quote it.
  if (!URL.canParse(url)) throw unavailable('DATABASE_URL is no URL: see its form');
  const place = placeOf(url);
  const limits = { ...VIEW_LIMITS, ...given };
  const config: pg.ClientConfig = {
    connectionString: url,
    application_name: 'stele',
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: limits.statementMs,
    lock_timeout: LOCK_MS,
    query_timeout: limits.statementMs + ANSWER_LATE_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    types,
  };
  const db = connectionsOf({ ...config, max: CONNECTIONS_MAX });
  // Whoever reads for long, such as an export to a slow client, keeps none of those from others.
  const readers = connectionsOf({
    ...config,
    max: limits.readTransactionsMax,
    idle_in_transaction_session_timeout: limits.readTransactionMs,
  });
  const leads = new Leads(config);
  const indexes = new PostgresIndexes(config, limits.indexMs);
  const begin = {
    write: 'begin',
    read: 'begin isolation level repeatable read read only',
    drop: `begin; set local lock_timeout = ${DROP_LOCK_MS}`,
  };
  const engine: Engine = {
    name: 'postgresql',
    db,
    types: TYPES,
    // It keeps statistics of the values, and decides by itself.
    common: (column) => column,
    begin,
    atOnce: (work) => within(engine, 'read', work),
    beginRead: () => holdTransaction(readers, begin.read),
    aboutToWrite: () => undefined,
    contains: (column, text) => sql`strpos(${column}, ${text}) > 0`,
    among: (column, type, values) =>
      sql`${column} = any(${[...values]}::${sql.raw(ARRAYS[type as keyof typeof ARRAYS])})`,
    upsert,
    prepareAlone: async (on) => {
      const [ours, all] = lockOf('');
      await sql`select pg_advisory_xact_lock(${ours}::int, ${all}::int)`.execute(on);
    },
    verify: () => preparing.done(),
    busy: (error) => codeOf(error) === LOCK_NOT_AVAILABLE,
    connectionsMax: CONNECTIONS_MAX,
    cut: wasCut,
    failed: (error) => {
      if (TABLES_GONE.test(codeOf(error))) preparing.undo();
    },
    takeBroken: () => undefined,
    makeIndex: (statement, signal) => indexes.make(statement, signal),
    closing: () => indexes.stop(),
    damaged: async () => undefined,
    lead: (projection) => leads.lead(projection),
    explain: explain(place),
    close: async () => {
      await leads.close();
      await indexes.close();
      await readers.destroy();
      await db.destroy();
    },
  };
  let started = false;
  const preparing = new Preparing(
    async () => {
      try {
        await refuseOtherEncodings(engine, place);
        await prepareTables(engine);
      } catch (error) {
        throw asFault(engine, error);
      }
    },
    (why) => {
      // What ends the start is not awaited.
      if (started || (why && !isFinal(why))) onAwaited?.(why);
    },
  );
  try {
    await preparing.done();
  } catch (error) {
    if (!onAwaited || !(error instanceof Fault) || isFinal(error)) {
      await engine.close().catch(() => undefined);
      throw error;
    }
  }
  started = true;
  return sqlViews(engine, { limits, log });
};

const refuseOtherEncodings = async ({ db }: Engine, place: string): Promise<void> => {
  const { rows } = await sql<{ server_encoding: string }>`show server_encoding`.execute(db);
  const encoding = rows[0]?.server_encoding;
  if (encoding !== 'UTF8')
    throw unavailable(
      `the database ${place} is encoded in ${encoding}, which cannot hold every text: make one with encoding UTF8`,
    );
};
