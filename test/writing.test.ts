import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actors } from '../actors/index.js';
import { createHttp } from '../src/index.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode, type TestNode } from './support/node.js';

type Json = Record<string, unknown>;
const log = { warn: () => {}, error: () => {} };
const TRACE = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;

/** Resources are written over HTTP, on a real log. */
describe('writing resources', () => {
  let server: TestServer;
  let node: TestNode;
  let app: ReturnType<typeof createHttp>;

  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
    node = await startTestNode(server.url);
    const { runtime, store } = node;
    app = createHttp({ runtime, store, log, info: { name: 'stele', version: '1' } });
  });
  afterAll(async () => {
    await node.close();
    await server.stop();
  });

  const ask = async (method: string, path: string, body?: unknown, more: object = {}) => {
    const headers = { 'content-type': 'application/json', 'x-actor': 'ada', ...more };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await app.request(path, { method, headers, ...sent });
    return {
      status: response.status,
      headers: response.headers,
      json: (await response.json()) as Json,
    };
  };
  const sent = ({ commands }: Json): string[] =>
    (commands as Json[]).map(({ command_type }) => String(command_type));
  const Application = actors.find(({ name }) => name === 'Application')!;
  const versionOf = async (id: string) => (await node.runtime.state(Application, id)).version;

  it('a resource is begun, changed, sent back whole, and every change is an event', async () => {
    const made = await ask('POST', '/applications', {
      name: 'Ledger',
      owner: 'team-1',
      classification: 'internal',
      description: 'Books',
      tags: ['finance', 'core'],
    });
    expect(made.status).toBe(201);
    expect(sent(made.json)).toEqual(['CreateApplication', 'UpdateDescription', 'AddTags']);
    const id = String(made.json.aggregate_id);
    // The example of requirement 000 §7, with the names that it uses.
    const put = await ask('PUT', `/applications/${id}`, {
      classification: 'confidential',
      lifecycle: 'active',
      owner: 'team-2',
      reason: 'holds payments now',
      metadata: { business_justification: 'review 7' },
    });
    expect(put.status).toBe(200);
    expect(sent(put.json)).toEqual(['SetOwner', 'SetDataClassification', 'TransitionLifecycle']);
    const { data, status } = await node.runtime.state(Application, id);
    expect({ status, ...data }).toMatchObject({
      status: 'active',
      owner: 'team-2',
      data_classification: 'confidential',
      tags: ['finance', 'core'],
    });
    const events = (await ask('GET', `/applications/${id}/events`)).json.events as Json[];
    expect(events.map(({ aggregate_version }) => aggregate_version)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('five fields of which the fourth is refused: nothing happens, and it is said why', async () => {
    const made = await ask('POST', '/applications', {
      name: 'Payroll',
      owner: 'team-1',
      data_classification: 'internal',
    });
    const id = String(made.json.aggregate_id);
    const last = await node.store.last(Application);
    const body = {
      name: 'Payroll 2',
      owner: 'team-2',
      description: 'Pays',
      lifecycle: 'retired',
      sunset_date: '2027-01-01',
      tags: ['hr'],
    };
    const { status, json } = await ask('PATCH', `/applications/${id}`, {
      name: body.name,
      owner: body.owner,
      description: body.description,
      lifecycle: body.lifecycle,
      tags: body.tags,
    });
    expect([status, json.code]).toEqual([422, 'INVALID_LIFECYCLE_TRANSITION']);
    expect(json.message).toMatch(
      /^TransitionLifecycle: .*"planned".*"retired".*nothing was changed/,
    );
    expect(json.details).toMatchObject({
      allowed: ['active'],
      command: { command_type: 'TransitionLifecycle', fields: ['lifecycle'] },
    });
    expect(await node.store.last(Application)).toBe(last);
    expect(await versionOf(id)).toBe(1);
    // The name that it would have had is free.
    const other = await ask('POST', '/applications', {
      name: 'Payroll 2',
      owner: 'x',
      data_classification: 'internal',
    });
    expect(other.status).toBe(201);
  });

  it('the trace of a request stands in every event and comes back', async () => {
    const { json, headers } = await ask(
      'POST',
      '/servers',
      { hostname: 'db-9', environment: 'prod', criticality: 'high', tags: ['x'] },
      { traceparent: TRACE, 'x-request-id': 'mine' },
    );
    expect([headers.get('traceparent'), headers.get('x-request-id')]).toEqual([TRACE, 'mine']);
    const Server = actors.find(({ name }) => name === 'Server')!;
    const stored = await node.store.read(Server, String(json.aggregate_id), 1);
    expect(stored.map(({ traceparent }) => traceparent)).toEqual([TRACE, TRACE]);
  });

  it('two that write at once: each is whole, and none is lost', async () => {
    const made = await ask('POST', '/servers', {
      hostname: 'db-10',
      environment: 'prod',
      criticality: 'high',
    });
    const path = `/servers/${made.json.aggregate_id}`;
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) =>
        ask('PATCH', path, { region: `region-${name}`, platform: `platform-${name}` }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    const events = (await ask('GET', `${path}/events`)).json.events as { data: Json }[];
    const pairs = events.slice(1).map(({ data }) => String(Object.values(data)[1] ?? ''));
    expect(pairs).toHaveLength(12);
    for (let at = 0; at < pairs.length; at += 2)
      expect(pairs[at]!.slice(-2)).toBe(pairs[at + 1]!.slice(-2));
  });
});
