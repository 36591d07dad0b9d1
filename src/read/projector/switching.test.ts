import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  countsWith,
  dimmed,
  type Faults,
  fused,
  housesWith,
  Pen,
  placed,
  type Said,
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
import type { Feed } from '../../write/store/event-feeds.js';
import type { LogEntry } from '../../write/store/event-log.js';
import type { EventStore } from '../../write/store/event-store.js';
import { memoryStore } from '../../write/store/memory-store.js';
import type { ViewStore } from '../views/port.js';
import { sqliteViews } from '../views/sqlite.js';
import type { ProjectorLimits } from './limits.js';
import type { Projections } from './projections.js';

const PARKED = { source: 'lamp', aggregate_id: 'b' } as const;
const BY = { by: 'ada', reason: 'it was a test lamp' };
const LOG = [placed('b', 'red'), dimmed('b', 13), dimmed('b', 3)];

const open: Projections[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A projection in which lamp b waits, since nothing dims it to 13. */
const start = async (
  given: { log?: readonly Said[]; store?: EventStore; change?: Partial<ViewStore> } = {},
  limits: Partial<ProjectorLimits> = {},
) => {
  const { store = memoryStore(), log = LOG, change } = given;
  const faults: Faults = new Set([13]);
  const views = { ...(await sqliteViews(':memory:')), ...change };
  const all = startTestProjections(
    { definitions: [countsWith(faults)], store, views },
    { retryAfterMs: [], ...limits },
  );
  open.push(all);
  const pen = new Pen();
  await pen.writeAll(store, log);
  await caughtUp(all, 'counts', store);
  return { all, store, views, faults, pen };
};

const build = async (all: Projections, store: EventStore): Promise<void> => {
  done(await all.rebuild('counts', { switchWhenReady: false }));
  await until(
    () => statusOf(all, 'counts').build?.caught_up,
    (now) => now === true,
  );
  await caughtUp(all, 'counts', store);
};

describe('what an operator discarded', () => {
  it('stays so when the documents of before are switched back to', async () => {
    const { all, store } = await start();
    await build(all, store);
    done(await all.switch('counts'));
    done(await all.discard('counts', PARKED, BY));
    done(await all.switchBack('counts'));
    expect(statusOf(all, 'counts').generation).toBe(1);
    expect(done(await all.discarded('counts'))).toMatchObject([{ ...PARKED, ...BY, sequence: 2 }]);
    expect(done(await all.parked('counts'))).toEqual([]);
    expect(await documentsOf(all, 'counts')).toEqual({ b: { changes: 1, order: [3] } });
    await expectVerified(all, 'counts');
  });

  it('stays so in documents that were being built meanwhile', async () => {
    const { all, store } = await start();
    await build(all, store);
    done(await all.discard('counts', PARKED, BY));
    done(await all.switch('counts'));
    expect(statusOf(all, 'counts').generation).toBe(2);
    expect(done(await all.discarded('counts'))).toMatchObject([{ ...PARKED, ...BY, sequence: 2 }]);
    expect(await documentsOf(all, 'counts')).toEqual({ b: { changes: 1, order: [3] } });
    await expectVerified(all, 'counts');
  });

  it('stays so behind an event that waits in the other documents only', async () => {
    const log = [placed('b', 'red'), dimmed('b', 5), dimmed('b', 13), dimmed('b', 3)];
    const { all, store, faults } = await start({ log });
    faults.add(5);
    await build(all, store);
    done(await all.discard('counts', PARKED, BY));
    done(await all.switch('counts'));
    expect(done(await all.parked('counts'))).toMatchObject([{ sequence: 2, waiting: 3 }]);
    faults.delete(5);
    expect(done(await all.retry('counts', 'all'))).toEqual({ drained: 2, still_parked: 0 });
    expect(await documentsOf(all, 'counts')).toEqual({ b: { changes: 2, order: [2, 4] } });
    await expectVerified(all, 'counts');
  });

  it('keeps documents that hold it already from going live', async () => {
    const { all, store, faults } = await start();
    faults.clear();
    await build(all, store);
    faults.add(13);
    done(await all.discard('counts', PARKED, BY));
    expect(await all.switch('counts')).toMatchObject({
      refused: 'DISCARD_LOST',
      details: { discarded: [{ ...PARKED, sequence: 2 }] },
    });
    expect(statusOf(all, 'counts')).toMatchObject({ generation: 1, discarded_events: 1 });
    done(await all.cancelBuild('counts'));
    await build(all, store);
    done(await all.switch('counts'));
    expect(await documentsOf(all, 'counts')).toEqual({ b: { changes: 1, order: [3] } });
  });

  it('is not taken from documents that are just being replaced', async () => {
    const views = await sqliteViews(':memory:');
    let switching = (): void => {};
    const begun = new Promise<void>((resolve) => {
      switching = resolve;
    });
    const { all, store } = await start({
      change: {
        ...views,
        switchTo: async (slot, from) => {
          switching();
          await pause(100);
          return views.switchTo(slot, from);
        },
      },
    });
    await build(all, store);
    const switched = all.switch('counts');
    await begun;
    expect(await all.discard('counts', PARKED, BY)).toMatchObject({
      refused: 'PROJECTION_NOT_READY',
    });
    done(await switched);
    await caughtUp(all, 'counts', store);
    expect(done(await all.parked('counts'))).toMatchObject([{ ...PARKED, waiting: 2 }]);
    done(await all.discard('counts', PARKED, BY));
    await expectVerified(all, 'counts');
  });
});

describe('a switch', () => {
  /** A log that brings nothing to whatever is held: the names of feeds and their sources. */
  const heldStore = () => {
    const memory = memoryStore();
    const held = new Set<string>();
    let looked = (): void => {};
    const store: EventStore = {
      ...memory,
      ends: async (source) => {
        const ends = await memory.ends(source);
        setImmediate(looked);
        return ends;
      },
      feed: (kind, options): Feed<LogEntry> => ({
        ack: () => {},
        async *[Symbol.asyncIterator]() {
          const name = `${options.name.replace(/-[^-]*$/, '')} ${kind.slug}`;
          for await (const one of memory.feed(kind, options)) {
            while (held.has(name) && !options.signal.aborted) await pause(5);
            yield one;
          }
        },
      }),
    };
    /** What is behind is not seen to be so before the next look. */
    const nextLook = async (): Promise<void> => {
      await new Promise<void>((resolve) => {
        looked = resolve;
      });
      await pause(50);
    };
    return { store, held, nextLook };
  };

  it('shows readers nothing less than they had before', async () => {
    const { store, held, nextLook } = heldStore();
    const { all, pen } = await start({ store }, { lookEveryMs: 1_000 });
    await build(all, store);
    await nextLook();
    held.add('counts-g2 lamp');
    const sequence = await pen.write(store, dimmed('a', 4));
    expect(await all.waitForPosition('counts', new Map([['lamp', sequence]]), PATIENCE_MS)).toBe(
      true,
    );
    let over = false;
    const switched = all.switch('counts').finally(() => {
      over = true;
    });
    setTimeout(() => held.clear(), 100);
    for (let last = false; !last; ) {
      last = over;
      expect(await documentsOf(all, 'counts')).toHaveProperty('a');
      await pause(2);
    }
    done(await switched);
    expect(statusOf(all, 'counts').generation).toBe(2);
  });

  it('is refused to documents that lack what others have that stand still', async () => {
    const { store, held, nextLook } = heldStore();
    const definitions = [housesWith(new Set())];
    const views = await sqliteViews(':memory:');
    const limits = { lookEveryMs: 1_000, stalledAfterMs: 300 };
    const all = startTestProjections({ definitions, store, views }, limits);
    open.push(all);
    const pen = new Pen();
    await pen.writeAll(store, [placed('a', 'red'), fused('f', 'red', 16)]);
    await caughtUp(all, 'houses', store);
    held.add('houses-g1 lamp');
    await pen.write(store, dimmed('a', 1));
    done(await all.rebuild('houses', { switchWhenReady: false }));
    await until(
      () => statusOf(all, 'houses'),
      ({ state, build: built }) => state === 'stalled' && built?.caught_up === true,
    );
    await nextLook();
    held.add('houses-g2 fuse');
    const sequence = await pen.write(store, fused('g', 'red', 10));
    expect(await all.waitForPosition('houses', new Map([['fuse', sequence]]), 500)).toBe(true);
    expect(await all.switch('houses')).toMatchObject({ refused: 'BUILD_BEHIND' });
    const { positions } = await all.reading('houses');
    expect(positions.get('fuse')).toBe(sequence);
    held.delete('houses-g2 fuse');
    await until(
      () => all.switch('houses'),
      (told) => !('refused' in told),
    );
    expect(await documentsOf(all, 'houses')).toMatchObject({ red: { lamps: { a: 1 }, amps: 26 } });
  });
});
