import type { JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  ALERTS_STREAM,
  bucketStream,
  HEADS_BUCKET,
  STRANGERS_STREAM,
  snapshotStream,
} from '../src/core/subjects.js';
import { ExpiringBucket } from '../src/edge/access/expiring-bucket.js';
import { Heads } from '../src/write/store/nats/heads.js';
import { natsStore } from '../src/write/store/nats/nats-store.js';
import { judgeStreams, tendBeside } from '../src/write/store/nats/streams.js';
import { defaultTopology } from '../src/write/store/topology.js';
import { chain, KIND } from './support/events.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import { startTestServer, type TestServer } from './support/nats.js';

describe('the streams', () => {
  let server: TestServer;
  let nc: NatsConnection;
  let jsm: JetStreamManager;
  const open = (kind = KIND, replicas = 1) =>
    natsStore(nc, { kinds: [kind], topology: defaultTopology, replicas });
  beforeAll(async () => {
    server = await startTestServer();
    nc = await connect({ servers: server.url });
    jsm = await jetStreamOf(nc);
  });
  afterAll(async () => {
    await nc.close();
    await server.stop();
  });

  /** A server that still clears away what was removed makes nothing of that name: all ask again. */
  const onceCleared = (ask: () => Promise<unknown>) =>
    expect.poll(() => ask().then(() => 'done', String)).toBe('done');

  it('cannot be purged, and no event in them deleted, by anyone', async () => {
    const store = await open();
    await store.append({
      kind: KIND,
      aggregate_id: 'a',
      expected: 0,
      events: chain('a', 3),
      claims: [],
    });
    await expect(jsm.streams.purge('EVT_LAMP')).rejects.toThrow(/purge/);
    await expect(jsm.streams.deleteMessage('EVT_LAMP', 1)).rejects.toThrow(/delete/);
    await expect(
      jsm.streams.update('EVT_LAMP', { deny_delete: false, deny_purge: false } as object),
    ).rejects.toThrow();
    expect(await store.read(KIND, 'a', 1)).toHaveLength(3);
    const { config } = await jsm.streams.info('EVT_LAMP');
    expect(config).toMatchObject({
      max_age: 0,
      storage: 'file',
      discard: 'new',
      allow_atomic: true,
    });
    await store.close();
  });

  it('are opened again as they are', async () => {
    const store = await open();
    expect(await store.read(KIND, 'a', 1)).toHaveLength(3);
    await store.close();
  });

  it.each([
    ['max_age', { max_age: 3_600_000_000_000 }, /max_age is 3600000000000, must be 0/],
    ['discard', { discard: 'old' }, /discard is old, must be new/],
    ['per_subject', { max_msgs_per_subject: 1 }, /max_msgs_per_subject is 1, must be -1/],
    ['msg_size', { max_msg_size: 1_000 }, /max_msg_size is 1000, must be -1/],
    ['subjects', { subjects: ['evt.subjects.*'] }, /subjects is evt.subjects.\*, must be claim/],
    ['allow_direct', { allow_direct: false }, /allow_direct is false, must be true/],
    ['allow_atomic', { allow_atomic: false }, /allow_atomic is false, must be true/],
    ['max_msgs', { max_msgs: 9 }, /max_msgs is 9, must be -1/],
    [
      'sources',
      { sources: [{ name: 'EVT_LAMP' }] },
      /sources is \{"name":"EVT_LAMP".*must be none/,
    ],
    [
      'transform',
      { subject_transform: { src: 'evt.transform.*', dest: 'evt.other.{{wildcard(1)}}' } },
      /subject_transform is .+, must be none/,
    ],
  ])(
    'that somebody changed are refused, or set again where they are our own: %s',
    async (field, change, message) => {
      const kind = { name: field, slug: field.replace('_', '-') };
      await (await open(kind)).close();
      await jsm.streams.update(`EVT_${field.toUpperCase()}`, change as object);
      const refused = { code: 'STREAM_UNFIT', message: expect.stringMatching(message) };
      await expect(open(kind)).rejects.toMatchObject(refused);
      const options = { kinds: [kind], topology: defaultTopology, replicas: 1 };
      await expect(judgeStreams(nc, options)).rejects.toMatchObject(refused);
      const told: string[] = [];
      await judgeStreams(nc, { ...options, onSetAgain: (_, was) => told.push(...was) });
      expect(told).toEqual([
        expect.stringMatching(new RegExp(message.source.replace(' is ', ' was '))),
      ]);
      await judgeStreams(nc, { ...options, onSetAgain: expect.unreachable });
    },
  );

  it('that are our own are set again by a node that starts, which says what they were', async () => {
    const kind = { name: 'late', slug: 'late' };
    await (await open(kind)).close();
    await jsm.streams.update('EVT_LATE', { max_msgs: 9 });
    const told: unknown[] = [];
    const onSetAgain = (...about: unknown[]) => void told.push(about);
    const options = { kinds: [kind], topology: defaultTopology, replicas: 1, onSetAgain };
    await (await natsStore(nc, options)).close();
    expect(told).toEqual([['EVT_LATE', [expect.stringMatching(/max_msgs was 9, must be -1/)]]]);
    await (await open(kind)).close();
  });

  it('are not said to be unfit by who cannot ask', async () => {
    const gone = await connect({ servers: server.url });
    await gone.close();
    const judged = judgeStreams(gone, { kinds: [KIND], topology: defaultTopology, replicas: 1 });
    await expect(judged).rejects.toThrow(/closed/i);
  });

  it('are missed when they were removed under a node, and not made anew in silence', async () => {
    const kind = { name: 'gone', slug: 'gone' };
    await (await open(kind)).close();
    await jsm.streams.delete('EVT_GONE');
    await expect(
      judgeStreams(nc, {
        kinds: [kind],
        topology: defaultTopology,
        replicas: 1,
        onSetAgain: () => undefined,
      }),
    ).rejects.toMatchObject({ code: 'STREAM_UNFIT', message: expect.stringContaining('removed') });
    await expect(jsm.streams.info('EVT_GONE')).rejects.toThrow();
  });

  it('that are not as they must be are named all at once', async () => {
    const kinds = ['left', 'right'].map((slug) => ({ name: slug, slug }));
    for (const kind of kinds) await (await open(kind)).close();
    for (const name of ['EVT_LEFT', 'EVT_RIGHT'])
      await jsm.streams.update(name, { max_age: 3_600_000_000_000 });
    await expect(
      judgeStreams(nc, { kinds, topology: defaultTopology, replicas: 1 }),
    ).rejects.toMatchObject({
      code: 'STREAM_UNFIT',
      message: expect.stringMatching(/EVT_LEFT.+max_age.+EVT_RIGHT.+max_age/),
    });
  });

  it.each([ALERTS_STREAM, STRANGERS_STREAM, snapshotStream(KIND.slug)])(
    'of what expires anyway are made anew when they were removed under a node: %s',
    async (name) => {
      await (await open()).close();
      const { config } = await jsm.streams.info(name);
      await jsm.streams.delete(name);
      await onceCleared(() =>
        tendBeside(nc, { kinds: [KIND], topology: defaultTopology, replicas: 1 }),
      );
      expect((await jsm.streams.info(name)).config).toEqual(config);
      expect(config.allow_direct).toBe(true);
    },
  );

  const HEADS_STREAM = bucketStream(HEADS_BUCKET);
  it.each([
    [ALERTS_STREAM, { subjects: ['a.>'] }, /subjects is a\.>, must be alert\.>/],
    [ALERTS_STREAM, { discard: 'new' }, /discard is new, must be old/],
    [STRANGERS_STREAM, { subjects: ['s.>'] }, /subjects is s\.>, must be journal\.strangers/],
    [STRANGERS_STREAM, { no_ack: true }, /no_ack is true, must be false/],
    [HEADS_STREAM, { subjects: ['h.>'] }, /subjects is h\.>, must be \$KV\.HEADS\.>/],
    [HEADS_STREAM, { max_age: 3_600_000_000_000 }, /max_age is 3600000000000, must be 0/],
    [HEADS_STREAM, { max_msg_size: 9 }, /max_msg_size is 9, must be -1/],
    [
      snapshotStream(KIND.slug),
      { max_msgs_per_subject: 1 },
      /max_msgs_per_subject is 1, must be 64/,
    ],
    [
      snapshotStream(KIND.slug),
      { subject_transform: { src: '$KV.SNAP_LAMP.*', dest: '$KV.OTHER.{{wildcard(1)}}' } },
      /subject_transform is .+, must be none/,
    ],
  ])(
    'beside the events are judged by the same rules, and keep nobody from writing: %s %j',
    async (name, change, message) => {
      await Heads.open(nc, 1);
      await (await open()).close();
      await jsm.streams.update(name, change as object);
      const options = { kinds: [KIND], topology: defaultTopology, replicas: 1 };
      const refused = { code: 'STREAM_UNFIT', message: expect.stringMatching(message) };
      await expect(tendBeside(nc, options)).rejects.toMatchObject(refused);
      await judgeStreams(nc, options);
      await (await open()).close();
      const told: unknown[] = [];
      const onSetAgain = (...about: unknown[]) => void told.push(about);
      await (await natsStore(nc, { ...options, onSetAgain })).close();
      const was = new RegExp(message.source.replace(' is ', ' was '));
      expect(told).toEqual([[name, [expect.stringMatching(was)]]]);
      await tendBeside(nc, { ...options, onSetAgain: expect.unreachable });
    },
  );

  it('of what expires are kept for as long as whoever runs the server likes', async () => {
    await (await open()).close();
    await jsm.streams.update(ALERTS_STREAM, { max_age: 2 * 86_400_000_000_000, max_msgs: 99 });
    const onSetAgain = expect.unreachable;
    await tendBeside(nc, { kinds: [KIND], topology: defaultTopology, replicas: 1, onSetAgain });
  });

  it('that cannot be set again, since another one took what is missing, are refused', async () => {
    const kind = { name: 'taken', slug: 'taken' };
    await (await open(kind)).close();
    await jsm.streams.update('EVT_TAKEN', { subjects: ['evt.taken.*'] });
    await jsm.streams.add({ name: 'TAKER', subjects: ['claim.taken.>'] });
    const options = {
      kinds: [kind],
      topology: defaultTopology,
      replicas: 1,
      onSetAgain: expect.unreachable,
    };
    await expect(judgeStreams(nc, options)).rejects.toMatchObject({ code: 'STREAM_UNFIT' });
  });

  it('of buckets that nobody misses for long are made anew by who follows them', async () => {
    const ttlMs = 60_000;
    const options = { name: 'SHORT', replicas: 1, ttlMs, schema: z.string() };
    const bucket = await ExpiringBucket.open(nc, options);
    for (const look of [() => bucket.list(), () => bucket.watch(AbortSignal.abort())]) {
      await jsm.streams.delete('KV_SHORT');
      await onceCleared(look);
      expect((await jsm.streams.info('KV_SHORT')).config.max_age).toBe(ttlMs * 1_000_000);
    }
  });

  it('with fewer copies than asked for are refused at start, with what to do', async () => {
    await expect(open(KIND, 3)).rejects.toMatchObject({
      code: 'STREAM_UNFIT',
      message: expect.stringContaining('nats stream edit'),
    });
  });

  it('need JetStream', async () => {
    const bare = await startTestServer({
      conf: 'accounts { BARE { users: [{ user: bare, password: bare }] } }\nno_auth_user: bare',
    });
    const other = await connect({ servers: bare.url });
    await expect(
      natsStore(other, { kinds: [KIND], topology: defaultTopology, replicas: 1 }),
    ).rejects.toMatchObject({
      code: 'SERVER_UNFIT',
      message: expect.stringContaining('JetStream'),
    });
    await other.close();
    await bare.stop();
  });
});
