import type { JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventSubject, JOURNAL_STREAM, STRANGERS_STREAM } from '../src/core/subjects.js';
import type { JournalEntry } from '../src/write/store/command-journal.js';
import type { Appended } from '../src/write/store/event-log.js';
import { Holes } from '../src/write/store/holes.js';
import type { NatsStore } from '../src/write/store/nats/nats-store.js';
import { WriteGate } from '../src/write/store/write-gate.js';
import { chain, KIND, OTHER_KIND } from './support/events.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { PATIENCE_MS } from './support/patience.js';
import { openTestStore } from './support/test-store.js';

const STREAM = 'EVT_LAMP';
type Written = { readonly id: string; readonly first: number };
const FULL = { code: 'STORE_FULL' };

const listOf = async <T>(all: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
};

/** What a store on a real server says of itself; what it keeps is the contract of every store. */
describe('a store on JetStream', () => {
  let server: TestServer;
  let nc: NatsConnection;
  let jsm: JetStreamManager;
  let gate: WriteGate;
  let store: NatsStore;
  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    nc = await connect({ servers: server.url, reconnectTimeWait: 50, maxReconnectAttempts: -1 });
    jsm = await jetStreamOf(nc);
    gate = new WriteGate();
    store = await openTestStore(nc, { kinds: [KIND, OTHER_KIND], gate });
  });
  afterEach(async () => {
    await jsm.streams.update(STREAM, { max_bytes: -1 }).catch(() => {});
    await store.close();
    await nc.close();
  });

  const append = (kind = KIND) => {
    const id = crypto.randomUUID();
    return store.append({
      kind,
      aggregate_id: id,
      expected: 0,
      events: chain(id, 1),
      claims: [],
    });
  };
  const messagesIn = async (stream: string): Promise<number> =>
    (await jsm.streams.info(stream)).state.messages;
  /** The server has no room for another event of a type. */
  const fill = async (): Promise<void> => {
    await append();
    const { state } = await jsm.streams.info(STREAM);
    await jsm.streams.update(STREAM, { max_bytes: state.bytes });
  };

  it('is not ready while the gate is shut, and says why', async () => {
    expect(await store.ready()).toBe(true);
    gate.shut('log', { code: 'LOG_TRUNCATED', message: 'it is shorter than it was' });
    await expect(store.ready()).rejects.toMatchObject({
      code: 'LOG_TRUNCATED',
      message: 'it is shorter than it was; nothing was written',
    });
    await expect(append()).rejects.toMatchObject({ code: 'LOG_TRUNCATED' });
    gate.open('log');
    expect(await store.ready()).toBe(true);
    await append();
  });

  it('goes on for all others where a message of one aggregate is gone, and says whose it was', async () => {
    const holes = new Holes();
    const holed = await openTestStore(nc, { kinds: [KIND], holes });
    // A disk loses what nobody may delete.
    const { config } = await jsm.streams.info(STREAM);
    await jsm.streams.delete(STREAM);
    await jsm.streams.add({ ...config, deny_delete: false });
    const ids = await Promise.all(
      [0, 1, 2].map(async () => {
        const id = crypto.randomUUID();
        const events = chain(id, 1);
        const written = { kind: KIND, aggregate_id: id, expected: 0, events, claims: [] };
        const { first } = (await holed.append(written)) as Appended;
        return { id, first };
      }),
    );
    const [, { id, first }, other] = ids as [Written, Written, Written];
    await jsm.streams.deleteMessage(STREAM, first);
    const scanned = () => listOf(holed.scan(KIND, first));
    await expect(scanned()).rejects.toMatchObject({ code: 'HISTORY_BROKEN', from: first });
    expect(holes.of('lamp').get(first)).toMatchObject({ aggregate_id: null });
    expect(await holed.holds(KIND, first)).toBe(false);
    const lost = { sequence: first, aggregate_id: id, event_type: null, isGivenUp: false };
    holes.put('lamp', lost);
    expect((await scanned())[0]).toEqual({ sequence: first, lost });
    const feed = holed.feed(KIND, {
      name: 'hole',
      from: first,
      signal: AbortSignal.timeout(5_000),
      batch: 10,
    });
    const brought: string[] = [];
    for await (const { entries } of feed) {
      brought.push(...entries.map((one) => Object.keys(one)[1]!));
      if (brought.length === 2) break;
    }
    expect(brought).toEqual(['lost', 'event']);
    const broken = { code: 'HISTORY_BROKEN' };
    await expect(holed.read(KIND, id, 1)).rejects.toMatchObject(broken);
    await expect(holed.head(KIND, id)).rejects.toMatchObject(broken);
    expect(await holed.entries(KIND, id, 1)).toEqual([{ sequence: first, lost }]);
    const more = {
      kind: KIND,
      aggregate_id: id,
      expected: first,
      events: chain(id, 1),
      claims: [],
    };
    await expect(holed.append(more)).rejects.toMatchObject(broken);
    expect(await holed.read(KIND, other.id, 1)).toHaveLength(1);
    await holed.close();
    await jsm.streams.delete(STREAM);
  });

  it('is not ready while a stream has no room, and ready once something was written', async () => {
    await fill();
    await expect(append()).rejects.toMatchObject(FULL);
    await expect(store.ready()).rejects.toMatchObject(FULL);
    await append(OTHER_KIND); // each type by itself
    await expect(store.ready()).rejects.toMatchObject(FULL);
    await jsm.streams.update(STREAM, { max_bytes: -1 });
    await append();
    expect(await store.ready()).toBe(true);
  });

  it('holds nothing against a server that was started anew', async () => {
    await fill();
    await expect(append()).rejects.toMatchObject(FULL);
    await expect(store.ready()).rejects.toMatchObject(FULL);
    await server.kill9();
    await server.restart();
    await expect.poll(() => store.ready().catch(({ code }) => code)).toBe(true);
  });

  it('is not ready while there is no server', async () => {
    await server.kill9();
    expect(await store.ready()).toBe(false);
    await server.restart();
    await expect.poll(() => store.ready().catch(() => false)).toBe(true);
  });

  it('counts what it wrote, of all types together and of each', async () => {
    await Promise.all([append(), append(), append(OTHER_KIND)]);
    await append();
    expect(store.appendStats()).toEqual({
      batches: 1,
      singles: 2,
      messages: 4,
      refusedBatches: 0,
      uncertain: 0,
    });
    const { lamp, fuse } = Object.fromEntries(store.appendMeters());
    expect([lamp?.seconds.count, fuse?.seconds.count]).toEqual([2, 1]);
    expect([lamp?.messages.sum, fuse?.messages.sum]).toEqual([3, 1]);
    expect([lamp?.conflicts, lamp?.waiting]).toEqual([0, 0]);
  });

  it('says where a log ends, of a type and of the journal', async () => {
    const { first } = (await append()) as { first: number };
    expect(await store.last(KIND)).toBe(first);
    expect(await store.ends(KIND)).toMatchObject({ last: first });
    store.journal(entry);
    await expect.poll(async () => (await store.ends('journal')).last).toBeGreaterThan(0);
    expect(store.journalHead()).toBe((await store.ends('journal')).last);
    expect([store.journalWaiting(), store.journalDropped()]).toEqual([0, 0]);
  });

  const entry: JournalEntry = {
    received_at: '2026-01-06T10:00:00.000Z',
    via: 'test',
    outcome: 'refused',
    duration_ms: 1,
  };

  it('keeps what is kept for a while apart from the journal', async () => {
    const before = [await messagesIn(JOURNAL_STREAM), await messagesIn(STRANGERS_STREAM)];
    store.journal(entry, 'for a while');
    await expect.poll(() => messagesIn(STRANGERS_STREAM)).toBe(before[1]! + 1);
    expect(await messagesIn(JOURNAL_STREAM)).toBe(before[0]);
    store.journal(entry);
    await expect.poll(() => messagesIn(JOURNAL_STREAM)).toBe(before[0]! + 1);
    expect(await messagesIn(STRANGERS_STREAM)).toBe(before[1]! + 1);
  });

  it('writes neither while there is no room, and both once there is', async () => {
    const before = await messagesIn(STRANGERS_STREAM);
    gate.shut('room', { code: 'STORE_FULL', message: 'full' });
    store.journal(entry, 'for a while');
    store.journal(entry);
    await new Promise((wake) => setTimeout(wake, 300));
    expect([await messagesIn(STRANGERS_STREAM), store.journalWaiting()]).toEqual([before, 2]);
    gate.open('room');
    await expect.poll(() => messagesIn(STRANGERS_STREAM)).toBe(before + 1);
    await expect.poll(() => store.journalWaiting()).toBe(0);
  });

  it('counts what it could not write of either as lost', async () => {
    const shut = new WriteGate();
    shut.shut('room', { code: 'STORE_FULL', message: 'full' });
    const other = await openTestStore(nc, { kinds: [KIND], gate: shut });
    other.journal(entry, 'for a while');
    other.journal(entry);
    await other.close();
    expect([other.journalWaiting(), other.journalDropped()]).toEqual([0, 2]);
  });

  it('answers whatever it is asked of an aggregate, its type and the journal', async () => {
    const id = crypto.randomUUID();
    const claim = { scope: 'name', key: id, label: id, holder: id, expected: 0 };
    const written = { kind: KIND, aggregate_id: id, expected: 0, events: chain(id, 2) };
    const { first } = (await store.append({ ...written, claims: [claim] })) as { first: number };
    expect(await store.read(KIND, id, 1)).toHaveLength(2);
    expect(await store.entries(KIND, id, 1)).toMatchObject([{ sequence: first }, {}]);
    expect(await store.head(KIND, id)).toBe(first + 1);
    expect(await store.claims(KIND, [claim])).toEqual([{ sequence: first + 2, holder: id }]);
    const scanned: object[] = [];
    for await (const one of store.scan(KIND, first)) scanned.push(one);
    expect(scanned).toMatchObject([{ event: {} }, { event: {} }, { claim: { key: id } }]);
    const followed: number[] = [];
    for await (const { sequence } of store.follow(KIND, first, AbortSignal.timeout(PATIENCE_MS))) {
      followed.push(sequence);
      if (followed.length === 2) break;
    }
    expect(followed).toEqual([first, first + 1]);
    const snapshot = {
      sequence: first + 1,
      version: 2,
      hash: 'h',
      state: {},
      accepted: new Uint8Array(16),
      accepted_hash: 'h',
      definition_hash: 'd',
      at: '2026-01-06T10:00:00.000Z',
    } as never;
    await store.saveSnapshot(KIND, id, snapshot);
    expect(await store.snapshot(KIND, id)).toMatchObject({ sequence: first + 1 });
    const past: object[] = [];
    for await (const one of store.snapshots(KIND, id)) past.push(one);
    expect(past).toHaveLength(1);
    store.journal({ ...entry, command_id: id });
    const stop = new AbortController();
    const fed = { name: 'all', from: 1, signal: stop.signal, batch: 10 };
    for await (const { entries } of store.feedJournal(fed))
      if (JSON.stringify(entries).includes(id)) stop.abort();
    await store.dropFeed('journal', 'all');
    const journalled: unknown[] = [];
    for await (const { command_id } of store.readJournal(1)) journalled.push(command_id);
    expect(journalled).toContain(id);
  });

  it('tells of a consumer that had to be made anew, and brings everything', async () => {
    const told: string[] = [];
    const other = await openTestStore(nc, {
      kinds: [KIND],
      onFeedMadeAnew: ({ consumer, why }) => told.push(`${consumer}: ${why}`),
    });
    const stop = new AbortController();
    const { first } = (await append()) as { first: number };
    const seen: number[] = [];
    const options = { name: 'told', from: first, signal: stop.signal, batch: 10 };
    for await (const { entries } of other.feed(KIND, options)) {
      seen.push(...entries.map(({ sequence }) => sequence));
      if (seen.length > 1) stop.abort();
      else {
        await other.dropFeed(KIND, 'told');
        await append();
      }
    }
    expect(seen).toEqual([first, first + 1]);
    expect(told[0]).toMatch(/^told: /);
    await other.close();
  });

  it('follows on, or ends and can begin where it was, when its consumer was taken away', async () => {
    const stop = new AbortController();
    const { first } = (await append()) as { first: number };
    const seen: number[] = [];
    const following = (async () => {
      while (!stop.signal.aborted)
        for await (const { sequence } of store.follow(KIND, first + seen.length, stop.signal))
          seen.push(sequence);
    })();
    await expect.poll(() => seen).toEqual([first]);
    for await (const { name } of jsm.consumers.list(STREAM))
      await jsm.consumers.delete(STREAM, name);
    await append();
    await expect.poll(() => seen).toEqual([first, first + 1]);
    stop.abort();
    await following;
    for await (const _ of store.follow(KIND, 1, stop.signal)) expect.unreachable();
  });

  it('follows past what is no event', async () => {
    const { first } = (await append()) as { first: number };
    nc.publish(eventSubject(KIND.slug, crypto.randomUUID()), 'no event');
    await append();
    const seen: number[] = [];
    for await (const { sequence } of store.follow(KIND, first, AbortSignal.timeout(PATIENCE_MS))) {
      seen.push(sequence);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([first, first + 2]);
  });

  it('closes once the journal has everything that it was given', async () => {
    const before = [await messagesIn(JOURNAL_STREAM), await messagesIn(STRANGERS_STREAM)];
    store.journal(entry);
    store.journal(entry, 'for a while');
    await store.close();
    const after = [await messagesIn(JOURNAL_STREAM), await messagesIn(STRANGERS_STREAM)];
    expect(after).toEqual(before.map((messages) => messages + 1));
  });
});
