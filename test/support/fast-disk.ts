import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';

const IN_MEMORY = '/dev/shm';
/** Several times what all tests together write. */
const ROOM_BYTES = 4 * 1024 ** 3;
/** PostgreSQL runs as somebody else, who must get to its own directory in there. */
const PASSABLE = 0o711;

const roomIn = (dir: string): number => {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return Math.min(bavail * bsize, freemem());
  } catch {
    return 0;
  }
};

/**
 * Lets tests write into memory where there is room enough: they wait for a disk thousands of times,
 * and none of them pulls the plug, so that one who is killed has written what it wrote either way.
 */
export const setup = (): (() => void) | undefined => {
  if (process.env.TMPDIR !== undefined || roomIn(IN_MEMORY) < ROOM_BYTES) return undefined;
  const dir = mkdtempSync(join(IN_MEMORY, 'stele-tests-'));
  chmodSync(dir, PASSABLE);
  process.env.TMPDIR = dir;
  return () => {
    delete process.env.TMPDIR;
    rmSync(dir, { recursive: true, force: true });
  };
};
