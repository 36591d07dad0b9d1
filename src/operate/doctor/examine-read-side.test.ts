import { expect, it } from 'vitest';
import { dimmed, housesWith, Pen, placed } from '../../../test/support/lamps.js';
import { caughtUp, startTestProjections } from '../../../test/support/projecting.js';
import { sqliteViews } from '../../read/views/index.js';
import type { ViewStore } from '../../read/views/port.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { examineReadSide } from './examine-read-side.js';

const houses = housesWith(new Set());
const found = async (views: ViewStore, created: string): Promise<readonly string[]> => {
  const { findings } = await examineReadSide({
    log: {
      ...memoryStore(),
      stream: async () => ({
        config: {},
        replicas: 1,
        first: 1,
        last: 0,
        created,
        room: undefined,
      }),
      consumers: async () => [],
    },
    views,
    projections: [houses],
    nodes: Promise.resolve(0),
    feedName: () => '',
    isFeed: () => false,
    pause: async () => {},
  });
  return findings.map(({ code, stream, todo }) => `${code} ${stream}: ${todo}`);
};

it('documents of another log are not taken for those of one that lost its tail', async () => {
  const store = memoryStore();
  const made = new Map([['lamp', 'once']]);
  const views = await sqliteViews(':memory:', { log: { made, holds: async () => false } });
  const all = startTestProjections({ definitions: [houses], store, views });
  await new Pen().writeAll(store, [placed('a', 'red'), dimmed('a', 5)]);
  await caughtUp(all, 'houses', store);
  await all.close();
  expect(await found(views, 'another time')).toEqual([
    expect.stringMatching(/^READ_STORE_FOREIGN read store: give each installation a database/),
  ]);
  expect((await found(views, 'once')).join()).toContain('CHECKPOINT_AHEAD projection houses');
  await views.close();
});
