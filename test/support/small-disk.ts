import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A disk of its own, so small that it can be filled. */
export type SmallDisk = {
  readonly dir: string;
  /** Take what is free but so many bytes. */
  fill(leave: number): Promise<void>;
  /** Give it back. */
  makeRoom(): void;
  remove(): void;
};

/** Undefined where nobody lets us mount one: only a superuser may. */
export const smallDisk = (megabytes: number): SmallDisk | undefined => {
  const dir = mkdtempSync(join(tmpdir(), 'stele-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir], {
      stdio: 'ignore',
    });
  } catch {
    rmSync(dir, { recursive: true });
    return undefined;
  }
  const ballast = join(dir, 'ballast');
  const free = (): number => {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize;
  };
  let parts = 0;
  mkdirSync(ballast);
  return {
    dir,
    fill: async (leave) => {
      // By another process: this one, which may be the node, goes on meanwhile.
      const file = join(ballast, String(parts++));
      if (leave > 0) await run('fallocate', ['-l', String(free() - leave), file]);
      else await run('dd', ['if=/dev/zero', `of=${file}`, 'bs=64k']).catch(() => undefined);
    },
    makeRoom: () => {
      rmSync(ballast, { recursive: true });
      mkdirSync(ballast);
    },
    remove: () => {
      execFileSync('umount', ['-l', dir], { stdio: 'ignore' });
      rmSync(dir, { recursive: true });
    },
  };
};
