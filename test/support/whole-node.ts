import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { actors } from '../../actors/index.js';
import { watches } from '../../actors/watches.js';
import { models } from '../../imports/index.js';
import type { Roles } from '../../src/core/access.js';
import type { HttpLimits } from '../../src/edge/http/limits.js';
import { readConfig } from '../../src/node/config.js';
import { type Node, startNode } from '../../src/node/node.js';
import { defaultTopology } from '../../src/write/store/topology.js';
import { projections } from '../../streams/index.js';
import { PATIENCE_MS } from './patience.js';

/** A whole node in this process, as `stele serve` runs it, in a directory of its own. */
export type WholeNode = Node & {
  /** Its data directory, with the SQLite file. */
  readonly dir: string;
  /** The environment that a command line needs to find the same stores. */
  readonly env: Readonly<Record<string, string>>;
  /** Send a command envelope over HTTP. */
  send(command: object): Promise<Response>;
  /** Settles when every projection, but those named, has taken everything. */
  caughtUp(...but: readonly string[]): Promise<void>;
};

/**
 * Start a node on a nats-server that runs already, or with '' on one of its own; `more` adds to its
 * environment. Without roles everybody may do everything.
 */
export const startWholeNode = async (
  natsUrl: string,
  more: Readonly<Record<string, string>> = {},
  { roles, limits }: { readonly roles?: Roles; readonly limits?: Partial<HttpLimits> } = {},
): Promise<WholeNode> => {
  const dir = mkdtempSync(join(tmpdir(), 'stele-node-'));
  const env = { NATS_URL: natsUrl, STELE_DATA: dir, PORT: '0', ...more };
  const { config, mistakes } = readConfig(env);
  if (!config) throw new Error(JSON.stringify(mistakes));
  const node = await startNode({
    config: { ...config, web: { ...config.web, limits: { ...config.web.limits, ...limits } } },
    definitions: actors,
    projections,
    watches,
    topology: defaultTopology,
    models,
    ...(roles && { roles }),
    log: pino({ level: process.env.STELE_TEST_LOG ?? 'silent' }),
  });
  return {
    ...node,
    dir,
    env,
    send: (command) =>
      fetch(`${node.url}/commands`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(command),
      }),
    caughtUp: async (...but) => {
      const { definitions, waitForPosition: reached, status } = node.projections;
      const wanted = definitions.filter(({ name }) => !but.includes(name));
      // What a status calls the end of a stream was looked up a moment ago: ask for the ends of now.
      for (const { name, sources } of wanted) {
        const ends = sources.map(async ({ slug, definition }) => {
          const { last } = await node.store.ends(definition ?? 'journal');
          return [slug, last] as const;
        });
        if (!(await reached(name, new Map(await Promise.all(ends)), PATIENCE_MS)))
          throw new Error(`${name} did not catch up: ${JSON.stringify(status())}`);
      }
    },
    close: async () => {
      await node.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
