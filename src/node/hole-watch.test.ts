import { afterEach, describe, expect, it, vi } from 'vitest';
import { KIND } from '../../test/support/events.js';
import { Holes } from '../write/store/holes.js';
import type { Missing } from '../write/store/nats/heads.js';
import { HoleWatch, type HoleWatchOptions } from './hole-watch.js';

const { slug } = KIND;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A stream without some messages, what is kept of that, and what documents know of them. */
const watched = (gone: readonly number[], before: readonly Missing[] = []) => {
  const world = { gone: new Set(gone), missing: before };
  const holes = new Holes();
  const known: HoleWatchOptions['known'] = async (_, sequences) =>
    new Map(
      sequences
        .filter((sequence) => sequence < 100)
        .map((sequence) => [sequence, { aggregate_id: `a${sequence}`, event_type: 'LampLit' }]),
    );
  const error = vi.fn();
  const asked: (readonly number[])[] = [];
  const watch = new HoleWatch({
    holes,
    kinds: [KIND],
    known: (kind, sequences) => {
      asked.push(sequences);
      return known(kind, sequences);
    },
    log: { error },
    everyMs: 60_000,
    store: { holds: async (_, sequence) => !world.gone.has(sequence) },
    heads: {
      read: async () => ({
        sequence: 0,
        event: null,
        accepted: null,
        given_up: [],
        lost: null,
        missing: world.missing,
      }),
      missing: async (_, next) => {
        world.missing = next(world.missing) ?? world.missing;
      },
    },
  });
  closers.push(() => watch.close());
  return { holes, watch, world, error, asked };
};
const given_up = { by: 'ann', reason: 'gone', at: '2026-01-06T10:00:00.000Z' };

describe('what is gone from among the messages of a stream', () => {
  it('is asked about a few at a time where it is much, each in its turn', async () => {
    const gone = Array.from({ length: 35 }, (_, n) => 101 + n); // nobody knows whose
    const { holes, watch, asked } = watched(gone);
    holes.met(slug, 101, 135);
    for (let look = 0; look < 5; look++) await watch.look();
    expect(Math.max(...asked.map(({ length }) => length))).toBe(10);
    expect(new Set(asked.flat())).toEqual(new Set(gone));
  });

  it('is kept where all look, with whose it was as documents tell', async () => {
    const { holes, watch, world } = watched([5]);
    holes.met(slug, 5, 5);
    await watch.look();
    const found = { sequence: 5, aggregate_id: 'a5', event_type: 'LampLit' };
    expect(world.missing).toEqual([{ ...found, given_up: null }]);
    expect(holes.ofAggregate(slug, 'a5')).toEqual([{ ...found, isGivenUp: false }]);
    expect(() => holes.mustBeWhole(slug, 'a5')).toThrow('lost message 5 of it');
    holes.mustBeWhole(slug, 'a6');
  });

  it('is known from others, and so is what an operator decided', async () => {
    const mine = { sequence: 5, aggregate_id: 'mine', event_type: 'LampLit', given_up };
    const { holes, watch, error } = watched(
      [5, 200],
      [mine, { sequence: 200, aggregate_id: null, event_type: null, given_up }],
    );
    await watch.look();
    expect(() => holes.mustBeWhole(slug, 'mine')).toThrow('lost message 5 of it');
    expect(holes.passedOver(slug, 200)).toMatchObject({ aggregate_id: null, isGivenUp: true });
    expect(holes.note).toContain('lost message 5 (of mine) and 1 more: given up');
    await watch.look();
    expect(error).toHaveBeenCalledTimes(2); // said once each
  });

  it('is over once it is there again', async () => {
    const { holes, watch, world } = watched([5]);
    holes.met(slug, 5, 5);
    await watch.look();
    world.gone.clear();
    await watch.look();
    holes.mustBeWhole(slug, 'a5');
    expect([holes.note, world.missing]).toEqual([null, []]);
  });

  it('is looked for a part at a time where it is much, and given up as a whole', async () => {
    const many = Array.from({ length: 250 }, (_, index) => index + 1);
    const { holes, watch, world } = watched(many);
    holes.met(slug, 1, 250);
    await watch.look();
    world.missing = world.missing.map((one) => ({ ...one, given_up }));
    await watch.look();
    expect([...holes.of(slug).values()].every(({ isGivenUp }) => isGivenUp)).toBe(true);
    world.gone.clear();
    for (let look = 0; look < 4; look++) await watch.look();
    expect(holes.of(slug).size).toBe(0);
  });
});
