import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { actors } from '../../actors/index.js';
import { roles } from '../../actors/roles.js';
import { readConfig } from '../../src/node/config.js';
import { startNode } from '../../src/node/node.js';
import { defaultTopology } from '../../src/write/store/topology.js';
import { projections } from '../../streams/index.js';

/** A node that knows its roles, as `stele serve` runs it, and what it told while it started. */
export const startGuardedNode = async (
  natsUrl: string,
  more: Readonly<Record<string, string>> = {},
  { consoleDir }: { readonly consoleDir?: string } = {},
) => {
  const dir = mkdtempSync(join(tmpdir(), 'stele-node-'));
  const env = { NATS_URL: natsUrl, STELE_DATA: dir, PORT: '0', ...more };
  const { config, mistakes } = readConfig(env);
  if (!config) throw new Error(JSON.stringify(mistakes));
  const firstKeys: string[] = [];
  const logged: string[] = [];
  const node = await startNode({
    config,
    definitions: actors,
    projections,
    topology: defaultTopology,
    roles,
    ...(consoleDir !== undefined && { consoleDir }),
    onFirstKey: (text) => void firstKeys.push(text),
    log: pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) }),
  });
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${node.url}${path}`, { headers });
  return {
    node,
    env,
    firstKeys,
    logged,
    ask,
    /** The status of a read with these headers. */
    status: async (path: string, headers?: Record<string, string>) => {
      const response = await ask(path, headers);
      await response.body?.cancel();
      return response.status;
    },
    close: async () => {
      await node.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
export type GuardedNode = Awaited<ReturnType<typeof startGuardedNode>>;
