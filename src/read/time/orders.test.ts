import { describe, expect, it } from 'vitest';
import type { ProjectionSource } from '../../core/projection.js';
import type { EventStore } from '../../write/store/event-store.js';
import { memoryStore } from '../../write/store/memory-store.js';
import type { DecodedEntry } from '../projector/decoded-entry.js';
import { Log } from './log.js';
import { Orders } from './orders.js';

const LAMPS = { slug: 'lamp', definition: { name: 'Lamp' } } as unknown as ProjectionSource;
const JOURNAL = { slug: 'journal', definition: null } as unknown as ProjectionSource;

const entry = (sequence: number, unit: string, occurred: number): DecodedEntry =>
  ({
    kind: 'event',
    source: 'lamp',
    sequence,
    occurred,
    unit,
  }) as unknown as DecodedEntry;

describe('the aggregates in disorder that somebody was told of', () => {
  it('stay the same while others are found: whoever asked goes through them twice', async () => {
    const log = [entry(1, 'a', 10), entry(2, 'a', 5), entry(3, 'b', 10), entry(4, 'b', 5)];
    const orders = new Orders(async function* (_, from, to) {
      yield log.filter(({ sequence }) => sequence >= from && sequence <= to);
    });
    const first = await orders.disordered(LAMPS, 2);
    expect([...first]).toEqual(['a']);
    expect([...(await orders.disordered(LAMPS, 4))]).toEqual(['a', 'b']);
    expect([...first]).toEqual(['a']);
  });
});

describe('the journal, where a leader shows less of it than another named', () => {
  it('is not taken for read up to there', async () => {
    const under = memoryStore();
    const entry = { received_at: '2026-01-06T10:00:00.000Z', via: 'test', duration_ms: 1 };
    under.journal({ ...entry, outcome: 'refused' });
    let last = 1;
    const store: EventStore = {
      ...under,
      ends: async (source) => ({ ...(await under.ends(source)), last }),
    };
    const log = new Log(store, 1_000);
    const read = async (to: number): Promise<number> => {
      let entries = 0;
      for await (const batch of log.read(JOURNAL, 1, to)) entries += batch.length;
      return entries;
    };
    await expect(read(3)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    for (const outcome of ['accepted', 'refused'] as const) under.journal({ ...entry, outcome });
    last = 3;
    expect(await read(3)).toBe(3);
  });
});
