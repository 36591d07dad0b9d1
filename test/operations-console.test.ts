import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiDocuments } from '../scripts/api-documents.js';
import { eventStream, eventSubject } from '../src/core/subjects.js';
import { commandLine } from './support/command-line.js';
import { createApplication, envelope, uuid } from './support/commands.js';
import { documented, type OpenApi } from './support/documented.js';
import { type GuardedNode, startGuardedNode } from './support/guarded-node.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { until } from './support/projecting.js';

const STREAM = eventStream('application');
const CUT_BYTES = 64 * 1024;
const document = JSON.parse(apiDocuments()['docs/reference/openapi.json']!) as OpenApi;
const { undocumented } = documented(document);

let nats: TestServer;
let first: GuardedNode;
let second: GuardedNode;
let nc: NatsConnection;
let keys: Readonly<Record<'admin' | 'ops' | 'auditor' | 'viewer', string>>;
const app = uuid();

// biome-ignore lint/suspicious/noExplicitAny: answers of many routes are looked into
type Json = any;
type Who = keyof typeof keys;

/** An answer, which must be as the OpenAPI document describes it. */
const ask = async (
  path: string,
  { as = 'admin', body }: { as?: Who; body?: unknown } = {},
): Promise<{ status: number; json: Json }> => {
  const method = body === undefined ? 'GET' : 'POST';
  const response = await fetch(`${first.node.url}${path}`, {
    method,
    headers: { 'x-api-key': keys[as], 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const json = (await response.json()) as Json;
  const { status } = response;
  const type = response.headers.get('content-type');
  expect(undocumented({ method, path }, { status, type, json }), path).toBeUndefined();
  return { status, json };
};
const refused = async (path: string, options: Parameters<typeof ask>[1] = {}) => {
  const { status, json } = await ask(path, options);
  return `${status} ${json.code}`;
};
const send = async (command: object): Promise<void> => {
  const { status, json } = await ask('/commands', { body: { ...command, actor: undefined } });
  if (status >= 300) throw new Error(JSON.stringify(json));
};
const key = async (role: string): Promise<string> => {
  const args = ['key', 'create', '--actor', role, '--roles', role];
  const { out, err, exit } = await commandLine(args, first.env);
  if (exit !== 0) throw new Error(err);
  return out.trim();
};

beforeAll(async () => {
  nats = await startTestServer({ sync: 'lazy' });
  first = await startGuardedNode(nats.url);
  [second, nc] = await Promise.all([startGuardedNode(nats.url), connect({ servers: nats.url })]);
  const [admin = ''] = first.firstKeys;
  const [ops, auditor, viewer] = await Promise.all(['platform_ops', 'auditor', 'viewer'].map(key));
  keys = { admin, ops: ops!, auditor: auditor!, viewer: viewer! };
  await send(createApplication(app));
  await send(envelope('Application', app, 'SetOwner', { owner: 'Team Ledger' }));
  await until(
    () => first.status('/streams', { 'x-api-key': keys.viewer }),
    (status) => status === 403,
  );
});
afterAll(async () => {
  await nc?.close();
  await second?.close();
  await first?.close();
  await nats?.stop();
});

describe('streams', () => {
  it('are listed with their readers, and show what was written', async () => {
    const { json } = await ask('/streams');
    const events = json.streams.find(({ name }: Json) => name === STREAM);
    expect(events).toMatchObject({
      kind: 'events',
      aggregate_type: 'Application',
      first_sequence: 1,
      leader: nats.serverName,
      storage: 'file',
      deny_delete: true,
      deny_purge: true,
      sealed: false,
      replicas: 1,
    });
    expect(events.first_at).toMatch(/^\d{4}-.*Z$/);
    expect(events.consumers.length).toBeGreaterThan(5);
    expect(events.consumers).toContainEqual(
      expect.objectContaining({ name: expect.stringMatching(/^audit-log-/), durable: true }),
    );
    const kinds = new Set(json.streams.map(({ kind }: Json) => kind));
    expect(kinds).toEqual(new Set(['events', 'journal', 'alerts']));
    expect((await ask(`/streams/${STREAM}`)).json.name).toBe(STREAM);

    const page = (await ask(`/streams/${STREAM}/messages?limit=1`)).json;
    expect(page).toMatchObject({ stream: STREAM, next: 2 });
    const [message] = page.messages;
    expect(message).toMatchObject({ sequence: 1, subject: eventSubject('application', app) });
    expect(message).toMatchObject({ encoding: 'json', payload: { name: `App ${app}` } });
    expect(message.headers['Stele-Event-Type']).toEqual(['ApplicationCreated']);
    const rest = (await ask(`/streams/${STREAM}/messages?from=2`)).json;
    expect(rest.messages[0].sequence).toBe(2);
    expect(rest.next).toBeNull();
    expect((await ask(`/streams/${STREAM}/messages?from=999`)).json.messages).toEqual([]);
  });

  it('show text and bytes, and of what is long the beginning', async () => {
    const subject = 'alert.test.x';
    for (const payload of ['é'.repeat(CUT_BYTES), new Uint8Array([255, 254, 0]), 'no json'])
      nc.publish(subject, payload);
    await nc.flush();
    const page = () => ask('/streams/ALERTS/messages').then(({ json }) => json.messages);
    const [, long, bytes, text] = await until(page, ({ length }: Json) => length === 4);
    expect(long.headers).toEqual({});
    expect(long).toMatchObject({ encoding: 'text', cut: true, size: 2 * CUT_BYTES });
    expect(long.payload).toBe('é'.repeat(CUT_BYTES / 2));
    expect(bytes).toMatchObject({ encoding: 'base64', payload: '//4A' });
    expect(text).toMatchObject({ encoding: 'text', payload: 'no json' });
    expect(text).not.toHaveProperty('cut');
  });

  it('of others, buckets and what is misspelt are not shown', async () => {
    for (const path of ['/streams/KV_ACCESS-KEYS', '/streams/KV_ACCESS-KEYS/messages'])
      expect(await refused(path)).toBe('404 NOT_FOUND');
    expect(await refused('/streams/NONE')).toBe('404 NOT_FOUND');
    for (const query of ['limit=101', 'limit=0', 'from=x', 'form=1'])
      expect(await refused(`/streams/${STREAM}/messages?${query}`)).toBe('422 VALIDATION_ERROR');
  });

  it('tell operators no more than they may see elsewhere', async () => {
    expect((await ask(`/streams/${STREAM}/messages`, { as: 'ops' })).status).toBe(200);
    for (const stream of ['JOURNAL', 'ALERTS'])
      expect(await refused(`/streams/${stream}/messages`, { as: 'ops' })).toBe('403 FORBIDDEN');
  });
});

describe('buckets', () => {
  it('show keys and what they held, newest first', async () => {
    const { json } = await ask('/buckets');
    const names = json.buckets.map(({ name }: Json) => name);
    expect(names).toEqual(expect.arrayContaining(['SNAP_APPLICATION', 'ALERTING', 'ACCESS-KEYS']));
    expect(json.buckets.find(({ name }: Json) => name === 'SNAP_APPLICATION')).toMatchObject({
      kind: 'snapshots',
      hidden: false,
      history: 64,
      ttl_ms: null,
    });
    const owners = Array.from({ length: 100 }, (_, index) => `Team ${index}`);
    await Promise.all(
      owners.map((owner) => send(envelope('Application', app, 'SetOwner', { owner }))),
    );
    const entries = `/buckets/SNAP_APPLICATION/entries?key=${app}`;
    await until(
      () => ask('/buckets/SNAP_APPLICATION/keys').then(({ json }) => json.keys),
      (found: Json) => found.includes(app),
    );
    const held = (await ask(entries)).json;
    expect(held).toMatchObject({ bucket: 'SNAP_APPLICATION', key: app });
    expect(held.entries[0]).toMatchObject({
      operation: 'put',
      encoding: 'json',
      payload: { version: expect.any(Number) },
    });

    const all = (await ask('/buckets/ALERTING/keys')).json.keys as string[];
    expect(all.length).toBeGreaterThan(2);
    const one = (await ask('/buckets/ALERTING/keys?limit=1')).json;
    expect(one).toMatchObject({ keys: [all[0]], next: all[0] });
    const after = (await ask(`/buckets/ALERTING/keys?after=${all[0]}&prefix=raise`)).json.keys;
    expect(after).toEqual(all.slice(1).filter((name) => name.startsWith('raise')));
  });

  it('with hashes of credentials show no values', async () => {
    const { json } = await ask('/buckets/ACCESS-KEYS/keys');
    expect(json.keys).toContain('admin');
    expect(await refused('/buckets/ACCESS-KEYS/entries?key=admin')).toBe('403 FORBIDDEN');
  });

  it('and keys that there are not, or that are no keys, are not found', async () => {
    for (const name of ['NONE', 'ACCESS-.x', 'ACCESS-NONE', 'SNAP_NONE'])
      expect(await refused(`/buckets/${name}/keys`)).toBe('404 NOT_FOUND');
    for (const wrong of ['none', '>', 'a.*', '..', 'a b'])
      expect(await refused(`/buckets/ALERTING/entries?key=${encodeURIComponent(wrong)}`)).toBe(
        '404 NOT_FOUND',
      );
    expect(await refused('/buckets/ALERTING/entries')).toBe('422 VALIDATION_ERROR');
    expect(await refused('/buckets/ALERTING/keys?limit=9999')).toBe('422 VALIDATION_ERROR');
    expect(await refused('/buckets/ALERTS-FAILED/entries?key=x', { as: 'ops' })).toBe(
      '403 FORBIDDEN',
    );
  });
});

describe('actors', () => {
  it('in memory are listed with what they did last, and let go without losing anything', async () => {
    const { json } = await ask(`/actors?aggregate_type=application&search=${app.slice(0, 8)}`);
    expect(json.residents).toBeGreaterThan(0);
    expect(json).toMatchObject({ matching: 1, node: expect.any(String) });
    expect(json.actors[0]).toMatchObject({
      aggregate_type: 'Application',
      aggregate_id: app,
      inbox: 0,
      status: 'planned',
      last_command: { command_type: 'SetOwner', outcome: 'accepted' },
    });
    expect(json.actors[0].version).toBeGreaterThan(1);
    const passivate = () => ask(`/actors/Application/${app}/passivate`, { body: {} });
    expect((await passivate()).json).toEqual({ passivated: true, reason: null });
    expect((await passivate()).json).toEqual({ passivated: false, reason: 'not_resident' });
    await send(envelope('Application', app, 'SetOwner', { owner: 'Team Ledger' }));
    const again = (await ask(`/actors?search=${app}`)).json.actors[0];
    expect(again.version).toBe(json.actors[0].version + 1);
  });

  it('that have something to do stay', async () => {
    const { runtime } = first.node;
    const definition = runtime.registry.aggregate('Application')!;
    const command = envelope('Application', app, 'SetOwner', { owner: 'Team Busy' });
    const by = { actor: 'ada', actor_type: 'user', roles: ['architect'], teams: ['*'] } as const;
    const sent = runtime.dispatch({ ...command, actor: 'ada' }, 'test', by);
    expect(runtime.residents({ search: app, most: 1 }).actors[0]).toMatchObject({ inbox: 1 });
    expect(runtime.passivateOne(definition, app)).toBe('busy');
    expect(await sent).toMatchObject({ replayed: false });
    const refusal = await runtime.dispatch({ ...command, command_id: uuid() }, 'test', by);
    expect(refusal).toMatchObject({ refused: expect.any(String) });
  });

  it('of no type, or asked for in another way, are refused', async () => {
    expect(await refused('/actors?aggregate_type=Ship')).toBe('404 NOT_FOUND');
    expect(await refused('/actors?limit=501')).toBe('422 VALIDATION_ERROR');
    expect(await refused('/actors/Ship/x/passivate', { body: {} })).toBe('404 NOT_FOUND');
  });
});

describe('nodes', () => {
  it('on the same NATS know of one another', async () => {
    const [{ json }, other] = await Promise.all([ask('/cluster/nodes'), ask('/cluster/nodes')]);
    expect(other.json).toEqual(json);
    expect(json.nodes.map(({ url }: Json) => url).sort()).toEqual(
      [first.node.url, second.node.url].sort(),
    );
    const own = json.nodes.find(({ url }: Json) => url === first.node.url);
    expect(own).toMatchObject({ this: true, draining: false, under_way: expect.any(Number) });
    expect(own.residents).toBeGreaterThan(0);
    expect(own.commands_total).toBeGreaterThan(2);
    expect(json.nodes.filter((one: Json) => one.this)).toHaveLength(1);
    expect((await ask('/actors')).json.node).toBe(own.id);
  });
});

describe('the doctor', () => {
  const finished = () =>
    until(
      () => ask('/doctor').then(({ json }) => json),
      ({ state }: Json) => state !== 'running',
    );

  it('examines everything in the background, and says the same as the command line', async () => {
    expect((await ask('/doctor')).json).toMatchObject({ state: 'never', result: null });
    const { status, json } = await ask('/doctor', { body: {} });
    expect(status).toBe(202);
    expect(json).toMatchObject({ state: 'running', aggregate_type: null });
    // One at a time: the one under way goes on.
    const again = (await ask('/doctor', { body: { aggregate_type: 'Server' } })).json;
    expect(again.started_at).toBe(json.started_at);
    const done = await finished();
    expect(done).toMatchObject({ state: 'done', progress: null, reason: null });
    const { out, exit } = await commandLine(['doctor', '--json'], first.env);
    expect(exit).toBe(0);
    const { streams, findings, read_side } = JSON.parse(out) as Json;
    expect(done.result).toMatchObject({ findings, node: null });
    expect(done.result.streams).toEqual(streams);
    expect(Object.keys(done.result.read_side)).toEqual(Object.keys(read_side));
    expect(streams.find(({ stream }: Json) => stream === STREAM).events).toBeGreaterThan(100);
  });

  it('examines one aggregate at once, for whoever audits too', async () => {
    const body = { aggregate_type: 'application', aggregate_id: app };
    for (const as of ['auditor', 'ops'] as const) {
      const { status, json } = await ask('/doctor', { as, body });
      expect(status).toBe(200);
      expect(json).toMatchObject({ findings: [], journal: null, streams: [{ aggregates: 1 }] });
    }
    for (const as of ['viewer', 'auditor'] as const)
      expect(await refused('/doctor', { as, body: {} })).toBe('403 FORBIDDEN');
    expect(await refused('/doctor', { as: 'viewer', body })).toBe('403 FORBIDDEN');
    const none = { ...body, aggregate_id: uuid() };
    expect(await refused('/doctor', { body: none })).toBe('404 NOT_FOUND');
    for (const wrong of [[], { aggregate_id: app }, { aggregate_type: 'Ship' }, { type: 'x' }])
      expect(await refused('/doctor', { body: wrong })).toBe('422 VALIDATION_ERROR');
  });

  it('finds what was forged, of one aggregate and of one type', async () => {
    nc.publish(eventSubject('application', app), '{"name":"Mallory"}');
    await nc.flush();
    const body = { aggregate_type: 'Application', aggregate_id: app };
    const { json } = await ask('/doctor', { body });
    expect(json.findings).toMatchObject([{ code: 'MESSAGE_UNREADABLE', grade: 'broken' }]);
    await ask('/doctor', { body: { aggregate_type: 'Application' } });
    const done = await finished();
    expect(done).toMatchObject({ state: 'done', aggregate_type: 'Application' });
    expect(done.result.findings).toMatchObject([{ code: 'MESSAGE_UNREADABLE', aggregate_id: app }]);
    expect(done.result.streams).toHaveLength(1);
  });
});

describe('the catalogue', () => {
  it('says of each event who writes, reads and takes it', async () => {
    const { json } = await ask('/catalogue', { as: 'viewer' });
    const event = json.events.find((one: Json) => one.event_type === 'ApplicationDeleted');
    expect(event).toMatchObject({
      aggregate_type: 'Application',
      readable: true,
      critical: true,
      sensitive: true,
      commands: ['DeleteApplication'],
      schema: '/schemas/Application/events/ApplicationDeleted',
    });
    expect(event.projections).toContain('audit-log');
    expect(event.transitions).toContainEqual({ from: 'planned', to: 'deleted' });
    expect(event.definition).toMatch(/^[0-9a-f]{64}$/);
    const command = json.commands.find((one: Json) => one.command_type === 'CreateApplication');
    expect(command).toMatchObject({ creates: true, emits: ['ApplicationCreated'] });
    expect((await fetch(`${first.node.url}${command.schema}`)).status).toBe(200);
  });
});

it('nobody without the permission sees any of it', async () => {
  const paths = ['/streams', `/streams/${STREAM}`, '/buckets', '/buckets/ALERTING/keys'];
  for (const path of [...paths, '/actors', '/cluster/nodes', '/doctor'])
    expect(`${path} ${await refused(path, { as: 'viewer' })}`).toBe(`${path} 403 FORBIDDEN`);
  const passivate = `/actors/Application/${app}/passivate`;
  expect(await refused(passivate, { as: 'viewer', body: {} })).toBe('403 FORBIDDEN');
});
