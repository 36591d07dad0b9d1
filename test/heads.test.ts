import { Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { bucketStream, HEADS_BUCKET } from '../src/core/subjects.js';
import { type Accepted, type Head, Heads } from '../src/write/store/nats/heads.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import { startTestServer, type TestServer } from './support/nats.js';

const NONE: Head = { sequence: 0, event: null, accepted: null, lost: null };
const seen = (sequence: number, event_id = `e${sequence}`) => ({
  sequence,
  event: { sequence, event_id },
});

let server: TestServer;
let nc: NatsConnection;
let heads: Heads;
beforeAll(async () => {
  server = await startTestServer({ sync: 'lazy' });
  nc = await connect({ servers: server.url });
});
afterAll(async () => {
  await nc.close();
  await server.stop();
});
/** Each test has a stream of its own: a bucket is not made again in the moment in which it is removed. */
let application: string;
beforeEach(async () => {
  application = `application-${crypto.randomUUID()}`;
  heads = await Heads.open(nc, 1);
});

it('a stream that was never looked at was never anywhere', async () => {
  expect(await heads.read(application)).toEqual(NONE);
});

it('a head is raised, each stream by itself, and never set back by what is seen', async () => {
  await heads.raise(application, seen(7));
  await heads.raise(`${application}-other`, seen(3));
  expect(await heads.read(application)).toEqual({ ...seen(7), accepted: null, lost: null });
  for (const [sequence, at] of [
    [5, 7],
    [8, 8],
  ] as const) {
    await heads.raise(application, seen(sequence));
    expect(await heads.read(application)).toEqual({ ...seen(at), accepted: null, lost: null });
  }
  // Of one that stands as far nothing is written: the first event that was seen there counts.
  await heads.raise(application, seen(8, 'another'));
  expect(await heads.read(application)).toEqual({ ...seen(8), accepted: null, lost: null });
  expect(await heads.read(`${application}-other`)).toMatchObject({ sequence: 3 });
});

it('an accepted loss alone sets it back, and stays known when it is raised again', async () => {
  const accepted: Accepted = {
    lost_to: 9,
    end: 4,
    by: 'ada',
    reason: 'no backup',
    at: '2026-01-06T10:00:00.000Z',
  };
  await heads.raise(application, seen(9));
  await heads.accept(application, { event: seen(4).event }, accepted);
  expect(await heads.read(application)).toEqual({ ...seen(4), accepted, lost: null });
  await heads.raise(application, seen(5));
  expect(await heads.read(application)).toEqual({ ...seen(5), accepted, lost: null });
});

it('what a stream lost stays known, the furthest of it, until a loss is accepted', async () => {
  await heads.raise(application, seen(4));
  for (const sequence of [9, 7]) await heads.lost(application, { sequence, at: null });
  await heads.raise(application, seen(5));
  expect(await heads.read(application)).toMatchObject({ ...seen(5), lost: { sequence: 9 } });
  const accepted = { lost_to: 9, end: 5, by: 'ada', reason: 'r', at: '2026-01-06T10:00:00.000Z' };
  await heads.accept(application, { event: null }, accepted);
  expect((await heads.read(application)).lost).toBeNull();
});

it('many who raise it together come to the highest', async () => {
  await Promise.all(Array.from({ length: 8 }, (_, n) => heads.raise(application, seen(n + 1))));
  expect(await heads.read(application)).toEqual({ ...seen(8), accepted: null, lost: null });
});

it('one that was removed begins anew', async () => {
  await heads.raise(application, seen(7));
  await (await new Kvm(nc).open(HEADS_BUCKET)).delete(application);
  expect(await heads.read(application)).toEqual(NONE);
  await heads.raise(application, seen(2));
  expect(await heads.read(application)).toMatchObject({ sequence: 2 });
});

it('what is kept beside it is complete where an earlier program left something out', async () => {
  const kv = await new Kvm(nc).open(HEADS_BUCKET);
  await kv.put(application, JSON.stringify({ sequence: 6, event: null }));
  expect(await heads.read(application)).toEqual({ ...NONE, sequence: 6 });
});

it('are made anew where somebody removed all of them, and go on', async () => {
  await heads.raise(application, seen(7));
  await (await new Kvm(nc).open(HEADS_BUCKET)).destroy();
  // Who asks while the server still clears the files away is told so, and asks again.
  await expect.poll(() => heads.read(application).catch(() => undefined)).toEqual(NONE);
  await heads.raise(application, seen(8));
  expect(await heads.read(application)).toMatchObject({ sequence: 8 });
});

it('a bucket that takes nothing is said to be that, not a server without JetStream', async () => {
  const { streams } = await jetStreamOf(nc);
  const stream = bucketStream(HEADS_BUCKET);
  await streams.update(stream, { subjects: ['elsewhere.>'] });
  await expect(heads.raise(application, seen(1))).rejects.toThrow(
    `the stream KV_HEADS takes nothing on $KV.HEADS.${application}: nobody takes that subject`,
  );
  await streams.update(stream, { subjects: ['$KV.HEADS.>'] });
  await heads.raise(application, seen(1));
});

it('earlier heads can be looked up, and those who cannot write are told so', async () => {
  for (let n = 1; n <= 25; n++) await heads.raise(application, seen(n));
  const kv = await new Kvm(nc).open(HEADS_BUCKET);
  const { streamInfo } = await kv.status();
  expect(streamInfo.config.max_msgs_per_subject).toBe(20);
  expect(streamInfo.config.allow_direct).toBe(false);
  await nc.close();
  await expect(heads.raise(application, seen(30))).rejects.toThrow();
});
