import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheDirFrom } from './find-cached.js';
import { locateNatsServer } from './locate-nats-server.js';
import { RELEASE_PINS } from './sources/release-pins.js';
import { releaseAsset } from './sources/release-source.js';
import { NATS_RELEASE, type ServerSource } from './sources/server-source.js';

let dir: string;
let cacheDir: string;
let said: string[];
const log = {
  info: (line: string) => void said.push(line),
  warn: (line: string) => void said.push(line),
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stele-locate-'));
  cacheDir = join(dir, 'cache');
  said = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A program that only answers --version. */
function fakeServer(folder: string, version: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'nats-server');
  writeFileSync(path, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  chmodSync(path, 0o755);
  return path;
}

function gives(name: string, version: string): ServerSource {
  const obtain: ServerSource['obtain'] = async ({ workDir }) => ({
    ok: true,
    path: fakeServer(workDir, version),
  });
  return { name, doing: `asking ${name}`, obtain };
}

function fails(name: string, reason: string): ServerSource {
  return { name, doing: `asking ${name}`, obtain: async () => ({ ok: false, reason }) };
}

const throws: ServerSource = {
  name: 'broken',
  doing: 'asking broken',
  obtain: () => Promise.reject(new Error('it broke')),
};

describe('where nats-server comes from', () => {
  it('NATS_SERVER_BIN wins over everything', async () => {
    const path = fakeServer(join(dir, 'explicit'), '2.15.1');
    fakeServer(join(dir, 'bin'), '2.15.1');
    const env = { NATS_SERVER_BIN: path, PATH: join(dir, 'bin') };
    const found = await locateNatsServer({ env, log, cacheDir, sources: [] });
    expect(found).toEqual({ path, version: '2.15.1', source: 'NATS_SERVER_BIN' });
  });

  it('PATH wins over the cache, the cache over sources', async () => {
    const onPath = fakeServer(join(dir, 'bin'), '2.14.7');
    const cached = fakeServer(join(cacheDir, 'nats-server', '2.15.1'), '2.15.1');
    const options = { log, cacheDir, sources: [gives('first', '2.15.2')] };
    const withPath = await locateNatsServer({ ...options, env: { PATH: join(dir, 'bin') } });
    expect(withPath).toEqual({ path: onPath, version: '2.14.7', source: 'PATH' });
    const without = await locateNatsServer({ ...options, env: { PATH: '' } });
    expect(without).toEqual({ path: cached, version: '2.15.1', source: 'cache' });
    expect(said).toEqual([]);
  });

  it('takes the newest fit one from the cache and passes over damaged ones', async () => {
    for (const version of ['2.14.7', '2.15.0', '2.9.10']) {
      fakeServer(join(cacheDir, 'nats-server', version), version);
    }
    mkdirSync(join(cacheDir, 'nats-server', '2.16.0'));
    const half = fakeServer(join(cacheDir, 'nats-server', '2.15.1'), '');
    writeFileSync(half, 'half a binary');
    const found = await locateNatsServer({ env: {}, log, cacheDir, sources: [] });
    expect(found.version).toBe('2.15.0');
  });

  it('asks the sources in order, keeps what it got and leaves nothing else', async () => {
    const sources = [
      fails('first', 'unreachable'),
      throws,
      gives('old', '2.10.27'),
      gives('good', '2.15.1'),
      gives('never', '2.15.2'),
    ];
    const found = await locateNatsServer({ env: { PATH: '' }, log, cacheDir, sources });
    const path = join(cacheDir, 'nats-server', '2.15.1', 'nats-server');
    expect(found).toEqual({ path, version: '2.15.1', source: 'good' });
    expect(readdirSync(join(cacheDir, 'nats-server'))).toEqual(['2.15.1']);
    expect(said).toEqual([
      'Looking for nats-server: asking first …',
      'No nats-server from first: unreachable',
      'Looking for nats-server: asking broken …',
      'No nats-server from broken: it broke',
      'Looking for nats-server: asking old …',
      expect.stringMatching(/^No nats-server from old: nats-server 2\.10\.27 is too old/),
      'Looking for nats-server: asking good …',
      `Got nats-server 2.15.1, kept at ${path}`,
    ]);
  });

  it('lets several look at once', async () => {
    const look = () =>
      locateNatsServer({ env: { PATH: '' }, log, cacheDir, sources: [gives('good', '2.15.1')] });
    const found = await Promise.all([look(), look(), look()]);
    expect(new Set(found.map(({ path }) => path)).size).toBe(1);
    expect(readdirSync(join(cacheDir, 'nats-server'))).toEqual(['2.15.1']);
  });

  it('says all it tried and what to do when there is none', async () => {
    fakeServer(join(dir, 'bin'), '2.9.10');
    const sources = [fails('first', 'unreachable'), fails('second', 'HTTP 404')];
    const env = { PATH: join(dir, 'bin') };
    const located = locateNatsServer({ env, log, cacheDir, sources });
    await expect(located).rejects.toMatchObject({ code: 'SERVER_NOT_FOUND' });
    const message = await located.catch((error: Error) => error.message);
    expect(message).toMatch(/PATH: .*bin\/nats-server: nats-server 2\.9\.10 is too old/);
    expect(message).toMatch(/first: unreachable/);
    expect(message).toMatch(/second: HTTP 404/);
    expect(message).toMatch(/NATS_SERVER_BIN[\s\S]*brew install[\s\S]*NATS_URL/);
  });

  it('keeps its cache where STELE_CACHE says', () => {
    expect(cacheDirFrom({ STELE_CACHE: '/var/cache/stele' })).toBe('/var/cache/stele');
    expect(cacheDirFrom({})).toMatch(/\.cache[\\/]stele$/);
  });
});

describe('the official release', () => {
  it.each([
    ['linux', 'x64', 'nats-server-v2.15.1-linux-amd64.tar.gz'],
    ['linux', 'arm', 'nats-server-v2.15.1-linux-arm7.tar.gz'],
    ['darwin', 'arm64', 'nats-server-v2.15.1-darwin-arm64.tar.gz'],
    ['win32', 'x64', 'nats-server-v2.15.1-windows-amd64.zip'],
    ['sunos', 'x64', undefined],
    ['linux', 'mips', undefined],
  ])('for %s %s is %s', (platform, arch, asset) => {
    expect(releaseAsset(platform, arch)).toBe(asset);
  });

  it('is pinned for the version that is asked for', () => {
    for (const [asset, sha256] of Object.entries(RELEASE_PINS)) {
      expect(asset.startsWith(`nats-server-v${NATS_RELEASE}-`)).toBe(true);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(RELEASE_PINS).toHaveProperty([releaseAsset('linux', 'x64')!]);
  });
});
