import { statfs } from 'node:fs/promises';

/** Left free for what the server writes besides events; of little room a smaller part. */
const RESERVE_BYTES = 128 * 1024 * 1024;
const RESERVE_PART_MAX = 0.1;
/** Files that can still be made: a stream makes one for each of its blocks. */
const RESERVE_FILES = 256;
/** Less than this part is worth a word. */
const LOW_PART = 0.1;

/** What is left of a disk, or of what an account may use, bytes. */
export type Room = {
  readonly free: number;
  readonly size: number;
  /** How many more files there may be; left out where nothing bounds them. */
  readonly files?: number;
};

/** Room for whoever is no superuser; undefined when the system does not tell. */
export async function roomIn(dir: string): Promise<Room | undefined> {
  try {
    const { bavail, blocks, bsize, files, ffree } = await statfs(dir);
    if (blocks === 0) return undefined;
    return { free: bavail * bsize, size: blocks * bsize, ...(files > 0 && { files: ffree }) };
  } catch {
    return undefined;
  }
}

/** So much is kept free: below it no event is written. */
export function reserveOf({ size }: Room): number {
  return Math.min(RESERVE_BYTES, size * RESERVE_PART_MAX);
}

const lacksFiles = ({ files }: Room, times = 1): boolean =>
  files !== undefined && files < RESERVE_FILES * times;

/** Whether no event is written; `times` so much as is kept free. */
export function isFull(room: Room, times = 1): boolean {
  return room.free < reserveOf(room) * times || lacksFiles(room, times);
}

export function isLow(room: Room): boolean {
  return isFull(room, 2) || room.free < room.size * LOW_PART;
}

/** What is left, as far as it is little, for people. */
export function leftIn(room: Room): string {
  const { free, size, files } = room;
  return lacksFiles(room, 2) ? `${files} more files` : `${sized(free)} of ${sized(size)}`;
}

/** What is kept free of that. */
export function keptFree(room: Room): string {
  return lacksFiles(room) ? `${RESERVE_FILES} files` : sized(reserveOf(room));
}

/** Bytes as people say them. */
export function sized(bytes: number): string {
  const megabytes = bytes / 1024 / 1024;
  return megabytes >= 10_240
    ? `${Math.round(megabytes / 1024).toLocaleString('en')} GB`
    : `${Math.floor(megabytes).toLocaleString('en')} MB`;
}
