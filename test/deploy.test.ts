import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, normalize } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { jetstream } from '@nats-io/jetstream';
import { connect, createInbox, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { parse } from 'yaml';
import { launchServer } from '../src/nats-server/launch-server.js';
import { endServer } from '../src/nats-server/running-server.js';
import { serverFiles } from '../src/nats-server/server-files.js';
import {
  FOREIGN_CERTIFICATES,
  natsAccounts,
  PASSWORD,
  ROUTE_CERTIFICATES,
  ROUTE_PASSWORD,
  ROUTE_USER,
  startTestCluster,
  type TestCluster,
} from './support/cluster.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import { PATIENCE_MS } from './support/patience.js';
import { until } from './support/projecting.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RUNTIME_ENV =
  'PORT HOST STELE_DATA NATS_URL DATABASE_URL LOG_LEVEL STELE_REPLICAS NATS_USER NATS_PASSWORD STELE_ADMIN_KEY';
const SECRETS = {
  NATS_NAME: 'nats-1',
  NATS_USER: 'stele',
  NATS_PASSWORD: 'not-a-number',
  POSTGRES_PASSWORD: 'db',
  NATS_CLIENT_PASSWORD: 'not-a-number',
  NATS_MONITOR_PASSWORD: 'not-a-number',
  NATS_ROUTE_USER: 'route',
  NATS_ROUTE_PASSWORD: 'not-a-number',
  NATS_ROUTES: '["nats://route:not-a-number@nats-1:6222"]',
  STELE_ADMIN_KEY: 'sixteen-or-more-characters',
  NATS_ROUTE_CERTIFICATES: ROUTE_CERTIFICATES,
};

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, null>;
}

const bin = inject('natsServerBin');
const readRoot = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const compose = parse(readRoot('docker-compose.yml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const nats = services.filter(([name]) => name.startsWith('nats-'));
const stele = services.filter(([name]) => name.startsWith('stele-'));

/** How long a message is waited for that must not come. */
const SILENCE_MS = 200;

/** All that the monitor may ask of every server. */
const MONITORED = ['', '.STATSZ', '.VARZ', '.JSZ', '.HEALTHZ', '.CONNZ'].map(
  (what) => `$SYS.REQ.SERVER.PING${what}`,
);

/** What an answer must not be able to name: an answer is sent by whoever may do more. */
const HARMFUL = [
  'evt.steered',
  '$JS.API.STREAM.PURGE.EVT',
  '$JS.API.STREAM.DELETE.EVT',
  '$JS.API.ACCOUNT.PURGE.STELE',
];

type Server = { readonly name: string };

describe('docker-compose.yml', () => {
  it('runs three NATS nodes, two Stele nodes and PostgreSQL, all with a health check', () => {
    expect(nats.map(([name]) => name)).toEqual(['nats-1', 'nats-2', 'nats-3']);
    expect(stele.map(([name]) => name)).toEqual(['stele-1', 'stele-2']);
    expect(services).toHaveLength(6);
    for (const [, service] of services) expect(service.healthcheck?.test[0]).toBe('CMD');
    const postgres = /^postgres:(\d+)/.exec(compose.services.postgres!.image!);
    expect(Number(postgres?.[1])).toBeGreaterThanOrEqual(15);
  });

  it('names each NATS node after its service and gives it the mounted configuration', () => {
    for (const [name, service] of nats) {
      expect(service.image).toMatch(/^nats:2\.15\.1/);
      expect(service.command).toEqual(['-c', '/etc/nats/deploy/nats-cluster.conf']);
      // Mounted file by file, one that an editor replaced would never be seen by a reload.
      expect(service.volumes).toContain('./deploy:/etc/nats/deploy:ro');
      expect(service.environment?.NATS_NAME).toBe(name);
      expect(service.volumes).toContain(`${name}:/data`);
      const certificates = service.volumes?.find((one) =>
        one.endsWith('/etc/nats/certificates:ro'),
      );
      expect(certificates).toMatch(/^\$\{NATS_ROUTE_CERTIFICATES:\?/);
      const { NATS_ROUTES: routes = '' } = service.environment ?? {};
      const urls = JSON.parse(routes.replaceAll(/\$\{(\w+)[^}]*\}/g, '$1')) as string[];
      expect(urls).toEqual(
        nats.map(([one]) => `nats://NATS_ROUTE_USER:NATS_ROUTE_PASSWORD@${one}:6222`),
      );
    }
  });

  it('mounts only files that exist and volumes that are declared, one writer each', () => {
    const used: string[] = [];
    for (const [, { volumes = [] }] of services) {
      for (const volume of volumes) {
        // Made by whoever runs it: what servers know each other by is nothing to ship.
        if (volume.startsWith('${NATS_ROUTE_CERTIFICATES:?')) continue;
        const source = volume.split(':')[0]!;
        if (source.startsWith('.')) expect(existsSync(join(ROOT, source)), source).toBe(true);
        else used.push(source);
      }
    }
    expect(used.sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  it('sets only variables that Stele knows, and points at services that are there', () => {
    for (const [, { environment = {}, build, depends_on = {} }] of stele) {
      expect(existsSync(join(ROOT, normalize(build!), 'Dockerfile'))).toBe(true);
      expect(Object.keys(environment).sort()).toEqual(RUNTIME_ENV.split(' ').sort());
      expect(environment.HOST).toBe('0.0.0.0');
      expect(environment.STELE_REPLICAS).toBe('3');
      const urls = environment.NATS_URL!.split(',').map((url) => new URL(url));
      expect(urls.map((url) => url.hostname)).toEqual(nats.map(([name]) => name));
      expect(environment.DATABASE_URL).toMatch(
        /^postgres:\/\/stele:\$\{.+\}@postgres:5432\/stele$/,
      );
      expect(Object.keys(depends_on).sort()).toEqual([...nats.map(([n]) => n), 'postgres'].sort());
    }
  });

  it('publishes on loopback only, no port twice, and has no password in it', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(new Set(ports.map((port) => port.split(':')[1])).size).toBe(ports.length);
    const secrets = services.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([key]) => /(PASSWORD|ADMIN_KEY)$/.test(key)),
    );
    // Four in each NATS node, two in each Stele node, one in PostgreSQL.
    expect(secrets.length).toBe(17);
    for (const [, value] of secrets) expect(value).toMatch(/^\$\{[A-Z_]+:\?/);
  });

  it('is accepted by docker compose itself', ({ skip }) => {
    const version = spawnSync('docker', ['compose', 'version'], { timeout: PATIENCE_MS });
    if (version.status !== 0) {
      console.warn('NOT CHECKED: docker compose is not on this machine');
      return skip('docker compose is not on this machine');
    }
    const env = { ...process.env, ...SECRETS };
    execFileSync('docker', ['compose', 'config', '--quiet'], {
      cwd: ROOT,
      env,
      timeout: PATIENCE_MS,
    });
  });
});

describe('Dockerfile', () => {
  const dockerfile = readRoot('Dockerfile');

  it('copies only what exists', () => {
    const copies = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)];
    expect(copies.length).toBeGreaterThan(5);
    for (const source of copies.flatMap((copy) => copy[1]!.split(' '))) {
      expect(existsSync(join(ROOT, source)), source).toBe(true);
    }
  });

  it('copies all that the build reads', () => {
    const { include } = JSON.parse(readRoot('tsconfig.build.json')) as { include: string[] };
    for (const path of include) {
      expect(existsSync(join(ROOT, path))).toBe(true);
      expect(dockerfile).toContain(`COPY ${path} ./${path}`);
    }
    const { scripts } = JSON.parse(readRoot('package.json')) as { scripts: { build: string } };
    expect(scripts.build).toContain('build:console');
    for (const folder of ['console', 'scripts'])
      expect(dockerfile).toContain(`COPY ${folder} ./${folder}`);
  });

  it('starts Stele as an ordinary user', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^CMD \["node", "bin\/stele\.js", "serve"\]$/m);
  });
});

describe('the NATS configurations', () => {
  // Certificates are read when a configuration is tried: those of the tests stand for them.
  const dir = mkdtempSync(join(tmpdir(), 'stele-conf-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const test = (
    file: string,
    env: Record<string, string>,
    certificates: string = ROUTE_CERTIFICATES,
  ) => {
    const path = join(dir, basename(file));
    const text = readRoot(file).replaceAll('/etc/nats/certificates', certificates);
    writeFileSync(
      path,
      text.replace('include "nats-accounts.conf"', () => natsAccounts()),
    );
    return spawnSync(bin, ['-t', '-c', path], { env, encoding: 'utf8', timeout: PATIENCE_MS });
  };

  it.each([
    ['nats.conf', {}],
    ['deploy/nats-cluster.conf', SECRETS],
  ])('%s is valid for the real server', (file, env) => {
    const run = test(file, env);
    expect(`${run.stdout}${run.stderr}`).toMatch(/is valid/);
    expect(run.status).toBe(0);
  });

  it('are refused by the same test when they are wrong, or a secret is missing', () => {
    expect(test('deploy/nats-cluster.conf', {}).status).not.toBe(0);
    for (const secret of [
      'NATS_NAME',
      'NATS_PASSWORD',
      'NATS_ROUTE_USER',
      'NATS_ROUTE_PASSWORD',
      'NATS_ROUTES',
    ]) {
      const { [secret as keyof typeof SECRETS]: _, ...others } = SECRETS;
      const { status, stderr } = test('deploy/nats-cluster.conf', others);
      expect([secret, status === 0, stderr.includes(secret)]).toEqual([secret, false, true]);
    }
    expect(test('package.json', {}).status).not.toBe(0);
  });

  it('take the certificates that the script makes, once', ({ skip }) => {
    if (spawnSync('openssl', ['version']).status !== 0)
      return skip('openssl is not on this machine');
    const made = join(dir, 'certificates');
    const make = () =>
      spawnSync('sh', [join(ROOT, 'deploy/make-route-certificates.sh'), made, 'nats-1', '::1'], {
        encoding: 'utf8',
        timeout: PATIENCE_MS,
      });
    expect(make().status).toBe(0);
    expect(statSync(join(made, 'route-key.pem')).mode & 0o77).toBe(0);
    const { subjectAltName } = new X509Certificate(readFileSync(join(made, 'route.pem')));
    expect(subjectAltName).toBe('DNS:nats-1, IP Address:0:0:0:0:0:0:0:1');
    expect(test('deploy/nats-cluster.conf', SECRETS, made).status).toBe(0);
    const again = make();
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('there already')]);
  });

  it('agree on what the streams rest on', () => {
    const settings = (file: string) =>
      ['max_payload', 'sync_interval', 'max_memory_store', 'max_file_store'].map(
        (key) => new RegExp(`^\\s*${key}: (.+)$`, 'm').exec(readRoot(file))?.[1],
      );
    expect(settings('deploy/nats-cluster.conf')).toEqual(settings('nats.conf'));
    expect(settings('nats.conf')[1]).toBe('always');
  });
});

describe('the cluster of deploy/nats-cluster.conf, on loopback', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startTestCluster();
  });
  afterAll(() => cluster.stop());

  it('keeps an event on three nodes, durably, and lets nobody in without a password', async () => {
    const servers = [...cluster.urls];
    await expect(connect({ servers, maxReconnectAttempts: 0 })).rejects.toThrow(/authoriz/i);
    const nc = await cluster.connect();
    try {
      const { streams } = await jetStreamOf(nc);
      await streams.add({ name: 'EVT', subjects: ['evt.>'], num_replicas: 3, allow_atomic: true });
      await jetstream(nc).publish('evt.one', 'carved', { timeout: PATIENCE_MS });
      const { cluster: nodes, config: taken, state } = await streams.info('EVT');
      expect(taken).toMatchObject({ num_replicas: 3, allow_atomic: true });
      expect(nodes?.replicas).toHaveLength(2);
      expect(state.messages).toBe(1);
    } finally {
      await nc.close();
    }
  });

  const as = (user: string): Promise<NatsConnection> =>
    connect({ servers: cluster.urls[0]!, user, pass: PASSWORD, noAsyncTraces: true });

  it('tells the monitor the numbers of all three', async () => {
    const nc = await as('monitor');
    try {
      for (const subject of MONITORED) {
        const told = new Set<string>();
        const inbox = createInbox();
        nc.subscribe(inbox, {
          callback: (_, msg) => void told.add(msg.json<{ server: Server }>().server.name),
        });
        nc.publish(subject, '', { reply: inbox });
        await until(
          async () => [...told].sort(),
          (names) => names.length === 3,
        );
      }
    } finally {
      await nc.close();
    }
  });

  it('lets neither monitor nor client have an answer sent where it does harm', async () => {
    const [node, monitor, client] = await Promise.all([
      cluster.connect(),
      as('monitor'),
      as('client'),
    ]);
    // Empty, as the request that removes a stream is.
    const asked = vi.fn((_: unknown, msg: Msg) => void msg.respond(''));
    try {
      const { streams } = await jetStreamOf(node);
      node.subscribe('cmd.>', { callback: asked });
      await node.flush();
      const command = 'cmd.application.SetOwner';
      await until(
        () => client.request(command, '', { timeout: 1_000 }).catch(() => undefined),
        Boolean,
      );
      asked.mockClear();
      for (const reply of HARMFUL) {
        for (const subject of MONITORED) monitor.publish(subject, '', { reply });
        client.publish(command, '', { reply });
      }
      await Promise.all([monitor.flush(), client.flush()]);
      await until(
        async () => asked.mock.calls.length,
        (calls) => calls === HARMFUL.length,
      );
      await pause(SILENCE_MS);
      expect((await streams.info('EVT')).state.messages).toBe(1);
    } finally {
      await Promise.all([node, monitor, client].map((nc) => nc.close()));
    }
  });

  it('lets a stream be changed while the line that denies it is out, and no longer', async () => {
    const line = /^ *"\$JS\.API\.STREAM\.UPDATE\.>"\n/m;
    const describeStream = async (description: string) => {
      const nc = await cluster.connect();
      try {
        const { streams } = await jetStreamOf(nc);
        const { config } = await streams.update('EVT', { description });
        return config.description;
      } finally {
        await nc.close();
      }
    };
    await expect(describeStream('before')).rejects.toThrow(/permission/i);
    await cluster.reload((conf) => conf.replace(line, ''));
    expect(await describeStream('changed')).toBe('changed');
    await cluster.reload((conf) => conf);
    await expect(describeStream('after')).rejects.toThrow(/permission/i);
  });

  /** A server of somebody else that asks to be one of the cluster; what it was told of routes. */
  const joining = async (login: string, certificates: string | undefined) => {
    const dir = mkdtempSync(join(tmpdir(), 'stele-joining-'));
    const tls = certificates
      ? `tls {
           cert_file: "${certificates}/route.pem", key_file: "${certificates}/route-key.pem"
           ca_file: "${ROUTE_CERTIFICATES}/ca.pem"
         }`
      : '';
    const spy = await launchServer({
      binary: bin,
      files: serverFiles(dir),
      serverName: 'uninvited',
      port: -1,
      ownGroup: false,
      natsConf: `
        accounts { STELE { users: [{ user: spy, password: spy }] } }
        jetstream {
          store_dir: "replaced"
        }
        cluster {
          name: stele
          listen: "127.0.0.1:-1"
          ${tls}
          routes: ["nats://${login}127.0.0.1:${cluster.routePorts[0]}"]
        }`,
    });
    const said = () => readFileSync(serverFiles(dir).logFile, 'utf8');
    const nc = await connect({ servers: spy.url, user: 'spy', pass: 'spy' });
    const seen: string[] = [];
    const sub = nc.subscribe('cmd.>', { callback: (_, msg) => void seen.push(msg.subject) });
    await nc.flush();
    return {
      seen,
      tried: () => /Router connection closed/.test(said()),
      leave: async () => {
        sub.unsubscribe();
        await nc.close();
        await endServer(spy);
        rmSync(dir, { recursive: true, force: true });
      },
    };
  };
  const tell = async () => {
    const nc = await connect({ servers: cluster.urls[0]!, user: 'client', pass: PASSWORD });
    nc.publish('cmd.application.SetOwner', '{}');
    await nc.flush();
    await nc.close();
  };

  it.each<[what: string, login: string, certificates: string | undefined]>([
    ['nothing', '', undefined],
    ['the password alone', `${ROUTE_USER}:${ROUTE_PASSWORD}@`, undefined],
    ['a certificate alone', '', ROUTE_CERTIFICATES],
    ['a wrong password', `${ROUTE_USER}:guess@`, ROUTE_CERTIFICATES],
    ['a foreign certificate', `${ROUTE_USER}:${ROUTE_PASSWORD}@`, FOREIGN_CERTIFICATES],
  ])('takes no server in that comes with %s', async (_, login, certificates) => {
    const uninvited = await joining(login, certificates);
    try {
      await until(async () => uninvited.tried(), Boolean);
      await tell();
      await pause(SILENCE_MS);
      expect(uninvited.seen).toEqual([]);
    } finally {
      await uninvited.leave();
    }
  });

  it('takes one in that has both, which is what the others are kept from', async () => {
    const invited = await joining(`${ROUTE_USER}:${ROUTE_PASSWORD}@`, ROUTE_CERTIFICATES);
    try {
      await until(
        async () => {
          await tell();
          await pause(SILENCE_MS);
          return invited.seen.length;
        },
        (seen) => seen > 0,
      );
    } finally {
      await invited.leave();
    }
  });
});
