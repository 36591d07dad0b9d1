import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { natsServerBinary } from './throwaway-server.js';

const POLL_MS = 10;
const READY_WITHIN_MS = 30_000;
const END_WITHIN_MS = 20_000;

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const answers = async (url: string): Promise<boolean> => {
  try {
    const { ok } = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    return ok;
  } catch {
    return false;
  }
};

/** Milliseconds from starting `stele serve` on an empty directory to the first yes of /readyz. */
export const timeToReady = async (root: string): Promise<number> => {
  const program = join(root, 'bin', 'stele.js');
  if (!existsSync(join(root, 'dist', 'src', 'main.js')))
    throw new Error('Stele is not built: run "npm run build"');
  const dir = mkdtempSync(join(tmpdir(), 'stele-bench-start-'));
  const port = await freePort();
  const { path } = await natsServerBinary();
  const env = { ...process.env, STELE_DATA: dir, PORT: String(port), NATS_SERVER_BIN: path };
  const start = performance.now();
  const child = spawn(process.execPath, [program, 'serve'], {
    env: { ...env, LOG_LEVEL: 'error' },
    cwd: dir,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    while (!(await answers(`http://127.0.0.1:${port}/readyz`))) {
      if (child.exitCode !== null) throw new Error(`stele serve ended with ${child.exitCode}`);
      if (performance.now() - start > READY_WITHIN_MS) throw new Error('stele serve is not ready');
      await pause(POLL_MS);
    }
    return performance.now() - start;
  } finally {
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
    await ended;
    clearTimeout(kill);
    rmSync(dir, { recursive: true, force: true });
  }
};
