import { tmpdir } from 'node:os';
import { pino } from 'pino';
import { actors } from '../../actors/index.js';
import { type Node, startNode } from '../../src/node.js';
import { topology } from '../../streams/index.js';
import { loadAll, seedApplications } from '../fixtures.js';
import { answerCalls } from '../worker.js';

let node: Node | undefined;
let before = process.cpuUsage();

const handlers = {
  /** A whole node on the server at `url`. Returns where it takes commands over HTTP. */
  open: async ({ url, ids }: { url: string; ids: readonly string[] }): Promise<string> => {
    node = await startNode({
      config: {
        ...{ host: '127.0.0.1', port: 0, dataDir: tmpdir(), databaseUrl: null },
        ...{ nats: { servers: [url], tls: false, auth: { kind: 'none' } } },
        ...{ logLevel: 'warn', replicas: 1 },
      },
      definitions: actors,
      topology,
      log: pino({ level: 'warn' }, process.stderr),
    });
    await seedApplications(node.store, ids);
    await loadAll(node.runtime, ids);
    return node.url;
  },
  /** CPU time since the last time this was asked, milliseconds. */
  cpu: async (_: null): Promise<number> => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    return (user + system) / 1000;
  },
};
export type NodeWorker = typeof handlers;

answerCalls(handlers, async () => node?.close());
