import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { WriteGate } from '../write/store/write-gate.js';
import { RoomWatch } from './room-watch.js';

const MB = 1024 * 1024;
const GB = 1024 * MB;

const watches: RoomWatch[] = [];
afterEach(() => {
  for (const watch of watches.splice(0)) watch.close();
});

/** A watch over a disk of a given size, looked at when the test says so. */
const watched = (size: number, { ours = true }: { readonly ours?: boolean } = {}) => {
  const disk = { free: size as number | undefined, files: {} as { files?: number } };
  const gate = new WriteGate();
  const said: string[] = [];
  const restarts: string[] = [];
  const say = (message: string) => void said.push(message);
  const watch = new RoomWatch({
    gate,
    where: 'on the disk',
    log: { info: say, warn: say, error: say },
    look: async () =>
      disk.free === undefined ? undefined : { free: disk.free, size, ...disk.files },
    ...(ours && { restart: async () => void restarts.push(gate.why?.code ?? 'open') }),
  });
  watches.push(watch);
  const look = async (free: number | undefined) => {
    disk.free = free;
    await watch.look();
    return gate.why?.code ?? 'open';
  };
  const files = (left: number) => {
    disk.files = { files: left };
  };
  return { watch, gate, look, said, restarts, files };
};

describe('the room that is left', () => {
  it('is looked at by itself, twice a second', async () => {
    const { gate, look, watch } = watched(100 * GB);
    await look(100 * GB);
    expect(watch.room).toEqual({ free: 100 * GB, size: 100 * GB });
    await pause(600);
    expect(gate.why).toBeUndefined();
  });

  it('shuts writing before it is gone, and opens it with some to spare', async () => {
    const { look, gate, said, restarts } = watched(100 * GB);
    expect(await look(130 * MB)).toBe('open');
    expect(await look(127 * MB)).toBe('STORE_FULL');
    expect(gate.why?.message).toBe(
      'the event store is full: 127 MB of 100 GB are left on the disk, 128 MB are kept free',
    );
    expect(await look(120 * MB)).toBe('STORE_FULL');
    expect(await look(130 * MB)).toBe('STORE_FULL');
    expect(await look(150 * MB)).toBe('open');
    expect(said.filter((one) => /is full/.test(one))).toHaveLength(1);
    expect(restarts).toEqual([]);
  });

  it('is worth a word when it is little', async () => {
    const { look, watch, said } = watched(100 * GB);
    await look(50 * GB);
    expect(watch.note).toBeNull();
    await look(9 * GB);
    expect(watch.note).toBe('only 9,216 MB of 100 GB are left on the disk');
    await look(8 * GB);
    expect(said).toHaveLength(1);
  });

  it('of a small disk keeps a tenth free', async () => {
    const { look } = watched(50 * MB);
    expect(await look(6 * MB)).toBe('open');
    expect(await look(4 * MB)).toBe('STORE_FULL');
  });

  it('is also how many files may still be made', async () => {
    const { look, gate, said, files, restarts } = watched(100 * GB);
    expect(await look(90 * GB)).toBe('open');
    files(500);
    await look(90 * GB);
    expect(said.at(-1)).toBe('only 500 more files are left on the disk: make room soon');
    files(0);
    expect(await look(90 * GB)).toBe('STORE_FULL');
    expect(gate.why?.message).toBe(
      'the event store is full: 0 more files are left on the disk, 256 files are kept free',
    );
    files(260);
    expect(await look(90 * GB)).toBe('STORE_FULL');
    files(9_000);
    expect(await look(90 * GB)).toBe('open');
    expect(restarts).toHaveLength(1);
  });

  it('that nobody tells refuses nothing', async () => {
    const { look, watch } = watched(GB);
    expect(await look(undefined)).toBe('open');
    expect([watch.room, watch.note]).toEqual([undefined, null]);
  });
});

describe('a stream with a limit of its own', () => {
  const STREAM = 'EVT_LAMP';

  it('shuts writing by itself, however much room there is on the disk, until it may hold more', async () => {
    const { watch, gate, look, said, restarts } = watched(100 * GB);
    await look(100 * GB);
    watch.ofStream(STREAM, { free: 5 * MB, size: 20 * MB });
    expect(gate.why).toBeUndefined();
    watch.ofStream(STREAM, { free: 0, size: 20 * MB });
    expect(gate.why).toEqual({
      code: 'STORE_FULL',
      message:
        'the event store is full: 0 MB of 20 MB are left in the stream EVT_LAMP, by its max_bytes, 2 MB are kept free',
    });
    expect([watch.streams.get(STREAM), restarts]).toEqual([{ free: 0, size: 20 * MB }, []]);
    expect(await look(100 * GB)).toBe('STORE_FULL');
    watch.ofStream(STREAM, { free: 20 * MB, size: 40 * MB });
    expect(gate.why).toBeUndefined();
    watch.ofStream(STREAM, { free: 0, size: 40 * MB });
    watch.ofStream(STREAM, undefined);
    expect([gate.why, watch.streams.size]).toEqual([undefined, 0]);
    expect(said.at(-1)).toMatch(/no limit any more/);
  });

  it('is worth a word beside the disk when little is left', async () => {
    const { watch, look } = watched(100 * GB);
    await look(9 * GB);
    watch.ofStream(STREAM, { free: 3 * MB, size: 20 * MB });
    expect(watch.note).toBe(
      'only 9,216 MB of 100 GB are left on the disk; only 3 MB of 20 MB are left in the stream EVT_LAMP, by its max_bytes',
    );
  });
});

describe('a server whose disk was full', () => {
  it('is started anew once there is room, not before, and writing is shut meanwhile', async () => {
    const { look, restarts } = watched(10 * GB);
    expect(await look(0)).toBe('STORE_FULL');
    expect(restarts).toEqual([]);
    expect(await look(2 * GB)).toBe('open');
    expect(restarts).toEqual(['STORE_FULL']);
    await look(2 * GB);
    expect(restarts).toHaveLength(1);
  });

  it('is started anew each time, however soon it was full again', async () => {
    const { look, restarts } = watched(10 * GB);
    for (let time = 1; time <= 2; time++) {
      await look(0);
      expect(await look(2 * GB)).toBe('open');
      expect(restarts).toHaveLength(time);
    }
  });

  it('that is not ours is left alone', async () => {
    const { look, watch, restarts } = watched(10 * GB, { ours: false });
    await look(0);
    expect(watch.stuck('EVT_LAMP', () => true)).toBe(false);
    expect(await look(2 * GB)).toBe('open');
    expect(restarts).toEqual([]);
  });
});

describe('a stream that takes no more writes', () => {
  it('has its server started anew at once where there is room, and once in a while only', async () => {
    const { look, watch, restarts } = watched(10 * GB);
    await look(9 * GB);
    const stuck = (isStill = true) => watch.stuck('EVT_LAMP', () => isStill);
    expect([stuck(), stuck()]).toEqual([true, true]);
    await look(9 * GB);
    expect(restarts).toEqual(['STORE_UNAVAILABLE']);
    stuck();
    await look(9 * GB);
    expect(restarts).toHaveLength(1);
  });

  it('has nothing started anew once it takes writes again, however long that had to wait', async () => {
    const { look, watch, restarts } = watched(10 * GB);
    await look(100 * MB);
    let isStill = true;
    watch.stuck('EVT_LAMP', () => isStill);
    isStill = false;
    await look(9 * GB);
    await look(9 * GB);
    expect(restarts).toEqual([]);
  });
});
