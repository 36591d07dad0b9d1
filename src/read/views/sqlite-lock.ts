import Database from 'libsql';
import { unavailable } from './engine.js';

/** SQLite's code for a lock that somebody else holds. */
const BUSY = 5;

/**
 * Makes this process the only one that writes a file, until the answer is called or it ends. The
 * lock is SQLite's own, on an empty file beside it: the system gives it back when a process dies,
 * and readers of the file itself are not kept out.
 *
 * @throws Fault READ_STORE_UNAVAILABLE when another process has it
 */
export const lockSqliteFile = (path: string): (() => void) => {
  const lock = new Database(`${path}.lock`);
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if ((error as { rawCode?: number }).rawCode !== BUSY) throw error;
    throw unavailable(
      `the read store ${path} is in use by another Stele: end it, choose another data directory with STELE_DATA, or share a PostgreSQL with DATABASE_URL`,
      error,
    );
  }
  return () => lock.close();
};
