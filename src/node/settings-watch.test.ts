import { afterEach, expect, it, vi } from 'vitest';
import { Fault } from '../core/refusal.js';
import { WriteGate } from '../write/store/write-gate.js';
import { SettingsWatch } from './settings-watch.js';

let watch: SettingsWatch | undefined;
afterEach(() => watch?.close());

it('shuts writing while a stream does not keep what it is given, and says so once', async () => {
  const gate = new WriteGate();
  const log = { info: vi.fn(), error: vi.fn(), warn: vi.fn() };
  const tend = async () => undefined;
  let wrong: Error | undefined;
  const judge = async () => {
    if (wrong) throw wrong;
  };
  watch = new SettingsWatch({ judge, tend, gate, log });
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
  const tend = async () => {
    throw new Error('subjects overlap');
  };
  watch = new SettingsWatch({ judge, tend, gate, log });
  await watch.look();
  expect(gate.why?.code).toBe('STREAM_UNFIT');
  await watch.look();
  expect(gate.why).toBeUndefined();
  expect(log.warn).toHaveBeenCalledTimes(1);
});

it('says once that a stream beside the events is unfit, and once that it is not, and writes on', async () => {
  const gate = new WriteGate();
  const log = { info: vi.fn(), error: vi.fn(), warn: vi.fn() };
  const tend = vi.fn(async () => undefined);
  watch = new SettingsWatch({ judge: async () => undefined, tend, gate, log });
  const unfit = new Fault('STREAM_UNFIT', 'the stream ALERTS would not keep what it is given.');
  tend.mockRejectedValueOnce(unfit).mockRejectedValueOnce(unfit);
  await watch.look();
  await watch.look();
  expect([watch.beside, gate.why]).toEqual([unfit.message.slice(0, -1), undefined]);
  expect(log.error).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(/ALERTS.+; commands are/),
  );
  // A server that cannot be asked says nothing of it.
  tend.mockRejectedValueOnce(new Error('timeout'));
  await watch.look();
  expect(watch.beside).toContain('ALERTS');
  await watch.look();
  expect(watch.beside).toBeNull();
  expect(log.info).toHaveBeenCalledTimes(1);
});
