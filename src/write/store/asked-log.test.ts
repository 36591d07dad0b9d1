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
  const world = { once: new Set<string>() };
  const log = askedLog(store, {
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
});
