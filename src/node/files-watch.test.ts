import { expect, it, vi } from 'vitest';
import { WriteGate } from '../write/store/write-gate.js';
import { FilesWatch } from './files-watch.js';

it('writing is shut while the files of the running server are gone, and that is said once', async () => {
  const gate = new WriteGate();
  let what: string | undefined;
  const log = { info: vi.fn(), error: vi.fn() };
  const watch = new FilesWatch({ gate, log, gone: async () => what, everyMs: 60_000 });
  await watch.look();
  expect(gate.why).toBeUndefined();
  what = '/data/nats is not there';
  await watch.look();
  await watch.look();
  expect(gate.doubt).toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining('(/data/nats is not there)'),
  });
  expect(log.error).toHaveBeenCalledTimes(1);
  what = undefined;
  await watch.look();
  expect(gate.why).toBeUndefined();
  await watch.close();
});
