import { setTimeout as pause } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventStream } from '../src/core/subjects.js';
import { isConflict } from '../src/write/store/event-log.js';
import type { NatsStore } from '../src/write/store/nats/nats-store.js';
import { chain, KIND, OTHER_KIND } from './support/events.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startProxy, type TcpProxy } from './support/tcp-proxy.js';
import { openTestStore } from './support/test-store.js';

const append = (id: string, expected = 0, count = 1, from = 1) => ({
  kind: KIND,
  aggregate_id: id,
  expected,
  events: chain(id, count, { from }),
  claims: [],
});

describe('the appender on a real server', () => {
  let server: TestServer;
  let proxy: TcpProxy;
  let nc: NatsConnection;
  let direct: NatsConnection;
  let store: NatsStore;
  beforeAll(async () => {
    server = await startTestServer();
    direct = await connect({ servers: server.url });
  });
  afterAll(async () => {
    await direct.close();
    await server.stop();
  });
  beforeEach(async () => {
    proxy = await startProxy(server.url);
    nc = await connect({
      servers: proxy.url,
      ignoreClusterUpdates: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    });
    store = await openTestStore(nc, { kinds: [KIND, OTHER_KIND] });
  });
  afterEach(async () => {
    await store.close();
    await nc.close();
    await proxy.close();
  });

  it('sends a lone event as a plain publish and a crowd as few atomic batches', async () => {
    await store.append(append(crypto.randomUUID()));
    expect(store.appendStats()).toMatchObject({ singles: 1, batches: 0 });
    await Promise.all(Array.from({ length: 200 }, () => store.append(append(crypto.randomUUID()))));
    const { singles, batches, messages, refusedBatches } = store.appendStats();
    expect(messages).toBe(201);
    expect(singles + batches).toBeLessThan(20);
    expect(refusedBatches).toBe(0);
  });

  it('takes far more at once than one batch looks through, and loses none', async () => {
    const ids = Array.from({ length: 3_000 }, () => crypto.randomUUID());
    const first = await Promise.all(ids.map((id) => store.append(append(id))));
    expect(first.filter(isConflict)).toEqual([]);
    const places = first.map((one) => (isConflict(one) ? 0 : one.first));
    expect(new Set(places).size).toBe(ids.length);
    expect(store.appendStats().refusedBatches).toBe(0);
  });

  it('sends the events of one command together or not at all', async () => {
    const id = crypto.randomUUID();
    const result = await store.append(append(id, 0, 900));
    expect(isConflict(result)).toBe(false);
    expect(await store.read(KIND, id, 1)).toHaveLength(900);
    await expect(store.append(append(crypto.randomUUID(), 0, 901))).rejects.toMatchObject({
      code: 'APPEND_TOO_LARGE',
    });
  });

  it('says at once that a stream is full, writes nothing, and goes on when it may hold more', async () => {
    const jsm = await jetStreamOf(direct);
    const limit = (max_bytes: number) => jsm.streams.update(eventStream(KIND.slug), { max_bytes });
    await store.append(append(crypto.randomUUID()));
    const { bytes } = (await jsm.streams.info(eventStream(KIND.slug))).state;
    await limit(bytes + 10);
    const [alone, together] = [crypto.randomUUID(), crypto.randomUUID()];
    await expect(store.append(append(alone))).rejects.toMatchObject({ code: 'STORE_FULL' });
    await expect(store.append(append(together, 0, 3))).rejects.toMatchObject({
      message: expect.stringContaining('no room: maximum bytes exceeded'),
    });
    await expect(store.ready()).rejects.toMatchObject({ code: 'STORE_FULL' });
    await limit(-1);
    await store.append(append(crypto.randomUUID()));
    expect(await store.ready()).toBe(true);
    for (const id of [alone, together]) expect(await store.head(KIND, id)).toBe(0);
  });

  it('refuses an event the server would not take, and only that', async () => {
    const huge = chain('huge', 1, { data: { text: 'x'.repeat(9 * 1024 * 1024) } });
    const id = crypto.randomUUID();
    const [refused, fine] = await Promise.allSettled([
      store.append({ ...append('huge'), events: huge }),
      store.append(append(id)),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'EVENT_TOO_LARGE' } });
    expect(fine).toMatchObject({ status: 'fulfilled' });
    expect(nc.isClosed()).toBe(false);
  });

  it.each([1, 40])('finds out what became of %i appends whose answer was lost', async (count) => {
    const ids = Array.from({ length: count }, () => crypto.randomUUID());
    proxy.swallowAnswers();
    const under = ids.map((id) => store.append(append(id, 0, 2)));
    await pause(300);
    proxy.cut();
    const results = await Promise.all(under);
    for (const [index, result] of results.entries()) {
      if (isConflict(result)) throw new Error('an append conflicted with itself');
      const events = await store.read(KIND, ids[index]!, 1);
      expect(events.map(({ sequence }) => sequence)).toEqual([result.first, result.first + 1]);
    }
    expect(store.appendStats().uncertain).toBeGreaterThan(0);
  });

  it('says conflict, not success, when another took the place while the answer was lost', async () => {
    const id = crypto.randomUUID();
    proxy.cut();
    const other = await openTestStore(direct, { kinds: [KIND] });
    await other.append(append(id));
    const result = await store.append(append(id));
    expect(isConflict(result)).toBe(true);
    expect(await store.read(KIND, id, 1)).toHaveLength(1);
    await other.close();
  });

  it('says that an outcome is unknown when the server stays away, and takes appends afterwards', async () => {
    const id = crypto.randomUUID();
    await server.kill9();
    await expect(store.append(append(id))).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await server.restart();
    await pause(500);
    const again = await store.append(append(id));
    const events = await store.read(KIND, id, 1);
    expect(events).toHaveLength(1); // written by the first attempt or by the second, never by both
    if (!isConflict(again)) expect(events[0]?.sequence).toBe(again.first);
  });
});
