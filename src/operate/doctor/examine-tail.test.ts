import { describe, expect, it } from 'vitest';
import { Lamp } from '../../../test/support/lamps.js';
import type { Accepted } from '../../write/store/nats/heads.js';
import { examineTails, type Told, told } from './examine-tail.js';
import type { ReadingStore, Remembered } from './reading-store.js';

/** Where the streams end, and what those beside them remember, per slug or `journal`. */
const store = (
  lasts: Readonly<Record<string, number>>,
  remembered: Readonly<Record<string, Partial<Remembered>>> = {},
): Pick<ReadingStore, 'remembered' | 'stream'> => ({
  remembered: async (name) => ({ held: [], accepted: null, ...remembered[name] }),
  stream: async (name) => ({
    config: {},
    replicas: 1,
    first: 1,
    last: lasts[name] ?? 0,
    created: '',
    room: undefined,
  }),
});
const WHOLE = { EVT_LAMP: 90, JOURNAL: 12 };
const found = async (from: ReturnType<typeof store>, positions: Told = new Map()) =>
  (await examineTails(from, [Lamp], positions)).map(
    ({ code, grade, stream, what }) => `${grade} ${code} ${stream}: ${what}`,
  );

describe('the end of a stream', () => {
  it('is where it was, as far as anybody knows', async () => {
    const held = [{ by: 'HEADS', sequence: 90 }];
    expect(await found(store(WHOLE, { lamp: { held } }), new Map([['lamp', 90]]))).toEqual([]);
  });

  it('is too early for those who know it further on, each of them named', async () => {
    const held = [
      { by: 'HEADS', sequence: 120 },
      { by: 'ALERTING', sequence: 90 },
    ];
    expect(await found(store(WHOLE, { lamp: { held } }), new Map([['lamp', 118]]))).toEqual([
      'broken LOG_TRUNCATED EVT_LAMP: it ends at message 90, and was further once: HEADS knows message 120, JOURNAL knows message 118',
    ]);
  });

  it('of the journal is looked at too', async () => {
    const held = [{ by: 'HEADS', sequence: 13 }];
    expect(await found(store(WHOLE, { journal: { held } }))).toEqual([
      'broken LOG_TRUNCATED JOURNAL: it ends at message 12, and was further once: HEADS knows message 13',
    ]);
  });

  it('is odd, not broken, once an operator has accepted that, and broken where it is more', async () => {
    const accepted: Accepted = {
      lost_to: 120,
      end: 90,
      by: 'ann',
      reason: 'no backup',
      at: '2026-01-01T00:00:00Z',
    };
    const at = (sequence: number) =>
      found(store(WHOLE, { lamp: { held: [{ by: 'HEADS', sequence }], accepted } }));
    expect((await at(120))[0]).toMatch(/^odd LOSS_ACCEPTED/);
    expect((await at(121))[0]).toMatch(/^broken LOG_TRUNCATED/);
  });
});

describe('what the journal tells', () => {
  it('is the furthest position of each type', () => {
    const all: Told = new Map();
    told(['lamp:7', 'lamp:9', 'switch:2', 'nonsense'], all);
    told(['lamp:8'], all);
    expect([...all]).toEqual([
      ['lamp', 9],
      ['switch', 2],
    ]);
  });
});
