import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './support/nats.js';
import { NO_POSTGRES, startTestPostgres, type TestPostgres } from './support/postgres.js';
import { startWholeNode, type WholeNode } from './support/whole-node.js';

type Json = Record<string, unknown>;
const AS_ADA = { 'content-type': 'application/json', 'x-actor': 'ada' };
const APPS = 30;

/** Whole nodes over sockets: what one writes it shows, on either engine of the read store. */
describe.each([
  { engine: 'sqlite', missing: false },
  { engine: 'postgresql', missing: NO_POSTGRES },
])('queries of a node on $engine', ({ engine, missing }) => {
  let server: TestServer;
  let postgres: TestPostgres | undefined;
  let node: WholeNode;

  beforeAll(async () => {
    if (missing) return;
    server = await startTestServer({ sync: 'lazy' });
    postgres = engine === 'postgresql' ? await startTestPostgres() : undefined;
    const DATABASE_URL = await postgres?.database();
    node = await startWholeNode(server.url, DATABASE_URL ? { DATABASE_URL } : {});
  });
  afterAll(async () => {
    await node?.close();
    await postgres?.stop();
    await server?.stop();
  });
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${node.url}${path}`, init);
    const text = await response.text();
    const json = (text.startsWith('{') && !text.includes('}\n{') ? JSON.parse(text) : {}) as Json;
    return { status: response.status, headers: response.headers, text, json };
  };
  const post = (path: string, body: object, more: Record<string, string> = {}) =>
    ask(path, { method: 'POST', headers: { ...AS_ADA, ...more }, body: JSON.stringify(body) });
  const ids = (json: Json): unknown[] => (json.items as Json[]).map(({ id }) => id);

  it.skipIf(missing)('show what was just written, every time', async () => {
    for (let n = 0; n < APPS; n++) {
      const created = await post(`/applications/app-${n}/commands/create-application`, {
        name: `Ápp ${n}`,
        owner: `team-${n % 3}`,
        data_classification: 'internal',
        lifecycle: n % 2 ? 'active' : 'planned',
      });
      expect(created.status).toBe(201);
      const one = await ask(created.headers.get('location')!);
      expect(one.json).toMatchObject({ id: `app-${n}`, version: 1 });
      const list = await ask(`/applications?name=${encodeURIComponent(`Ápp ${n}`)}`);
      expect(list.json).toMatchObject({ total: 1, items: [{ id: `app-${n}` }] });
    }
  });

  it.skipIf(missing)('filter, sort, search, group and walk', async () => {
    const active = await ask('/applications?lifecycle=active&owner=team-0&sort=-name&search=áPP');
    expect(active.json).toMatchObject({ total: 5 });
    const groups = await ask('/applications?group_by=owner');
    expect(groups.json.groups).toHaveLength(3);
    expect(groups.json.groups).toContainEqual({ value: 'team-1', count: 10 });
    const seen: unknown[] = [];
    let path: string | undefined = '/applications?sort=owner,-lifecycle&limit=7';
    while (path) {
      const { json, headers } = await ask(path);
      seen.push(...ids(json));
      path = /^<(.*)>/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(new Set(seen).size).toBe(APPS);
    expect(seen).toHaveLength(APPS);
  });

  it.skipIf(missing)('take the tag back, in a query and in a command', async () => {
    const { headers } = await ask('/applications/app-0');
    const etag = headers.get('etag')!;
    const known = await ask('/applications/app-0', { headers: { 'if-none-match': etag } });
    expect([known.status, known.text]).toEqual([304, '']);
    const path = '/applications/app-0/commands/update-description';
    expect((await post(path, { description: 'a' }, { 'if-match': etag })).status).toBe(200);
    expect((await post(path, { description: 'b' }, { 'if-match': etag })).status).toBe(409);
    const changed = await ask('/applications/app-0', { headers: { 'if-none-match': etag } });
    expect(changed.json).toMatchObject({ description: 'a', version: 2 });
  });

  it.skipIf(missing)('go back in time, and tell the difference', async () => {
    const then = await ask('/applications?as_of=application:1');
    expect(then.json).toMatchObject({ as_of: 'application:1' });
    const diff = await ask('/views/application-portfolio/diff?from=application:1&to=now&limit=3');
    expect(diff.json).toMatchObject({ has_more: true });
    const { added } = diff.json.totals as Record<string, number>;
    expect(added).toBe(APPS - (then.json.total as number));
  });

  it.skipIf(missing)('wait for positions, and refuse those that are not there', async () => {
    const { position } = (await ask('/applications?limit=1')).json;
    const there = await ask(`/applications?min_position=${position}&min_position_timeout_ms=30000`);
    expect(there.json).toMatchObject({ min_position_reached: true });
    expect((await ask('/applications?min_position=application:99999')).status).toBe(422);
  });

  it.skipIf(missing)('verify with progress', async () => {
    const told = await post(
      '/projections/application-portfolio/verify',
      {},
      { accept: 'application/x-ndjson' },
    );
    const lines = told.text.trim().split('\n');
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({
      comparison: { equal: true, documents: APPS },
    });
  });
});
