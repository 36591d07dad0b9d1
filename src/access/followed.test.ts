import { setTimeout as pause } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { expect, it, vi } from 'vitest';
import { Followed } from './followed.js';

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
