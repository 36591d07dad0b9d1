import type { Kysely } from 'kysely';
import type { HeldTransaction } from './engine.js';
import { holdTransaction } from './held-transaction.js';
import type { Tables } from './tables.js';

/** Connections that are kept for the next read transaction: to open one takes a millisecond. */
const IDLE_MAX = 4;

/** Connections to a SQLite file for read transactions: the one that writes goes on meanwhile. */
export class SqliteReaders {
  readonly #open: () => Kysely<Tables>;
  readonly #idle: Kysely<Tables>[] = [];
  #closed = false;

  /** @param open opens one more connection to the file */
  constructor(open: () => Kysely<Tables>) {
    this.#open = open;
  }

  async begin(): Promise<HeldTransaction> {
    const db = this.#idle.pop() ?? this.#open();
    try {
      const held = await holdTransaction(db, 'begin');
      return {
        read: held.read,
        end: async () => {
          await held.end();
          if (this.#closed || this.#idle.length >= IDLE_MAX) await db.destroy();
          else this.#idle.push(db);
        },
      };
    } catch (error) {
      await db.destroy();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#idle.splice(0).map((db) => db.destroy()));
  }
}
