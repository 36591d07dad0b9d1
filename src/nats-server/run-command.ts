import { execFile } from 'node:child_process';
import { childEnvironment } from './child-environment.js';

const OUTPUT_MAX_BYTES = 1024 * 1024;

export type CommandResult = { ok: true; stdout: string } | { ok: false; reason: string };

export interface CommandOptions {
  /** Milliseconds after which the command is ended. */
  timeoutMs: number;
  cwd?: string;
  /** Variables besides those that every child of ours gets. */
  env?: NodeJS.ProcessEnv;
}

/**
 * Runs one program to its end, without a shell and without input. Never throws: a program that is
 * missing, fails or takes too long is a value whose `reason` fits on one line.
 */
export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const { timeoutMs, env, ...where } = options;
  const limits = {
    env: { ...childEnvironment(process.env), ...env },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: OUTPUT_MAX_BYTES,
  } as const;
  return new Promise((resolve) => {
    const child = execFile(program, args, { ...where, ...limits }, (error, stdout, stderr) => {
      if (!error) return resolve({ ok: true, stdout });
      if (error.code === 'ENOENT') {
        return resolve({ ok: false, reason: `${program} is not on this machine` });
      }
      if (error.killed) {
        return resolve({ ok: false, reason: `${program} took longer than ${timeoutMs / 1000} s` });
      }
      resolve({ ok: false, reason: `${program}: ${lastLine(stderr) ?? error.message}` });
    });
    child.stdin?.end();
  });
}

function lastLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .at(-1);
}
