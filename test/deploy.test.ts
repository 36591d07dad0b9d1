import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { startTestCluster, type TestCluster } from './support/cluster.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RUNTIME_ENV =
  'PORT HOST STELE_DATA NATS_URL DATABASE_URL LOG_LEVEL STELE_REPLICAS NATS_USER NATS_PASSWORD STELE_ADMIN_KEY';
const SECRETS = {
  ...{ NATS_USER: 'stele', NATS_PASSWORD: 'not-a-number', POSTGRES_PASSWORD: 'db' },
  ...{ NATS_CLIENT_PASSWORD: 'not-a-number', NATS_MONITOR_PASSWORD: 'not-a-number' },
  STELE_ADMIN_KEY: 'sixteen-or-more-characters',
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
      expect(service.command?.slice(-2)).toEqual(['--name', name]);
      const conf = service.command?.[1];
      expect(service.volumes).toContain(`./deploy/nats-cluster.conf:${conf}:ro`);
      expect(service.volumes).toContain(`${name}:/data`);
    }
  });

  it('mounts only files that exist and volumes that are declared, one writer each', () => {
    const used: string[] = [];
    for (const [, { volumes = [] }] of services) {
      for (const volume of volumes) {
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
    // Three in each NATS node, two in each Stele node, one in PostgreSQL.
    expect(secrets.length).toBe(14);
    for (const [, value] of secrets) expect(value).toMatch(/^\$\{[A-Z_]+:\?/);
  });

  it('is accepted by docker compose itself', ({ skip }) => {
    const version = spawnSync('docker', ['compose', 'version'], { timeout: 10_000 });
    if (version.status !== 0) {
      console.warn('NOT CHECKED: docker compose is not on this machine');
      return skip('docker compose is not on this machine');
    }
    const env = { ...process.env, ...SECRETS };
    execFileSync('docker', ['compose', 'config', '--quiet'], { cwd: ROOT, env, timeout: 30_000 });
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
    for (const folder of include) {
      expect(statSync(join(ROOT, folder)).isDirectory()).toBe(true);
      expect(dockerfile).toContain(`COPY ${folder} ./${folder}`);
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
  const test = (file: string, env: Record<string, string>) =>
    spawnSync(bin, ['-t', '-c', join(ROOT, file)], { env, encoding: 'utf8', timeout: 10_000 });

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
    expect(test('package.json', {}).status).not.toBe(0);
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
      const { streams } = await jetstreamManager(nc);
      await streams.add({ name: 'EVT', subjects: ['evt.>'], num_replicas: 3, allow_atomic: true });
      await jetstream(nc).publish('evt.one', 'carved', { timeout: 5_000 });
      const { cluster: nodes, config: taken, state } = await streams.info('EVT');
      expect(taken).toMatchObject({ num_replicas: 3, allow_atomic: true });
      expect(nodes?.replicas).toHaveLength(2);
      expect(state.messages).toBe(1);
    } finally {
      await nc.close();
    }
  });
});
