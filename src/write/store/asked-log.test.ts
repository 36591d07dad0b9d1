import { describe, expect, it } from 'vitest';
import { chain, KIND } from '../../../test/support/events.js';
import { Fault } from '../../core/refusal.js';
import { askedLog } from './asked-log.js';
import { memoryStore } from './memory-store.js';

const asked = async () => {
  const store = memoryStore();
  await store.append({
    kind: KIND,
    aggregate_id: 'a',
    expected: 0,
    events: chain('a', 2),
    claims: [],
  });
  const world: { doubt?: Fault; once: Set<string> } = { once: new Set() };
  const log = askedLog(store, {
    doubted: () => world.doubt,
    never: async (_, id) => {
      if (world.once.has(id)) throw new Fault('HISTORY_BROKEN', 'it was there');
    },
  });
  return { log, world };
};

describe('what is told of the log', () => {
  it('is not "not there" of an aggregate that was there once', async () => {
    const { log, world } = await asked();
    expect(await log.read(KIND, 'b', 0, 1)).toEqual([]);
    world.once.add('b').add('a');
    await expect(log.read(KIND, 'b', 0, 1)).rejects.toMatchObject({ code: 'HISTORY_BROKEN' });
    expect(await log.read(KIND, 'a', 1)).toHaveLength(2);
    expect(await log.read(KIND, 'a', 3)).toEqual([]); // nothing more
  });

  it('is nothing while it may have lost something, also where that comes out meanwhile', async () => {
    const { log, world } = await asked();
    const told = { code: 'LOG_TRUNCATED' };
    const list = async (all: AsyncIterable<unknown>) => {
      for await (const _ of all) world.doubt = new Fault('LOG_TRUNCATED', 'it is short');
    };
    await expect(list(log.scan(KIND, 1))).rejects.toMatchObject(told);
    for (const read of [
      () => log.read(KIND, 'a', 1),
      () => log.entries(KIND, 'a', 1),
      () => log.head(KIND, 'a'),
      () => log.last(KIND),
      () => log.ends(KIND),
      () => list(log.scan(KIND, 1)),
      () => list(log.readJournal(1)),
    ])
      await expect(read()).rejects.toMatchObject(told);
    delete world.doubt;
    const meanwhile = log.read(KIND, 'a', 1);
    world.doubt = new Fault('LOG_TRUNCATED', 'it is short');
    await expect(meanwhile).rejects.toMatchObject(told);
  });
});
