import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  countsWith,
  dimmed,
  type Faults,
  fused,
  housesWith,
  Lamp,
  moved,
  NO_JSON,
  Pen,
  placed,
} from '../../../test/support/lamps.js';
import { PATIENCE_MS } from '../../../test/support/patience.js';
import {
  caughtUp,
  documentsOf,
  done,
  expectVerified,
  startTestProjections,
  statusOf,
  until,
} from '../../../test/support/projecting.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { command, event } from '../../core/message.js';
import { defineProjection, type View } from '../../core/projection.js';
import { Fault } from '../../core/refusal.js';
import type { EventStore } from '../../write/store/event-store.js';
import { Holes } from '../../write/store/holes.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { wholeFeed } from '../../write/store/whole-feed.js';
import type { Slot, ViewStore } from '../views/port.js';
import { sqliteViews } from '../views/sqlite.js';
import type { Projections } from './projections.js';

const PARKED = { source: 'lamp', aggregate_id: 'b' } as const;
const BY = { by: 'ada', reason: 'it was a test lamp' };

type Bench = { store: EventStore; views: ViewStore; pen: Pen; faults: Faults; all: Projections };
const open: Projections[] = [];
const bench = async (
  given: Partial<Pick<Bench, 'store' | 'views' | 'faults'>> & { version?: number } = {},
): Promise<Bench> => {
  const { store = memoryStore(), faults = new Set<number>(), version = 1 } = given;
  const views = given.views ?? (await sqliteViews(':memory:'));
  const definitions = [housesWith(faults, { version }), countsWith(faults)];
  const all = startTestProjections({ definitions, store, views }, { batch: 10 });
  open.push(all);
  return { store, views, faults, all, pen: new Pen() };
};
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** Lamps as a later program knows them: what was a level is a percentage, by its upcaster. */
const percentsOf = (upcaster: (old: View) => View) => {
  const DimmedNow = z.object({ percent: z.number() });
  const { LampPlaced } = Lamp.events;
  const LampNow = defineAggregate({
    name: 'Lamp',
    summary: 'A lamp.',
    events: {
      LampPlaced: LampPlaced!,
      LampDimmed: event(DimmedNow, { version: 2, upcast: { 1: upcaster } }),
    },
    commands: {
      PlaceLamp: command({ data: z.object({}), emits: ['LampPlaced'], roles: ['tester'] }),
      DimLamp: command({ data: DimmedNow, emits: ['LampDimmed'], roles: ['tester'] }),
    },
    data: z.object({ percent: z.number().default(0) }),
    chart: {
      initial: 'absent',
      states: { absent: { on: { LampPlaced: 'placed' } }, placed: { on: { LampDimmed: {} } } },
    },
    evolve: { LampPlaced: null, LampDimmed: (_, { percent }) => ({ percent }) },
    decide: {
      PlaceLamp: () => [{ type: 'LampPlaced', data: { house: 'red' } }],
      DimLamp: (_, data) => [{ type: 'LampDimmed', data }],
    },
  });
  return defineProjection({
    name: 'percents',
    summary: 'How bright each lamp was.',
    view: z.object({ percents: z.array(z.number()).default([]) }),
    indexed: [],
    from: [LampNow],
    on: {
      Lamp: {
        LampDimmed: (view, { data }) => ({ percents: [...view.percents, data.percent] }),
      },
    },
  });
};

const LOG = [
  placed('a', 'red'),
  placed('b', 'red'),
  dimmed('b', 1),
  fused('f', 'red', 16),
  dimmed('a', 5),
  dimmed('b', 13),
  moved('b', 'blue'),
  fused('f', 'blue', 10),
  dimmed('b', 3),
  dimmed('a', 6),
];
const HOUSES = {
  red: { lamps: { a: 6 }, levels: ['a'], amps: 16, changes: 0 },
  blue: { lamps: { b: 3 }, levels: ['b'], amps: 10, changes: 0 },
};

describe('a projection', () => {
  it('makes documents from two streams and says how far it is', async () => {
    const { store, pen, all } = await bench();
    await pen.writeAll(store, LOG);
    await caughtUp(all, 'houses', store);
    expect(await documentsOf(all, 'houses')).toEqual(HOUSES);
    await until(
      () => statusOf(all, 'houses').documents,
      (count) => count === 2,
    );
    expect(statusOf(all, 'houses')).toMatchObject({
      state: 'running',
      reason: null,
      lag_events: 0,
      lag_seconds: 0,
      generation: 1,
      sources: [
        { source: 'lamp', sequence: 8, end: 8 },
        { source: 'fuse', sequence: 2, end: 2 },
      ],
    });
    await expectVerified(all, 'houses');
    await expectVerified(all, 'counts');
  });

  it('has the aggregate wait whose event is gone, named, and makes the documents of all others', async () => {
    const memory = memoryStore();
    const holes = new Holes();
    const lost = { ...PARKED, sequence: 2, event_type: 'LampDimmed', isGivenUp: false };
    const holed: EventStore = {
      ...memory,
      entries: async (...asked) => {
        const entries = await memory.entries(...asked);
        return entries.map((one) => (one.sequence === 2 ? { sequence: 2, lost } : one));
      },
      feed: (kind, options) => {
        const { from } = options;
        const all = memory.feed(kind, options);
        const without: typeof all = {
          ack: () => {},
          async *[Symbol.asyncIterator]() {
            for await (const { entries, pending } of all)
              yield { entries: entries.filter(({ sequence }) => sequence !== 2), pending };
          },
        };
        return kind.slug === 'lamp' ? wholeFeed(without, { slug: 'lamp', from, holes }) : all;
      },
    };
    const { pen, all } = await bench({ store: holed });
    await pen.writeAll(memory, [placed('b', 'red'), dimmed('b', 1), placed('a', 'red')]);
    const reason = await until(
      () => statusOf(all, 'houses').reason,
      (said) => said?.startsWith('EVT_LAMP') ?? false,
    );
    expect(reason).toContain('EVT_LAMP lost message 2 from among the others');
    holes.put('lamp', lost);
    await caughtUp(all, 'houses', memory);
    expect(Object.keys(await documentsOf(all, 'houses'))).toEqual(['red']);
    expect(done(await all.parked('houses'))).toMatchObject([
      { ...PARKED, sequence: 2, error: expect.stringContaining('HISTORY_BROKEN') },
    ]);
  });

  it('lets readers wait until it has what they wrote, and no longer than they want to', async () => {
    const { store, pen, all } = await bench();
    all.wrote('lamp', await pen.write(store, placed('a', 'red')));
    all.wrote('lamp', 0);
    expect(await all.waitForPosition('houses', all.written(), PATIENCE_MS)).toBe(true);
    const { positions } = await all.reading('houses');
    expect(positions.get('lamp')).toBe(1);
    expect(await all.waitForPosition('houses', new Map([['lamp', 2]]), 50)).toBe(false);
    const later = all.waitForPosition('houses', new Map([['lamp', 2]]), PATIENCE_MS);
    await pen.write(store, dimmed('a', 1));
    expect(await later).toBe(true);
    expect(await all.waitForPosition('houses', new Map([['of another', 9]]), 0)).toBe(true);
  });

  it('loses nothing to a second writer of the same documents', async () => {
    const first = await bench();
    const { store, views, pen, faults } = first;
    const second = await bench({ store, views, faults });
    for (let round = 0; round < 40; round++) {
      // From two streams into one document: neither checkpoint alone would show the other's write.
      await pen.write(store, placed(`lamp-${round}`, 'red'));
      await pen.write(store, fused(`fuse-${round}`, 'red', round));
      if (round % 4 === 0) await new Promise((wake) => setTimeout(wake, 5));
    }
    await second.all.close();
    await caughtUp(first.all, 'houses', store);
    await expectVerified(first.all, 'houses');
  });

  it('goes on where it stood, and stays stopped when it was', async () => {
    const { store, views, pen, all, faults } = await bench();
    await pen.writeAll(store, LOG.slice(0, 5));
    await caughtUp(all, 'houses', store);
    const stopped = done(await all.stop('houses'));
    expect(stopped).toMatchObject({ state: 'stopped', lag_events: 0 });
    expect(stopped.sources.map(({ sequence }) => sequence)).toEqual([4, 1]);
    await all.close();
    const again = await bench({ store, views, faults });
    await pen.writeAll(store, LOG.slice(5));
    await caughtUp(again.all, 'counts', store);
    await until(
      () => statusOf(again.all, 'houses').state,
      (state) => state === 'stopped',
    );
    await until(
      () => statusOf(again.all, 'houses').lag_events,
      (lag) => lag === 5,
    );
    expect(await again.all.waitForPosition('houses', new Map([['lamp', 8]]), 60_000)).toBe(false);
    done(await again.all.start('houses'));
    await caughtUp(again.all, 'houses', store);
    expect(await documentsOf(again.all, 'houses')).toEqual(HOUSES);
    expect(await documentsOf(again.all, 'counts')).toMatchObject({ b: { order: [2, 3, 5] } });
  });
});

describe('an event that fails', () => {
  const parkedBench = async () => {
    const one = await bench({ faults: new Set([13]) });
    await one.pen.writeAll(one.store, LOG);
    await caughtUp(one.all, 'houses', one.store);
    await until(
      async () => done(await one.all.parked('houses'))[0]?.attempts,
      (attempts) => attempts === 4,
    );
    return one;
  };

  it('parks its aggregate after some tries, while all others go on', async () => {
    const { store, all } = await parkedBench();
    expect(done(await all.parked('houses'))).toMatchObject([
      {
        ...PARKED,
        sequence: 5,
        event_type: 'LampDimmed',
        waiting: 3,
        attempts: 4,
        error: 'Error: no lamp goes to 13',
      },
    ]);
    expect(statusOf(all, 'houses')).toMatchObject({
      state: 'running',
      lag_events: 0,
      parked_aggregates: 1,
      parked_events: 3,
    });
    expect(await documentsOf(all, 'houses')).toEqual({
      red: { lamps: { a: 6, b: 1 }, levels: ['a', 'b'], amps: 16, changes: 0 },
      blue: { lamps: {}, levels: [], amps: 10, changes: 0 },
    });
    await expectVerified(all, 'houses');
    await expectVerified(all, 'counts');
    await caughtUp(all, 'houses', store);
  });

  it('is tried again by hand, in order with what came after it', async () => {
    const { all, faults, pen, store } = await parkedBench();
    expect(done(await all.retry('houses', 'all'))).toEqual({ drained: 0, still_parked: 3 });
    await pen.write(store, dimmed('b', 4));
    await caughtUp(all, 'houses', store);
    expect(statusOf(all, 'houses').parked_events).toBe(4);
    faults.clear();
    expect(done(await all.retry('houses', PARKED))).toEqual({ drained: 4, still_parked: 0 });
    expect(await documentsOf(all, 'houses')).toEqual({
      ...HOUSES,
      blue: { ...HOUSES.blue, lamps: { b: 4 } },
    });
    expect(done(await all.parked('houses'))).toEqual([]);
    expect(await all.retry('houses', PARKED)).toMatchObject({ refused: 'NOT_PARKED' });
    await expectVerified(all, 'houses');
    done(await all.retry('counts', 'all'));
    expect(await documentsOf(all, 'counts')).toMatchObject({ b: { order: [2, 3, 5, 6] } });
    await expectVerified(all, 'counts');
  });

  it('is tried again in the form that its upcaster, once written, gives it', async () => {
    const store = memoryStore();
    const views = await sqliteViews(':memory:');
    const pen = new Pen();
    const start = (upcaster: (old: View) => View) => {
      const all = startTestProjections({ definitions: [percentsOf(upcaster)], store, views });
      open.push(all);
      return all;
    };
    const before = start((old) => {
      if (old.level === 13) throw new Error('nobody thought of 13');
      return { percent: Number(old.level) * 10 };
    });
    await pen.writeAll(store, [placed('a', 'red'), placed('b', 'red'), dimmed('b', 13)]);
    await pen.writeAll(store, [dimmed('a', 5), dimmed('b', 2)]);
    await caughtUp(before, 'percents', store);
    await until(
      () => statusOf(before, 'percents').parked_events,
      (events) => events === 2,
    );
    expect(await documentsOf(before, 'percents')).toEqual({ a: { percents: [50] } });
    await before.close();
    const after = start((old) => ({ percent: Number(old.level) * 10 }));
    await caughtUp(after, 'percents', store);
    done(await after.retry('percents', 'all'));
    expect(await documentsOf(after, 'percents')).toEqual({
      a: { percents: [50] },
      b: { percents: [130, 20] },
    });
    expect(statusOf(after, 'percents')).toMatchObject({ generation: 1, parked_aggregates: 0 });
  });

  it('can be left out for good, which is kept with its reason; a rebuild leaves it out too', async () => {
    const { store, all } = await parkedBench();
    expect(done(await all.discard('houses', PARKED, BY))).toEqual({ drained: 2, still_parked: 0 });
    expect(await documentsOf(all, 'houses')).toEqual(HOUSES);
    expect(done(await all.discarded('houses'))).toMatchObject([{ ...PARKED, ...BY, sequence: 5 }]);
    await expectVerified(all, 'houses');
    done(await all.rebuild('houses', { switchWhenReady: true }));
    await until(
      () => statusOf(all, 'houses').generation,
      (now) => now === 2,
    );
    await caughtUp(all, 'houses', store);
    expect(done(await all.discarded('houses'))).toMatchObject([{ ...PARKED, ...BY, sequence: 5 }]);
    expect(done(await all.parked('houses'))).toEqual([]);
    expect(await documentsOf(all, 'houses')).toEqual(HOUSES);
    await expectVerified(all, 'houses');
  });

  it('is still parked after a restart, and nothing of it was lost', async () => {
    const { all, store, views, pen, faults } = await parkedBench();
    await all.close();
    await pen.write(store, moved('b', 'green'));
    const again = await bench({ store, views, faults });
    await caughtUp(again.all, 'houses', store);
    expect(done(await again.all.parked('houses'))).toMatchObject([{ ...PARKED, waiting: 4 }]);
    faults.clear();
    await again.all.retry('houses', 'all');
    expect(await documentsOf(again.all, 'houses')).toMatchObject({ green: { lamps: { b: 3 } } });
    await expectVerified(again.all, 'houses');
  });

  it('that makes something that is no JSON is parked as well', async () => {
    const { store, pen, all } = await bench();
    await pen.writeAll(store, [placed('a', 'red'), dimmed('a', NO_JSON)]);
    await caughtUp(all, 'houses', store);
    expect(done(await all.parked('houses'))[0]?.error).toContain('no JSON at "amps"');
  });
});

describe('documents built anew', () => {
  it('stand beside the live ones until they are switched to, and back', async () => {
    const { store, pen, all } = await bench();
    await pen.writeAll(store, LOG.slice(0, 6));
    await caughtUp(all, 'houses', store);
    expect(await all.switch('houses')).toMatchObject({ refused: 'NO_BUILD' });
    done(await all.rebuild('houses', { switchWhenReady: false }));
    expect(await all.rebuild('houses', { switchWhenReady: true })).toMatchObject({
      refused: 'BUILD_UNDER_WAY',
    });
    await until(
      () => statusOf(all, 'houses').build?.caught_up,
      (now) => now === true,
    );
    expect(statusOf(all, 'houses')).toMatchObject({
      generation: 1,
      build: { generation: 2, done: 6, total: 6, eta_seconds: 0, switch_when_ready: false },
    });
    expect(done(await all.compare('houses'))).toMatchObject({
      equal: true,
      documents: 1,
      position: 'fuse:1,lamp:5',
    });
    done(await all.switch('houses'));
    expect(statusOf(all, 'houses')).toMatchObject({
      generation: 2,
      build: null,
      previous: { generation: 1 },
    });
    await pen.writeAll(store, LOG.slice(6));
    await caughtUp(all, 'houses', store);
    expect(await documentsOf(all, 'houses')).toEqual(HOUSES);
    expect(done(await all.compare('houses'))).toMatchObject({ equal: true, documents: 2 });
    done(await all.switchBack('houses'));
    expect(statusOf(all, 'houses')).toMatchObject({ generation: 1, previous: { generation: 2 } });
    expect(await documentsOf(all, 'houses')).toEqual(HOUSES);
    await expectVerified(all, 'houses');
  });

  it('differ key by key where somebody has changed one by hand', async () => {
    const { store, views, pen, all } = await bench();
    await pen.writeAll(store, LOG);
    await caughtUp(all, 'houses', store);
    await until(
      async () => (await views.checkpoints((await all.reading('houses')).slot)).length,
      (n) => n === 2,
    );
    const { slot } = await all.reading('houses');
    const change = (key: string, document: object | null) => ({
      key,
      document: document as Readonly<Record<string, unknown>> | null,
    });
    await views.commit(slot, {
      advance: null,
      folds: [],
      park: [],
      unpark: [],
      discard: [],
      documents: [
        change('red', null),
        change('blue', { ...HOUSES.blue, amps: 11 }),
        change('x', {}),
      ],
    });
    expect(done(await all.verify('houses'))).toMatchObject({
      equal: false,
      documents: 2,
      only_in_first: 1,
      only_in_second: 1,
      different: 1,
      differences: expect.arrayContaining([
        { key: 'blue', first: { ...HOUSES.blue, amps: 11 }, second: HOUSES.blue },
        { key: 'red', first: null, second: HOUSES.red },
      ]),
    });
  });

  it('are built by themselves when the definition changed; the old ones are served meanwhile', async () => {
    const first = await bench();
    const { store, views, pen } = first;
    await pen.writeAll(store, LOG);
    await caughtUp(first.all, 'houses', store);
    await first.all.close();
    const second = await bench({ store, views, version: 2 });
    await until(
      () => statusOf(second.all, 'houses').generation,
      (now) => now === 2,
    );
    expect(statusOf(second.all, 'houses').previous).toEqual({ generation: 1, version: 1 });
    expect(await second.all.switchBack('houses')).toMatchObject({ refused: 'PREVIOUS_OUTDATED' });
    await pen.write(store, dimmed('a', 9));
    await caughtUp(second.all, 'houses', store);
    await expectVerified(second.all, 'houses');
    await second.all.close();
    // The deployment is taken back: its documents are there still, and only caught up.
    const third = await bench({ store, views, version: 1 });
    await until(
      () => statusOf(third.all, 'houses').generation,
      (now) => now === 1,
    );
    await caughtUp(third.all, 'houses', store);
    expect(await documentsOf(third.all, 'houses')).toMatchObject({ red: { lamps: { a: 9 } } });
    await expectVerified(third.all, 'houses');
  });

  it('can be given up', async () => {
    const { store, pen, all, views } = await bench();
    await pen.writeAll(store, LOG);
    await caughtUp(all, 'houses', store);
    done(await all.rebuild('houses', { switchWhenReady: false }));
    done(await all.cancelBuild('houses'));
    expect(statusOf(all, 'houses').build).toBeNull();
    expect((await views.slots()).filter(({ projection }) => projection === 'houses')).toHaveLength(
      1,
    );
    expect(await all.cancelBuild('houses')).toMatchObject({ refused: 'NO_BUILD' });
  });

  it('are refused for what does not exist', async () => {
    const { all } = await bench();
    expect(await all.rebuild('nothing', { switchWhenReady: true })).toMatchObject({
      refused: 'UNKNOWN_PROJECTION',
    });
  });
});

describe('a read store that lost what a quiet node wrote', () => {
  const SOME = 5;
  /** Projections on a store that has taken all, and what the store was when it had taken some. */
  const quiet = async () => {
    const dir = mkdtempSync(join(tmpdir(), 'stele-views-'));
    const store = memoryStore();
    const pen = new Pen();
    let current = await sqliteViews(join(dir, 'views'));
    const views = new Proxy(current, { get: (_, name: keyof ViewStore) => current[name] });
    const before = await bench({ store, views });
    await pen.writeAll(store, LOG.slice(0, SOME));
    await caughtUp(before.all, 'houses', store);
    await before.all.close();
    await current.close();
    cpSync(join(dir, 'views'), join(dir, 'copy'));
    current = await sqliteViews(join(dir, 'views'));
    const { all } = await bench({ store, views });
    await pen.writeAll(store, LOG.slice(SOME));
    await caughtUp(all, 'houses', store);
    const left = [current];
    return {
      all,
      store,
      replace: (other: ViewStore) => {
        left.push(other);
        current = other;
      },
      older: () => sqliteViews(join(dir, 'copy')),
      end: async () => {
        await all.close();
        await Promise.all(left.map((one) => one.close()));
        rmSync(dir, { recursive: true });
      },
    };
  };

  const empty = () => sqliteViews(':memory:');
  /** Nothing is in it, but another node has written more often to it than to the one before. */
  const another = async (slot: Slot): Promise<ViewStore> => {
    const views = await empty();
    const made = await views.createSlot(slot, 'live');
    const nothing = { advance: null, documents: [], folds: [], park: [], unpark: [], discard: [] };
    for (let n = 0; n < 20; n++) await views.commit(made, nothing);
    return views;
  };

  it.each(['older', 'empty', 'another'])('is filled again without an event: %s', async (which) => {
    const { all, store, replace, older, end } = await quiet();
    const { positions, slot } = await all.reading('houses');
    replace(await { older, empty, another }[which]!(slot));
    await until(
      async () => {
        const held = await all.readTransaction();
        try {
          const reading = await held.reading('houses').catch(() => undefined);
          const there = reading && (await reading.store.count(reading.slot)) === 2;
          // Never the position of before over documents of an older one.
          if (!there) expect(reading?.positions).not.toEqual(positions);
          return there;
        } finally {
          await held.end();
        }
      },
      (there) => there === true,
    );
    await caughtUp(all, 'houses', store);
    expect(await documentsOf(all, 'houses')).toEqual(HOUSES);
    await expectVerified(all, 'houses');
    await end();
  });

  it('is asked how far it is when it comes back, before anything else is known of it', async () => {
    const { all, replace, older, end } = await quiet();
    const { positions } = await all.reading('houses');
    const other = await older();
    replace({
      ...other,
      slots: () => Promise.reject(new Fault('READ_STORE_UNAVAILABLE', 'not yet')),
    });
    await until(
      () => statusOf(all, 'houses').state,
      (state) => state === 'store_unavailable',
    );
    expect((await all.reading('houses')).positions).not.toEqual(positions);
    replace(other);
    await end();
  });
});
