import type { KV } from '@nats-io/kv';
import { expect, it } from 'vitest';
import { FailedAlerts } from './failed.js';

const alertOf = (alert_id: string) => ({
  alert_id,
  attempts: 10,
  failed_at: '2026-01-06T10:00:00Z',
  reason: 'gone',
  alert: {},
});

it('are all listed, also those that the copy lacks on which they are listed', async () => {
  const entry = (key: string, operation: string) => ({
    key,
    operation,
    string: () => JSON.stringify(alertOf(key)),
  });
  const leader = new Map([
    ['old', entry('old', 'PUT')],
    ['retried', entry('retried', 'PURGE')],
    ['new', entry('new', 'PUT')],
    ['new and retried', entry('new and retried', 'PURGE')],
  ]);
  const kv = {
    async *history() {
      yield leader.get('old');
      yield leader.get('retried');
    },
    get: async (key: string) => leader.get(key) ?? null,
  } as unknown as KV;
  const subjects = Object.fromEntries(
    [...leader.keys()].map((key) => [`$KV.ALERTS-FAILED.${key}`, 1]),
  );
  const ask = async () => ({ created: '', state: { last_seq: 3, subjects } });
  const failed = new FailedAlerts(kv, async () => {}, ask);
  expect(await failed.list(9)).toEqual({ total: 2, alerts: [alertOf('old'), alertOf('new')] });
  expect(await failed.list(1)).toEqual({ total: 2, alerts: [alertOf('old')] });
});

it('says that its bucket takes nothing where that was removed', async () => {
  const gone = Object.assign(new Error('jetstream is not enabled'), {
    name: 'JetStreamNotEnabled',
  });
  const kv = { put: () => Promise.reject(gone) } as unknown as KV;
  const failed = new FailedAlerts(
    kv,
    async () => {},
    async () => ({}) as never,
  );
  await expect(failed.add(alertOf('lost'))).rejects.toThrow(
    /stream KV_ALERTS-FAILED takes nothing/,
  );
});
