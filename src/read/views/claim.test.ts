import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sqliteViews } from './index.js';
import type { OfLog, ViewStore } from './port.js';

const SPEC = { projection: 'houses', version: 1, hash: 'h', columns: [], search: [] };
const made = (log: string): ReadonlyMap<string, string> =>
  new Map(['lamp', 'fuse'].map((source) => [source, `${log} ${source}`]));

let dir: string;
let views: ViewStore;
const holds = vi.fn<OfLog['holds']>();
/** The node of an installation starts on the one file that there is. */
const startOf = async (log: string, more: Partial<OfLog> = {}): Promise<ViewStore> => {
  await views?.close();
  views = await sqliteViews(join(dir, 'views'), { log: { made: made(log), holds, ...more } });
  return views;
};
/** The same by a program that notes nothing. */
const startOld = async (): Promise<ViewStore> => {
  await views?.close();
  views = await sqliteViews(join(dir, 'views'));
  return views;
};
const fill = async (store: ViewStore): Promise<void> => {
  const slot = await store.createSlot(SPEC, 'live');
  const advance = { source: 'lamp', expected: 0, sequence: 7, at: '2026-01-06T10:00:00.000Z' };
  const nothing = { documents: [], folds: [], park: [], unpark: [], discard: [] };
  await store.commit(slot, { advance, ...nothing });
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stele-claim-'));
  holds.mockReset().mockResolvedValue(false);
});
afterEach(async () => {
  await views.close();
  rmSync(dir, { recursive: true, force: true });
});

it('a read store answers the installation that filled it, and no other', async () => {
  await fill(await startOf('ours'));
  const theirs = await startOf('theirs');
  for (const ask of [theirs.slots(), theirs.ready(), theirs.lead('houses'), theirs.taken()])
    await expect(ask).rejects.toMatchObject({
      code: 'READ_STORE_FOREIGN',
      message: expect.stringContaining('a database or a schema of its own'),
    });
  await expect(theirs.readTransaction()).rejects.toMatchObject({ code: 'READ_STORE_FOREIGN' });
  expect(holds).toHaveBeenCalledTimes(1); // what was found is not looked for at every question
  expect(await (await startOf('ours')).slots()).toHaveLength(1);
});

it('an empty one that another installation has begun with is not taken over', async () => {
  await (await startOf('ours')).createSlot(SPEC, 'live');
  await expect((await startOf('theirs')).slots()).rejects.toMatchObject({
    code: 'READ_STORE_FOREIGN',
  });
});

it('a log of which one stream was made anew is the same, and so is one that has more', async () => {
  await fill(await startOf('ours'));
  const now = new Map(made('ours')).set('lamp', 'another time').set('house', 'later');
  const store = await startOf('ours', { made: now });
  expect(await store.slots()).toHaveLength(1);
  expect(await store.log()).toEqual(now);
  expect(holds).not.toHaveBeenCalled();
});

it('a log that moved to another server is known by the events that documents were made from', async () => {
  await fill(await startOf('ours'));
  holds.mockResolvedValue(true);
  expect(await (await startOf('moved')).slots()).toHaveLength(1);
  expect(holds).toHaveBeenCalledWith([
    { source: 'lamp', sequence: 7, at: '2026-01-06T10:00:00.000Z' },
  ]);
  holds.mockResolvedValue(false);
  expect(await (await startOf('moved')).slots()).toHaveLength(1);
});

it('what an older program filled is of whose events stand in it', async () => {
  await (await startOld()).createSlot(SPEC, 'live');
  await (await startOf('ours')).slots(); // nothing was taken yet
  rmSync(join(dir, 'views'));
  await fill(await startOld());
  await expect((await startOf('theirs')).slots()).rejects.toMatchObject({
    code: 'READ_STORE_FOREIGN',
  });
  holds.mockResolvedValue(true);
  await (await startOf('ours')).slots();
  holds.mockResolvedValue(false);
  await expect((await startOf('theirs')).slots()).rejects.toMatchObject({
    code: 'READ_STORE_FOREIGN',
  });
});
