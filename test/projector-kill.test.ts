import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actors } from '../actors/index.js';
import { completeProjections } from '../src/read/projections/index.js';
import { openViews } from '../src/read/views/index.js';
import { projections } from '../streams/index.js';
import { createApplication, envelope, uuid } from './support/commands.js';
import { freePort } from './support/free-port.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode, type TestNode } from './support/node.js';
import { caughtUp, expectVerified, startTestProjections } from './support/projecting.js';
import { AS_ADMIN, kill9, ready, stele } from './support/stele.js';

const KILLS = 4;
const APPLICATIONS = 400;
const CHANGES_EACH = 8;
const NAME = 'application-portfolio';

describe('kill -9 of the runtime in the middle of rebuilds', () => {
  let server: TestServer;
  let node: TestNode;
  let dir: string;
  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
    node = await startTestNode(server.url);
    dir = mkdtempSync(join(tmpdir(), 'stele-kill-'));
  });
  afterAll(async () => {
    await node.close();
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('goes on where the build stood, with live writes, and every document is right', async () => {
    const ids = Array.from({ length: APPLICATIONS }, uuid);
    const change = (id: string, n: number) =>
      node.runtime.dispatch(
        envelope('Application', id, 'SetOwner', { owner: `team ${n}` }),
        'test',
      );
    await Promise.all(ids.map((id) => node.runtime.dispatch(createApplication(id), 'test')));
    for (let n = 0; n < CHANGES_EACH; n++) await Promise.all(ids.map((id) => change(id, n)));

    let going = true;
    const writing = (async () => {
      for (let n = 0; going; n++) {
        await change(ids[n % ids.length]!, 1_000 + n);
        await pause(5);
      }
    })();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = { NATS_URL: server.url, STELE_DATA: dir, PORT: String(port) };
    const generations: number[] = [];
    let interrupted = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const serving = stele(['serve'], env);
      await ready(url, serving);
      await fetch(`${url}/projections/${NAME}/rebuild`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...AS_ADMIN },
        body: JSON.stringify({ switch_when_ready: true }),
      });
      await pause(20 + 30 * kill);
      await kill9(serving);
      const views = await openViews({
        databaseUrl: undefined,
        dataDir: dir,
        servers: [server.url],
      });
      const slots = (await views.slots()).filter(({ projection }) => projection === NAME);
      const building = slots.find(({ role }) => role === 'building');
      if (building) interrupted++;
      generations.push(Math.max(...slots.map(({ generation }) => generation)));
      await views.close();
    }
    going = false;
    await writing;
    expect(interrupted).toBeGreaterThan(0);

    const views = await openViews({ databaseUrl: undefined, dataDir: dir, servers: [server.url] });
    const definitions = completeProjections(actors, projections);
    const all = startTestProjections({ definitions, store: node.store, views });
    for (const { name } of definitions) await caughtUp(all, name, node.store);
    const { slot } = await all.reading(NAME);
    expect(slot.generation).toBeGreaterThanOrEqual(generations.at(-1)! - 1);
    for (const { name } of definitions) await expectVerified(all, name);
    await all.close();
    await views.close();
  });
});
