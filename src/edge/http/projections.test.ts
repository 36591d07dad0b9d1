import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { actors } from '../../../actors/index.js';
import { roles } from '../../../actors/roles.js';
import { type Json, type ReadSide, startReadSide } from '../../../test/support/read-side.js';
import { defineProjection } from '../../core/projection.js';
import { Fault } from '../../core/refusal.js';
import { registry } from '../../core/registry.js';
import { Runtime } from '../../write/runtime/runtime.js';
import { memoryStore } from '../../write/store/memory-store.js';
import type { Access } from '../access/index.js';
import { createHttp } from './create-http.js';
import { checkPaths, pluralsOf } from './plurals.js';

const Server = actors.find(({ name }) => name === 'Server')!;
/** Takes no tag "poison" until it is told to. */
let fussy = true;
const tags = defineProjection({
  name: 'server-tags',
  summary: 'Tags.',
  view: z.object({ tags: z.array(z.string()).default([]) }),
  indexed: ['tags'],
  from: [Server],
  on: {
    Server: {
      TagsAdded: (view, { data }) => {
        const added = data.tags as string[];
        if (fussy && added.includes('poison')) throw new Error('no poison here');
        return { tags: [...view.tags, ...added] };
      },
    },
  },
});

let side: ReadSide;
beforeEach(async () => {
  fussy = true;
  side = await startReadSide([tags]);
  await side.tell('/servers/s1/commands/create-server', {
    hostname: 'db-1.example.org',
    environment: 'prod',
    criticality: 'high',
  });
});
afterEach(() => side.close());

const tag = (one: string) => side.tell('/servers/s1/commands/add-tags', { tags: [one] });
const at = '/projections/server-tags';
const status = async (): Promise<Json> => (await side.ask(at)).json;
const parks = async (): Promise<void> => {
  await tag('fine');
  await tag('poison');
  await tag('late');
  await expect.poll(async () => (await status()).parked_events).toBe(2);
};
const tagsNow = async () => (await side.ask('/views/server-tags/documents/s1')).json.tags;

describe('/projections', () => {
  it('tells the state of every projection, and of one', async () => {
    const { json } = await side.ask('/projections');
    const names = (json.projections as Json[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['server-tags', 'servers', 'audit-log']));
    await expect.poll(async () => (await status()).state).toBe('running');
    expect(await status()).toMatchObject({ name: 'server-tags', links: { self: at } });
    const unknown = await side.ask('/projections/server-tag');
    expect(unknown.status).toBe(404);
    expect(unknown.json.message).toMatch(/did you mean "server-tags"/);
    expect((await side.post('/projections/nothing/stop')).status).toBe(404);
  });

  it('stops and starts, and logs who asked', async () => {
    expect((await side.post(`${at}/stop`)).json).toMatchObject({ state: 'stopped' });
    await tag('unseen');
    expect(await status()).toMatchObject({ state: 'stopped' });
    expect((await side.post(`${at}/start`)).status).toBe(200);
    await expect.poll(async () => tagsNow()).toEqual(['unseen']);
    expect(side.logged).toContainEqual(
      expect.objectContaining({ operation: 'stop', projection: 'server-tags', by: 'ada' }),
    );
  });

  it('builds anew, compares, switches and switches back', async () => {
    await tag('one');
    await expect.poll(async () => tagsNow()).toEqual(['one']);
    const begun = await side.post(`${at}/rebuild`, { switch_when_ready: false });
    expect(begun.json).toMatchObject({ build: { generation: 2, switch_when_ready: false } });
    expect((await side.post(`${at}/rebuild`)).status).toBe(409);
    await expect.poll(async () => (await status()).build).toMatchObject({ caught_up: true });
    expect((await side.post(`${at}/compare`)).json).toMatchObject({ equal: true, documents: 1 });
    expect((await side.post(`${at}/switch`)).json).toMatchObject({ generation: 2 });
    expect((await side.post(`${at}/switch-back`)).json).toMatchObject({ generation: 1 });
    expect((await side.post(`${at}/cancel-build`)).status).toBe(409);
  });

  it('verifies, in one answer or with its progress', async () => {
    await tag('one');
    await expect.poll(async () => tagsNow()).toEqual(['one']);
    expect((await side.post(`${at}/verify`)).json).toMatchObject({ equal: true, documents: 1 });
    const told = await side.post(`${at}/verify`, {}, { accept: 'application/x-ndjson' });
    expect(told.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = told.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines.slice(0, -1))
      expect(line).toEqual({ done: expect.any(Number), total: expect.any(Number) });
    expect(lines.at(-1)).toMatchObject({ comparison: { equal: true, documents: 1 } });
    await side.post(`${at}/stop`);
    const refused = await side.post(`${at}/verify`, {}, { accept: 'application/x-ndjson' });
    expect(refused.status).toBe(409);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
  });

  it('computes two at a time, one of one who asks, and turns the third away', async () => {
    let go = (): void => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    const slow = {
      ...side.projections,
      verify: async (name: string) => {
        await held;
        return side.projections.verify(name);
      },
    };
    const { runtime, store } = side;
    const log = { warn: () => {}, error: () => {} };
    const access: Access = {
      roles,
      authenticate: async ({ apiKey = '' }) => ({
        actor: apiKey,
        actor_type: 'user',
        roles: ['admin'],
        teams: [],
      }),
    };
    const app = createHttp({
      runtime,
      store,
      log,
      access,
      projections: slow,
      info: { name: 'stele', version: '1' },
    });
    await expect.poll(async () => (await status()).state).toBe('running');
    const verify = (key: string) =>
      app.request(`${at}/verify`, { method: 'POST', headers: { 'x-api-key': key } });
    const two = [verify('ada')];
    await new Promise((wake) => setTimeout(wake, 20));
    expect((await verify('ada')).status).toBe(429);
    two.push(verify('bob'));
    await new Promise((wake) => setTimeout(wake, 20));
    expect((await verify('eve')).status).toBe(503);
    go();
    expect((await Promise.all(two)).map((one) => one.status)).toEqual([200, 200]);
    expect((await verify('ada')).status).toBe(200);
  });

  it('reads for whoever asks, in their line', async () => {
    const asked: unknown[] = [];
    const noting = {
      ...side.projections,
      readTransaction: async (who?: string) => {
        asked.push(who);
        return side.projections.readTransaction(who);
      },
    };
    const { runtime, store } = side;
    const log = { warn: () => {}, error: () => {} };
    const access: Access = {
      roles,
      authenticate: async ({ apiKey = '' }) => ({
        actor: apiKey,
        actor_type: 'user',
        roles: ['admin'],
        teams: [],
      }),
    };
    const app = createHttp({
      runtime,
      store,
      log,
      access,
      projections: noting,
      info: { name: 'stele', version: '1' },
    });
    const path = '/views/server-tags/documents/none';
    for (const key of ['ada', 'bob'])
      expect((await app.request(path, { headers: { 'x-api-key': key } })).status).toBe(404);
    expect(asked).toEqual([expect.stringContaining('ada'), expect.stringContaining('bob')]);
  });

  it('tells no document of a store that was put back with the position that is remembered', async () => {
    await tag('one');
    await expect.poll(async () => tagsNow()).toEqual(['one']);
    // As on a node that does not know yet: it remembers one commit more than are there.
    const remembering = {
      ...side.projections,
      reading: async (name: string) => {
        const reading = await side.projections.reading(name);
        const { revision } = (await reading.store.slots()).find(
          ({ role, projection }) => role === 'live' && projection === name,
        )!;
        return { ...reading, positions: new Map([['server', 99]]), revision: revision + 1 };
      },
    };
    const { runtime, store } = side;
    const log = { warn: () => {}, error: () => {} };
    const app = createHttp({
      runtime,
      store,
      log,
      projections: remembering,
      info: { name: 'stele', version: '1' },
    });
    const { status: found, headers } = await app.request('/views/server-tags/documents/s1');
    expect([found, headers.get('stele-position')]).toEqual([200, 'server:3']);
  });

  it('finds a document that is not what the log says', async () => {
    await tag('one');
    await expect.poll(async () => tagsNow()).toEqual(['one']);
    const { store, slot } = await side.projections.reading('server-tags');
    await store.commit(slot, {
      documents: [{ key: 's1', document: { tags: ['forged'] } }],
      advance: null,
      folds: [],
      park: [],
      unpark: [],
      discard: [],
    });
    const { json } = await side.post(`${at}/verify`);
    expect(json).toMatchObject({ equal: false, different: 1 });
  });
});

describe('parked events', () => {
  it('are why there is no document, rather than that there is nothing', async () => {
    const path = '/views/server-tags/documents/s2';
    expect((await side.ask(path)).status).toBe(404);
    await side.tell('/servers/s2/commands/create-server', {
      hostname: 'db-2.example.org',
      environment: 'prod',
      criticality: 'high',
    });
    await side.tell('/servers/s2/commands/add-tags', { tags: ['poison'] });
    await expect.poll(async () => (await status()).parked_events).toBe(1);
    const { status: said, code, json, headers } = await side.ask(path);
    expect([said, code, headers.get('retry-after')]).toEqual([503, 'PARKED', '1']);
    expect(json.message).toContain('POST /projections/server-tags/parked/server/s2/retry');
    expect(json.message).not.toContain('no poison here');
    expect(json.details).toMatchObject({ source: 'server', aggregate_id: 's2', waiting: 1 });
    fussy = false;
    await side.post(`${at}/parked/server/s2/retry`);
    expect((await side.ask(path)).json).toMatchObject({ tags: ['poison'] });
  });

  it('are shown, and applied in order when they are tried again', async () => {
    await parks();
    const { json } = await side.ask(`${at}/parked`);
    expect(json).toMatchObject({
      total: 1,
      parked: [
        { source: 'server', aggregate_id: 's1', waiting: 2, error: 'Error: no poison here' },
      ],
    });
    const again = await side.post(`${at}/parked/server/s1/retry`);
    expect(again.json).toEqual({ drained: 0, still_parked: 2 });
    const before = (await side.ask('/views/server-tags')).headers.get('etag')!;
    fussy = false;
    const drained = await side.post(`${at}/parked/Server/s1/retry`);
    expect(drained.json).toEqual({ drained: 2, still_parked: 0 });
    expect(await tagsNow()).toEqual(['fine', 'poison', 'late']);
    // The position is the same, the documents are not.
    const after = await side.ask('/views/server-tags', { headers: { 'if-none-match': before } });
    expect(after.status).toBe(200);
  });

  it('are tried again all together', async () => {
    await parks();
    fussy = false;
    expect((await side.post(`${at}/parked/retry`)).json).toEqual({ drained: 2, still_parked: 0 });
  });

  it('are left out by somebody, for a reason', async () => {
    await parks();
    const path = `${at}/parked/server/s1/discard`;
    const noReason = await side.post(path, {});
    expect(noReason.json).toMatchObject({ status: 422, errors: [{ field: 'reason' }] });
    const nobody = await side.post(path, { reason: 'a test' }, { 'x-actor': '' });
    expect(nobody.json).toMatchObject({ status: 422, errors: [{ field: 'X-Actor' }] });
    const { parked } = (await side.ask(`${at}/parked`)).json as { parked: { sequence: number }[] };
    const [{ sequence } = { sequence: 0 }] = parked;
    const another = await side.post(path, { reason: 'a test', sequence: sequence + 1 });
    expect(another.json).toMatchObject({ code: 'NOT_PARKED', details: { fails_now: sequence } });
    const odd = await side.post(path, { reason: 'a test', sequence: 'the last' });
    expect(odd.json).toMatchObject({ status: 422, errors: [{ field: 'sequence' }] });
    const done = await side.post(path, { reason: 'a test', sequence });
    expect(done.json).toMatchObject({ still_parked: 0 });
    expect(await tagsNow()).toEqual(['fine', 'late']);
    expect((await side.ask(`${at}/discarded`)).json).toMatchObject({
      total: 1,
      discarded: [{ by: 'ada', reason: 'a test', error: 'Error: no poison here' }],
    });
  });

  it.each<[string, object, number]>([
    ['parked/application/s1/retry', {}, 404],
    ['parked/server/s2/retry', {}, 404],
    ['parked/server/s1/retry?all=true', {}, 422],
    ['rebuild', { switch: true }, 422],
    ['rebuild', { switch_when_ready: 'yes' }, 422],
    ['stop', [], 422],
  ])('%s with %j is refused', async (operation, body, expected) => {
    await expect.poll(async () => (await status()).state).toBe('running');
    const told = await side.post(`${at}/${operation}`, body);
    expect([told.status, typeof told.code]).toEqual([expected, 'string']);
    expect((await status()).state).toBe('running');
  });
});

describe('what is not there', () => {
  it('a read store that is gone is 503, with when to ask again', async () => {
    await side.views.close();
    for (const path of ['/servers', '/servers/s1', '/views/server-tags?group_by=tags', '/audit']) {
      const { status: code, json, headers, text } = await side.ask(path);
      expect([code, json.code]).toEqual([503, 'READ_STORE_UNAVAILABLE']);
      expect(headers.get('retry-after')).toBe('1');
      expect(text).not.toMatch(/sqlite|\.ts:/i);
    }
    expect((await side.post('/servers/s2/commands/create-server', {})).status).toBe(422);
  });

  it('without a read side every query is 404 with a sentence', async () => {
    const store = memoryStore();
    const log = { warn: () => {}, error: () => {} };
    const runtime = new Runtime({ definitions: actors, store, log });
    const app = createHttp({ runtime, store, log, info: { name: 'stele', version: '1' } });
    for (const path of ['/servers', '/nodes/s1', '/views', '/views/a', '/projections']) {
      const response = await app.request(path);
      const json = (await response.json()) as Json;
      expect([response.status, json.code]).toEqual([404, 'ROUTE_NOT_FOUND']);
      expect(json.message).toMatch(/without a read side/);
    }
    const stop = await app.request('/projections/a/stop', { method: 'POST' });
    expect(stop.status).toBe(404);
  });

  it('a failed verification ends with a problem, not with silence', async () => {
    const failing = {
      ...side.projections,
      verify: async (_: string, onProgress?: (done: number, total: number) => void) => {
        onProgress?.(1, 2);
        await new Promise((wake) => setTimeout(wake, 5));
        throw new Fault('READ_STORE_UNAVAILABLE', 'the file /secret/place is gone');
      },
    };
    const { runtime, store } = side;
    const log = { warn: () => {}, error: () => {} };
    const app = createHttp({
      runtime,
      store,
      log,
      projections: failing,
      info: { name: 'stele', version: '1' },
    });
    const headers = { accept: 'application/x-ndjson' };
    const response = await app.request(`${at}/verify`, { method: 'POST', headers });
    const text = await response.text();
    expect(JSON.parse(text.trim().split('\n').at(-1)!)).toMatchObject({
      problem: { status: 503, code: 'READ_STORE_UNAVAILABLE' },
    });
    expect(text).not.toContain('secret');
  });
});

describe('paths', () => {
  const plurals = pluralsOf(registry(actors));
  it.each(['servers', 'servers/hot', 'nodes', 'commands', 'views/other', 'projections/x'])(
    'a list at /%s is refused',
    (path) => {
      expect(() => checkPaths([{ name: 'mine', path }], plurals)).toThrow(/is a path of mine and/);
    },
  );
  it('two lists share none', () => {
    const two = [
      { name: 'one', path: 'hot' },
      { name: 'two', path: 'hot' },
    ];
    expect(() => checkPaths(two, plurals)).toThrow('/hot is a path of two and of one');
    expect(() => checkPaths([{ name: 'one', path: 'views/one' }], plurals)).not.toThrow();
  });
});
