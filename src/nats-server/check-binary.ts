import { checkServerVersion } from './fitness.js';
import { runCommand } from './run-command.js';

const VERSION_TIMEOUT_MS = 5_000;

/** The name of the program on this platform. */
export const BINARY_NAME = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';

export type BinaryCheck = { ok: true; version: string } | { ok: false; reason: string };

/** Runs `<path> --version` and judges the answer (`nats-server: v2.15.1`) against the floor. */
export async function checkBinary(path: string): Promise<BinaryCheck> {
  const run = await runCommand(path, ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
  if (!run.ok) return run;
  const version = /nats-server:\s*v(\S+)/.exec(run.stdout)?.[1];
  if (!version) return { ok: false, reason: `${path} does not print a nats-server version` };
  const fitness = checkServerVersion(version);
  return fitness.ok ? { ok: true, version } : { ok: false, reason: fitness.message };
}
