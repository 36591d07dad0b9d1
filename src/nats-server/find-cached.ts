import { chmod, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { BINARY_NAME, checkBinary } from './check-binary.js';
import { compareVersions } from './fitness.js';
import { makeDirectory } from './make-directory.js';

/** What is kept there is no secret. */
const CACHE_DIR = 0o755;

/** Cached versions looked at, newest first. */
const CACHED_VERSIONS_MAX = 10;

export interface CachedBinary {
  path: string;
  version: string;
}

/** Where downloaded programs are kept: `STELE_CACHE`, else `~/.cache/stele`. */
export function cacheDirFrom(env: NodeJS.ProcessEnv): string {
  return env.STELE_CACHE ? resolve(env.STELE_CACHE) : join(homedir(), '.cache', 'stele');
}

function versionsDir(cacheDir: string): string {
  return join(cacheDir, 'nats-server');
}

/** The newest fit binary at `<cacheDir>/nats-server/<version>/`; damaged ones are passed over. */
export async function findCached(cacheDir: string): Promise<CachedBinary | undefined> {
  const names = await readdir(versionsDir(cacheDir)).catch(() => []);
  const versions = names
    .filter((name) => /^\d/.test(name))
    .sort((a, b) => compareVersions(b, a))
    .slice(0, CACHED_VERSIONS_MAX);
  for (const name of versions) {
    const path = join(versionsDir(cacheDir), name, BINARY_NAME);
    const check = await checkBinary(path);
    if (check.ok) return { path, version: check.version };
  }
  return undefined;
}

/**
 * Lends a private directory on the cache's own file system, so that what was made in it can be
 * renamed into the cache; it is removed afterwards, whatever happened.
 */
export async function withWorkDir<T>(
  cacheDir: string,
  work: (dir: string) => Promise<T>,
): Promise<T> {
  makeDirectory(versionsDir(cacheDir), CACHE_DIR);
  const dir = await mkdtemp(join(versionsDir(cacheDir), '.work-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/**
 * Moves a verified binary into the cache and returns its new path. The move is a rename, so a
 * process that looks meanwhile sees the whole file or none.
 */
export async function keepInCache(
  cacheDir: string,
  obtained: string,
  version: string,
): Promise<string> {
  const dir = join(versionsDir(cacheDir), version);
  makeDirectory(dir, CACHE_DIR);
  await chmod(obtained, 0o755);
  const path = join(dir, BINARY_NAME);
  await rename(obtained, path);
  return path;
}
