import { Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { bucketStream, HEADS_BUCKET } from '../src/core/subjects.js';
import { type Head, Heads } from '../src/write/store/nats/heads.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import { startTestServer, type TestServer } from './support/nats.js';

const NONE: Head = { sequence: 0, event: null, accepted: null, given_up: [], lost: null };
const ACCEPTING = {
  lost_to: 9,
  end: 4,
  journal: 3,
  created: '2026-01-01T00:00:00.000Z',
  by: 'ada',
  reason: 'no backup',
  at: '2026-01-06T10:00:00.000Z',
};
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
  expect(await heads.read(application)).toEqual({ ...NONE, ...seen(7) });
  for (const [sequence, at] of [
    [5, 7],
    [8, 8],
  ] as const) {
    await heads.raise(application, seen(sequence));
    expect(await heads.read(application)).toEqual({ ...NONE, ...seen(at) });
  }
  // Of one that stands as far nothing is written: the first event that was seen there counts.
  await heads.raise(application, seen(8, 'another'));
  expect(await heads.read(application)).toEqual({ ...NONE, ...seen(8) });
  expect(await heads.read(`${application}-other`)).toMatchObject({ sequence: 3 });
});

it('an accepted loss alone sets it back, begins an epoch, and stays known when it is raised', async () => {
  await heads.raise(application, seen(9));
  const accepted = await heads.accept(application, { event: seen(4).event, known: 0 }, ACCEPTING);
  expect(accepted).toMatchObject({ ...ACCEPTING, epoch: 1 });
  const given_up = [{ epoch: 1, end: 4, kept: 4, lost_to: 9, journal: 3 }];
  expect(await heads.read(application)).toEqual({ ...seen(4), accepted, given_up, lost: null });
  await heads.raise(application, { ...seen(9), epoch: 0 }); // of the epoch before: it is over
  await heads.raise(application, { ...seen(5), epoch: 1 });
  expect(await heads.read(application)).toEqual({ ...seen(5), accepted, given_up, lost: null });
});

it('what a stream lost stays known, the furthest of it, until a loss is accepted', async () => {
  await heads.raise(application, seen(4));
  const lose = (sequence: number, epoch: number) =>
    heads.lost(application, { sequence, at: null, epoch });
  await lose(9, 0);
  await lose(7, 3);
  await heads.raise(application, seen(5));
  const lost = { sequence: 9, at: null, epoch: 3 };
  await heads.found(application, { sequence: 7, at: null }); // it is not what is told
  expect(await heads.read(application)).toMatchObject({ ...seen(5), lost });
  await heads.found(application, { sequence: 9, at: null });
  expect((await heads.read(application)).lost).toBeNull();
  await lose(9, 3);
  // What it stands in may have been put back: the next epoch is one that nobody knows yet.
  expect(await heads.accept(application, { event: null, known: 2 }, ACCEPTING)).toMatchObject({
    epoch: 4,
  });
  await lose(9, 3); // by a node that has not heard of it
  expect((await heads.read(application)).lost).toBeNull();
  await lose(3, 4); // the log had been written on: from where on, nobody knows
  expect(await heads.accept(application, { event: null, known: 7 }, ACCEPTING)).toMatchObject({
    epoch: 8,
    kept: 0,
  });
});

it('many who raise it together come to the highest', async () => {
  await Promise.all(Array.from({ length: 8 }, (_, n) => heads.raise(application, seen(n + 1))));
  expect(await heads.read(application)).toEqual({ ...NONE, ...seen(8) });
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
  const { lost_to, end, by, reason, at } = ACCEPTING;
  const accepted = { lost_to, end, by, reason, at };
  const lost = { sequence: 7, at: null };
  await kv.put(application, JSON.stringify({ sequence: 6, event: null, accepted, lost }));
  expect(await heads.read(application)).toEqual({
    sequence: 6,
    event: null,
    accepted: { ...accepted, id: at, created: '', epoch: 0, kept: end, journal: null },
    given_up: [{ epoch: 0, end, kept: end, lost_to, journal: null }],
    lost: { ...lost, epoch: null },
  });
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
