import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresViews, sqliteViews } from '../src/read/views/index.js';
import type { ViewStore } from '../src/read/views/port.js';
import { memoryStore } from '../src/write/store/memory-store.js';
import { type Draw, shakenStore, shakyViews } from './support/chaos.js';
import {
  countsWith,
  dimmed,
  type Faults,
  fused,
  housesWith,
  moved,
  Pen,
  placed,
  type Said,
} from './support/lamps.js';
import { NO_POSTGRES, startTestPostgres, type TestPostgres } from './support/postgres.js';
import {
  caughtUp,
  documentsOf,
  done,
  expectVerified,
  startTestProjections,
} from './support/projecting.js';

const FAULTY_LEVEL = 7;
const NAMES = ['houses', 'counts'] as const;

/** What may happen to three lamps and two fuses in three houses. */
const step = fc.record({
  lamp: fc.constantFrom('a', 'b', 'c'),
  house: fc.constantFrom('red', 'blue', 'green'),
  what: fc.constantFrom('dim', 'dim', 'move', 'fuse'),
  level: fc.nat(9),
});
const saidBy = (steps: readonly { lamp: string; house: string; what: string; level: number }[]) => {
  const there = new Set<string>();
  return steps.flatMap(({ lamp, house, what, level }): Said[] => {
    if (what === 'fuse') return [fused(`f${level % 2}`, house, level + 1)];
    const first = there.has(lamp) ? [] : [placed(lamp, house)];
    there.add(lamp);
    return [...first, what === 'dim' ? dimmed(lamp, level) : moved(lamp, house)];
  });
};

/** Deterministic numbers for what happens inside, where no property can draw them. */
const drawing = (seed: number): Draw => {
  let state = seed >>> 0 || 1;
  return (max) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * (max + 1));
  };
};

const propertyOf = (open: () => Promise<ViewStore>, numRuns: number) =>
  fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.array(fc.nat(30), { maxLength: 3 }),
      fc.integer(),
      fc.boolean(),
      async (steps, restarts, seed, faulty) => {
        const said = saidBy(steps);
        const store = memoryStore();
        const faults: Faults = new Set(faulty ? [FAULTY_LEVEL] : []);
        const definitions = [housesWith(faults), countsWith(faults)];
        const draw = drawing(seed);
        const views = await open();
        const pen = new Pen();
        let written = 0;
        // Pieces of the log, with a restart of everything in memory after each.
        for (const end of [...restarts.toSorted((a, b) => a - b), said.length]) {
          const all = startTestProjections(
            { definitions, store: shakenStore(store, draw), views: shakyViews(views, draw, 30) },
            {
              againFirstMs: 1,
              againMostMs: 2,
              lookEveryMs: 20,
              documentsCachedMax: 2,
              foldsCachedMax: 1,
            },
          );
          for (; written < Math.min(end, said.length); written++)
            await pen.write(store, said[written]!);
          if (end === said.length) for (const name of NAMES) await caughtUp(all, name, store);
          await all.close();
        }
        faults.clear();
        const plain = { definitions, store, views };
        const all = startTestProjections(plain);
        const expected = startTestProjections({ ...plain, views: await sqliteViews(':memory:') });
        for (const name of NAMES) {
          await caughtUp(all, name, store);
          await caughtUp(expected, name, store);
          done(await all.retry(name, 'all'));
          expect(await documentsOf(all, name)).toEqual(await documentsOf(expected, name));
          await expectVerified(all, name);
        }
        await all.close();
        await expected.close();
        await views.close();
      },
    ),
    { numRuns, endOnFailure: true },
  );

describe('any batches, redelivery, failing commits and restarts', () => {
  it('lead to the same documents in SQLite', () => propertyOf(() => sqliteViews(':memory:'), 40));

  describe.skipIf(NO_POSTGRES)('PostgreSQL', () => {
    let postgres: TestPostgres;
    beforeAll(async () => {
      const started = await startTestPostgres();
      if (!started) throw new Error(NO_POSTGRES);
      postgres = started;
    });
    afterAll(() => postgres.stop());

    it('lead to the same documents there', () =>
      propertyOf(async () => postgresViews(await postgres.database()), 10));
  });
});
