import { type Kysely, sql } from 'kysely';
import type { HeldTransaction } from './engine.js';
import type { Sql, Tables } from './tables.js';

/** A read transaction that keeps a connection until it is ended. */
export const holdTransaction = async (
  db: Kysely<Tables>,
  begin: string,
): Promise<HeldTransaction> => {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let held: Promise<void> = Promise.resolve();
  const on = await new Promise<Sql>((resolve, reject) => {
    held = db.connection().execute(async (connection) => {
      await sql.raw(begin).execute(connection);
      try {
        // What it sees is fixed by its first question, not by its beginning.
        await connection.selectFrom('stele_slot').select('generation').limit(1).execute();
        resolve(connection);
        await ended;
      } finally {
        await sql`rollback`.execute(connection).catch(() => undefined);
      }
    });
    held.catch(reject);
  });
  return {
    read: (work) => work(on),
    end: () => {
      end();
      return held;
    },
  };
};
