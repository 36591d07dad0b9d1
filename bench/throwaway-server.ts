import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchServer } from '../src/nats-server/launch-server.js';
import { locateNatsServer } from '../src/nats-server/locate-nats-server.js';
import { endServer, signal } from '../src/nats-server/running-server.js';
import { serverFiles } from '../src/nats-server/server-files.js';

const ANY_PORT = -1;
const toStderr = (message: string): void => void process.stderr.write(`${message}\n`);

export type ThrowawayServer = {
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
};

/** The nats-server that Stele itself would use. */
export const natsServerBinary = (): Promise<{ readonly path: string; readonly version: string }> =>
  locateNatsServer({ env: process.env, log: { info: toStderr, warn: toStderr } });

/** A real nats-server with `nats.conf` as it ships, fsync on every ack, on a store of its own. */
export const startThrowawayServer = async (): Promise<ThrowawayServer> => {
  const { path: binary, version } = await natsServerBinary();
  const dir = mkdtempSync(join(tmpdir(), 'stele-bench-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  const serverName = `bench-${randomBytes(12).toString('hex')}`;
  const files = serverFiles(dir);
  const server = await launchServer({ binary, files, serverName, port: ANY_PORT, ownGroup: false });
  const onExit = (): void => {
    signal(server, 'SIGKILL');
    remove();
  };
  process.once('exit', onExit);
  return {
    url: server.url,
    version,
    stop: async () => {
      await endServer(server);
      remove();
      process.off('exit', onExit);
    },
  };
};
