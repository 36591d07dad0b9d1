import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { locateNatsServer } from '../src/nats-server/locate-nats-server.js';
import { identify, isRunning } from '../src/nats-server/process-identity.js';
import { releaseAsset, releaseSource } from '../src/nats-server/sources/release-source.js';
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from '../src/nats-server/start-embedded-server.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import { startTestServer } from './support/nats.js';
import { PATIENCE_MS } from './support/patience.js';

const OWNER = new URL('./support/embedded-owner.ts', import.meta.url).pathname;
const ASSET = releaseAsset(process.platform, process.arch)!;
const LIMITS = { responseMs: 300, stallMs: 300, totalMs: 5_000 };

const bin = inject('natsServerBin');
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'stele-test-'));
  cleanUps.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function listeningLog() {
  const lines: string[] = [];
  const add = (line: string) => void lines.push(line);
  return { lines, info: add, warn: add };
}

async function eventually(what: string, check: () => unknown): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
    await sleep(20);
  }
}

describe('finding a nats-server', () => {
  let archive: Buffer;
  let sha256: string;

  /** The real binary in an archive of the official layout. Barely compressed: it is quicker. */
  beforeAll(() => {
    const dir = mkdtempSync(join(tmpdir(), 'stele-test-'));
    const folder = ASSET.replace(/\.tar\.gz$/, '');
    mkdirSync(join(dir, folder));
    writeFileSync(join(dir, folder, 'README.md'), 'nats-server');
    symlinkSync(bin, join(dir, folder, 'nats-server'));
    const tar = ['-c', '-h', '-f', 'a.tar', '--format=ustar', folder];
    execFileSync('tar', tar, { cwd: dir });
    execFileSync('gzip', ['-1', 'a.tar'], { cwd: dir });
    archive = readFileSync(join(dir, 'a.tar.gz'));
    sha256 = createHash('sha256').update(archive).digest('hex');
    rmSync(dir, { recursive: true });
  });

  async function standIn(handler: RequestListener): Promise<string> {
    const server = createServer(handler);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    cleanUps.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`;
  }

  const serveFiles =
    (files: Record<string, Buffer | string>): RequestListener =>
    (request, response) => {
      const content = files[request.url!.replace('/v2/', '')];
      response.writeHead(content === undefined ? 404 : 200).end(content);
    };

  async function locateAt(url: string, pins: Record<string, string>) {
    const cacheDir = tempDir();
    const log = listeningLog();
    const found = await locateNatsServer({
      env: { PATH: '', STELE_NATS_DOWNLOAD_URL: url },
      cacheDir,
      log,
      sources: [releaseSource({ pins, limits: LIMITS })],
    }).catch((error: Error) => error);
    const kept = existsSync(join(cacheDir, 'nats-server'))
      ? readdirSync(join(cacheDir, 'nats-server'))
      : [];
    return { found, kept, cacheDir, log };
  }

  it('finds the real one', async () => {
    const env = { NATS_SERVER_BIN: bin };
    const found = await locateNatsServer({ env, log: listeningLog(), sources: [] });
    expect(found).toMatchObject({ path: bin, source: 'NATS_SERVER_BIN' });
  });

  it('downloads the release whose hash is pinned, and finds it in the cache next time', async () => {
    const url = await standIn(serveFiles({ [ASSET]: archive }));
    const { found, cacheDir, log } = await locateAt(url, { [ASSET]: sha256 });
    const { version } = found as { version: string };
    const path = join(cacheDir, 'nats-server', version, 'nats-server');
    expect(found).toEqual({ path, version, source: 'official release' });
    expect(log.lines[0]).toMatch(/Looking for nats-server: downloading the official release/);
    expect(readdirSync(join(cacheDir, 'nats-server'))).toEqual([version]);

    const again = { env: { PATH: '' }, cacheDir, log, sources: [] };
    expect(await locateNatsServer(again)).toEqual({ path, version, source: 'cache' });
  });

  it('takes the hash from SHA256SUMS where none is pinned', async () => {
    const sums = `${'0'.repeat(64)}  other.zip\n${sha256}  ${ASSET}\n`;
    const url = await standIn(serveFiles({ [ASSET]: archive, SHA256SUMS: sums }));
    const { found } = await locateAt(url, {});
    expect(found).toMatchObject({ source: 'official release' });
  });

  it('refuses an archive whose hash is not the pinned one, whatever SHA256SUMS says', async () => {
    const sums = `${sha256}  ${ASSET}\n`;
    const url = await standIn(serveFiles({ [ASSET]: archive, SHA256SUMS: sums }));
    const { found, kept } = await locateAt(url, { [ASSET]: 'ab'.repeat(32) });
    expect(String(found)).toContain(sha256);
    expect(String(found)).toContain('ab'.repeat(32));
    expect(kept).toEqual([]);
  });

  it('refuses an archive that is not the one in SHA256SUMS, or not in it', async () => {
    const wrong = await standIn(
      serveFiles({ [ASSET]: archive, SHA256SUMS: `${'cd'.repeat(32)}  ${ASSET}\n` }),
    );
    expect(String((await locateAt(wrong, {})).found)).toMatch(/SHA-256 is .*cdcdcd/);
    const silent = await standIn(serveFiles({ [ASSET]: archive, SHA256SUMS: '' }));
    expect(String((await locateAt(silent, {})).found)).toMatch(/SHA256SUMS does not list/);
  });

  it('refuses a download that is cut short', async () => {
    const half = archive.subarray(0, archive.length / 2);
    const quiet = await standIn(serveFiles({ [ASSET]: half }));
    const accepted = await locateAt(quiet, { [ASSET]: sha256 });
    expect(String(accepted.found)).toMatch(/was refused: SHA-256/);
    expect(accepted.kept).toEqual([]);

    const abrupt = await standIn((_request, response) => {
      response.writeHead(200, { 'content-length': archive.length });
      response.write(half, () => response.destroy());
    });
    const broken = await locateAt(abrupt, { [ASSET]: sha256 });
    expect(broken.found).toBeInstanceOf(Error);
    expect(broken.kept).toEqual([]);
  });

  it('refuses an archive that holds another program, or none', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'nats-server'), '#!/bin/sh\necho hello\n', { mode: 0o755 });
    writeFileSync(join(dir, 'other'), 'x');
    for (const [file, reason] of [
      ['nats-server', /does not print a nats-server version/],
      ['other', /holds no nats-server/],
    ] as const) {
      const bytes = execFileSync('tar', ['-cz', file], { cwd: dir });
      const pin = createHash('sha256').update(bytes).digest('hex');
      const url = await standIn(serveFiles({ [ASSET]: bytes }));
      const { found, kept } = await locateAt(url, { [ASSET]: pin });
      expect(String(found)).toMatch(reason);
      expect(kept).toEqual([]);
    }
  });

  it('names HTTP 404, and a server that is slow to answer or falls silent, and goes on', async () => {
    const missing = await standIn(serveFiles({}));
    expect(String((await locateAt(missing, { [ASSET]: sha256 })).found)).toMatch(/HTTP 404/);

    const mute = await standIn(() => undefined);
    const slow = await locateAt(mute, { [ASSET]: sha256 });
    expect(String(slow.found)).toMatch(/no response within 0.3 s/);

    const stalling = await standIn((_request, response) => {
      response.writeHead(200);
      response.write('some');
    });
    const stalled = await locateAt(stalling, { [ASSET]: sha256 });
    expect(String(stalled.found)).toMatch(/no data within 0.3 s/);

    const next = {
      name: 'next',
      doing: 'asking the next',
      obtain: async ({ workDir }: { workDir: string }) => {
        const path = join(workDir, 'nats-server');
        execFileSync('cp', [bin, path]);
        return { ok: true as const, path };
      },
    };
    const sources = [releaseSource({ pins: { [ASSET]: sha256 }, limits: LIMITS }), next];
    const env = { PATH: '', STELE_NATS_DOWNLOAD_URL: mute };
    const log = listeningLog();
    const found = await locateNatsServer({ env, log, cacheDir: tempDir(), sources });
    expect(found.source).toBe('next');
    expect(log.lines.join('\n')).toMatch(/No nats-server from official release: .*no response/);
  });

  it('passes over a server on PATH that is too old, with the reason', async () => {
    const old = tempDir();
    const fit = tempDir();
    const script = join(old, 'nats-server');
    writeFileSync(script, '#!/bin/sh\necho "nats-server: v2.9.10"\n');
    chmodSync(script, 0o755);
    symlinkSync(bin, join(fit, 'nats-server'));
    const log = listeningLog();
    const PATH = `${old}:${fit}`;
    const found = await locateNatsServer({ env: { PATH }, cacheDir: tempDir(), log, sources: [] });
    expect(found).toMatchObject({ path: join(fit, 'nats-server'), source: 'PATH' });
    expect(log.lines.join('\n')).toMatch(/Passing over .*2\.9\.10 is too old/);
  });

  it('does not fall back when NATS_SERVER_BIN is unfit', async () => {
    const script = join(tempDir(), 'nats-server');
    writeFileSync(script, '#!/bin/sh\necho "nats-server: v2.9.10"\n', { mode: 0o755 });
    const env = { PATH: process.env.PATH, NATS_SERVER_BIN: script };
    const located = locateNatsServer({ env, log: listeningLog(), cacheDir: tempDir() });
    await expect(located).rejects.toMatchObject({ code: 'SERVER_BIN_UNFIT' });
    await expect(located).rejects.toThrow(/NATS_SERVER_BIN=.*2\.9\.10 is too old/);
  });
});

describe('the embedded server', () => {
  const env = { NATS_SERVER_BIN: bin };

  async function start(dataDir: string, more: { mode?: 'share'; port?: number } = {}) {
    const log = listeningLog();
    const server = await startEmbeddedServer({ dataDir, env, log, ...more });
    cleanUps.push(() => server.stop());
    return Object.assign(server, { lines: log.lines });
  }

  /** A runtime of its own that can be killed; the server it leaves behind is ended afterwards. */
  async function startOwner(dataDir: string) {
    const owner: ChildProcess = spawn(process.execPath, ['--import', 'tsx', OWNER, dataDir], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    cleanUps.push(() => owner.kill('SIGKILL'));
    const line = await new Promise<string>((resolve, reject) => {
      owner.stdout!.once('data', (data) => resolve(String(data)));
      owner.once('exit', (code) => reject(new Error(`the owner ended: ${code}`)));
    });
    const { url, pid } = JSON.parse(line) as { url: string; pid: number };
    const orphan = identify(pid);
    cleanUps.push(() => isRunning(orphan) && process.kill(pid, 'SIGKILL'));
    const kill9 = () =>
      new Promise<void>((done) => {
        owner.once('exit', () => done());
        owner.kill('SIGKILL');
      });
    return { url, orphan, pid: owner.pid!, kill9 };
  }

  async function appendOne(server: { url: string }): Promise<void> {
    const nc = await connect({ servers: server.url });
    try {
      const manager = await jetStreamOf(nc);
      await manager.streams.add({ name: 'EVT', subjects: ['evt.>'] });
      await jetstream(nc).publish('evt.one', 'carved');
    } finally {
      await nc.close();
    }
  }

  async function readOne(server: { url: string }): Promise<string | undefined> {
    const nc = await connect({ servers: server.url });
    try {
      const manager = await jetStreamOf(nc);
      return (await manager.streams.getMessage('EVT', { seq: 1 }))?.string();
    } finally {
      await nc.close();
    }
  }

  const recordOf = (dataDir: string) =>
    JSON.parse(readFileSync(join(dataDir, 'nats-server.json'), 'utf8'));

  it('starts, is the one it says, records itself, and stops', async () => {
    const dataDir = join(tempDir(), 'deep', 'data');
    const server = await start(dataDir);
    expect(server.url).toMatch(/^nats:\/\/127\.0\.0\.1:\d+$/);
    expect(recordOf(dataDir)).toMatchObject({
      url: server.url,
      server_name: server.serverName,
      pid: server.pid,
      owner_pid: process.pid,
    });
    const nc = await connect({ servers: server.url });
    expect(nc.info).toMatchObject({ server_name: server.serverName, max_payload: 8 * 1024 ** 2 });
    await nc.close();
    const child = identify(server.pid);
    await server.stop();
    await server.stop();
    expect(isRunning(child)).toBe(false);
    expect(recordOf(dataDir)).toMatchObject({ url: server.url, pid: null });
  });

  it('flushes before it acknowledges', async () => {
    const dataDir = tempDir();
    await start(dataDir);
    expect(readFileSync(join(dataDir, 'nats-server.conf'), 'utf8')).toMatch(
      /^\s*sync_interval: always$/m,
    );
  });

  it('takes its port and its data up again at the next start', async () => {
    const dataDir = tempDir();
    const first = await start(dataDir);
    await appendOne(first);
    await first.stop();
    const second = await start(dataDir);
    expect(second.url).toBe(first.url);
    expect(second.serverName).not.toBe(first.serverName);
    expect(await readOne(second)).toBe('carved');
  });

  it('comes back on the same port with its data after kill -9', async () => {
    const server = await start(tempDir());
    await appendOne(server);
    const { pid } = server;
    process.kill(pid, 'SIGKILL');
    await eventually('restarted', () => server.restarts === 1);
    expect(server.pid).not.toBe(pid);
    expect(await readOne(server)).toBe('carved');
    expect(server.lines.join('\n')).toMatch(/ended unexpectedly \(ended by SIGKILL\)/);
    expect(server.lines.join('\n')).toMatch(/runs again at/);
  });

  it('can be stopped while it tries in vain to start the server again', async () => {
    const dataDir = tempDir();
    const wrapper = join(dataDir, 'once');
    // Runs for real the first time; afterwards it answers --version and dies.
    writeFileSync(
      wrapper,
      `#!/bin/sh
if [ "$1" = --version ] || [ ! -e "${dataDir}/ran" ]; then
  [ "$1" = --version ] || : > "${dataDir}/ran"
  exec "${bin}" "$@"
fi
exit 7
`,
      { mode: 0o755 },
    );
    const lines = listeningLog();
    const started = { dataDir, env: { NATS_SERVER_BIN: wrapper }, log: lines };
    const server = await startEmbeddedServer(started);
    cleanUps.push(() => server.stop());
    process.kill(server.pid, 'SIGKILL');
    await eventually('a failed restart', () =>
      lines.lines.some((line) => line.includes('did not start: exit code 7')),
    );
    expect(server.restarts).toBe(0);
    await server.stop();
    expect(recordOf(dataDir).pid).toBeNull();
  });

  it('refuses a directory that another live process uses, and shares it on demand', async () => {
    const dataDir = tempDir();
    const owner = await startOwner(dataDir);
    const refused = start(dataDir);
    await expect(refused).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    await expect(refused).rejects.toThrow(`${dataDir} is in use by process ${owner.pid}`);

    const shared = await start(dataDir, { mode: 'share' });
    expect(shared).toMatchObject({ url: owner.url, pid: owner.orphan.pid, owned: false });
    await shared.stop();
    expect(isRunning(owner.orphan)).toBe(true);
  });

  it('takes over the server of a runtime that was killed, keeps it alive and ends it', async () => {
    const dataDir = tempDir();
    const owner = await startOwner(dataDir);
    await appendOne(owner);
    await owner.kill9();
    expect(isRunning(owner.orphan)).toBe(true);

    const server = await start(dataDir);
    expect(server).toMatchObject({ url: owner.url, pid: owner.orphan.pid, owned: true });
    expect(recordOf(dataDir).owner_pid).toBe(process.pid);
    process.kill(server.pid, 'SIGKILL');
    await eventually('restarted', () => server.restarts === 1);
    expect(await readOne(server)).toBe('carved');
    const child = identify(server.pid);
    await server.stop();
    expect(isRunning(child)).toBe(false);
  });

  it('ends an orphan it took over', async () => {
    const dataDir = tempDir();
    const owner = await startOwner(dataDir);
    await owner.kill9();
    const server = await start(dataDir);
    await server.stop();
    expect(isRunning(owner.orphan)).toBe(false);
  });

  it('refuses a second start in the same process, and allows it after stop', async () => {
    const dataDir = tempDir();
    const server = await start(dataDir);
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    await server.stop();
    await start(dataDir);
  });

  it('runs a server itself when it may share and there is none', async () => {
    const server = await start(tempDir(), { mode: 'share' });
    expect(server.owned).toBe(true);
  });

  it('does not adopt a foreign server on the recorded port, nor end it', async () => {
    const foreign = await startTestServer({ sync: 'lazy' });
    cleanUps.push(() => foreign.stop());
    const dataDir = tempDir();
    const record = { url: foreign.url, server_name: 'stele-ours', started_at: '', owner_pid: 1 };
    for (const pid of [{ pid: foreign.pid, pid_start: 'long ago' }, { pid: null }]) {
      writeFileSync(
        join(dataDir, 'nats-server.json'),
        JSON.stringify({ ...record, pid_start: null, ...pid }),
      );
      const server: EmbeddedServer = await start(dataDir);
      expect(server.url).not.toBe(foreign.url);
      expect(server.serverName).not.toBe(foreign.serverName);
      await server.stop();
      expect(isRunning(identify(foreign.pid))).toBe(true);
    }
  });

  it('moves to another port when something else has taken the recorded one', async () => {
    const dataDir = tempDir();
    const first = await start(dataDir);
    await first.stop();
    const squatter = createTcpServer(() => undefined);
    await new Promise<void>((done) =>
      squatter.listen(Number(new URL(first.url).port), '127.0.0.1', done),
    );
    cleanUps.push(() => squatter.close());
    const second = await start(dataDir);
    expect(second.url).not.toBe(first.url);
  });

  it('says why it cannot have the port it was told to use', async () => {
    const foreign = await startTestServer({ sync: 'lazy' });
    cleanUps.push(() => foreign.stop());
    const port = Number(new URL(foreign.url).port);
    const started = start(tempDir(), { port });
    await expect(started).rejects.toMatchObject({ code: 'SERVER_START_FAILED' });
    await expect(started).rejects.toThrow(/address already in use/);
  });

  it('tolerates what a power cut leaves: half files, dead pids, old ports files', async () => {
    const dataDir = tempDir();
    mkdirSync(join(dataDir, 'nats-server.ports'));
    writeFileSync(join(dataDir, 'nats-server.json'), '{"url":"nats://127.0.0.1:4');
    writeFileSync(join(dataDir, 'nats-server.lock'), '{"pid":');
    writeFileSync(join(dataDir, 'nats-server.ports', 'nats-server_1.ports'), '{"na');
    const server = await start(dataDir);
    await server.stop();
    const lock = { pid: process.pid, start: 'before the last boot', token: 'x' };
    writeFileSync(join(dataDir, 'nats-server.lock'), JSON.stringify(lock));
    await start(dataDir);
  });
});

describe('the test server', () => {
  it('survives kill9 and restart on the same port with its data', async () => {
    const server = await startTestServer();
    cleanUps.push(() => server.stop());
    const { url, pid } = server;
    await server.kill9();
    expect(isRunning(identify(pid)) && server.pid === pid).toBe(false);
    await server.restart();
    expect(server.url).toBe(url);
    expect(server.pid).not.toBe(pid);
    await server.stop();
    expect(existsSync(server.dir)).toBe(false);
  });
});
