import { type ChildProcess, execFileSync, execFile as execute, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.js';
import { PATIENCE_MS } from './patience.js';

const execFile = promisify(execute);
const POLL_MS = 50;
const PASSWORD = 'stele-test';

export interface TestPostgres {
  /** A superuser's URL of the database `postgres`, password included; the same over `restart`. */
  readonly url: string;
  /** Makes an empty database and answers its URL. */
  database(): Promise<string>;
  /** Ends it as a crash would, and waits until it is gone. */
  kill9(): Promise<void>;
  /** Stops all its processes where they are, as a disk that hangs would, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Starts it again on the same port and data; ends it first if it still runs. */
  restart(): Promise<void>;
  /** Ends it properly, keeps a copy of its data, and starts it again. */
  copy(): Promise<void>;
  /** The same with the copy in the place of its data: whatever was committed since is lost. */
  putBack(): Promise<void>;
  /** Ends it and removes its directory. May be called again. */
  stop(): Promise<void>;
}

/** Where `initdb` and `postgres` are, undefined for nowhere. */
const findBin = (): string | undefined => {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((a, b) => Number(b) - Number(a))
    : [];
  const asked = process.env.STELE_TEST_POSTGRES_BIN;
  return (
    asked
      ? [asked]
      : [
          ...(process.env.PATH ?? '').split(delimiter),
          ...versions.map((version) => join(debian, version, 'bin')),
        ]
  ).find((dir) => dir && ['initdb', 'postgres'].every((name) => existsSync(join(dir, name))));
};

export const POSTGRES_BIN = findBin();
/** Why there is no PostgreSQL to test with; undefined when there is one. */
export const NO_POSTGRES =
  POSTGRES_BIN === undefined
    ? 'no initdb and postgres in STELE_TEST_POSTGRES_BIN, PATH or /usr/lib/postgresql/*/bin'
    : undefined;

/** PostgreSQL refuses to run as root. */
const account = (): { uid?: number; gid?: number } => {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string, user: string) =>
    Number(execFileSync('id', [flag, user], { stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const user of ['postgres', 'nobody'])
    try {
      return { uid: id('-u', user), gid: id('-g', user) };
    } catch {
      // the next one
    }
  throw new Error('PostgreSQL does not run as root, and there is neither "postgres" nor "nobody"');
};

/** Ends PostgreSQL and removes its directory when the process that started it is gone, however. */
const WATCH = `
const { rmSync } = require('node:fs');
const [pid, dir] = process.argv.slice(1);
process.stdin.resume().on('close', () => {
  try { process.kill(Number(pid), 'SIGQUIT'); } catch {}
  setTimeout(() => rmSync(dir, { recursive: true, force: true }), 500);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
`;

const alive = new Set<() => void>();
process.once('exit', () => {
  for (const cleanUp of alive) cleanUp();
});

/**
 * A throw-away real PostgreSQL on a loopback port and a directory of its own. It ends with this
 * process, also when that is killed. Undefined, after saying so loudly, where there is none.
 */
export async function startTestPostgres(): Promise<TestPostgres | undefined> {
  if (POSTGRES_BIN === undefined) {
    process.stderr.write(`\n*** PostgreSQL is NOT tested: ${NO_POSTGRES} ***\n\n`);
    return undefined;
  }
  const bin = POSTGRES_BIN;
  const user = account();
  const dir = mkdtempSync(join(tmpdir(), 'stele-pg-'));
  if (user.uid !== undefined) chownSync(dir, user.uid, user.gid ?? user.uid);
  const data = join(dir, 'data');
  const options = { ...user, cwd: dir, env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } };
  await execFile(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'stele', '--auth=trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
    { ...options, timeout: PATIENCE_MS },
  );
  const port = await freePort();
  const urlOf = (database: string) => `postgres://stele:${PASSWORD}@127.0.0.1:${port}/${database}`;
  const url = urlOf('postgres');

  let server: ChildProcess | undefined;
  let watch: ChildProcess | undefined;
  const launch = async () => {
    const log: string[] = [];
    server = spawn(
      join(bin, 'postgres'),
      [
        '-D',
        data,
        '-p',
        String(port),
        '-k',
        dir,
        '-h',
        '127.0.0.1',
        '-F',
        '-c',
        'log_min_messages=fatal',
      ],
      { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    server.stderr?.on('data', (chunk) => log.push(String(chunk)));
    watch = spawn(process.execPath, ['-e', WATCH, String(server.pid), dir], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    watch.stdin?.on('error', () => undefined);
    await answers(server, url, log);
  };
  const end = async (signal: NodeJS.Signals) => {
    watch?.kill('SIGKILL');
    const running = server;
    server = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const exited = once(running, 'exit');
    running.kill(signal);
    await exited;
  };
  /** Each of its children is a group of its own. */
  const signalAll = (signal: 'SIGSTOP' | 'SIGCONT') => {
    const pid = server?.pid;
    if (pid === undefined) return;
    // First itself, so that it makes no more of them meanwhile.
    process.kill(pid, signal);
    const args = ['-o', 'pid=', '--ppid', String(pid)];
    const children = execFileSync('ps', args, { encoding: 'utf8' }).trim().split(/\s+/);
    for (const child of children)
      try {
        process.kill(Number(child), signal);
      } catch (error) {
        // One that ended since it was listed needs no signal.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
  };
  const cleanUp = () => {
    server?.kill('SIGQUIT');
    watch?.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  };
  alive.add(cleanUp);
  await launch();

  const duplicate = async (from: string, to: string): Promise<void> => {
    rmSync(to, { recursive: true, force: true });
    await execFile('cp', ['-a', from, to], options);
  };

  let databases = 0;
  return {
    url,
    async database() {
      const name = `test_${++databases}`;
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      // A locale that sorts as people do, so that a comparison in the wrong order shows.
      await client
        .query(`create database ${name} template template0 locale_provider icu icu_locale 'en'`)
        .catch(() => client.query(`create database ${name}`));
      await client.end();
      return urlOf(name);
    },
    async kill9() {
      await end('SIGKILL');
    },
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    async restart() {
      await end('SIGINT');
      // After kill -9 its children end a moment later; until then a new one refuses their memory.
      for (const until = performance.now() + PATIENCE_MS; ; await sleep(POLL_MS))
        try {
          return await launch();
        } catch (error) {
          await end('SIGQUIT');
          if (performance.now() > until) throw error;
        }
    },
    async copy() {
      await end('SIGINT');
      await duplicate(data, `${data}.copy`);
      await launch();
    },
    async putBack() {
      await end('SIGINT');
      await duplicate(`${data}.copy`, data);
      await launch();
    },
    async stop() {
      await end('SIGQUIT');
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
      alive.delete(cleanUp);
    },
  };
}

const answers = async (server: ChildProcess, url: string, log: string[]): Promise<void> => {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; ) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended at start: ${log.join('')}`);
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return;
    } catch {
      await sleep(POLL_MS);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  throw new Error(`PostgreSQL does not answer after ${PATIENCE_MS} ms: ${log.join('')}`);
};
