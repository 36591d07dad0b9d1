import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'libsql';
import { afterEach, describe, expect, it } from 'vitest';
import {
  countsWith,
  dimmed,
  type Faults,
  fused,
  housesWith,
  Lamp,
  moved,
  Pen,
  placed,
} from '../../../test/support/lamps.js';
import { PATIENCE_MS } from '../../../test/support/patience.js';
import {
  caughtUp,
  documentsOf,
  done,
  expectVerified,
  SILENT,
  startTestProjections,
  statusOf,
  until,
} from '../../../test/support/projecting.js';
import type { Feed, FeedOptions } from '../../write/store/event-feeds.js';
import type { Kind, LogEntry } from '../../write/store/event-log.js';
import type { EventStore } from '../../write/store/event-store.js';
import { memoryStore } from '../../write/store/memory-store.js';
import type { OfLog, ViewStore } from '../views/port.js';
import { sqliteViews } from '../views/sqlite.js';
import type { ProjectorLimits } from './limits.js';
import type { Projections } from './projections.js';
import { holdsAny } from './same-log.js';

const PARKED = { source: 'lamp', aggregate_id: 'b' } as const;
const BY = { by: 'ada', reason: 'it was a test lamp' };
const LOG = [placed('a', 'red'), placed('b', 'red'), fused('f', 'red', 16), dimmed('a', 5)];

/** A store whose feeds can be held back, made to fail, and looked at. */
const heldStore = () => {
  const store = memoryStore();
  const feeds: { readonly name: string; readonly slug: string; readonly signal: AbortSignal }[] =
    [];
  let held: (name: string, slug: string) => boolean = () => false;
  let fails = 0;
  const feed = (kind: Kind, options: FeedOptions): Feed<LogEntry> => {
    const real = store.feed(kind, options);
    feeds.push({ name: options.name, slug: kind.slug, signal: options.signal });
    return {
      ack: () => {},
      async *[Symbol.asyncIterator]() {
        if (fails-- > 0) throw new Error('no feed today');
        for await (const one of real) {
          while (held(options.name, kind.slug) && !options.signal.aborted) await pause(5);
          if (!options.signal.aborted) yield one;
        }
      },
    };
  };
  return {
    store: { ...store, feed } as EventStore,
    hold: (which: typeof held) => {
      held = which;
    },
    failNext: (times: number) => {
      fails = times;
    },
    following: () => feeds.filter(({ signal }) => !signal.aborted).map(({ name }) => name),
  };
};

const open: Projections[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const start = async (
  given: { store?: EventStore; views?: ViewStore; faults?: Faults; clock?: () => number } = {},
  limits: Partial<ProjectorLimits> = {},
) => {
  const { store = memoryStore(), faults = new Set<number>(), clock = Date.now } = given;
  const views = given.views ?? (await sqliteViews(':memory:'));
  const definitions = [housesWith(faults), countsWith(faults)];
  const all = startTestProjections({ definitions, store, views, clock }, limits);
  open.push(all);
  return { store, views, faults, all, pen: new Pen() };
};

/** Views of which some methods are others. */
const views = async (change: (real: ViewStore) => Partial<ViewStore>): Promise<ViewStore> => {
  const real = await sqliteViews(':memory:');
  return { ...real, ...change(real) };
};

const generationIs = (all: Projections, generation: number) =>
  until(
    () => statusOf(all, 'houses').generation,
    (now) => now === generation,
  );
const builtUp = (all: Projections) =>
  until(
    () => statusOf(all, 'houses').build?.caught_up,
    (now) => now === true,
  );

describe('a build that is under way', () => {
  it('does not hold up the live documents while they are compared, and ends the comparison', async () => {
    const { store, hold } = heldStore();
    const { all, pen } = await start({ store });
    await pen.writeAll(store, LOG);
    await caughtUp(all, 'houses', store);
    hold((name) => name.startsWith('houses-g2'));
    done(await all.rebuild('houses', { switchWhenReady: false }));
    const compared = all.compare('houses');
    await pause(100);
    const sequence = await pen.write(store, dimmed('a', 9));
    expect(await all.waitForPosition('houses', new Map([['lamp', sequence]]), PATIENCE_MS)).toBe(
      true,
    );
    done(await all.cancelBuild('houses'));
    expect(await compared).toMatchObject({ refused: 'BUILD_BEHIND' });
  });

  it('is waited for only so long while its indexes are made, and holds up nothing', async () => {
    let made = (): void => {};
    const indexed = new Promise<void>((resolve) => {
      made = resolve;
    });
    let begun = false;
    const slow = await views((real) => ({
      index: async (slot, signal) => {
        if (slot.generation === 2) {
          begun = true;
          await indexed;
        }
        return real.index(slot, signal);
      },
    }));
    const { all, pen, store } = await start({ views: slow }, { meetWithinMs: 500 });
    await pen.writeAll(store, LOG);
    await caughtUp(all, 'houses', store);
    done(await all.rebuild('houses', { switchWhenReady: false }));
    await until(
      () => begun,
      (so) => so,
    );
    const compared = all.compare('houses');
    const sequence = await pen.write(store, dimmed('a', 9));
    expect(await all.waitForPosition('houses', new Map([['lamp', sequence]]), PATIENCE_MS)).toBe(
      true,
    );
    expect(await compared).toMatchObject({
      refused: 'BUILD_BEHIND',
      message: expect.stringContaining('indexes'),
    });
    made();
    await builtUp(all);
    expect(done(await all.compare('houses'))).toMatchObject({ equal: true });
  });

  it('is compared only once it has been read', async () => {
    let asked = 0;
    const broken = await views((real) => ({
      revision: async (slot) => {
        if (slot.generation === 2 && asked++ === 0) throw new Error('the read store went away');
        return real.revision(slot);
      },
    }));
    const { all, pen, store } = await start({ views: broken });
    await pen.writeAll(store, LOG);
    await caughtUp(all, 'houses', store);
    done(await all.rebuild('houses', { switchWhenReady: false }));
    expect(done(await all.compare('houses'))).toMatchObject({ equal: true, documents: 1 });
  });

  it('goes on when the previous documents are switched back to, and ends with the node', async () => {
    const { store, following } = heldStore();
    const { all, pen } = await start({ store });
    await pen.writeAll(store, LOG);
    await caughtUp(all, 'houses', store);
    done(await all.rebuild('houses', { switchWhenReady: true }));
    await generationIs(all, 2);
    done(await all.rebuild('houses', { switchWhenReady: false }));
    await builtUp(all);
    done(await all.switchBack('houses'));
    await pause(200);
    const third = following().filter((name) => name.startsWith('houses-g3'));
    expect(third).toHaveLength(2); // one per source: one worker
    await all.close();
    expect(following()).toEqual([]);
  });

  it('says how fast it is, whatever was built before', async () => {
    const { store, hold } = heldStore();
    const { all, pen } = await start({ store });
    for (let n = 0; n < 50; n++) await pen.write(store, placed(`lamp-${n}`, 'red'));
    await caughtUp(all, 'houses', store);
    done(await all.rebuild('houses', { switchWhenReady: true }));
    await generationIs(all, 2);
    hold((name) => name.startsWith('houses-g3'));
    done(await all.rebuild('houses', { switchWhenReady: true }));
    await pause(250);
    expect(statusOf(all, 'houses').build?.events_per_second).toBe(0);
  });

  it('leaves out what an operator left out, even when that could not be written at first', async () => {
    let fails = 0;
    const broken = await views((real) => ({
      commit: async (slot, commit) => {
        if (slot.generation === 2 && commit.discard.length > 0 && fails++ === 0)
          throw new Error('the read store went away');
        return real.commit(slot, commit);
      },
    }));
    const { all, pen, store } = await start({ views: broken, faults: new Set([13]) });
    await pen.writeAll(store, [...LOG, dimmed('b', 13)]);
    await caughtUp(all, 'houses', store);
    done(await all.discard('houses', PARKED, BY));
    await until(
      () => statusOf(all, 'houses').discarded_events,
      (count) => count === 1, // although the log brings nothing more
    );
    await expect(all.rebuild('houses', { switchWhenReady: true })).rejects.toThrow('went away');
    await generationIs(all, 2);
    await caughtUp(all, 'houses', store);
    expect(fails).toBeGreaterThan(1);
    expect(done(await all.discarded('houses'))).toMatchObject([{ ...PARKED, ...BY }]);
    expect(done(await all.parked('houses'))).toEqual([]);
  });

  it('that begins while the node closes is not filled', async () => {
    const { store, following } = heldStore();
    const slow = await views((real) => ({
      createSlot: async (spec, role) => {
        await pause(role === 'candidate' ? 200 : 0);
        return real.createSlot(spec, role);
      },
    }));
    const { all, pen } = await start({ store, views: slow });
    await pen.writeAll(store, LOG);
    await caughtUp(all, 'houses', store);
    const begun = all.rebuild('houses', { switchWhenReady: false });
    await pause(20);
    await all.close();
    await begun;
    await pause(100);
    expect(following()).toEqual([]);
  });
});

describe('a switch back', () => {
  it('to documents whose table is gone says so at once, and the live ones stay', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'stele-'));
    try {
      const path = join(dir, 'views.sqlite');
      const { all, store, pen } = await start({ views: await sqliteViews(path) });
      await pen.writeAll(store, LOG);
      await caughtUp(all, 'houses', store);
      done(await all.rebuild('houses', { switchWhenReady: true }));
      await generationIs(all, 2);
      const database = new Database(path);
      database.exec('drop table stele_d_houses_1');
      database.close();
      await expect(all.switchBack('houses')).rejects.toMatchObject({
        code: 'READ_STORE_UNAVAILABLE',
        message: expect.stringContaining('stele projection rebuild'),
      });
      expect(statusOf(all, 'houses')).toMatchObject({ generation: 2, state: 'running' });
      await all.close();
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('that the read store refuses leaves nobody behind who writes', async () => {
    const { store, following } = heldStore();
    let refuses = false;
    const broken = await views((real) => ({
      switchTo: (slot, from) =>
        refuses ? Promise.reject(new Error('the read store went away')) : real.switchTo(slot, from),
    }));
    const { all, pen } = await start({ store, views: broken });
    await pen.writeAll(store, LOG);
    await caughtUp(all, 'houses', store);
    done(await all.rebuild('houses', { switchWhenReady: true }));
    await generationIs(all, 2);
    await until(following, (names) => names.length === 3);
    refuses = true;
    await expect(all.switchBack('houses')).rejects.toThrow('went away');
    expect(following().filter((name) => name.startsWith('houses-g1'))).toEqual([]);
  });
});

/** A pen whose events are of another time than those of a new one. */
const laterPen = async (): Promise<Pen> => {
  const pen = new Pen();
  for (let n = 0; n < 30; n++) await pen.write(memoryStore(), placed(`elsewhere-${n}`, 'red'));
  return pen;
};

describe('a log that was replaced', () => {
  it('is noticed while it is followed, also when it is as long as the one before', async () => {
    const logs = [memoryStore(), memoryStore()] as const;
    let current: EventStore = logs[0];
    const store: EventStore = {
      ...logs[0],
      append: (one) => current.append(one),
      scan: (...asked) => current.scan(...asked),
      feed: (...asked) => current.feed(...asked),
      ends: async (source) => ({
        ...(await current.ends(source)),
        created: current === logs[0] ? '2026-01-01T00:00:00.000Z' : '2026-02-02T00:00:00.000Z',
      }),
    };
    // Nothing else may notice it: the feed of before stays open and has nothing more to bring.
    const { all, pen } = await start({ store }, { stalledAfterMs: 60_000 });
    await pen.writeAll(store, LOG);
    await caughtUp(all, 'houses', store);
    await (await laterPen()).writeAll(logs[1], LOG);
    await pause(300); // for a look at the log of before
    current = logs[1];
    const { reason } = await until(
      () => statusOf(all, 'houses'),
      ({ state }) => state === 'log_truncated',
    );
    expect(reason).toContain('the log was replaced');
    expect(await documentsOf(all, 'houses')).toMatchObject({ red: { lamps: { a: 5, b: 0 } } });
  });

  it('is noticed at a start, also when it has grown past where the one before was taken to', async () => {
    const before = await start();
    await before.pen.writeAll(before.store, LOG);
    await caughtUp(before.all, 'houses', before.store);
    await before.all.close();
    const { all, store } = await start({ views: before.views });
    await (await laterPen()).writeAll(store, [...LOG, dimmed('a', 7), dimmed('a', 8)]);
    const { reason } = await until(
      () => statusOf(all, 'houses'),
      ({ state }) => state === 'log_truncated',
    );
    expect(reason).toContain('the log was replaced');
    expect(await documentsOf(all, 'houses')).toMatchObject({ red: { lamps: { a: 5 } } });
  });

  it('is nothing that documents are read from, unless it holds what they were made from', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'stele-log-'));
    const path = join(dir, 'views');
    /** A node whose log has these events, on the one read store that there is. */
    const nodeOf = async (name: string, pen: Pen) => {
      const store = memoryStore();
      await pen.writeAll(store, LOG);
      const sources = [...housesWith(new Set()).sources, ...countsWith(new Set()).sources];
      const log: OfLog = {
        made: new Map([['lamp', name]]),
        holds: (taken) => holdsAny(store, sources, taken),
      };
      const opened = await sqliteViews(path, { log });
      const { all } = await start({ store, views: opened });
      const end = async (): Promise<void> => {
        await all.close();
        await opened.close();
      };
      return { all, store, end };
    };
    const first = await nodeOf('ours', new Pen());
    await caughtUp(first.all, 'houses', first.store);
    await first.end();
    const theirs = await nodeOf('theirs', await laterPen());
    const { reason } = await until(
      () => statusOf(theirs.all, 'houses'),
      ({ state }) => state === 'store_unavailable',
    );
    expect(reason).toContain('documents of another log');
    await expect(theirs.all.reading('houses')).rejects.toMatchObject({
      code: 'READ_STORE_FOREIGN',
    });
    await theirs.end();
    const moved = await nodeOf('moved', new Pen());
    await caughtUp(moved.all, 'houses', moved.store);
    expect(await documentsOf(moved.all, 'houses')).toMatchObject({ red: { lamps: { a: 5 } } });
    await moved.end();
    rmSync(dir, { recursive: true });
  });

  it('is nothing to try parked events from, nor to switch back to', async () => {
    const first = await start({ faults: new Set([13]) });
    const { views: shared } = first;
    await first.pen.writeAll(first.store, [...LOG, dimmed('b', 13)]);
    await caughtUp(first.all, 'counts', first.store);
    await first.all.close();
    const second = await start({ views: shared }, { meetWithinMs: 400 });
    await second.pen.writeAll(second.store, LOG.slice(0, 2));
    await until(
      () => statusOf(second.all, 'counts').state,
      (state) => state === 'log_truncated',
    );
    expect(await second.all.retry('counts', 'all')).toMatchObject({
      refused: 'PROJECTION_NOT_READY',
    });
    expect(done(await second.all.parked('counts'))).toMatchObject([PARKED]);
    done(await second.all.rebuild('counts', { switchWhenReady: true }));
    await caughtUp(second.all, 'counts', second.store);
    const behind = await second.all.switchBack('counts');
    expect(behind).toMatchObject({ refused: 'PREVIOUS_BEHIND' });
    expect(JSON.stringify(behind)).toContain('the log ends at');
    expect(JSON.stringify(behind)).not.toContain('try again');
    expect(statusOf(second.all, 'counts').state).toBe('running');
  });

  it('is not suspected after parked events were tried again', async () => {
    const first = await start({ faults: new Set([13]) }, { checkpointAfterMs: 60_000 });
    const { store, pen, all } = first;
    await pen.writeAll(store, [...LOG, dimmed('b', 13)]);
    await caughtUp(all, 'counts', store);
    await pen.write(store, moved('a', 'blue')); // nothing to count, so not written yet
    await caughtUp(all, 'counts', store);
    first.faults.clear();
    expect(done(await all.retry('counts', 'all'))).toMatchObject({ still_parked: 0 });
    const second = await start({ store, views: first.views });
    await caughtUp(second.all, 'counts', store);
    await expectVerified(second.all, 'counts');
  });
});

describe('a status', () => {
  it('tells of one source that brings nothing while another is busy', async () => {
    const { store, hold } = heldStore();
    const { all, pen } = await start({ store }, { stalledAfterMs: 300 });
    await pen.writeAll(store, LOG);
    await caughtUp(all, 'houses', store);
    hold((name, slug) => name.startsWith('houses') && slug === 'lamp');
    await pen.write(store, dimmed('a', 1));
    let amps = 0;
    await until(
      async () => {
        await pen.write(store, fused('f', 'red', ++amps));
        return statusOf(all, 'houses').state;
      },
      (state) => state === 'stalled',
    );
    for (let n = 0; n < 10; n++) {
      await pen.write(store, fused('f', 'red', ++amps));
      await pause(20);
      expect(statusOf(all, 'houses').state).toBe('stalled');
    }
    hold(() => false);
    await caughtUp(all, 'houses', store);
    await expectVerified(all, 'houses');
  });

  it('says once that it stands still, and why it has no indexes, however long that lasts', async () => {
    const { store, hold } = heldStore();
    const said: string[] = [];
    const warn = (_: object, message: string) => void said.push(message);
    let tries = 0;
    const broken = await views(() => ({
      index: async () => {
        tries++;
        throw new Error('no connection is left');
      },
    }));
    const all = startTestProjections(
      { definitions: [countsWith(new Set())], store, views: broken, log: { ...SILENT, warn } },
      { stalledAfterMs: 60 },
    );
    open.push(all);
    await until(
      () => tries,
      (now) => now > 2,
    );
    hold(() => true);
    await new Pen().writeAll(store, LOG);
    await until(
      () => statusOf(all, 'counts').state,
      (state) => state === 'stalled',
    );
    await pause(500);
    expect(said.filter((one) => one.includes('stands still'))).toHaveLength(1);
    expect(said.filter((one) => one.includes('indexes'))).toHaveLength(1);
  });

  it('tells of what stands still, also when the clock of the day is put back', async () => {
    const { store, hold } = heldStore();
    let back = 0;
    const clock = () => Date.now() - back;
    const { all, pen } = await start({ store, clock }, { stalledAfterMs: 300 });
    await pen.writeAll(store, LOG);
    await caughtUp(all, 'houses', store);
    back = 3_600_000;
    hold((name) => name.startsWith('houses'));
    await pen.write(store, dimmed('a', 1));
    await until(
      () => statusOf(all, 'houses').state,
      (state) => state === 'stalled',
    );
  });

  it('tells of what another node leads and does not move', async () => {
    const moving = await start();
    const { store, pen } = moving;
    await pen.writeAll(store, LOG);
    await caughtUp(moving.all, 'houses', store);
    const led = { ...moving.views, lead: async () => false };
    const { all } = await start({ store, views: led }, { stalledElsewhereAfterMs: 300 });
    const waits = () =>
      until(
        () => statusOf(all, 'houses'),
        ({ state, lag_events }) => state === 'waiting' && lag_events === 0,
      );
    await waits();
    await pause(500);
    expect(statusOf(all, 'houses').state).toBe('waiting'); // nothing is to be moved
    for (let n = 0; n < 20; n++) {
      await pen.write(store, dimmed('a', n));
      await pause(30);
      expect(statusOf(all, 'houses').state).toBe('waiting');
    }
    await moving.all.close(); // as if it hung
    await pen.write(store, dimmed('a', 21));
    const { reason } = await until(
      () => statusOf(all, 'houses'),
      ({ state }) => state === 'stalled',
    );
    expect(reason).toContain('another node leads it');
    await start({ store, views: moving.views });
    await waits();
  });

  it('says how long events wait for what is stopped', async () => {
    const { all, pen, store } = await start();
    await pen.writeAll(store, LOG);
    await caughtUp(all, 'houses', store);
    done(await all.stop('houses'));
    await pause(200);
    expect(statusOf(all, 'houses')).toMatchObject({ lag_events: 0, lag_seconds: 0 });
    await pen.write(store, dimmed('a', 1));
    const written = performance.now();
    const { lag_seconds } = await until(
      () => statusOf(all, 'houses'),
      (status) => status.lag_events === 1 && status.lag_seconds > 0,
    );
    expect(lag_seconds).toBeLessThan((performance.now() - written) / 1_000 + 1);
  });
});

it('readers do not miss the move that brings what they wait for', async () => {
  let release = (): void => {};
  let held: Promise<void> | undefined;
  let slow = false;
  const late = await views((real) => ({
    revision: async (slot) => {
      await held;
      return real.revision(slot);
    },
    checkpoints: async (slot) => {
      const found = await real.checkpoints(slot);
      if (slow) {
        slow = false;
        await pause(300);
      }
      return found;
    },
  }));
  const first = await start({ views: late });
  const { store, pen } = first;
  await pen.writeAll(store, LOG);
  await caughtUp(first.all, 'counts', store);
  await first.all.close();
  const sequence = await pen.write(store, dimmed('a', 7));
  held = new Promise((resolve) => {
    release = resolve;
  });
  const second = await start({ store, views: late });
  await until(
    () => statusOf(second.all, 'counts').reason,
    (reason) => reason === 'it reads where it stood',
  );
  slow = true;
  const there = second.all.waitForPosition('counts', new Map([['lamp', sequence]]), PATIENCE_MS);
  release();
  expect(await there).toBe(true);
  expect(await documentsOf(second.all, 'counts')).toMatchObject({ a: { changes: 2 } });
});

it('an event that failed is tried again once at a time, however often following begins anew', async () => {
  const { store, failNext } = heldStore();
  const parked = await start({ store, faults: new Set([13]) }, { retryAfterMs: [60_000] });
  await parked.pen.writeAll(store, [...LOG, dimmed('b', 13)]);
  await caughtUp(parked.all, 'counts', store);
  await parked.all.close();
  failNext(6);
  const retryAfterMs = [1_500, 60_000, 60_000, 60_000];
  const { all } = await start(
    { store, views: parked.views, faults: new Set([13]) },
    { retryAfterMs, againMostMs: 50 },
  );
  await until(
    async () => done(await all.parked('counts'))[0]?.attempts,
    (attempts) => attempts === 2,
  );
  await pause(600);
  expect(done(await all.parked('counts'))[0]?.attempts).toBe(2);
  expect((await store.ends(Lamp)).last).toBe(4);
});
