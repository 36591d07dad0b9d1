import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { notAnswering } from './not-answering.js';
import { identify } from './process-identity.js';
import { serverFiles } from './server-files.js';

const dir = mkdtempSync(join(tmpdir(), 'stele-silent-'));
const files = serverFiles(dir);
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('names the server that is silent, or says that there is none, and never to end the node', () => {
  expect(notAnswering(files, 4711).message).toMatch(
    /^process 4711 runs .* but its nats-server is not there/,
  );
  const { pid, start } = identify(process.pid);
  const record = {
    url: null,
    server_name: 's',
    pid,
    pid_start: start,
    started_at: '',
    owner_pid: 1,
  };
  writeFileSync(files.recordFile, JSON.stringify(record));
  expect(notAnswering(files, 4711)).toMatchObject({
    code: 'SERVER_UNRESPONSIVE',
    message: expect.stringMatching(
      new RegExp(`^nats-server process ${pid}, which process 4711 runs .*kill -CONT ${pid}`),
    ),
  });
});
