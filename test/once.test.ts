import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actors } from '../actors/index.js';
import { readConfig } from '../src/node/config.js';
import { type Node, startNode } from '../src/node/node.js';
import type { Accepted } from '../src/write/runtime/outcome.js';
import { defaultTopology } from '../src/write/store/topology.js';
import { createApplication, envelope, uuid } from './support/commands.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { PATIENCE_MS } from './support/patience.js';

const log = pino({ level: 'silent' });

describe('one command id, a hundred times at once over HTTP and NATS', () => {
  let server: TestServer;
  let node: Node;
  const start = () => {
    const { config } = readConfig({
      NATS_URL: server.url,
      PORT: '0',
      STELE_DATA: join(server.dir, 'views'),
    });
    return startNode({ config: config!, definitions: actors, topology: defaultTopology, log });
  };
  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
    node = await start();
  });
  afterAll(async () => {
    await node.close();
    await server.stop();
  });

  it('is one event and one answer: at once, after passivation, 1,000 events later, after a restart', async () => {
    const nc = await connect({ servers: server.url });
    const id = uuid();
    const command = createApplication(id);
    const text = JSON.stringify(command);
    const http = async (): Promise<Accepted> => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${node.url}/commands`, { method: 'POST', headers, body: text });
      return (await answer.json()) as Accepted;
    };
    const nats = async (): Promise<Accepted> =>
      (
        await nc.request('cmd.application.CreateApplication', text, { timeout: PATIENCE_MS })
      ).json();
    const fifty = (ask: () => Promise<Accepted>) => Array.from({ length: 50 }, ask);
    const hundred = async (): Promise<{ answers: Set<string>; first: number }> => {
      const all = await Promise.all([...fifty(http), ...fifty(nats)]);
      const answers = new Set(all.map(({ replayed: _, ...rest }) => JSON.stringify(rest)));
      return { answers, first: all.filter(({ replayed }) => !replayed).length };
    };

    const { answers, first } = await hundred();
    expect(first).toBe(1);
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toContain(id);

    node.runtime.passivate();
    expect(await hundred()).toEqual({ answers, first: 0 });
    await Promise.all(
      Array.from({ length: 1_000 }, (_, n) =>
        node.runtime.dispatch(
          envelope('Application', id, 'SetOwner', { owner: `team ${n}` }),
          'test',
        ),
      ),
    );
    expect(await hundred()).toEqual({ answers, first: 0 });
    await node.close();
    node = await start();
    expect(await hundred()).toEqual({ answers, first: 0 });

    const history = await node.store.read(node.runtime.registry.aggregate('Application')!, id, 1);
    expect(history).toHaveLength(1_001);
    expect(history.filter(({ causation_id }) => causation_id === command.command_id)).toHaveLength(
      1,
    );
    await nc.close();
  });
});
