import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from './support/free-port.js';
import { exited, outputOf, ready, stele } from './support/stele.js';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a node with a server of its own', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'ends itself and the server on %s',
    async (signal) => {
      const dir = mkdtempSync(join(tmpdir(), 'stele-signals-'));
      const port = await freePort();
      const node = stele(['serve'], { STELE_DATA: dir, PORT: String(port) });
      await ready(`http://127.0.0.1:${port}`, node);
      const { pid } = JSON.parse(readFileSync(join(dir, 'nats-server.json'), 'utf8')) as {
        pid: number;
      };
      expect(isAlive(pid)).toBe(true);
      node.kill(signal);
      expect(await exited(node), outputOf(node)).toBe(0);
      expect(isAlive(pid)).toBe(false);
      rmSync(dir, { recursive: true, force: true });
    },
  );
});
