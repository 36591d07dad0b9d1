import type { Kysely } from 'kysely';
import type { HeldTransaction } from './engine.js';
import type { Tables } from './tables.js';

/** A copy of a store in memory, gone when the last of those who read it has ended. */
type Copy = { readonly db: Kysely<Tables>; readers: number };
type Reader = { copy: Copy | undefined };

/**
 * Read transactions of a store in memory, which has one connection. They read the store itself
 * until somebody is about to write, and a copy from then on: where nobody writes any more, as in
 * an answer about another moment, nothing is copied.
 */
export class SqliteCopies {
  readonly #db: Kysely<Tables>;
  readonly #copy: () => Kysely<Tables>;
  readonly #readers = new Set<Reader>();

  /** @param copy makes a copy of the store as it is */
  constructor(db: Kysely<Tables>, copy: () => Kysely<Tables>) {
    this.#db = db;
    this.#copy = copy;
  }

  begin(): Promise<HeldTransaction> {
    const reader: Reader = { copy: undefined };
    this.#readers.add(reader);
    return Promise.resolve({
      read: (work) =>
        reader.copy
          ? work(reader.copy.db)
          : // Whoever has the connection keeps others from writing; a copy may have been made before.
            this.#db.connection().execute((on) => work(reader.copy?.db ?? on)),
      end: async () => {
        this.#readers.delete(reader);
        const { copy } = reader;
        if (copy && --copy.readers === 0) await copy.db.destroy();
      },
    });
  }

  /** Call it with the connection, before anything is changed. */
  aboutToWrite(): void {
    if (this.#readers.size === 0) return;
    const copy = { db: this.#copy(), readers: this.#readers.size };
    for (const reader of this.#readers) reader.copy = copy;
    this.#readers.clear();
  }
}
