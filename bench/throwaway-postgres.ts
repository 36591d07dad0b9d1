import { execFile, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './startup.js';

/** Where Debian and its kin keep the programs of each version. */
const DEBIAN_VERSIONS = '/usr/lib/postgresql';
const READY_WITHIN_MS = 30_000;
const READY_POLL_MS = 50;
const END_WITHIN_MS = 15_000;

export type ThrowawayPostgres = {
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
};

const run = promisify(execFile);

/** The directory that holds initdb and postgres, or undefined. */
const programs = (): string | undefined => {
  const versions = existsSync(DEBIAN_VERSIONS) ? readdirSync(DEBIAN_VERSIONS) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  return [
    ...(process.env.PATH ?? '').split(delimiter),
    ...newestFirst.map((version) => join(DEBIAN_VERSIONS, version, 'bin')),
  ].find(
    (dir) => dir !== '' && existsSync(join(dir, 'initdb')) && existsSync(join(dir, 'postgres')),
  );
};

type Owner = { readonly uid?: number; readonly gid?: number };

/** PostgreSQL does not run as root: there it is the user that its package made. */
const ownerOf = (): Owner => {
  if (process.getuid?.() !== 0) return {};
  const id = (which: string): number =>
    Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
};

/** The version of the server at `url`; undefined while it takes no connections. */
const versionAt = async (url: string): Promise<string | undefined> => {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
};

/**
 * A real PostgreSQL with its default settings, every commit on disk, on a directory and a port of
 * its own. Undefined when none is installed.
 */
export const startThrowawayPostgres = async (): Promise<ThrowawayPostgres | undefined> => {
  const bin = programs();
  if (bin === undefined) return undefined;
  const owner = ownerOf();
  const dir = mkdtempSync(join(tmpdir(), 'stele-bench-postgres-'));
  if (owner.uid !== undefined) chownSync(dir, owner.uid, owner.gid!);
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  const data = join(dir, 'data');
  const init = ['-D', data, '-U', 'bench', '-A', 'trust', '-E', 'UTF8', '--locale=C'];
  await run(join(bin, 'initdb'), init, { ...owner, cwd: dir });
  const port = await freePort();
  const args = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', dir];
  const child = spawn(join(bin, 'postgres'), args, { ...owner, cwd: dir, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const onExit = (): void => {
    child.kill('SIGQUIT');
    remove();
  };
  process.once('exit', onExit);
  const stop = async (): Promise<void> => {
    child.kill('SIGINT'); // "fast": it ends sessions and does not wait for them
    const kill = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
    await ended;
    clearTimeout(kill);
    remove();
    process.off('exit', onExit);
  };
  const url = `postgres://bench@127.0.0.1:${port}/postgres`;
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const version = await versionAt(url);
    if (version !== undefined) return { url, version, stop };
    if (performance.now() > deadline || child.exitCode !== null) {
      await stop();
      throw new Error('PostgreSQL did not start');
    }
    await pause(READY_POLL_MS);
  }
};
