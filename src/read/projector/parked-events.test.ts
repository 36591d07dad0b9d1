import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  countsWith,
  dimmed,
  type Faults,
  housesWith,
  Pen,
  placed,
  type Said,
} from '../../../test/support/lamps.js';
import {
  caughtUp,
  documentsOf,
  done,
  expectVerified,
  startTestProjections,
  statusOf,
  until,
} from '../../../test/support/projecting.js';
import { defineProjection } from '../../core/projection.js';
import { Fault } from '../../core/refusal.js';
import type { Feed } from '../../write/store/event-feeds.js';
import type { LogEntry } from '../../write/store/event-log.js';
import type { EventStore } from '../../write/store/event-store.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { sqliteViews } from '../views/sqlite.js';
import { DRAIN_EVENTS_MAX, type ProjectorLimits } from './limits.js';
import type { Projections } from './projections.js';

const PARKED = { source: 'lamp', aggregate_id: 'b' } as const;
const BY = { by: 'ada', reason: 'it was a test lamp' };
const LOG = [placed('a', 'red'), placed('b', 'red'), dimmed('b', 13), dimmed('b', 3)];
/** Retries by themselves come after the test. */
const BY_HAND: Partial<ProjectorLimits> = { retryAfterMs: [] };

const ALL = (): number => Number.POSITIVE_INFINITY;

/** A log whose copies lag when told to: a read then brings no more than so many of the events. */
const laggingStore = () => {
  const store = memoryStore();
  let most = ALL;
  let held = false;
  const lagging: EventStore = {
    ...store,
    entries: async (...asked) => (await store.entries(...asked)).slice(0, most()),
    async *readJournal(from) {
      let left = most();
      for await (const entry of store.readJournal(from)) if (left-- > 0) yield entry;
    },
    feed: (kind, options): Feed<LogEntry> => {
      const feed = store.feed(kind, options);
      return {
        ack: () => {},
        async *[Symbol.asyncIterator]() {
          for await (const batch of feed) {
            while (held && !options.signal.aborted) await pause(5);
            yield batch;
          }
        },
      };
    },
  };
  return {
    store: lagging,
    lag: (to: () => number): void => {
      most = to;
    },
    hold: (so: boolean): void => {
      held = so;
    },
  };
};

const open: Projections[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A log in which lamp b waits from the event on that fails. */
const parkedLamp = async (
  limits: Partial<ProjectorLimits> = BY_HAND,
  log: readonly Said[] = LOG,
) => {
  const { store, lag, hold } = laggingStore();
  const faults: Faults = new Set([13]);
  const views = await sqliteViews(':memory:');
  const definitions = [housesWith(faults), countsWith(faults)];
  const all = startTestProjections({ definitions, store, views }, limits);
  open.push(all);
  const pen = new Pen();
  await pen.writeAll(store, log);
  for (const { name } of definitions) await caughtUp(all, name, store);
  return { all, store, views, faults, pen, lag, hold };
};

describe('parked events, while the log brings fewer of them than wait', () => {
  it('stay parked when they are tried again, and nothing behind them is lost', async () => {
    const { all, store, faults, lag } = await parkedLamp();
    faults.clear();
    lag(() => 1);
    for (const name of ['houses', 'counts'])
      await expect(all.retry(name, PARKED)).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining('2 events wait and the log brought 1'),
      });
    expect(done(await all.parked('counts'))).toMatchObject([{ ...PARKED, waiting: 2 }]);
    expect(await documentsOf(all, 'counts')).toEqual({});
    lag(ALL);
    for (const name of ['houses', 'counts']) {
      await caughtUp(all, name, store);
      expect(done(await all.retry(name, PARKED))).toEqual({ drained: 2, still_parked: 0 });
      await expectVerified(all, name);
    }
    expect(await documentsOf(all, 'counts')).toEqual({ b: { changes: 2, order: [2, 3] } });
  });

  it('stay parked when the one that failed is to be left out', async () => {
    const { all, store, lag } = await parkedLamp();
    lag(() => 1);
    await expect(all.discard('counts', PARKED, BY)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    expect(done(await all.discarded('counts'))).toEqual([]);
    lag(ALL);
    await caughtUp(all, 'counts', store);
    expect(done(await all.discard('counts', PARKED, BY))).toEqual({ drained: 1, still_parked: 0 });
    expect(await documentsOf(all, 'counts')).toEqual({ b: { changes: 1, order: [3] } });
    await expectVerified(all, 'counts');
  });

  it('are tried again by themselves until the log brings all', async () => {
    const { all, store, faults, lag } = await parkedLamp({ retryAfterMs: [30, 60_000] });
    lag(() => 1);
    faults.clear();
    await pause(200);
    expect(statusOf(all, 'counts').parked_events).toBe(2);
    lag(ALL);
    await until(
      () => statusOf(all, 'counts').parked_events,
      (events) => events === 0,
    );
    await caughtUp(all, 'counts', store);
    expect(await documentsOf(all, 'counts')).toEqual({ b: { changes: 2, order: [2, 3] } });
  });

  it('go on behind what is no event, as the feed does', async () => {
    const under = memoryStore();
    // Nobody can write it here, but another program can on a server.
    const withForeign = (entries: readonly LogEntry[]): LogEntry[] =>
      entries.flatMap((entry, index) =>
        index === 0 ? [entry, { sequence: entry.sequence, unreadable: 'evt.lamp.b' }] : [entry],
      );
    const store: EventStore = {
      ...under,
      read: async () => {
        throw new Fault('HISTORY_BROKEN', 'something else stands among them');
      },
      entries: async (...asked) => withForeign(await under.entries(...asked)),
    };
    const faults: Faults = new Set([13]);
    const views = await sqliteViews(':memory:');
    const all = startTestProjections({ definitions: [countsWith(faults)], store, views }, BY_HAND);
    open.push(all);
    await new Pen().writeAll(under, LOG);
    await caughtUp(all, 'counts', under);
    expect(done(await all.retry('counts', PARKED))).toEqual({ drained: 0, still_parked: 2 });
    expect(done(await all.discard('counts', PARKED, BY))).toEqual({ drained: 1, still_parked: 0 });
    expect(await documentsOf(all, 'counts')).toMatchObject({ b: { changes: 1 } });
  });

  it('stay parked from where a long drain came to, with the rest of their number', async () => {
    const behind = Array.from({ length: DRAIN_EVENTS_MAX + 20 }, () => dimmed('b', 3));
    const { all, store, faults, lag, pen } = await parkedLamp(BY_HAND, [...LOG, ...behind]);
    faults.clear();
    let asked = 0;
    lag(() => (asked++ === 0 ? DRAIN_EVENTS_MAX : 7));
    await expect(all.retry('counts', PARKED)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const waiting = 22;
    expect(done(await all.parked('counts'))).toMatchObject([{ ...PARKED, waiting, attempts: 0 }]);
    await caughtUp(all, 'counts', store);
    // No event has failed since: there is none that could be left out.
    expect(await all.discard('counts', PARKED, BY)).toMatchObject({ refused: 'NOT_PARKED' });
    lag(ALL);
    await pen.write(store, dimmed('b', 4));
    await caughtUp(all, 'counts', store);
    const told = done(await all.retry('counts', PARKED));
    expect(told).toEqual({ drained: waiting + 1, still_parked: 0 });
    await expectVerified(all, 'counts');
  });
});

it('an entry of the journal stays parked while the log does not bring it', async () => {
  const { store, lag } = laggingStore();
  let fails = true;
  const outcomes = defineProjection({
    name: 'outcomes',
    summary: 'What became of commands.',
    view: z.object({ entries: z.number().default(0) }),
    indexed: [],
    from: [],
    journal: {
      documentIds: ({ outcome }) => `${outcome}`,
      on: (view) => {
        if (fails) throw new Error('nobody thought of that');
        return { entries: view.entries + 1 };
      },
    },
    on: {},
  });
  const views = await sqliteViews(':memory:');
  const all = startTestProjections({ definitions: [outcomes], store, views }, BY_HAND);
  open.push(all);
  store.journal({
    received_at: '2026-01-06T10:00:00.000Z',
    via: 'test',
    outcome: 'accepted',
    duration_ms: 1,
  });
  await caughtUp(all, 'outcomes', store);
  fails = false;
  lag(() => 0);
  await expect(all.retry('outcomes', 'all')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(statusOf(all, 'outcomes').parked_events).toBe(1);
  lag(ALL);
  await caughtUp(all, 'outcomes', store);
  expect(done(await all.retry('outcomes', 'all'))).toEqual({ drained: 1, still_parked: 0 });
  expect(await documentsOf(all, 'outcomes')).toEqual({ accepted: { entries: 1 } });
});

describe('a drain', () => {
  it('takes nothing that the projection has not come to yet: it would be taken twice', async () => {
    const { all, store, faults, pen, hold } = await parkedLamp();
    hold(true);
    await pen.write(store, dimmed('b', 4));
    faults.clear();
    expect(done(await all.retry('counts', PARKED))).toEqual({ drained: 2, still_parked: 0 });
    expect(await documentsOf(all, 'counts')).toEqual({ b: { changes: 2, order: [2, 3] } });
    hold(false);
    await caughtUp(all, 'counts', store);
    expect(await documentsOf(all, 'counts')).toEqual({ b: { changes: 3, order: [2, 3, 4] } });
  });

  it('ends where exactly as many wait as are read at once', async () => {
    const behind = Array.from({ length: DRAIN_EVENTS_MAX - 2 }, () => dimmed('b', 3));
    const { all, faults } = await parkedLamp(BY_HAND, [...LOG, ...behind]);
    faults.clear();
    const drained = DRAIN_EVENTS_MAX;
    expect(done(await all.retry('counts', PARKED))).toEqual({ drained, still_parked: 0 });
    await expectVerified(all, 'counts');
  });

  it('passes over what was left out before, in documents that are built anew as well', async () => {
    const log = [placed('b', 'red'), dimmed('b', 5), dimmed('b', 13), dimmed('b', 3)];
    const { all, store, faults } = await parkedLamp(BY_HAND, log);
    done(await all.discard('counts', PARKED, BY));
    faults.clear();
    faults.add(5); // which comes before the one that was left out
    done(await all.rebuild('counts', { switchWhenReady: true }));
    await until(
      () => statusOf(all, 'counts').generation,
      (now) => now === 2,
    );
    await caughtUp(all, 'counts', store);
    expect(done(await all.parked('counts'))).toMatchObject([{ ...PARKED, waiting: 3 }]);
    faults.clear();
    faults.add(13);
    expect(done(await all.retry('counts', 'all'))).toEqual({ drained: 2, still_parked: 0 });
    expect(await documentsOf(all, 'counts')).toEqual({ b: { changes: 2, order: [2, 4] } });
    await expectVerified(all, 'counts');
  });
});
