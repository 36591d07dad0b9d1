import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Page, proveAll, type Reading } from './prove-reads.js';

type One = { readonly sequence: number };

/** What stands in a stream: a subject among others has every second sequence only. */
const written = (last: number, every = 1): One[] =>
  Array.from({ length: Math.floor(last / every) }, (_, index) => ({
    sequence: (index + 1) * every,
  }));
const pageOf =
  (log: () => readonly One[]): Page<One> =>
  async (from, most) =>
    log()
      .filter(({ sequence }) => sequence >= from)
      .slice(0, most);
const readingOf = (log: readonly One[], more: Partial<Reading<One>> = {}): Reading<One> => ({
  from: 1,
  copy: pageOf(() => log),
  leader: pageOf(() => log),
  end: async () => log.at(-1)?.sequence ?? 0,
  ...more,
});

describe('a read that is proved', () => {
  it('is whole although the copy that answers lags, and the leader gives the rest', async () => {
    const log = written(10);
    const copy = pageOf(() => log.slice(0, 7));
    expect(await proveAll(readingOf(log, { copy }))).toEqual(log);
  });

  it('is whole although every answer of a copy is cut short', async () => {
    const log = written(60);
    const whole = pageOf(() => log);
    const copy: Page<One> = (from, most) => whole(from, Math.min(most, 7));
    expect(await proveAll(readingOf(log, { copy }))).toEqual(log);
  });

  it('asks the leader alone when there is nothing new', async () => {
    const copy: Page<One> = () => Promise.reject(new Error('nobody is to be asked'));
    expect(await proveAll(readingOf(written(10), { from: 11, copy }))).toEqual([]);
  });

  it('does not ask where the log ends when as many as were wanted are there', async () => {
    const end = () => Promise.reject(new Error('nobody is to be asked'));
    expect(await proveAll(readingOf(written(10), { most: 4, end }))).toEqual(written(4));
  });

  it('is whole up to as many as were wanted, too', async () => {
    const log = written(10);
    const copy = pageOf(() => log.slice(0, 2));
    expect(await proveAll(readingOf(log, { copy, most: 5 }))).toEqual(log.slice(0, 5));
  });

  it('rejects when even the leader does not show what it says there is', async () => {
    const log = written(10);
    const short = pageOf(() => log.slice(0, 4));
    const reading = proveAll(readingOf(log, { copy: short, leader: short }));
    await expect(reading).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('notices a hole, at its beginning too, where every sequence must be there', async () => {
    const log = written(10).filter(({ sequence }) => sequence !== 5);
    const whole = 'EVT_LAMP';
    await expect(proveAll(readingOf(log, { whole }))).rejects.toMatchObject({
      code: 'HISTORY_BROKEN',
      message: expect.stringMatching(
        /^EVT_LAMP lost message 5 from among the others: .*"stele accept-loss"/,
      ),
    });
    const first = proveAll(readingOf(log, { whole, from: 5 }));
    await expect(first).rejects.toMatchObject({ code: 'HISTORY_BROKEN' });
    expect(await proveAll(readingOf(log))).toEqual(log);
  });

  it('goes on past what is known to be missing, also at its end', async () => {
    const log = written(10).filter(({ sequence }) => sequence !== 5 && sequence !== 10);
    const reading = { whole: 'EVT_LAMP', end: async () => 10 };
    const instead = (sequence: number) => ([5, 10].includes(sequence) ? { sequence } : undefined);
    expect(await proveAll(readingOf(log, { ...reading, instead }))).toEqual(written(10));
    const some = (sequence: number) => (sequence === 10 ? { sequence } : undefined);
    const other = proveAll(readingOf(log, { ...reading, instead: some }));
    await expect(other).rejects.toMatchObject({ code: 'HISTORY_BROKEN', from: 5, to: 5 });
  });

  it('gives all there was when it was asked, once and in order, from any copies (property)', async () => {
    const shape = fc.record({
      last: fc.nat(40),
      every: fc.integer({ min: 1, max: 3 }),
      from: fc.integer({ min: 0, max: 45 }),
      most: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
      copies: fc.array(fc.record({ shows: fc.nat(40), cut: fc.integer({ min: 0, max: 5 }) }), {
        minLength: 1,
        maxLength: 6,
      }),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ last, every, from, most, copies }) => {
        const log = written(last, every);
        let asked = 0;
        const copy: Page<One> = async (next, size) => {
          const { shows, cut } = copies[asked++ % copies.length]!;
          return pageOf(() => log.filter(({ sequence }) => sequence <= shows))(
            next,
            Math.min(size, cut),
          );
        };
        const wanted = log.filter(({ sequence }) => sequence >= from).slice(0, most);
        expect(await proveAll(readingOf(log, { from, most, copy }))).toEqual(wanted);
      }),
    );
  });
});
