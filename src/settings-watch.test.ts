import { afterEach, expect, it, vi } from 'vitest';
import { Fault } from './core/refusal.js';
import { SettingsWatch } from './settings-watch.js';
import { WriteGate } from './store/write-gate.js';

let watch: SettingsWatch | undefined;
afterEach(() => watch?.close());

it('shuts writing while a stream does not keep what it is given, and says so once', async () => {
  const gate = new WriteGate();
  const log = { info: vi.fn(), error: vi.fn(), warn: vi.fn() };
  const renew = async () => undefined;
  let wrong: Error | undefined;
  const judge = async () => {
    if (wrong) throw wrong;
  };
  watch = new SettingsWatch({ judge, renew, gate, log });
  const looked = async (error?: Error) => {
    wrong = error;
    await watch?.look();
    return gate.why?.code;
  };
  expect(await looked()).toBeUndefined();
  // A server that cannot be asked says nothing of its settings: neither shut by that nor opened.
  expect(await looked(new Error('timeout'))).toBeUndefined();
  const unfit = new Fault('STREAM_UNFIT', 'max_age is 1, must be 0.');
  expect(await looked(unfit)).toBe('STREAM_UNFIT');
  expect(gate.why?.message).toBe('max_age is 1, must be 0');
  expect(await looked(new Error('timeout'))).toBe('STREAM_UNFIT');
  expect(await looked(unfit)).toBe('STREAM_UNFIT');
  expect(log.error).toHaveBeenCalledTimes(1);
  expect(await looked()).toBeUndefined();
  expect(log.info).toHaveBeenCalledTimes(1);
});

it('writes again though what expires cannot be made anew, which is said once', async () => {
  const gate = new WriteGate();
  const log = { info: vi.fn(), error: vi.fn(), warn: vi.fn() };
  const judge = vi.fn(async () => undefined).mockRejectedValueOnce(new Fault('STREAM_UNFIT', 'no'));
  const renew = async () => {
    throw new Error('subjects overlap');
  };
  watch = new SettingsWatch({ judge, renew, gate, log });
  await watch.look();
  expect(gate.why?.code).toBe('STREAM_UNFIT');
  await watch.look();
  expect(gate.why).toBeUndefined();
  expect(log.warn).toHaveBeenCalledTimes(1);
});
