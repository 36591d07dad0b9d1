import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { inject } from 'vitest';
import { launchServer } from '../../src/nats-server/launch-server.js';
import { endServer, type RunningServer, signal } from '../../src/nats-server/running-server.js';
import { serverFiles } from '../../src/nats-server/server-files.js';
import { freePort } from './free-port.js';
import { PATIENCE_MS } from './patience.js';

const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url));
const CONF = join(DEPLOY, 'nats-cluster.conf');
/** Who may do what; its passwords come from the environment. */
export const natsAccounts = (): string => readFileSync(join(DEPLOY, 'nats-accounts.conf'), 'utf8');
const ANY_PORT = -1;
const LOOK_EVERY_MS = 100;
/** What servers know each other by; made by `deploy/make-route-certificates.sh`. */
const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
export const ROUTE_CERTIFICATES = join(FIXTURES, 'route-certificates');
/** The same, of another authority. */
export const FOREIGN_CERTIFICATES = join(FIXTURES, 'foreign-certificates');
export const ROUTE_USER = 'route';
export const ROUTE_PASSWORD = 'not-a-number-either';
const USER = 'stele';
/** Of the node, of its clients and of whoever watches. */
export const PASSWORD = 'not-a-number';

/** The three nodes of `deploy/nats-cluster.conf`, real servers on loopback. */
export type TestCluster = {
  readonly urls: readonly string[];
  /** Where a server of the cluster listens for others. */
  readonly routePorts: readonly number[];
  /** A client of all three, or of the one named. */
  connect(only?: number): Promise<NatsConnection>;
  /** What a node is told of its store besides the address of one of the three. */
  readonly env: Readonly<Record<string, string>>;
  /** The node that leads a stream now. */
  leaderOf(stream: string): Promise<number>;
  /** Ends one node as a crash would. */
  kill9(node: number): Promise<void>;
  /** Starts one that was ended again, on the same port, with what it had on its disk. */
  restart(node: number): Promise<void>;
  /** Stops one where it stands, as a host that hangs does, or lets it go on. */
  signal(node: number, what: 'SIGSTOP' | 'SIGCONT'): void;
  /** Has all three read their configuration again, changed from what it was at the start. */
  reload(change: (conf: string) => string): Promise<void>;
  stop(): Promise<void>;
};

/** The shipped text in one file, with the containers' names and ports put onto this machine. */
const onLoopback = (routePort: number): string => {
  const text = readFileSync(CONF, 'utf8')
    .replace('http: "127.0.0.1:8222"', 'http: "127.0.0.1:-1"')
    .replace('include "nats-accounts.conf"', () => natsAccounts())
    .replaceAll('/etc/nats/certificates', ROUTE_CERTIFICATES)
    .replace('0.0.0.0:6222', `127.0.0.1:${routePort}`);
  if (/^[^#]*(6222|8222)/m.test(text))
    throw new Error('deploy/nats-cluster.conf names other ports now');
  return text;
};

export const startTestCluster = async (): Promise<TestCluster> => {
  const dir = mkdtempSync(join(tmpdir(), 'stele-cluster-'));
  const ports = [await freePort(), await freePort(), await freePort()];
  const login = `${ROUTE_USER}:${ROUTE_PASSWORD}`;
  const routes = JSON.stringify(ports.map((port) => `nats://${login}@127.0.0.1:${port}`));
  const env = {
    ...process.env,
    NATS_USER: USER,
    NATS_PASSWORD: PASSWORD,
    NATS_ROUTES: routes,
    NATS_CLIENT_PASSWORD: PASSWORD,
    NATS_MONITOR_PASSWORD: PASSWORD,
    NATS_ROUTE_USER: ROUTE_USER,
    NATS_ROUTE_PASSWORD: ROUTE_PASSWORD,
  };
  const files = ports.map((_, index) => serverFiles(join(dir, `nats-${index + 1}`)));
  const launch = (index: number, port: number): Promise<RunningServer> =>
    launchServer({
      binary: inject('natsServerBin'),
      files: files[index]!,
      serverName: `nats-${index + 1}`,
      port,
      natsConf: onLoopback(ports[index]!),
      env: { ...env, NATS_NAME: `nats-${index + 1}` },
      ownGroup: false,
    });
  const servers = await Promise.all(ports.map((_, index) => launch(index, ANY_PORT)));
  const atTheStart = files.map(({ configFile }) => readFileSync(configFile, 'utf8'));
  const cleanUp = (): void => {
    for (const server of servers) signal(server, 'SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  };
  process.once('exit', cleanUp);
  const urls = servers.map(({ url }) => url);
  const cluster: TestCluster = {
    urls,
    routePorts: ports,
    connect: (only) =>
      connect({
        servers: only === undefined ? urls : urls[only]!,
        user: USER,
        pass: PASSWORD,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 100,
        ...(only !== undefined && { ignoreClusterUpdates: true }),
      }),
    env: { NATS_USER: USER, NATS_PASSWORD: PASSWORD, STELE_REPLICAS: '3' },
    leaderOf: async (stream) => {
      const nc = await cluster.connect();
      try {
        return await leaderNow(nc, stream);
      } finally {
        await nc.close();
      }
    },
    kill9: async (node) => {
      const server = servers[node]!;
      if (signal(server, 'SIGKILL')) await server.exited;
    },
    restart: async (node) => {
      await endServer(servers[node]!);
      servers[node] = await launch(node, Number(new URL(urls[node]!).port));
    },
    signal: (node, what) => {
      signal(servers[node]!, what);
    },
    reload: async (change) => {
      await Promise.all(
        files.map(async ({ configFile, logFile }, node) => {
          const before = readFileSync(logFile, 'utf8').length;
          writeFileSync(configFile, change(atTheStart[node]!));
          signal(servers[node]!, 'SIGHUP');
          await untilReloaded(() => readFileSync(logFile, 'utf8').slice(before));
        }),
      );
    },
    stop: async () => {
      // One that stands still could not end.
      for (const server of servers) signal(server, 'SIGCONT');
      await Promise.all(servers.map(endServer));
      process.off('exit', cleanUp);
      rmSync(dir, { recursive: true, force: true });
    },
  };
  await untilLed(cluster);
  return cluster;
};

/** Until the three have elected a leader nobody can place a stream. */
const untilLed = async (cluster: TestCluster): Promise<void> => {
  const nc = await cluster.connect();
  const { streams } = await jetstreamManager(nc, { checkAPI: false });
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const probe = { name: 'PROBE', subjects: ['probe'], num_replicas: 3 };
    const made = await streams.add(probe).catch((error: Error) => error);
    if (!(made instanceof Error)) break;
    if (performance.now() > deadline) throw made;
    await pause(LOOK_EVERY_MS);
  }
  await nc.close();
};

/** What the server says of it stands in its log alone. */
const untilReloaded = async (said: () => string): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS;
  while (!/Reloaded server configuration/.test(said())) {
    const refused = /Failed to reload.*/.exec(said());
    if (refused || performance.now() > deadline) throw new Error(refused?.[0] ?? 'not reloaded');
    await pause(LOOK_EVERY_MS);
  }
};

const leaderNow = async (nc: NatsConnection, stream: string): Promise<number> => {
  const { streams } = await jetstreamManager(nc, { checkAPI: false });
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const leader = await streams.info(stream).then(
      (info) => info.cluster?.leader,
      () => undefined,
    );
    if (leader) return Number(leader.split('-')[1]) - 1;
    if (performance.now() > deadline) throw new Error(`nobody leads ${stream}`);
    await pause(LOOK_EVERY_MS);
  }
};
