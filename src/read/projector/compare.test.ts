import { expect, it } from 'vitest';
import { commit, put, spec } from '../../../test/support/view-store-contract.js';
import type { View } from '../../core/projection.js';
import { sqliteViews } from '../views/sqlite.js';
import { compareDocuments, documentsInMemory } from './compare.js';
import { COMPARE_PAGE } from './limits.js';

const PAGES = 4;

it('many documents are compared a page at a time, and others get their turn between', async () => {
  const views = await sqliteViews(':memory:');
  const slot = await views.createSlot(spec(), 'live');
  const keys = Array.from({ length: PAGES * COMPARE_PAGE }, (_, at) => `k${at}`);
  const all = Object.fromEntries(keys.map((key) => [key, { name: key }]));
  await put(views, slot, all);
  await views.commit(slot, commit({ documents: [{ key: 'k0', document: null }] }));
  const most = { asked: 0 };
  const watched = {
    ...views,
    documents: (one: typeof slot, some: readonly string[]) => {
      most.asked = Math.max(most.asked, some.length);
      return views.documents(one, some);
    },
  };
  let turns = 0;
  let over = false;
  const take = (): void => {
    turns++;
    if (!over) setImmediate(take);
  };
  setImmediate(take);
  const computed = new Map<string, View>(Object.entries(all));
  const told = await compareDocuments(watched, slot, documentsInMemory(computed), new Map());
  over = true;
  expect(told).toMatchObject({ equal: false, only_in_second: 1, different: 0 });
  expect(most.asked).toBe(COMPARE_PAGE);
  expect(turns).toBeGreaterThan(PAGES);
  await views.close();
});
