import { statfs } from 'node:fs/promises';

/** Left free for what the server writes besides events; of little room a smaller part. */
const RESERVE_BYTES = 128 * 1024 * 1024;
const RESERVE_PART_MAX = 0.1;
/** Less than this part is worth a word. */
const LOW_PART = 0.1;

/** What is left of a disk, or of what an account may use, bytes. */
export type Room = { readonly free: number; readonly size: number };

/** Room for whoever is no superuser; undefined when the system does not tell. */
export async function roomIn(dir: string): Promise<Room | undefined> {
  try {
    const { bavail, blocks, bsize } = await statfs(dir);
    return blocks > 0 ? { free: bavail * bsize, size: blocks * bsize } : undefined;
  } catch {
    return undefined;
  }
}

/** So much is kept free: below it no event is written. */
export function reserveOf({ size }: Room): number {
  return Math.min(RESERVE_BYTES, size * RESERVE_PART_MAX);
}

export function isLow({ free, size }: Room): boolean {
  return free < Math.max(reserveOf({ free, size }) * 2, size * LOW_PART);
}

/** Bytes as people say them. */
export function sized(bytes: number): string {
  const megabytes = bytes / 1024 / 1024;
  return megabytes >= 10_240
    ? `${Math.round(megabytes / 1024).toLocaleString('en')} GB`
    : `${Math.floor(megabytes).toLocaleString('en')} MB`;
}
