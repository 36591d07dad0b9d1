import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { childEnvironment } from './child-environment.js';

const PS_TIMEOUT_MS = 2_000;

/** A process, told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in whatever form the system tells it; null where it tells nothing. */
  start: string | null;
}

export function identify(pid: number): ProcessIdentity {
  return { pid, start: startOf(pid) };
}

/**
 * Is that very process still running? A zombie is not. Where the system does not tell when a
 * process started, any process of that number counts.
 */
export function isRunning({ pid, start }: ProcessIdentity): boolean {
  if (!answersSignals(pid)) return false;
  if (start === null) return true;
  return startOf(pid) === start;
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function startOf(pid: number): string | null {
  if (process.platform === 'win32') return null;
  return existsSync('/proc/self/stat') ? startFromProc(pid) : startFromPs(pid);
}

/** Ticks since boot, with the boot's id: the same number never comes back. */
function startFromProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return null;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}:${rest[18]}`;
  } catch {
    return null;
  }
}

function startFromPs(pid: number): string | null {
  try {
    const options = {
      timeout: PS_TIMEOUT_MS,
      encoding: 'utf8',
      stdio: 'pipe',
      env: childEnvironment(process.env),
    } as const;
    const [state, ...start] = execFileSync(
      'ps',
      ['-o', 'stat=,lstart=', '-p', String(pid)],
      options,
    )
      .trim()
      .split(/\s+/);
    return state?.startsWith('Z') ? null : start.join(' ') || null;
  } catch {
    return null;
  }
}
