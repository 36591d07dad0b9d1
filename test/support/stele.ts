import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PATIENCE_MS } from './patience.js';

const BIN = fileURLToPath(new URL('../../bin/stele.js', import.meta.url));
/** What lets tests in, as whoever has every role. */
const ADMIN_KEY = 'a-key-that-is-for-tests-only';
export const ADMIN_ENV = { STELE_ADMIN_KEY: ADMIN_KEY, STELE_KEY: ADMIN_KEY };
export const AS_ADMIN = { 'x-api-key': ADMIN_KEY };

const children = new Set<ChildProcess>();
/** Where nodes that are not told otherwise keep their read store: one directory for each port. */
const data = mkdtempSync(join(tmpdir(), 'stele-test-'));
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});

/** A `stele` process of its own: `stele(['import', …], env)`. */
export const stele = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess => {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: {
      ...process.env,
      ...ADMIN_ENV,
      LOG_LEVEL: 'warn',
      STELE_DATA: join(data, env.PORT ?? 'none'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  // Nothing may fill up and stop the child; what it said stands in `said`.
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) =>
      said.set(child, (said.get(child) ?? '') + text.toString()),
    );
  return child;
};
const said = new WeakMap<ChildProcess, string>();
export const outputOf = (child: ChildProcess): string => said.get(child) ?? '';

export const exited = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once('exit', resolve));

/** Ends a process as a crash would, and waits until it is gone. */
export const kill9 = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGKILL');
  await exited(child);
};

/** Waits until a node answers that it is ready. */
export const ready = async (url: string, child: ChildProcess): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    if (child.exitCode !== null) break;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(`no node got ready at ${url}:\n${outputOf(child)}`);
};
