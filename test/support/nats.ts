import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { launchServer } from '../../src/nats-server/launch-server.js';
import { readNatsConf } from '../../src/nats-server/render-server-config.js';
import { endServer, type RunningServer, signal } from '../../src/nats-server/running-server.js';
import { serverFiles } from '../../src/nats-server/server-files.js';

const ANY_PORT = -1;

export interface TestServerOptions {
  /**
   * `always` (default) is `nats.conf` as it ships: an ack is on disk. `lazy` flushes every two
   * minutes, for tests that only need speed.
   */
  sync?: 'always' | 'lazy';
  /** More configuration, appended at the top level. */
  conf?: string;
  /** What its configuration names, beside the environment of this process. */
  env?: Readonly<Record<string, string>>;
  /** Where its directory is made. */
  under?: string;
}

export interface TestServer {
  /** `nats://127.0.0.1:<port>`; stays the same over `restart`. */
  readonly url: string;
  readonly pid: number;
  readonly serverName: string;
  /** Its temporary directory. */
  readonly dir: string;
  /** Ends it as a crash would, and waits until it is gone. */
  kill9(): Promise<void>;
  /** Starts it again on the same port and store; ends it gracefully first if it still runs. */
  restart(): Promise<void>;
  /** Ends it and removes its directory. May be called again. */
  stop(): Promise<void>;
}

const alive = new Set<() => void>();
process.once('exit', () => {
  for (const cleanUp of alive) cleanUp();
});

/** A throw-away real nats-server on a port and store of its own, proved to be the one started. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dir = mkdtempSync(join(options.under ?? tmpdir(), 'stele-nats-'));
  const files = serverFiles(dir);
  const launch = {
    binary: inject('natsServerBin'),
    files,
    serverName: `test-${randomBytes(12).toString('hex')}`,
    natsConf: testConf(options),
    env: { ...process.env, ...options.env },
    ownGroup: false,
  };
  let server: RunningServer = await launchServer({ ...launch, port: ANY_PORT });
  const port = Number(new URL(server.url).port);

  const cleanUp = () => {
    signal(server, 'SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  };
  alive.add(cleanUp);

  return {
    url: server.url,
    serverName: launch.serverName,
    dir,
    get pid() {
      return server.pid;
    },
    async kill9() {
      if (signal(server, 'SIGKILL')) await server.exited;
    },
    async restart() {
      await endServer(server);
      server = await launchServer({ ...launch, port });
    },
    async stop() {
      await endServer(server);
      rmSync(dir, { recursive: true, force: true });
      alive.delete(cleanUp);
    },
  };
}

function testConf({ sync = 'always', conf = '' }: TestServerOptions): string {
  const shipped = readNatsConf();
  const durable = /^([ \t]*sync_interval:) always$/m;
  if (!durable.test(shipped)) throw new Error('nats.conf no longer says sync_interval: always');
  const base = sync === 'always' ? shipped : shipped.replace(durable, '$1 "2m"');
  return `${base}\n${conf}\n`;
}
