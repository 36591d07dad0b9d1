import { describe, expect, it } from 'vitest';
import { Lamp } from '../../../test/support/lamps.js';
import { examineTails, type Told, told } from './examine-tail.js';
import type { ReadingStore, Remembered } from './reading-store.js';

/** Where the streams end, and what those beside them remember, per slug or `journal`. */
const store = (
  lasts: Readonly<Record<string, number>>,
  remembered: Readonly<Record<string, Partial<Remembered>>> = {},
): Pick<ReadingStore, 'remembered' | 'stream'> => ({
  remembered: async (name) => ({ held: [], givenUp: [], ...remembered[name] }),
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
/** Positions that the journal names, and the message of it that does. */
const said = (...all: readonly (readonly [position: number, message: number])[]): Told => {
  const positions: Told = new Map();
  for (const [position, message] of all) told([`lamp:${position}`], message, positions);
  return positions;
};
const found = async (from: ReturnType<typeof store>, positions: Told = new Map()) =>
  (await examineTails(from, [Lamp], positions)).map(
    ({ code, grade, stream, what }) => `${grade} ${code} ${stream}: ${what}`,
  );

describe('the end of a stream', () => {
  it('is where it was, as far as anybody knows', async () => {
    const held = [{ by: 'HEADS', sequence: 90, epoch: 0 }];
    expect(await found(store(WHOLE, { lamp: { held } }), said([90, 1]))).toEqual([]);
  });

  it('is too early for those who know it further on, each of them named', async () => {
    const held = [
      { by: 'HEADS', sequence: 120, epoch: 0 },
      { by: 'ALERTING', sequence: 90, epoch: null },
    ];
    expect(await found(store(WHOLE, { lamp: { held } }), said([118, 1]))).toEqual([
      'broken LOG_TRUNCATED EVT_LAMP: it ends at message 90, and was further once: HEADS knows message 120, JOURNAL knows message 118',
    ]);
  });

  it('is not known where what was kept of it cannot be read', async () => {
    expect(await found(store(WHOLE, { lamp: { unreadable: 'it is no JSON' } }))).toEqual([
      'broken HEADS_UNREADABLE EVT_LAMP: it is no JSON',
    ]);
  });

  it('of the journal is looked at too', async () => {
    const held = [{ by: 'HEADS', sequence: 13, epoch: 0 }];
    expect(await found(store(WHOLE, { journal: { held } }))).toEqual([
      'broken LOG_TRUNCATED JOURNAL: it ends at message 12, and was further once: HEADS knows message 13',
    ]);
  });

  const givenUp = [{ epoch: 1, end: 40, kept: 40, lost_to: 120, journal: 7 }];

  it.each([
    ['HEADS', 0],
    ['ALERTING', null],
  ])(
    'is odd, not broken, once an operator has accepted that, as %s knows it',
    async (by, epoch) => {
      const held = [{ by, sequence: 120, epoch }];
      const [first] = await found(store(WHOLE, { lamp: { held, givenUp } }), said([119, 7]));
      expect(first).toMatch(/^odd LOSS_ACCEPTED/);
    },
  );

  it('is broken where it was lost since, though an earlier loss was larger', async () => {
    const held = [{ by: 'HEADS', sequence: 100, epoch: 1 }];
    expect(await found(store(WHOLE, { lamp: { held, givenUp } }), said([119, 7]))).toEqual([
      'broken LOG_TRUNCATED EVT_LAMP: it ends at message 90, and was further once: HEADS knows message 100',
    ]);
    expect(await found(store(WHOLE, { lamp: { givenUp } }), said([119, 7], [99, 8]))).toEqual([
      'broken LOG_TRUNCATED EVT_LAMP: it ends at message 90, and was further once: JOURNAL knows message 99',
    ]);
  });
});

describe('what the journal tells', () => {
  it('is the furthest position of each type, and what it said later', () => {
    const all: Told = new Map();
    told(['lamp:7', 'lamp:9', 'switch:2', 'nonsense'], 1, all);
    told(['lamp:8'], 2, all);
    told(['lamp:8', 'lamp:5'], 3, all);
    expect([...all]).toEqual([
      [
        'lamp',
        [
          { sequence: 9, message: 1 },
          { sequence: 8, message: 3 },
          { sequence: 5, message: 3 },
        ],
      ],
      ['switch', [{ sequence: 2, message: 1 }]],
    ]);
  });
});
