import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it, type TestContext } from 'vitest';
import { feedName } from '../src/read/projector/feeds.js';
import { PROJECTOR_LIMITS, type ProjectorLimits } from '../src/read/projector/limits.js';
import type { Projections } from '../src/read/projector/projections.js';
import { postgresViews, sqliteViews } from '../src/read/views/index.js';
import type { ViewStore } from '../src/read/views/port.js';
import type { NatsStore } from '../src/write/store/nats/nats-store.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import {
  countsWith,
  dimmed,
  type Faults,
  fused,
  housesWith,
  kinds,
  Lamp,
  moved,
  Pen,
  placed,
} from './support/lamps.js';
import { startTestServer } from './support/nats.js';
import { PATIENCE_MS } from './support/patience.js';
import { NO_POSTGRES, startTestPostgres, type TestPostgres } from './support/postgres.js';
import {
  caughtUp,
  documentsOf,
  done,
  expectVerified,
  startTestProjections,
  statusOf,
  until,
} from './support/projecting.js';
import { openTestStore } from './support/test-store.js';

const NAMES = ['houses', 'counts'] as const;
const HOUSES = ['red', 'blue', 'green', 'white'];
const LAMPS = Array.from({ length: 20 }, (_, i) => `lamp-${i}`);
/** As they ship, but for how often is looked. */
const LIMITS: Partial<ProjectorLimits> = { ...PROJECTOR_LIMITS, batch: 50, lookEveryMs: 200 };

/** A server, a connection and a log of one test alone: they wait side by side. */
const openWorld = async ({ onTestFinished }: TestContext) => {
  const server = await startTestServer({ sync: 'lazy' });
  onTestFinished(() => server.stop());
  const connected = async () => {
    const nc = await connect({
      servers: server.url,
      reconnectTimeWait: 50,
      maxReconnectAttempts: -1,
    });
    onTestFinished(() => nc.close());
    const store = await openTestStore(nc, { kinds });
    onTestFinished(() => store.close());
    return { nc, store };
  };
  const { nc, store } = await connected();
  const faults: Faults = new Set();
  const definitions = [housesWith(faults), countsWith(faults)];

  const follow = (views: ViewStore, from: NatsStore = store): Projections => {
    const all = startTestProjections({ definitions, store: from, views }, LIMITS);
    onTestFinished(() => all.close());
    return all;
  };
  const sqlite = async (): Promise<ViewStore> => {
    const dir = mkdtempSync(join(tmpdir(), 'stele-views-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const views = await sqliteViews(join(dir, 'views.sqlite'));
    onTestFinished(() => views.close());
    return views;
  };
  const postgres = async (url: string): Promise<ViewStore> => {
    const views = await postgresViews(url);
    onTestFinished(() => views.close());
    return views;
  };

  /** Somebody who changes lamps and fuses until told to stop; survives a server that is gone. */
  const writer = () => {
    const pen = new Pen();
    let going = true;
    let count = 0;
    const working = (async () => {
      for (const id of LAMPS) await pen.write(store, placed(id, 'red'));
      while (going) {
        const id = LAMPS[count % LAMPS.length]!;
        const what = count % 7;
        const said =
          what === 5
            ? moved(id, HOUSES[count % HOUSES.length]!)
            : what === 6
              ? fused(`fuse-${count % 3}`, HOUSES[count % HOUSES.length]!, 1)
              : dimmed(id, count % 10);
        await pen.write(store, said);
        count++;
        if (count % 20 === 0) await pause(2);
      }
    })();
    working.catch(() => {});
    return {
      pen,
      get count() {
        return count;
      },
      end: async () => {
        going = false;
        await working;
      },
    };
  };

  const expectAllVerified = async (all: Projections): Promise<void> => {
    for (const name of NAMES) {
      await caughtUp(all, name, store);
      await expectVerified(all, name);
    }
  };

  return {
    server,
    nc,
    store,
    connected,
    faults,
    sqlite,
    postgres,
    follow,
    writer,
    expectAllVerified,
  };
};

const openPostgres = async ({ onTestFinished }: TestContext): Promise<TestPostgres> => {
  const postgres = (await startTestPostgres())!;
  onTestFinished(() => postgres.stop());
  return postgres;
};

describe.concurrent('projections over JetStream', () => {
  it('lose nothing when their consumers are deleted, rewound or moved ahead under load', async (test) => {
    const { nc, store, sqlite, follow, writer, expectAllVerified } = await openWorld(test);
    const all = follow(await sqlite());
    const load = writer();
    const jsm = await jetStreamOf(nc);
    for (let round = 0; round < 6; round++) {
      await pause(300);
      const { slot } = await all.reading('houses');
      const name = feedName(slot);
      await jsm.consumers.delete('EVT_LAMP', name).catch(() => {});
      if (round % 3 === 0) continue;
      const { last } = await store.ends(Lamp);
      await jsm.consumers
        .add('EVT_LAMP', {
          durable_name: name,
          ack_policy: 'all',
          deliver_policy: 'by_start_sequence',
          opt_start_seq: round % 3 === 1 ? 1 : last + 10,
        } as never)
        .catch(() => {});
    }
    await pause(300);
    await load.end();
    expect(load.count).toBeGreaterThan(100);
    await expectAllVerified(all);
  });

  it('go on by themselves when nats-server was killed and is back', async (test) => {
    const { server, sqlite, follow, writer, expectAllVerified } = await openWorld(test);
    const all = follow(await sqlite());
    const load = writer();
    for (let kill = 0; kill < 2; kill++) {
      await pause(400);
      await server.kill9();
      await pause(500);
      await server.restart();
    }
    await pause(500);
    await load.end();
    await expectAllVerified(all);
  });

  it('say that the log does not come', async (test) => {
    const { server, store, sqlite, follow } = await openWorld(test);
    const all = follow(await sqlite());
    await new Pen().write(store, placed('a', 'red'));
    await caughtUp(all, 'houses', store);
    await server.kill9();
    await until(
      () => statusOf(all, 'houses').state,
      (state) => state !== 'running',
    );
    await server.restart();
    await until(
      () => statusOf(all, 'houses').state,
      (state) => state === 'running',
    );
  });

  it('are built anew twice under live writes, and nobody reads half of it', async (test) => {
    const { sqlite, follow, writer, expectAllVerified } = await openWorld(test);
    const all = follow(await sqlite());
    const load = writer();
    await until(
      () => load.count,
      (count) => count > 300,
    );
    let least = 0;
    let reading = true;
    const reader = (async () => {
      while (reading) {
        const { positions } = await all.reading('houses');
        expect(positions.get('lamp')).toBeGreaterThanOrEqual(least);
        least = positions.get('lamp')!;
        await pause(5);
      }
    })();
    for (const generation of [2, 3]) {
      done(await all.rebuild('houses', { switchWhenReady: true }));
      await until(
        () => statusOf(all, 'houses').generation,
        (now) => now === generation,
      );
    }
    await pause(200);
    reading = false;
    await reader;
    expect(done(await all.compare('houses'))).toMatchObject({ equal: true });
    await load.end();
    await expectAllVerified(all);
  });

  it('stand still when the log lost its tail, and say so, until somebody rebuilds', async (test) => {
    const { nc, store, sqlite, follow, expectAllVerified } = await openWorld(test);
    const all = follow(await sqlite());
    const pen = new Pen();
    await pen.writeAll(store, [placed('a', 'red'), dimmed('a', 1), dimmed('a', 2)]);
    for (const name of NAMES) await caughtUp(all, name, store);
    const jsm = await jetStreamOf(nc);
    const { config } = await jsm.streams.info('EVT_LAMP');
    await jsm.streams.delete('EVT_LAMP');
    await jsm.streams.add(config);
    await new Pen().writeAll(store, [placed('z', 'white'), dimmed('z', 1)]);
    await until(
      () => statusOf(all, 'houses').state,
      (state) => state === 'log_truncated',
    );
    expect(statusOf(all, 'houses').reason).toMatch(/log (ends at|was replaced)/);
    // The new log grows past the checkpoint: it is another log all the same.
    const another = new Pen();
    await another.writeAll(store, [placed('y', 'white'), dimmed('y', 1), dimmed('y', 2)]);
    await pause(1_500);
    expect(statusOf(all, 'houses').state).toBe('log_truncated');
    expect(await documentsOf(all, 'houses')).toHaveProperty('red');
    for (const name of NAMES) done(await all.rebuild(name, { switchWhenReady: true }));
    await until(
      () => statusOf(all, 'houses').state,
      (state) => state === 'running',
    );
    expect(await documentsOf(all, 'houses')).toMatchObject({ white: { lamps: { z: 1, y: 2 } } });
    await expectAllVerified(all);
  });

  it('park what fails, keep the rest without lag, and drain in order after the fix', async (test) => {
    const { store, faults, sqlite, follow, writer, expectAllVerified } = await openWorld(test);
    const all = follow(await sqlite());
    faults.add(7);
    const load = writer();
    await until(
      () => load.count,
      (count) => count > 300,
    );
    await load.end();
    for (const name of NAMES) await caughtUp(all, name, store);
    const { parked_aggregates, lag_events } = statusOf(all, 'houses');
    expect(parked_aggregates).toBeGreaterThan(0);
    expect(lag_events).toBe(0);
    await expectAllVerified(all);
    faults.clear();
    for (const name of NAMES)
      expect(done(await all.retry(name, 'all'))).toMatchObject({ still_parked: 0 });
    await expectAllVerified(all);
    const counted = (await documentsOf(all, 'counts')) as Record<string, { order: number[] }>;
    for (const { order } of Object.values(counted))
      expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  describe.skipIf(NO_POSTGRES)('into PostgreSQL', () => {
    it('wait while it is gone, say so, and go on when it is back', async (test) => {
      const server = await openPostgres(test);
      const { postgres, follow, writer, expectAllVerified } = await openWorld(test);
      const all = follow(await postgres(await server.database()));
      const load = writer();
      await until(
        () => statusOf(all, 'houses').sources[0]?.sequence ?? 0,
        (taken) => taken > 50,
      );
      await server.kill9();
      await until(
        () => statusOf(all, 'houses').state,
        (state) => state === 'store_unavailable',
      );
      await pause(3_000);
      await server.restart();
      await until(
        () => statusOf(all, 'houses').state,
        (state) => state === 'running',
      );
      await load.end();
      await expectAllVerified(all);
    });

    it('are moved by one node of two, and by the other when that one goes', async (test) => {
      const url = await (await openPostgres(test)).database();
      const { store, connected, postgres, follow, writer, expectAllVerified } =
        await openWorld(test);
      const views = await postgres(url);
      const first = follow(views);
      await until(
        () => statusOf(first, 'houses').state,
        (state) => state === 'running',
      );
      const other = await connected();
      const second = follow(await postgres(url), other.store);
      await until(
        () => statusOf(second, 'houses').state,
        (state) => state === 'waiting',
      );
      const load = writer();
      await until(
        () => load.count,
        (count) => count > 100,
      );
      const { last } = await store.ends(Lamp);
      expect(await second.waitForPosition('houses', new Map([['lamp', last]]), PATIENCE_MS)).toBe(
        true,
      );
      expect((await second.reading('houses')).positions.get('lamp')).toBeGreaterThanOrEqual(last);
      expect(await second.retry('houses', 'all')).toMatchObject({
        refused: 'PROJECTION_ELSEWHERE',
      });
      await first.close();
      await views.close();
      await until(
        () => statusOf(second, 'houses').state,
        (state) => state === 'running',
      );
      await load.end();
      await expectAllVerified(second);
    });
  });
});
