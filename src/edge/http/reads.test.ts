import { describe, expect, it } from 'vitest';
import { actors } from '../../../actors/index.js';
import { Fault } from '../../core/refusal.js';
import { registry } from '../../core/registry.js';
import { Runtime } from '../../write/runtime/runtime.js';
import type { EventStore } from '../../write/store/event-store.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { createHttp } from './create-http.js';
import { pluralsOf } from './plurals.js';

const log = { warn: () => {}, error: () => {} };
const AS_ME = { 'content-type': 'application/json', 'x-actor': 'user-123' };
const SERVER = { hostname: 'db-1.example.org', environment: 'prod', criticality: 'high' };

type Body = Record<string, unknown>;

const world = (change: Partial<EventStore> = {}) => {
  const store = { ...memoryStore(), ...change };
  const runtime = new Runtime({ definitions: actors, store, log });
  const app = createHttp({ runtime, store, log, info: { name: 'stele', version: '1.2.3' } });
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await app.request(path, init);
    const text = await response.text();
    const json = text.startsWith('{') ? (JSON.parse(text) as Body) : {};
    return { status: response.status, headers: response.headers, text, json, code: json.code };
  };
  const tell = (path: string, data: object) =>
    ask(path, { method: 'POST', headers: AS_ME, body: JSON.stringify(data) });
  return { ask, tell };
};

const withServer = async (tags = 0, change: Partial<EventStore> = {}) => {
  const all = world(change);
  await all.tell('/servers/s1/commands/create-server', SERVER);
  await all.tell('/servers/s2/commands/create-server', { ...SERVER, hostname: 'db-2' });
  for (let n = 0; n < tags; n++)
    await all.tell('/servers/s1/commands/add-tags', { tags: [`t${n}`] });
  return all;
};

describe('GET /{plural}/{id}/events', () => {
  it('shows what happened to one aggregate, in pages', async () => {
    const { ask } = await withServer(6);
    const seen: number[] = [];
    let next: unknown = '/servers/s1/events?limit=3';
    let pages = 0;
    while (typeof next === 'string') {
      const { status, json, headers } = await ask(next);
      expect(status).toBe(200);
      const events = json.events as { aggregate_id: string; aggregate_version: number }[];
      expect(events.every(({ aggregate_id }) => aggregate_id === 's1')).toBe(true);
      seen.push(...events.map(({ aggregate_version }) => aggregate_version));
      next = json.next;
      pages++;
      expect(headers.get('link')).toBe(next ? `<${next}>; rel="next"` : null);
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(pages).toBe(3);
  });

  it('begins where it is told to, and may be empty at the end', async () => {
    const { ask } = await withServer(3);
    const { json } = await ask('/nodes/s1/events?from_version=3');
    expect(json).toMatchObject({ aggregate_type: 'Server', aggregate_id: 's1', next: null });
    expect(json.events).toMatchObject([{ aggregate_version: 3 }, { aggregate_version: 4 }]);
    expect((await ask('/servers/s1/events?from_version=99')).json.events).toEqual([]);
  });

  it('finds a version by a few looks at one event each, wherever those of others stand', async () => {
    const under = memoryStore();
    const sizes: (number | undefined)[] = [];
    const { ask, tell } = await withServer(20, {
      ...under,
      read: (kind, id, from, most) => {
        sizes.push(most);
        return under.read(kind, id, from, most);
      },
      snapshots: () => {
        throw new Error('none is needed');
      },
    });
    for (let n = 0; n < 40; n++) await tell('/servers/s2/commands/add-tags', { tags: [`t${n}`] });
    for (let n = 20; n < 30; n++) await tell('/servers/s1/commands/add-tags', { tags: [`t${n}`] });
    for (let version = 1; version <= 31; version++) {
      sizes.length = 0;
      const { json } = await ask(`/servers/s1/events?from_version=${version}&limit=1`);
      expect(json.events).toMatchObject([{ aggregate_version: version }]);
      expect(sizes.pop()).toBe(2);
      expect(sizes.every((most) => most === 1)).toBe(true);
      expect(sizes.length).toBeLessThan(8);
    }
  });

  it('is 404 for what does not exist', async () => {
    const { status, code } = await world().ask('/servers/s1/events');
    expect([status, code]).toEqual([404, 'NOT_FOUND']);
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'from_version=0', 'from_version=-1'])(
    'refuses %s',
    async (query) => {
      const { status, code, json } = await world().ask(`/servers/s1/events?${query}`);
      expect([status, code]).toEqual([422, 'VALIDATION_ERROR']);
      expect(json.errors).toMatchObject([{ field: query.split('=')[0] }]);
    },
  );

  it.each(['events', 'commands'])('refuses an id that would break a subject: %s', async (what) => {
    const { status, code, json } = await world().ask(`/servers/a.b/${what}`);
    expect([status, code]).toEqual([404, 'NOT_FOUND']);
    expect(json.message).toMatch(/ids are letters, digits/);
  });
});

describe('GET /{plural}/{id}/commands', () => {
  const names = (list: unknown) =>
    (list as { command_type: string }[]).map(({ command_type }) => command_type);

  it('tells what is possible now', async () => {
    const { ask } = await withServer();
    const { json } = await ask('/servers/s1/commands');
    expect(json).toMatchObject({ status: 'in_service', aggregate_version: 1 });
    expect(json.possible).toContainEqual(
      expect.objectContaining({
        command_type: 'RenameHost',
        href: '/servers/s1/commands/rename-host',
        schema: '/schemas/Server/commands/RenameHost',
      }),
    );
    expect(json.impossible).toMatchObject([
      { command_type: 'CreateServer', why: 'it exists already' },
    ]);
  });

  it('says why not: absent, deleted, in another status', async () => {
    const { ask, tell } = await withServer();
    const absent = (await ask('/servers/nope/commands')).json;
    expect(names(absent.possible)).toEqual(['CreateServer']);
    expect(absent.impossible).toContainEqual(
      expect.objectContaining({ command_type: 'RenameHost', why: 'it does not exist' }),
    );
    await tell('/applications/a1/commands/create-application', {
      name: 'CRM',
      owner: 'team-1',
      data_classification: 'internal',
    });
    expect((await ask('/applications/a1/commands')).json.impossible).toContainEqual(
      expect.objectContaining({
        command_type: 'ReinstateApplication',
        why: 'it is "planned"; this is possible while it is "deprecated"',
      }),
    );
    await tell('/servers/s1/commands/delete-server', {
      data: { reason: 'scrapped' },
      metadata: { business_justification: 'end of life' },
    });
    const deleted = (await ask('/servers/s1/commands')).json;
    expect(deleted.possible).toEqual([]);
    expect(deleted.impossible).toContainEqual(expect.objectContaining({ why: 'it was deleted' }));
  });

  it('links to schemas that are there', async () => {
    const { ask } = await withServer();
    for (const { schema } of (await ask('/servers/s1/commands')).json.possible as {
      schema: string;
    }[])
      expect((await ask(schema)).status).toBe(200);
  });
});

describe('GET /machines', () => {
  it('lists them', async () => {
    const { json } = await world().ask('/machines');
    expect(json.machines).toContainEqual(
      expect.objectContaining({ name: 'Application', href: '/machines/Application' }),
    );
  });

  it.each([
    ['svg', /^image\/svg\+xml/, /^<svg/],
    ['mermaid', /^text\//, /stateDiagram/],
    ['dot', /^text\//, /digraph/],
    ['json', /^application\/json/, /"Application"/],
  ])('draws as %s', async (format, type, body) => {
    const { status, headers, text } = await world().ask(`/machines/application?format=${format}`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(type);
    expect(text).toMatch(body);
  });

  it('goes by Accept', async () => {
    const { ask } = world();
    const svg = await ask('/machines/Application', { headers: { accept: 'image/svg+xml' } });
    expect(svg.headers.get('content-type')).toBe('image/svg+xml');
    expect((await ask('/machines/Application')).headers.get('content-type')).toBe(
      'application/json',
    );
  });

  it('names the formats and the machines there are', async () => {
    const { ask } = world();
    expect((await ask('/machines/Application?format=png')).json.message).toMatch(/svg, mermaid/);
    const { status, json } = await ask('/machines/Ship');
    expect(status).toBe(404);
    expect(json.message).toMatch(/BusinessCapability/);
  });
});

describe('GET /schemas', () => {
  it('has an index in which every link works', async () => {
    const { ask } = world();
    const { schemas } = (await ask('/schemas')).json as {
      schemas: { commands: Record<string, string>; events: Record<string, string> }[];
    };
    expect(schemas).toHaveLength(actors.length);
    for (const { commands, events } of schemas)
      for (const path of [...Object.values(commands), ...Object.values(events)]) {
        const { status, headers, json } = await ask(path);
        expect(status).toBe(200);
        expect(headers.get('content-type')).toBe('application/schema+json');
        expect(json.$schema).toMatch(/2020-12/);
      }
  });

  it('shows the envelope, or the data alone', async () => {
    const { ask } = world();
    const whole = await ask('/schemas/Server/commands/AddTags');
    expect(whole.json.properties).toHaveProperty('command_id');
    const data = await ask('/schemas/server/commands/add-tags?part=data');
    expect(Object.keys(data.json.properties as object)).toEqual(['tags']);
    expect((await ask('/schemas/Server/commands/AddTags?part=x')).status).toBe(422);
  });

  it.each(['Ship/commands/Sail', 'Server/commands/Sail', 'Server/events/constructor'])(
    'is 404 for %s',
    async (path) => {
      const { status, code } = await world().ask(`/schemas/${path}`);
      expect([status, code]).toEqual([404, 'NOT_FOUND']);
    },
  );
});

describe('health', () => {
  it('is up, and ready when the store is', async () => {
    const { ask } = world();
    expect((await ask('/healthz')).json).toEqual({ status: 'up' });
    expect((await ask('/readyz')).json).toEqual({
      status: 'ready',
      parts: [
        { name: 'node', state: 'up', reason: null },
        { name: 'event_store', state: 'up', reason: null },
      ],
    });
  });

  it.each([
    ['says no', () => Promise.resolve(false)],
    ['fails', () => Promise.reject(new Error('gone'))],
  ])('is not ready when the store %s', async (_, ready) => {
    const { ask } = world({ ready });
    const { status, code, json, headers } = await ask('/readyz');
    expect([status, code]).toEqual([503, 'STORE_UNAVAILABLE']);
    expect(json.details).toMatchObject({ not_ready: ['event_store'] });
    expect((await ask('/readyz?for=commands')).status).toBe(503);
    expect((await ask('/readyz?for=nothing')).status).toBe(422);
    expect(headers.get('retry-after')).toBe('1');
    expect((await ask('/healthz')).status).toBe(200);
  });

  it.each(['STORE_FULL', 'LOG_TRUNCATED', 'READ_STORE_FOREIGN'])(
    'says by its code why nothing is written: %s',
    async (code) => {
      const { ask } = world({ ready: () => Promise.reject(new Fault(code, 'so it is')) });
      for (const path of ['/readyz', '/readyz?for=commands'])
        expect(await ask(path)).toMatchObject({ status: 503, code });
    },
  );
});

describe('GET /', () => {
  it('says what there is, and that nobody is checked yet', async () => {
    const { json } = await world().ask('/');
    expect(json).toMatchObject({ name: 'stele', version: '1.2.3' });
    expect(json.note).toMatch(/no authorization/);
    expect(json.aggregates).toContainEqual(
      expect.objectContaining({ paths: ['/business-capabilities', '/capabilities'] }),
    );
  });

  it('answers HEAD', async () => {
    const { status, text } = await world().ask('/', { method: 'HEAD' });
    expect([status, text]).toEqual([200, '']);
  });
});

describe('what no route takes', () => {
  it('is 404 and names close routes', async () => {
    const { ask } = world();
    const { status, code, json, headers } = await ask('/aplications/x/events');
    expect([status, code]).toEqual([404, 'ROUTE_NOT_FOUND']);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect((json.details as { routes: string[] }).routes[0]).toBe('/applications/{id}/events');
    expect((await ask('/helthz')).json.message).toContain('/healthz');
  });

  it.each([
    ['GET', '/commands', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['DELETE', '/servers/x/commands/add-tags', 'POST'],
    ['PUT', '/servers/x/commands', 'GET, HEAD'],
  ])('is 405 for %s %s', async (method, path, allow) => {
    const { status, code, headers } = await world().ask(path, { method });
    expect([status, code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(headers.get('allow')).toBe(allow);
  });

  it('names the commands where a method writes no resource', async () => {
    const { status, headers, json } = await world().ask('/capabilities/x', { method: 'POST' });
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe('GET, PATCH, PUT, DELETE, HEAD');
    expect(json.message).toMatch(/POST \/capabilities\/\{id\}\/commands\/\{command\}/);
    expect(json.message).toContain('rename-capability');
  });

  it('names the creating commands for a whole collection', async () => {
    const { status, json } = await world().ask('/servers', { method: 'PUT' });
    expect(status).toBe(405);
    expect(json.details).toEqual({ commands: ['create-server'] });
  });
});

describe('definitions that share a path', () => {
  const named = (name: string, plural: string) => ({ ...actors[2]!, name, plural, aliases: [] });

  it.each([
    [[named('Thing', 'machines')], /\/machines is a path of Thing and of the runtime itself/],
    [[named('Thing', 'nodes'), actors[2]!], /\/nodes is a path of Server and of Thing/],
  ])('are refused', (definitions, message) => {
    expect(() => pluralsOf({ ...registry([]), definitions })).toThrow(message);
  });
});
