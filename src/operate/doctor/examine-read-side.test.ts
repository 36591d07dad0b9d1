import { expect, it } from 'vitest';
import { dimmed, housesWith, Pen, placed } from '../../../test/support/lamps.js';
import { caughtUp, startTestProjections } from '../../../test/support/projecting.js';
import { sqliteViews } from '../../read/views/index.js';
import type { ViewStore } from '../../read/views/port.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { examineReadSide } from './examine-read-side.js';
import type { ConsumerFound } from './reading-store.js';

const houses = housesWith(new Set());
const found = async (
  views: ViewStore,
  created: string,
  consumers: readonly ConsumerFound[] = [],
): Promise<readonly string[]> => {
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
      consumers: async () => consumers,
    },
    views,
    projections: [houses],
    nodes: Promise.resolve(0),
    feedName: () => '',
    isFeed: () => true,
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

it('a consumer that somebody waits for is none that is left over: of a node with its own read store', async () => {
  const views = await sqliteViews(':memory:');
  const consumer = { name: 'houses-g1-other', pausedUntil: null };
  const orphaned = async (isAwaited: boolean) =>
    (await found(views, 'once', [{ ...consumer, isAwaited }])).join().includes('CONSUMER_ORPHANED');
  expect([await orphaned(true), await orphaned(false)]).toEqual([false, true]);
  await views.close();
});
