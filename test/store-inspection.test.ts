import { Kvm } from '@nats-io/kv';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventStream } from '../src/core/subjects.js';
import { examineStrangers } from '../src/operate/doctor/examine-strangers.js';
import { readingStore } from '../src/operate/doctor/reading-store.js';
import type { Inspection } from '../src/write/store/inspection.js';
import { refuseForeign } from '../src/write/store/nats/event-streams.js';
import { natsInspection } from '../src/write/store/nats/nats-inspection.js';
import type { NatsStore } from '../src/write/store/nats/nats-store.js';
import type { Snapshot } from '../src/write/store/snapshots.js';
import { chain, KIND, OTHER_KIND } from './support/events.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { PATIENCE_MS } from './support/patience.js';
import { openTestStore } from './support/test-store.js';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('what operators see of the store', () => {
  let server: TestServer;
  let nc: NatsConnection;
  let store: NatsStore;
  let inspection: Inspection;
  const kinds = [KIND, OTHER_KIND];
  beforeEach(() => {
    inspection = natsInspection(nc, kinds);
  });
  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
    nc = await connect({ servers: server.url });
    store = await openTestStore(nc, { kinds });
    const claim = { scope: 'name', key: 'k', label: 'desk', holder: 'a', expected: 0 };
    const append = { kind: KIND, aggregate_id: 'a', expected: 0 };
    await store.append({ ...append, events: chain('a', 4), claims: [claim] });
  });
  afterAll(async () => {
    await store.close();
    await nc.close();
    await server.stop();
  });

  describe('by a program that defines other types', () => {
    const Other = { slug: 'other' };

    it('is a finding for each stream of events that it does not know', async () => {
      const reading = await readingStore(nc);
      const found = await examineStrangers(reading, [Other, OTHER_KIND]);
      expect(found).toMatchObject([
        {
          code: 'STREAM_UNKNOWN',
          grade: 'broken',
          stream: 'EVT_LAMP',
          what: expect.stringMatching(/ 5 messages were not examined$/),
        },
      ]);
      // The other one is there, and empty.
      expect(await reading.eventStreams()).toEqual([eventStream(OTHER_KIND.slug), 'EVT_LAMP']);
      expect(await examineStrangers(reading, [KIND])).toEqual([]);
      reading.close();
    });

    it('is left as it is', async () => {
      const refused = refuseForeign(nc, [Other]);
      await expect(refused).rejects.toMatchObject({ code: 'STORE_FOREIGN' });
      await expect(refused).rejects.toThrow(/it has EVT_FUSE, EVT_LAMP, .* STELE_DATA/);
      await refuseForeign(nc, [Other, KIND]);
    });
  });

  describe('of a stream', () => {
    it('is how it is kept, what it holds, and who reads it', async () => {
      const jsm = await jetStreamOf(nc);
      await jsm.consumers.add('EVT_LAMP', { durable_name: 'z-last', ack_policy: 'explicit' });
      await jsm.consumers.add('EVT_LAMP', { name: 'passing', inactive_threshold: 60_000_000_000 });
      const state = await inspection.stream('EVT_LAMP');
      expect(state).toEqual({
        name: 'EVT_LAMP',
        kind: 'events',
        aggregate_type: 'Lamp',
        subjects: ['evt.lamp.*', 'claim.lamp.>'],
        messages: 5,
        bytes: expect.any(Number),
        first_sequence: 1,
        last_sequence: 5,
        first_at: expect.stringMatching(ISO),
        last_at: expect.stringMatching(ISO),
        replicas: 1,
        storage: 'file',
        retention: 'limits',
        deny_delete: true,
        deny_purge: true,
        sealed: false,
        leader: expect.stringMatching(/^test-/),
        consumers: [
          {
            name: 'passing',
            durable: false,
            delivered: 0,
            ack_floor: 0,
            pending: 5,
            ack_pending: 0,
            redelivered: 0,
            created_at: expect.stringMatching(ISO),
          },
          expect.objectContaining({ name: 'z-last', durable: true, pending: 5 }),
        ],
      });
    });

    it('is all that are there and known, and nothing of any other', async () => {
      const jsm = await jetStreamOf(nc);
      await jsm.streams.add({ name: 'FOREIGN', subjects: ['foreign.>'] });
      const all = await inspection.streams();
      expect(all.map(({ name, kind, aggregate_type }) => [name, kind, aggregate_type])).toEqual([
        ['EVT_LAMP', 'events', 'Lamp'],
        ['EVT_FUSE', 'events', 'Fuse'],
        ['JOURNAL', 'journal', null],
        ['JOURNAL-STRANGERS', 'journal', null],
        ['ALERTS', 'alerts', null],
      ]);
      expect(all[1]).toMatchObject({ messages: 0, first_at: null, last_at: null, consumers: [] });
      expect(await inspection.stream('FOREIGN')).toBeUndefined();
      expect(await inspection.messages('FOREIGN', 1, 10)).toBeUndefined();
      await jsm.streams.delete('ALERTS');
      expect(await inspection.stream('ALERTS')).toBeUndefined();
      expect(await inspection.messages('ALERTS', 1, 10)).toBeUndefined();
      expect(await inspection.streams()).toHaveLength(4);
    });

    it('is its messages, a page at a time, without what the server adds to them', async () => {
      const page = (await inspection.messages('EVT_LAMP', 0, 2))!;
      expect(page.next).toBe(3);
      expect(page.messages.map(({ sequence }) => sequence)).toEqual([1, 2]);
      const [first] = page.messages;
      expect(first).toMatchObject({
        subject: 'evt.lamp.a',
        at: expect.stringMatching(ISO),
        encoding: 'json',
        payload: { level: 1 },
        headers: { 'Stele-Event-Type': ['LampDimmed'], 'Stele-Aggregate-Id': ['a'] },
      });
      const told = [
        'Nats-Stream',
        'Nats-Subject',
        'Nats-Sequence',
        'Nats-Time-Stamp',
        'Nats-Num-Pending',
        'Nats-Last-Sequence',
        'Nats-UpTo-Sequence',
      ];
      for (const name of told) expect(page.messages[1]!.headers).not.toHaveProperty(name);
      const rest = (await inspection.messages('EVT_LAMP', 3, 10))!;
      expect([rest.messages.length, rest.next]).toEqual([3, null]);
      expect(rest.messages.at(-1)).toMatchObject({ subject: 'claim.lamp.name.k' });
      expect(await inspection.messages('EVT_LAMP', 6, 10)).toEqual({ messages: [], next: null });
      const exact = (await inspection.messages('EVT_LAMP', 4, 2))!;
      expect([exact.messages.length, exact.next]).toEqual([2, null]);
    });
  });

  describe('of a bucket', () => {
    beforeAll(async () => {
      const kvm = new Kvm(nc);
      const alerting = await kvm.create('ALERTING', { history: 3, ttl: 60_000 });
      for (const n of [1, 2, 3, 4]) await alerting.put('rule.b', JSON.stringify({ n }));
      await alerting.put('rule.a', 'text');
      await alerting.put('other', 'x');
      await alerting.put('rule.c', '1');
      await alerting.delete('rule.c');
      await alerting.put('rule.d', '1');
      await alerting.purge('rule.d');
      const keys = await kvm.create('ACCESS-KEYS');
      await keys.put('k1', 'a hash');
      await (await kvm.create('FOREIGN')).put('x', '1');
    });

    it('is how it is kept; one that holds credentials is hidden', async () => {
      const all = await inspection.buckets();
      expect(all.map(({ name, kind, hidden }) => [name, kind, hidden])).toEqual([
        ['ACCESS-KEYS', 'access', true],
        ['ALERTING', 'other', false],
        ['SNAP_FUSE', 'snapshots', false],
        ['SNAP_LAMP', 'snapshots', false],
      ]);
      expect(await inspection.bucket('ALERTING')).toEqual({
        name: 'ALERTING',
        kind: 'other',
        values: 8,
        bytes: expect.any(Number),
        history: 3,
        replicas: 1,
        ttl_ms: 60_000,
        hidden: false,
      });
      expect(await inspection.bucket('SNAP_LAMP')).toMatchObject({ ttl_ms: null });
      for (const none of ['FOREIGN', 'NOTHING', 'ALERTS-FAILED', 'ACCESS-*'])
        expect(await inspection.bucket(none)).toBeUndefined();
    });

    it('is its keys, in order, that begin so and come after one', async () => {
      const keys = (prefix: string, after: string, most: number) =>
        inspection.keys('ALERTING', { prefix, after, most });
      expect(await keys('', '', 10)).toEqual({
        keys: ['other', 'rule.a', 'rule.b', 'rule.c', 'rule.d'],
        next: null,
      });
      expect(await keys('rule.', '', 2)).toEqual({ keys: ['rule.a', 'rule.b'], next: 'rule.b' });
      expect(await keys('rule.', 'rule.b', 2)).toEqual({ keys: ['rule.c', 'rule.d'], next: null });
      expect(await inspection.keys('NOTHING', { prefix: '', after: '', most: 2 })).toEqual({
        keys: [],
        next: null,
      });
    });

    it('is what a key holds and held, the newest first', async () => {
      const entries = await inspection.entries('ALERTING', 'rule.b');
      expect(entries.map(({ payload }) => payload)).toEqual([{ n: 4 }, { n: 3 }, { n: 2 }]);
      expect(entries[0]).toMatchObject({
        operation: 'put',
        revision: 4,
        at: expect.stringMatching(ISO),
        encoding: 'json',
      });
      const [deleted, before] = await inspection.entries('ALERTING', 'rule.c');
      expect([deleted!.operation, before!.operation]).toEqual(['delete', 'put']);
      expect(await inspection.entries('ALERTING', 'rule.d')).toMatchObject([
        { operation: 'purge' },
      ]);
    });

    it.each([
      ['ACCESS-KEYS', 'k1'],
      ['ALERTING', 'rule.*'],
      ['ALERTING', '>'],
      ['ALERTING', 'a b'],
      ['ALERTING', ''],
      ['ALERTING', 'rule.b '],
      ['ALERTING', 'never'],
    ])('%s shows nothing of "%s"', async (bucket, key) => {
      expect(await inspection.entries(bucket, key)).toEqual([]);
    });
  });

  describe('of snapshots', () => {
    const snapshot = (version: number, accepted: Uint8Array = Buffer.alloc(0)): Snapshot => ({
      state: { status: 'lit', data: { level: version } },
      version,
      sequence: version,
      head: `h${version}`,
      timestamp: '2026-01-06T10:00:00.000Z',
      accepted,
      accepted_hash: 'hash',
      definition: 'd',
      state_hash: 's',
    });
    /** Long bytes are compared as bytes: as lists of numbers it takes seconds. */
    const expectKept = async (id: string, wanted: Snapshot): Promise<void> => {
      const found = await store.snapshot(KIND, id);
      expect({ ...found, accepted: null }).toEqual({ ...wanted, accepted: null });
      expect(Buffer.from(wanted.accepted).equals(found!.accepted)).toBe(true);
    };
    const bytes = (length: number) => Buffer.from(Array.from({ length }, (_, n) => n % 251));

    it('is whole again however many commands were accepted, written in pages once', async () => {
      const small = snapshot(1, bytes(1_000));
      await store.saveSnapshot(KIND, 'paged', small);
      await expectKept('paged', small);
      for (const [version, length] of [
        [2, 219_999],
        [3, 220_000],
        [4, 700_001],
        [5, 900_000],
      ] as const) {
        const one = snapshot(version, bytes(length));
        await store.saveSnapshot(KIND, 'paged', one);
        await expectKept('paged', one);
      }
      const pages = await inspection.keys('SNAP_LAMP', { prefix: 'paged', after: '', most: 10 });
      expect(pages.keys).toEqual(['paged', 'paged/0', 'paged/1', 'paged/2', 'paged/3']);
      for (const page of ['paged/0', 'paged/1', 'paged/2', 'paged/3'])
        expect(await inspection.entries('SNAP_LAMP', page)).toHaveLength(1);
    });

    it('counts as absent when a page of it is missing, or it cannot be read', async () => {
      await store.saveSnapshot(KIND, 'torn', snapshot(1, bytes(500_000)));
      const bucket = await new Kvm(nc).open('SNAP_LAMP');
      await bucket.delete('torn/1');
      expect(await store.snapshot(KIND, 'torn')).toBeUndefined();
      await bucket.put('odd', 'no JSON');
      await bucket.put('early', JSON.stringify({ state: {}, version: 1 }));
      await bucket.put('gone', '1');
      await bucket.delete('gone');
      for (const id of ['odd', 'early', 'gone', 'never'])
        expect(await store.snapshot(KIND, id)).toBeUndefined();
    });

    it('is those of before, the newest first, without what was accepted', async () => {
      const bucket = await new Kvm(nc).open('SNAP_LAMP');
      await store.saveSnapshot(KIND, 'past', snapshot(1));
      await bucket.put('past', 'no JSON');
      await store.saveSnapshot(KIND, 'past', snapshot(3));
      const found: object[] = [];
      for await (const one of store.snapshots(KIND, 'past')) found.push(one);
      const { accepted: _, accepted_hash: __, ...third } = snapshot(3);
      expect(found).toEqual([third, { ...third, ...first(1) }]);
      const none: object[] = [];
      for await (const one of store.snapshots(KIND, 'nobody')) none.push(one);
      expect(none).toEqual([]);
    });
    const first = (version: number) => {
      const { accepted: _, accepted_hash: __, ...past } = snapshot(version);
      return past;
    };
  });

  describe('of the journal', () => {
    it('is its entries as they were written, but what cannot be read', async () => {
      const entry = (n: number) =>
        ({ received_at: `${n}`, via: 'test', outcome: 'refused', duration_ms: n }) as const;
      await nc.request('journal.commands', JSON.stringify([entry(1), entry(2)]));
      await nc.request('journal.commands', 'no JSON', { timeout: PATIENCE_MS, headers: headers() });
      await nc.request('journal.commands', JSON.stringify([entry(3)]));
      const read = async (from: number, most?: number) => {
        const all: string[] = [];
        for await (const one of store.readJournal(from, most))
          all.push(`${one.sequence}:${one.duration_ms}`);
        return all;
      };
      expect(await read(1)).toEqual(['1:1', '1:2', '3:3']);
      expect(await read(2)).toEqual(['3:3']);
      expect(await read(1, 1)).toEqual(['1:1', '1:2']);
    });
  });
});

it('a server that is away is said to be so', async () => {
  const server = await startTestServer({ sync: 'lazy' });
  const nc = await connect({ servers: server.url });
  const inspection = natsInspection(nc, [KIND]);
  expect(await inspection.streams()).toEqual([]);
  await nc.close();
  await expect(inspection.streams()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await server.stop();
});
