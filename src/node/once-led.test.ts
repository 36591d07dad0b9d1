import { expect, it, vi } from 'vitest';
import { Fault } from '../core/refusal.js';
import { onceLed } from './once-led.js';

const named = (name: string, more: object = {}): Error =>
  Object.assign(new Error('timeout'), { name, ...more });
const opening = (...errors: readonly Error[]) => {
  const open = vi.fn(async () => 'opened');
  for (const error of errors) open.mockRejectedValueOnce(error);
  return open;
};
const what = 'the event store';

it('is opened once somebody leads, and says once what it waits for', async () => {
  const log = { warn: vi.fn() };
  const cause = named('JetStreamApiError', { code: 10008 });
  const open = opening(named('TimeoutError'), new Fault('STORE_UNAVAILABLE', 'no', { cause }));
  expect(await onceLed(open, { what, log })).toBe('opened');
  expect(open).toHaveBeenCalledTimes(3);
  expect(log.warn).toHaveBeenCalledExactlyOnceWith(
    { reason: 'timeout' },
    'the event store is awaited: JetStream does not answer, it may elect a leader',
  );
});

it('is given up after a while, with what to look at', async () => {
  const log = { warn: vi.fn() };
  const open = vi.fn(() => Promise.reject(named('TimeoutError')));
  await expect(onceLed(open, { what, log, withinMs: 600 })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringMatching(/^the event store could not be opened within 0.6 s.*leader/),
  });
  expect(open).toHaveBeenCalledTimes(2);
});

it('ends at once where nobody has to be elected', async () => {
  const log = { warn: vi.fn() };
  for (const error of [
    named('JetStreamNotEnabled'),
    new Fault('STREAM_UNFIT', 'it is', { cause: named('JetStreamApiError', { code: 10058 }) }),
  ])
    await expect(onceLed(opening(error), { what, log })).rejects.toBe(error);
  expect(log.warn).not.toHaveBeenCalled();
});
