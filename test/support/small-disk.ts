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
  /** Let there be so many files more and none besides. */
  allowFiles(more: number): void;
  /** Give it back. */
  makeRoom(): void;
  remove(): void;
};

const mount = (dir: string, megabytes: number): void => {
  const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir];
  execFileSync('mount', options, { stdio: 'ignore' });
};

const unmount = (dir: string): void => {
  execFileSync('umount', ['-l', dir], { stdio: 'ignore' });
  rmSync(dir, { recursive: true });
};

/** Whether we may mount a disk: only a superuser may, and not everywhere. */
export const canMount = (): boolean => {
  const dir = mkdtempSync(join(tmpdir(), 'stele-disk-'));
  try {
    mount(dir, 1);
  } catch {
    rmSync(dir, { recursive: true });
    return false;
  }
  unmount(dir);
  return true;
};

export const smallDisk = (megabytes: number): SmallDisk => {
  const dir = mkdtempSync(join(tmpdir(), 'stele-disk-'));
  mount(dir, megabytes);
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
    allowFiles: (more) => {
      const { files, ffree } = statfsSync(dir);
      const options = `remount,nr_inodes=${files - ffree + more}`;
      execFileSync('mount', ['-o', options, dir], { stdio: 'ignore' });
    },
    makeRoom: () => {
      rmSync(ballast, { recursive: true });
      mkdirSync(ballast);
    },
    remove: () => unmount(dir),
  };
};
