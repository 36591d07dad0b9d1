import { describe, expect, it } from 'vitest';
import { actors } from '../../../actors/index.js';
import { Fault } from '../../core/refusal.js';
import { Runtime } from '../../write/runtime/runtime.js';
import type { JournalEntry } from '../../write/store/command-journal.js';
import type { EventStore } from '../../write/store/event-store.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { createHttp } from './create-http.js';

const log = { warn: () => {}, error: () => {} };
const JSON_TYPE = { 'content-type': 'application/json' };
const AS_ME = { ...JSON_TYPE, 'x-actor': 'user-123' };
const SERVER = { hostname: 'db-1.example.org', environment: 'prod', criticality: 'high' };
const APPLICATION = { name: 'CRM', owner: 'team-1', data_classification: 'internal' };
const ID = '6f1c9d3e-5b0a-4a53-9d57-0a6a6a3d7b11';

type Body = Record<string, unknown>;
type Init = { headers?: Record<string, string>; body?: unknown; env?: object; text?: string };

const world = (
  change: Partial<EventStore> = {},
  options: Partial<ConstructorParameters<typeof Runtime>[0]> = {},
) => {
  const store = { ...memoryStore(), ...change };
  const runtime = new Runtime({ definitions: actors, store, log, ...options });
  const info = { name: 'stele', version: '1.2.3' };
  const app = createHttp({ runtime, store, log, info, limits: { bodyMax: 1_000 } });
  const post = async (path: string, { headers = AS_ME, body, env, text }: Init = {}) => {
    const sent = text ?? (body === undefined ? null : JSON.stringify(body));
    const response = await app.request(path, { method: 'POST', headers, body: sent }, env as never);
    const json = (await response.json()) as Body;
    return { status: response.status, headers: response.headers, json, code: json.code };
  };
  const journal = async () => {
    const entries: JournalEntry[] = [];
    for await (const entry of store.readJournal(0)) entries.push(entry);
    return entries;
  };
  return { app, store, post, journal };
};

const envelope = (more: Body = {}): Body => ({
  command_id: ID,
  command_type: 'CreateServer',
  aggregate_id: 's1',
  aggregate_type: 'Server',
  actor: 'user-123',
  actor_type: 'user',
  source: 'api',
  command_timestamp: '2026-01-06T10:00:00Z',
  data: SERVER,
  ...more,
});

describe('POST /commands', () => {
  it('creates with 201, Location and ETag; the same again is a replay with 200', async () => {
    const { post } = world();
    const first = await post('/commands', { headers: JSON_TYPE, body: envelope() });
    expect(first.status).toBe(201);
    expect(first.headers.get('location')).toBe('/servers/s1/events');
    expect(first.headers.get('etag')).toBe('"1"');
    expect(first.json).toMatchObject({
      command_id: ID,
      aggregate_type: 'Server',
      aggregate_id: 's1',
      aggregate_version: 1,
      position: 'server:1',
      replayed: false,
      events: [{ event_type: 'ServerCreated', actor: 'user-123', causation_id: ID }],
    });
    const again = await post('/commands', { headers: JSON_TYPE, body: envelope() });
    expect(again.status).toBe(200);
    expect(again.json).toEqual({ ...first.json, replayed: true });
  });

  it('of a log that lost something says so of everything, and of nothing that it is not there', async () => {
    const lost = new Fault('LOG_TRUNCATED', 'EVT_SERVER lost its end; nothing was written');
    const { app, post } = world({}, { doubted: () => lost });
    const change = { reason: 'r', business_justification: 'b' };
    const asked: readonly (readonly [string, string, Body])[] = [
      ['POST', '/commands', envelope({ command_type: 'DecommissionServer', data: change })],
      ['POST', '/servers/s1/commands/decommission-server', change],
      ['PATCH', '/servers/s1', { hostname: 'db-2.example.org' }],
      ['DELETE', '/servers/s1', change],
    ];
    const told: unknown[] = [];
    for (const [method, path, body] of asked) {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const headers = { ...AS_ME, 'content-type': type };
      const answer = await app.request(path, { method, headers, body: JSON.stringify(body) });
      told.push([path, answer.status, ((await answer.json()) as Body).code]);
    }
    expect(told).toEqual(asked.map(([, path]) => [path, 503, 'LOG_TRUNCATED']));
    expect((await post('/commands', { body: envelope() })).code).toBe('LOG_TRUNCATED');
  });

  it('takes no defaults from headers', async () => {
    const { actor: _, ...nobody } = envelope();
    const { status, json } = await world().post('/commands', { body: nobody });
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'MALFORMED_COMMAND', errors: [{ field: 'actor' }] });
  });

  it('names every missing field of an empty body', async () => {
    const { json } = await world().post('/commands', { headers: {} });
    const fields = (json.errors as { field: string }[]).map(({ field }) => field);
    expect(fields).toEqual(expect.arrayContaining(['command_id', 'actor', 'data', 'source']));
  });

  it('does not take an envelope that looks like a refusal for one', async () => {
    const { code } = await world().post('/commands', { body: { refused: 'X', message: 'y' } });
    expect(code).toBe('MALFORMED_COMMAND');
  });
});

describe('POST /{plural}/{id}/commands/{command}', () => {
  it('takes the data alone, and defaults from headers', async () => {
    const { post } = world();
    const { status, json, headers } = await post('/servers/s1/commands/create-server', {
      headers: {
        ...AS_ME,
        'idempotency-key': `"${ID}"`,
        'x-correlation-id': 'corr-1',
        'x-business-justification': 'new rack',
        'x-approval-id': 'app-1',
      },
      body: SERVER,
    });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe('/servers/s1/events');
    expect(json).toMatchObject({
      command_id: ID,
      events: [
        {
          actor: 'user-123',
          actor_type: 'user',
          source: 'api',
          correlation_id: 'corr-1',
          business_justification: 'new rack',
          approval_id: 'app-1',
        },
      ],
    });
  });

  it('takes an envelope without what the path says', async () => {
    const { post } = world();
    const { status, json } = await post('/servers/s1/commands/create-server', {
      headers: JSON_TYPE,
      body: { actor: 'svc-1', actor_type: 'service', source: 'import', data: SERVER },
    });
    expect(status).toBe(201);
    expect(json.events).toMatchObject([
      { actor: 'svc-1', actor_type: 'service', source: 'import' },
    ]);
  });

  it('reads a header that is UTF-8 as UTF-8', async () => {
    const actor = Buffer.from('José').toString('latin1');
    const { json } = await world().post('/servers/s1/commands/create-server', {
      headers: { ...JSON_TYPE, 'x-actor': actor },
      body: SERVER,
    });
    expect(json.events).toMatchObject([{ actor: 'José' }]);
  });

  it('knows aliases of aggregates and commands', async () => {
    const { post } = world();
    await post('/capabilities/parent/commands/create-capability', { body: { name: 'Sales' } });
    await post('/business-capabilities/child/commands/create-capability', {
      body: { name: 'Care' },
    });
    const added = await post('/capabilities/child/commands/add-parent', {
      body: { parent_id: 'parent' },
    });
    expect(added.status).toBe(200);
    expect(added.headers.get('etag')).toBe('"2"');
    expect(added.json.events).toMatchObject([{ event_type: 'ParentAssigned' }]);
    await post('/applications/a1/commands/create-application', { body: APPLICATION });
    const changed = await post('/applications/a1/commands/set-classification', {
      headers: { ...AS_ME, 'x-business-justification': 'security review' },
      body: { classification: 'confidential', reason: 'payment data' },
    });
    expect(changed.json.events).toMatchObject([{ event_type: 'DataClassificationChanged' }]);
  });

  it('derives the id of a new aggregate from the command id', async () => {
    const { post } = world();
    const headers = { ...AS_ME, 'idempotency-key': ID };
    const first = await post('/servers/commands/create-server', { headers, body: SERVER });
    const again = await post('/servers/commands/create-server', { headers, body: SERVER });
    expect(first.status).toBe(201);
    expect(first.headers.get('location')).toBe(`/servers/${first.json.aggregate_id}/events`);
    expect(again.json).toMatchObject({ replayed: true, aggregate_id: first.json.aggregate_id });
  });

  it('asks for an id where the command does not create', async () => {
    const { status, json } = await world().post('/servers/commands/add-tags', {
      body: { tags: ['x'] },
    });
    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ field: 'aggregate_id', rule: 'REQUIRED' }]);
  });

  it('says how to name the actor', async () => {
    const { status, code, json } = await world().post('/servers/s1/commands/create-server', {
      headers: JSON_TYPE,
      body: SERVER,
    });
    expect([status, code]).toEqual([400, 'MALFORMED_COMMAND']);
    expect(json.message).toMatch(/X-Actor header, or "actor" in the envelope/);
  });

  it.each([
    ['aggregate_id', { aggregate_id: 's2' }, '"s1"', '"s2"'],
    ['aggregate_type', { aggregate_type: 'Application' }, '"Server"', '"Application"'],
    ['command_type', { command_type: 'RenameHost' }, '"CreateServer"', '"RenameHost"'],
    ['command_type', { command_type: 7 }, '"CreateServer"', '7'],
  ])('refuses another %s than the path says', async (field, more, path, body) => {
    const { status, code, json } = await world().post('/servers/s1/commands/create-server', {
      body: { data: SERVER, ...more },
    });
    expect([status, code]).toEqual([400, 'MALFORMED_COMMAND']);
    expect(json.errors).toMatchObject([{ field }]);
    expect(json.message).toContain(path);
    expect(json.message).toContain(body);
  });

  it('accepts what the body repeats of the path, aliases included', async () => {
    const { status } = await world().post('/nodes/s1/commands/create-server', {
      body: {
        aggregate_id: 's1',
        aggregate_type: 'Node',
        command_type: 'CreateServer',
        data: SERVER,
      },
    });
    expect(status).toBe(201);
  });

  it.each([
    ['actor', { actor: 'other' }, {}],
    ['command_id', { command_id: ID }, { 'idempotency-key': ID.replace('6f', '7f') }],
    [
      'business_justification',
      { metadata: { business_justification: 'a' } },
      { 'x-business-justification': 'b' },
    ],
  ])('refuses a header and a body that differ about %s', async (field, more, headers) => {
    const { code, json } = await world().post('/servers/s1/commands/create-server', {
      headers: { ...AS_ME, ...headers },
      body: { data: SERVER, ...more },
    });
    expect(code).toBe('MALFORMED_COMMAND');
    expect(json.message).toContain(field);
  });

  it('answers a malformed command id as the envelope does', async () => {
    const { code, json } = await world().post('/servers/s1/commands/create-server', {
      headers: { ...AS_ME, 'idempotency-key': 'mine' },
      body: SERVER,
    });
    expect(code).toBe('MALFORMED_COMMAND');
    expect(json.errors).toMatchObject([{ field: 'command_id' }]);
  });

  it.each(['a.b', 'a b', '>', '*', 'ü', 'a/b', 'x'.repeat(129)])(
    'refuses the id %s',
    async (id) => {
      const path = `/servers/${encodeURIComponent(id)}/commands/create-server`;
      const { status, code, json } = await world().post(path, { body: SERVER });
      expect([status, code]).toEqual([400, 'MALFORMED_COMMAND']);
      expect(json.message).toMatch(/aggregate_id: expected 1 to 128 letters, digits/);
    },
  );

  it('refuses a generic update whoever asks, and names the commands there are', async () => {
    const { post, journal } = world();
    const { status, code, json } = await post('/applications/a1/commands/update-application', {
      headers: {},
    });
    expect([status, code]).toEqual([422, 'FORBIDDEN_GENERIC_COMMAND']);
    expect(json.details).toMatchObject({ commands: expect.arrayContaining(['SetOwner']) });
    expect(await journal()).toMatchObject([
      { code: 'FORBIDDEN_GENERIC_COMMAND', command_type: 'UpdateApplication', aggregate_id: 'a1' },
    ]);
  });

  it('refuses a command there is not', async () => {
    const { status, code } = await world().post('/applications/a1/commands/fly');
    expect([status, code]).toEqual([400, 'UNKNOWN_COMMAND']);
  });

  it('keeps the refusals of the domain', async () => {
    const { post } = world();
    const { status, code } = await post('/servers/s1/commands/add-tags', { body: { tags: ['x'] } });
    expect([status, code]).toEqual([404, 'NOT_FOUND']);
    await post('/servers/s1/commands/create-server', { body: SERVER });
    const again = await post('/servers/s1/commands/create-server', { body: SERVER });
    expect([again.status, again.code]).toEqual([409, 'ALREADY_EXISTS']);
  });
});

describe('If-Match', () => {
  const tags = '/servers/s1/commands/add-tags';
  const created = async () => {
    const all = world();
    await all.post('/servers/s1/commands/create-server', { body: SERVER });
    return all;
  };
  const match = (tag: string) => ({ ...AS_ME, 'if-match': tag });

  it('is the version that is expected', async () => {
    const { post } = await created();
    const stale = await post(tags, { headers: match('"7"'), body: { tags: ['x'] } });
    expect([stale.status, stale.code]).toEqual([409, 'CONCURRENCY_CONFLICT']);
    const right = await post(tags, { headers: match('"1"'), body: { tags: ['x'] } });
    expect([right.status, right.headers.get('etag')]).toEqual([200, '"2"']);
  });

  it('counts for POST /commands too', async () => {
    const { post } = await created();
    const body = envelope({ command_type: 'AddTags', data: { tags: ['x'] } });
    const { code } = await post('/commands', { headers: match('"7"'), body });
    expect(code).toBe('CONCURRENCY_CONFLICT');
  });

  it.each(['1', '*', 'W/"1"', '"x"', '"1", "2"', '"-1"', '"01"'])('refuses %s', async (tag) => {
    const { post } = await created();
    const { status, code, json } = await post(tags, { headers: match(tag), body: { tags: ['x'] } });
    expect([status, code]).toEqual([400, 'MALFORMED_COMMAND']);
    expect(json.message).toMatch(/If-Match/);
  });

  it('agrees with the expected_version of the body', async () => {
    const { post } = await created();
    const body = { expected_version: 2, data: { tags: ['x'] } };
    const { code, json } = await post(tags, { headers: match('"1"'), body });
    expect(code).toBe('MALFORMED_COMMAND');
    expect(json.errors).toMatchObject([{ field: 'expected_version' }]);
    const same = { ...body, expected_version: 1 };
    expect((await post(tags, { headers: match('"1"'), body: same })).status).toBe(200);
  });
});

it('a reason that is a field of what begins is no justification, however it is sent', async () => {
  const { post } = world();
  const covers = [{ aggregate_type: 'Server', aggregate_id: null, command_type: 'DeleteServer' }];
  const body = { title: 'Sell it', reason: 'we buy it as a service', covers };
  for (const path of ['/change-approvals/a/commands/request-approval', '/change-approvals']) {
    const { json } = await post(path, { body });
    const [first] = (json.commands ?? [json]) as Body[];
    expect(first!.events, JSON.stringify(json)).toMatchObject([
      { business_justification: null, data: { reason: 'we buy it as a service' } },
    ]);
  }
});

describe('a dry run', () => {
  it('shows what would happen and writes nothing', async () => {
    const { post, store } = world();
    const path = '/servers/s1/commands/create-server?dry_run=true';
    const { status, json, headers } = await post(path, { body: SERVER });
    expect(status).toBe(200);
    expect(headers.get('location')).toBeNull();
    expect(json).toMatchObject({ dry_run: true, events: [{ event_type: 'ServerCreated' }] });
    const envelopes = await post('/commands?dry_run=true', { body: envelope() });
    expect(envelopes.json).toMatchObject({ dry_run: true });
    expect(await store.last(actors[2]!)).toBe(0);
  });

  it('that would be refused is marked, wherever it was refused', async () => {
    const { app, post, journal } = world();
    const path = '/servers/s1/commands/rename-host?dry_run=true';
    const headers = { ...AS_ME, 'if-match': 'x' };
    await post(path, { body: { hostname: 'a' } });
    await post(path, { text: '{' });
    await post('/servers/s1/commands/no-such?dry_run=true', { body: {} });
    const dry = { dry_run: true, command_id: 'seven', data: {} };
    await post('/servers/s1/commands/rename-host', { headers, body: dry });
    await post('/commands', { body: envelope({ dry_run: true, command_id: 'seven' }) });
    const request = { method: 'PATCH', headers: { ...AS_ME, ...JSON_TYPE } };
    await app.request('/servers/s1?dry_run=true', { ...request, body: '{' });
    const told = await journal();
    expect(told.map(({ outcome, code }) => [outcome, typeof code])).toEqual(
      Array(6).fill(['dry_run', 'string']),
    );
    // What is data alone says nothing of the kind: that was asked for.
    await post('/servers/s1/commands/rename-host', {
      headers,
      body: { dry_run: true },
    });
    expect((await journal()).at(-1)).toMatchObject({ outcome: 'refused' });
  });

  it('is never a real run by mistake', async () => {
    const { post, store } = world();
    for (const query of ['dry_run=yes', 'dry_run', 'dryrun=true']) {
      const { code } = await post(`/servers/s1/commands/create-server?${query}`, { body: SERVER });
      expect(code).toBe('MALFORMED_COMMAND');
    }
    const { code } = await post('/commands?dry_run=true', { body: envelope({ dry_run: false }) });
    expect(code).toBe('MALFORMED_COMMAND');
    expect(await store.last(actors[2]!)).toBe(0);
  });
});

describe('the trace', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

  it('of the caller reaches the event and comes back', async () => {
    const { json, headers } = await world().post('/servers/s1/commands/create-server', {
      headers: { ...AS_ME, traceparent, 'x-request-id': 'req-1' },
      body: SERVER,
    });
    expect(json.events).toMatchObject([{ metadata: { traceparent } }]);
    expect(headers.get('traceparent')).toBe(traceparent);
    expect(headers.get('x-request-id')).toBe('req-1');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('is begun where none came, and is in the problem', async () => {
    const { json, headers } = await world().post('/commands', { text: '{' });
    expect(headers.get('traceparent')).toContain(json.trace_id);
    expect(headers.get('x-request-id')).toBe(json.trace_id);
  });

  it('does not send back a request id that is none', async () => {
    const { headers } = await world().post('/commands', {
      headers: { 'x-request-id': 'a b<script>' },
    });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('the address of the peer', () => {
  it('is that of the connection, or what a trusted proxy says, never what the client says', async () => {
    const seen: unknown[] = [];
    const runtime = new Runtime({ definitions: actors, store: memoryStore(), log });
    const dispatch = runtime.dispatch.bind(runtime);
    runtime.dispatch = (input, via) => {
      seen.push((input as { metadata: { ip_address?: string } }).metadata.ip_address);
      return dispatch(input, via);
    };
    const info = { name: 'x', version: '1' };
    const proxies = ['10.0.0.8'];
    const app = createHttp({ runtime, store: memoryStore(), log, info, proxies });
    const said = JSON.stringify(envelope({ metadata: { ip_address: '192.0.2.1' } }));
    const headers = { ...JSON_TYPE, 'x-forwarded-for': '198.51.100.1' };
    for (const remoteAddress of ['::ffff:10.0.0.7', '10.0.0.8', undefined]) {
      const env = { incoming: { socket: { remoteAddress } } } as never;
      await app.request('/commands', { method: 'POST', headers, body: said }, env);
    }
    expect(seen).toEqual(['10.0.0.7', '198.51.100.1', undefined]);
  });
});

describe('a body that is none', () => {
  const path = '/servers/s1/commands/create-server';

  it('is refused with the place where the JSON broke, and journalled', async () => {
    const { post, journal } = world();
    const text = '{\n  "hostname": oops\n}';
    const { status, code, json } = await post(path, { text });
    expect([status, code]).toEqual([400, 'MALFORMED_COMMAND']);
    expect(json.message).toMatch(/position 16 \(line 2, column 15\)/);
    expect(json.details).toEqual({ position: 16, line: 2, column: 15 });
    expect(JSON.stringify(json)).not.toContain('oops');
    expect(await journal()).toMatchObject([
      {
        via: 'http',
        outcome: 'refused',
        code: 'MALFORMED_COMMAND',
        aggregate_type: 'Server',
        aggregate_id: 's1',
        command_type: 'CreateServer',
        actor: 'user-123',
      },
    ]);
  });

  it('is refused when it is too large', async () => {
    const { post, journal } = world();
    const { status, code } = await post(path, { text: JSON.stringify('x'.repeat(1_000)) });
    expect([status, code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect(await journal()).toMatchObject([{ code: 'PAYLOAD_TOO_LARGE' }]);
  });

  it('is refused by its declared length, unread', async () => {
    const headers = { ...AS_ME, 'content-length': '1001' };
    expect((await world().post(path, { headers, text: '{}' })).status).toBe(413);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    'is refused as %s',
    async (type) => {
      const headers = { ...AS_ME, 'content-type': type };
      const { status, code } = await world().post(path, { headers, body: SERVER });
      expect([status, code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    },
  );

  it.each(['setOwner', 'SetOwner', 'set-owner'])('is found as %s', async (name) => {
    const { post } = world();
    const body = { owner: '' };
    const { json } = await post(`/applications/a1/commands/${name}`, { headers: AS_ME, body });
    expect(json).toMatchObject({ code: 'VALIDATION_ERROR', errors: [{ field: 'data.owner' }] });
  });

  it('that is none is told which one was meant', async () => {
    const { post } = world();
    const { json } = await post('/applications/a1/commands/setOwnr', { headers: AS_ME, body: {} });
    expect(json.code).toBe('UNKNOWN_COMMAND');
    expect(json.message).toContain('did you mean "SetOwner"?');
    const body = { ownr: 'x' };
    const field = await post('/applications/a1/commands/set-owner', { headers: AS_ME, body });
    expect(field.json.message).toContain('data.ownr: unknown field, did you mean "owner"?');
  });

  it('is refused with a field that would be lost', async () => {
    const text = '{"owner":"x","__proto__":{"a":1}}';
    const { json } = await world().post('/applications/a1/commands/set-owner', { text });
    expect(json).toMatchObject({ errors: [{ field: 'data.__proto__', rule: 'UNKNOWN' }] });
  });

  it.each(['application/json; charset=utf-8', 'application/vnd.me+json', 'Application/JSON'])(
    'is fine as %s',
    async (type) => {
      const headers = { ...AS_ME, 'content-type': type };
      expect((await world().post(path, { headers, body: SERVER })).status).toBe(201);
    },
  );

  it('may begin with a byte order mark', async () => {
    const text = `\uFEFF${JSON.stringify(SERVER)}`;
    expect((await world().post(path, { text })).status).toBe(201);
  });

  it('is UTF-8', async () => {
    const { app } = world();
    const body = Buffer.from('{"hostname":"\xff"}', 'latin1');
    const response = await app.request(path, { method: 'POST', headers: AS_ME, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: 'the body is not UTF-8' });
  });

  it('does not nest without end', async () => {
    const text = `${'['.repeat(400)}${']'.repeat(400)}`;
    const { status, json } = await world().post(path, { text });
    expect(status).toBe(400);
    expect(json.message).toMatch(/nests deeper/);
  });
});

describe('a fault', () => {
  const fails = (cause: Error) => world({ append: () => Promise.reject(cause) });

  it('that may pass is 503 with Retry-After', async () => {
    const { post } = fails(new Fault('OUTCOME_UNKNOWN', 'send the command again'));
    const { status, code, headers } = await post('/commands', { body: envelope() });
    expect([status, code]).toEqual([503, 'OUTCOME_UNKNOWN']);
    expect(headers.get('retry-after')).toBe('1');
    expect(headers.get('content-type')).toBe('application/problem+json');
  });

  it('of ours is 500 and says nothing of the inside', async () => {
    const { post } = fails(new Fault('HASH_CHAIN_BROKEN', 'the secret inside'));
    const { status, json } = await post('/commands', { body: envelope() });
    expect(status).toBe(500);
    expect(JSON.stringify(json)).not.toContain('inside"');
    expect(json.message).toContain(json.trace_id);
  });
});
