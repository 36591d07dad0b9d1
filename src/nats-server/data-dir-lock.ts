import { randomBytes } from 'node:crypto';
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { NatsServerFault } from './nats-server-fault.js';
import { identify, isRunning, type ProcessIdentity } from './process-identity.js';
import { readText, type ServerFiles, unwritableDir } from './server-files.js';

/** Stale locks that may be cleared away before giving up. */
const ATTEMPTS_MAX = 5;

interface Owner extends ProcessIdentity {
  /** Tells two locks of the same process apart. */
  token: string;
}

export interface DataDirLock {
  release(): void;
}

/**
 * Makes this process the only one that runs a server on the data directory, until `release` or
 * its end; the lock of a process that was killed is taken over. Throws `DATA_DIR_IN_USE`, naming
 * the directory and the owner, when a live process holds it (this one included).
 */
export function lockDataDir(files: ServerFiles): DataDirLock {
  const owner: Owner = { ...identify(process.pid), token: randomBytes(8).toString('hex') };
  const held = lockOwner(files); // asked before anything is written: the disk may be full
  if (held !== undefined) throw inUse(files, held);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (tryCreate(files, owner)) return { release: () => release(files, owner) };
    const other = readOwner(files.lockFile);
    if (other && isRunning(other)) throw inUse(files, other.pid);
    if (other) clearStale(files, other, owner.token);
  }
  throw inUse(files, readOwner(files.lockFile)?.pid);
}

/** The live process that holds the directory. */
export function lockOwner(files: ServerFiles): number | undefined {
  const owner = readOwner(files.lockFile);
  return owner && isRunning(owner) ? owner.pid : undefined;
}

/** A hard link appears with its whole content, or not at all when the name is taken. */
function tryCreate(files: ServerFiles, owner: Owner): boolean {
  const draft = `${files.lockFile}.${owner.token}`;
  try {
    writeFileSync(draft, JSON.stringify(owner), { mode: 0o600 });
    linkSync(draft, files.lockFile);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unwritableDir(files, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Moves the lock aside and looks again: somebody else may have taken it over in between. */
function clearStale(files: ServerFiles, stale: Owner, token: string): void {
  const aside = `${files.lockFile}.${token}.stale`;
  try {
    renameSync(files.lockFile, aside);
    if (readOwner(aside)?.token !== stale.token) linkSync(aside, files.lockFile);
  } catch {
    // gone, or taken, meanwhile: the next attempt sees how it stands
  } finally {
    rmSync(aside, { force: true });
  }
}

function release(files: ServerFiles, owner: Owner): void {
  if (readOwner(files.lockFile)?.token === owner.token) rmSync(files.lockFile, { force: true });
}

/** Undefined when there is no lock. A lock that is no JSON belongs to nobody alive. */
function readOwner(path: string): Owner | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    const owner = JSON.parse(text) as Owner;
    if (Number.isInteger(owner.pid) && owner.pid > 0) return owner;
  } catch {
    // as below
  }
  return { pid: 0, start: 'never', token: '' };
}

function inUse(files: ServerFiles, pid: number | undefined): NatsServerFault {
  const by = pid ? `process ${pid}` : 'another process';
  return new NatsServerFault(
    'DATA_DIR_IN_USE',
    `${files.dataDir} is in use by ${by}: end it, or choose another data directory with STELE_DATA`,
  );
}
