import { setTimeout as pause } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { expect, it, vi } from 'vitest';
import { type Changed, Followed } from './followed.js';

const silent = { status: async function* () {} } as unknown as NatsConnection;

it('says once that a bucket cannot be followed, however often it tries, and keeps what it knows', async () => {
  const watch = vi.fn(() => Promise.reject(new Error('stream not found')));
  const source = { list: async () => [{ id: 'a', revision: 1, value: 'one' }], watch };
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
    return all;
  };
  // A watch that ends by itself is begun anew, and all is listed again.
  const source = { list, watch: async () => (async function* () {})() };
  const followed = new Followed({ nc: silent, source, what: 'sessions', log: { warn: vi.fn() } });
  await followed.begin();
  const removed = { id: 'a', revision: 3, value: undefined };
  followed.take(removed);
  all = [removed, { id: 'b', revision: 2, value: undefined }];
  followed.take({ id: 'a', revision: 2, value: 'older' });
  expect(followed.get('a')).toEqual({ revision: 3, value: undefined });
  const before = lists;
  await expect.poll(() => lists, { timeout: 5_000 }).toBeGreaterThanOrEqual(before + 2);
  await followed.close();
  expect([followed.get('a'), followed.get('b')]).toEqual([undefined, undefined]);
  expect([...followed.entries()]).toEqual([]);
});

it('is told nothing older by a list from a copy that lags', async () => {
  let lists = 0;
  const list = async () => {
    lists++;
    return [{ id: 'a', revision: 1, value: 'counts' }];
  };
  const source = { list, watch: async () => (async function* () {})() };
  const followed = new Followed({ nc: silent, source, what: 'keys', log: { warn: vi.fn() } });
  await followed.begin();
  followed.take({ id: 'a', revision: 2, value: 'revoked' });
  const before = lists;
  await expect.poll(() => lists, { timeout: 5_000 }).toBeGreaterThanOrEqual(before + 2);
  await followed.close();
  expect(followed.get('a')).toEqual({ revision: 2, value: 'revoked' });
});
