import { setTimeout as pause } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { expect, it, vi } from 'vitest';
import { type Changed, Followed, type Listed } from './followed.js';

const state = async () => ({ made: '1', last: 1 });
const revisionOf = async () => 1;
const silent = { status: async function* () {} } as unknown as NatsConnection;

it('says once that a bucket cannot be followed, however often it tries, and keeps what it knows', async () => {
  const watch = vi.fn(() => Promise.reject(new Error('stream not found')));
  const source = {
    list: async () => ({ made: '1', last: 1, values: [{ id: 'a', revision: 1, value: 'one' }] }),
    state,
    revisionOf,
    watch,
  };
  const log = { warn: vi.fn() };
  const followed = new Followed({ nc: silent, source, what: 'keys', log });
  await followed.begin();
  while (watch.mock.calls.length < 3) await pause(50);
  await followed.close();
  expect(log.warn).toHaveBeenCalledTimes(1);
  expect(followed.get('a')?.value).toBe('one');
});

it('forgets what was removed, but not before what is older can be told no more', async () => {
  let lists = 0;
  let all: Changed<string>[] = [{ id: 'a', revision: 1, value: 'one' }];
  const list = async () => {
    lists++;
    return { made: '1', last: 3, values: all };
  };
  // A watch that ends by itself is begun anew, and all is listed again.
  const leads = async (id: string) => (id === 'a' ? 3 : 2);
  const source = { list, state, revisionOf: leads, watch: async () => (async function* () {})() };
  const followed = new Followed({ nc: silent, source, what: 'sessions', log: { warn: vi.fn() } });
  await followed.begin();
  const removed = { id: 'a', revision: 3, value: undefined };
  followed.take(removed);
  all = [removed, { id: 'b', revision: 2, value: undefined }];
  followed.take({ id: 'a', revision: 2, value: 'older' });
  expect(followed.get('a')).toEqual({ revision: 3, value: undefined });
  const before = lists;
  await expect.poll(() => lists).toBeGreaterThanOrEqual(before + 2);
  await followed.close();
  expect([followed.get('a'), followed.get('b')]).toEqual([undefined, undefined]);
  expect([...followed.entries()]).toEqual([]);
});

it('is told nothing older by a list from a copy that lags', async () => {
  let lists = 0;
  const list = async () => {
    lists++;
    return { made: '1', last: 2, values: [{ id: 'a', revision: 1, value: 'counts' }] };
  };
  const leads = async () => 2;
  const source = { list, state, revisionOf: leads, watch: async () => (async function* () {})() };
  const followed = new Followed({ nc: silent, source, what: 'keys', log: { warn: vi.fn() } });
  await followed.begin();
  followed.take({ id: 'a', revision: 2, value: 'revoked' });
  const before = lists;
  await expect.poll(() => lists).toBeGreaterThanOrEqual(before + 2);
  await followed.close();
  expect(followed.get('a')).toEqual({ revision: 2, value: 'revoked' });
});

it('knows that its bucket was removed once that was said several times, and takes no other one for it', async () => {
  const gone = Object.assign(new Error('stream not found'), { code: 10059 });
  let bucket: Listed<string> | undefined = {
    made: '1',
    last: 9,
    values: [{ id: 'a', revision: 9, value: 'of old' }],
  };
  const list = () => (bucket ? Promise.resolve(bucket) : Promise.reject(gone));
  const source = { list, state: list, revisionOf, watch: async () => (async function* () {})() };
  const onGone = vi.fn(async (_: boolean) => {});
  const onOther = vi.fn();
  const options = { nc: silent, source, what: 'keys', log: { warn: vi.fn() }, onGone, onOther };
  const followed = new Followed<string>(options);
  await followed.begin();
  bucket = undefined;
  await expect.poll(() => followed.isGone).toBe(true);
  expect(onGone.mock.calls[0]).toEqual([true]);
  bucket = { made: '2', last: 1, values: [{ id: 'a', revision: 1, value: 'another' }] };
  await expect.poll(() => followed.isGone).toBe(false);
  expect(followed.get('a')).toEqual({ revision: 1, value: 'another' });
  expect(onOther).toHaveBeenCalledExactlyOnceWith(new Map([['a', 'of old']]), 'made anew');
  await followed.close();
});

const older = (last: number): Listed<string> => ({
  made: '1',
  last,
  values: [{ id: 'a', revision: 8, value: 'as it was, and revoked since' }],
});

it.each([
  ['', older(8)],
  [' and was written on since', older(20)],
])('follows a copy from before that was put back%s', async (_, copy) => {
  let bucket: Listed<string> = {
    made: '1',
    last: 11,
    values: [{ id: 'a', revision: 11, value: 'rotated' }],
  };
  const list = async () => bucket;
  const leads = async () => bucket.values[0]!.revision;
  const watch = async () => (async function* () {})();
  const onOther = vi.fn();
  const source = { list, state: list, revisionOf: leads, watch };
  const options = { nc: silent, source, what: 'keys', log: { warn: vi.fn() }, onOther };
  const followed = new Followed<string>(options);
  await followed.begin();
  bucket = copy;
  await expect.poll(() => followed.get('a')?.revision).toBe(8);
  expect(onOther).toHaveBeenCalledExactlyOnceWith(new Map([['a', 'rotated']]), 'older');
  await followed.close();
});
