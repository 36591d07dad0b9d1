import { describe, expect, it, vi } from 'vitest';
import { actors } from '../../../actors/index.js';
import { roles } from '../../../actors/roles.js';
import { startReadSide } from '../../../test/support/read-side.js';
import type { PERMISSIONS, Principal } from '../../core/access.js';
import { refuse } from '../../core/refusal.js';
import type { Projections } from '../../read/projector/projections.js';
import { Runtime } from '../../write/runtime/runtime.js';
import { memoryStore } from '../../write/store/memory-store.js';
import type { Access, Credentials } from '../access/index.js';
import { createHttp } from './create-http.js';

/** Every route is asked, and some answers are drawn or generated: seconds on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

const who = (...names: string[]): Principal => ({
  actor: 'ada',
  actor_type: 'user',
  roles: names,
  teams: [],
  credential: 'key:1',
});
/** Whoever sends a list of roles as key is in these roles. */
const access: Access = {
  roles,
  authenticate: async ({ apiKey }: Credentials) =>
    apiKey === undefined
      ? refuse('UNAUTHENTICATED', 'send a "key"')
      : who(...apiKey.split(',').filter((role) => role !== 'none')),
};

const noLog = { warn: () => {}, error: () => {} };
const given = async (projections?: Projections) => {
  const store = memoryStore();
  const runtime = new Runtime({ definitions: actors, store, log: noLog, roles });
  const app = createHttp({
    runtime,
    store,
    log: noLog,
    access,
    info: { name: 'stele', version: '0' },
    ...(projections && { projections }),
  });
  const from = { incoming: { socket: { remoteAddress: '192.0.2.7' } } } as never;
  const ask = (method: string, path: string, key?: string): Promise<Response> | Response =>
    app.request(path, { method, headers: key === undefined ? {} : { 'x-api-key': key } }, from);
  return { app, store, runtime, ask };
};

/** A path that a route takes, whatever stands for its variables. */
const some = (path: string): string =>
  path.replaceAll(/:(\w+)(\{[^}]*\})?/g, (_, name: string) =>
    name === 'name' ? 'audit-log' : 'x',
  );

const OPEN = [
  '/',
  '/healthz',
  '/readyz',
  '/machines',
  '/machines/:name',
  '/schemas',
  '/catalogue',
  '/schemas/:type/commands/:name',
  '/schemas/:type/events/:name',
  '/openapi.json',
  '/asyncapi.json',
];
/** To sign in and out nobody need be known; who asks who they are must be. */
const SIGNING = ['POST /session', 'DELETE /session'];
const isOpen = (method: string, path: string): boolean =>
  OPEN.includes(path) || /^\/(docs|console)/.test(path) || SIGNING.includes(`${method} ${path}`);

describe('the door before HTTP', () => {
  const readSide = async () => {
    const { projections, close } = await startReadSide();
    return { ...(await given(projections)), close };
  };

  it('nobody known comes in anywhere but where no data is', async () => {
    const { app, ask, close } = await readSide();
    for (const { method, path } of app.routes) {
      const response = await ask(method, some(path));
      const told = `${method} ${path} ${response.status}`;
      if (isOpen(method, path)) expect(told).not.toMatch(/ 40[13]$/);
      else expect(told).toBe(`${method} ${path} 401`);
    }
    await close();
  });

  it('somebody in no role may send commands for the runtime to refuse, and see nothing', async () => {
    const { app, ask, close } = await readSide();
    for (const { method, path, needs: need } of app.routes) {
      if (isOpen(method, path)) continue;
      const response = await ask(method, some(path), 'none');
      const told = `${method} ${path} ${response.status}`;
      if (need === 'self') {
        expect(told).toBe(`${method} ${path} 200`);
        continue;
      }
      const decidedLater = need === 'known' || (typeof need === 'function' && method !== 'GET');
      if (decidedLater) expect(told).not.toMatch(/ (401|2\d\d)$/);
      else expect(told).toBe(`${method} ${path} 403`);
    }
    await close();
  });

  it('nothing is added that does not say what it needs', async () => {
    const { app } = await given();
    expect(Object.keys(app).sort()).toEqual(['fetch', 'request', 'routes']);
  });

  it('without access everything is open', async () => {
    const store = memoryStore();
    const runtime = new Runtime({ definitions: actors, store, log: noLog });
    const info = { name: 'stele', version: '0' };
    const app = createHttp({ runtime, store, log: noLog, info });
    expect((await app.request('/metrics')).status).toBe(200);
  });

  const reads: readonly [path: string, needed: readonly (typeof PERMISSIONS)[number][]][] = [
    ['/applications', ['read']],
    ['/applications/x', ['read']],
    ['/applications/x/commands', ['read']],
    ['/applications/x/history', ['read', 'time_travel']],
    ['/applications/x/statuses', ['read', 'time_travel']],
    ['/applications/x/diff?from=1', ['read', 'time_travel']],
    ['/applications/x?version=1', ['read', 'time_travel']],
    ['/applications/x?as_of=now', ['read', 'time_travel']],
    ['/applications?as%5Fof=2026-01-01', ['read', 'time_travel']],
    ['/applications?effective_at=2026-01-01', ['read', 'time_travel']],
    ['/views/application?at=2026-01-01', ['read', 'time_travel']],
    ['/views/application/diff?from=2026-01-01', ['read', 'time_travel']],
    ['/views', ['read']],
    ['/views/audit-log', ['audit']],
    ['/views/audit-log/documents/x', ['audit']],
    ['/views/commands/rejections', ['audit']],
    ['/views/commands', ['audit']],
    ['/audit', ['audit']],
    ['/audit?as_of=2026-01-01', ['audit', 'time_travel']],
    ['/applications?format=csv', ['read', 'export']],
    ['/applications?format=json', ['read']],
    ['/views/application?form%61t=jsonl', ['read', 'export']],
    ['/audit?format=jsonl', ['audit', 'export']],
    ['/alerts', ['audit']],
    ['/events/stream?from=ahead', ['events']],
    ['/applications/x/events', ['events']],
    ['/projections', ['operate']],
    ['/metrics', ['operate']],
  ];
  it('each role sees what its permissions say, and no more', async () => {
    const { ask, close } = await readSide();
    for (const [path, needed] of reads)
      for (const [role, { may }] of Object.entries(roles)) {
        const { status } = await ask('GET', path, role);
        const allowed = needed.every((one) => (may as readonly string[]).includes(one));
        expect(`${role} ${path} ${status === 403 ? 'denied' : 'allowed'}`).toBe(
          `${role} ${path} ${allowed ? 'allowed' : 'denied'}`,
        );
      }
    await close();
  });

  it('says who is missing in, without anything of what was asked for', async () => {
    const { ask } = await given();
    const nobody = await ask('GET', '/applications/x/events');
    expect(nobody.headers.get('www-authenticate')).toBe(
      'Bearer realm="stele", ApiKey realm="stele"',
    );
    expect(nobody.headers.get('content-type')).toBe('application/problem+json');
    expect(await nobody.json()).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
    const denied = await ask('GET', '/applications/x/events', 'viewer');
    expect(denied.headers.get('www-authenticate')).toBeNull();
    expect(await denied.json()).toMatchObject({
      code: 'FORBIDDEN',
      status: 403,
      details: { permission: 'events', roles: expect.arrayContaining(['auditor']) },
    });
  });

  const entriesOf = async (store: ReturnType<typeof memoryStore>) => {
    const all = [];
    for await (const entry of store.readJournal(1)) all.push(entry);
    return all;
  };
  it('keeps denials, but lets nobody unknown fill the log', async () => {
    const { ask, store, runtime } = await given();
    await ask('GET', '/audit', 'viewer');
    await ask('GET', '/applications/x/events', 'viewer');
    for (let n = 0; n < 100; n++) await ask('GET', '/metrics');
    await runtime.drain();
    const entries = await entriesOf(store);
    const denied = entries.filter(({ code }) => code === 'FORBIDDEN');
    expect(denied).toEqual([
      expect.objectContaining({
        actor: 'ada',
        outcome: 'refused',
        via: 'http',
        message: expect.stringContaining('GET /applications/x/events'),
      }),
    ]);
    const unknown = entries.filter(({ code }) => code === 'UNAUTHENTICATED');
    expect(unknown).toEqual([expect.objectContaining({ via: 'http', times: 100 })]);
    expect(runtime.stats().commands).toEqual(expect.any(Array));
  });

  it('"dry_run" hides no denial, but of somebody known where it may be tried', async () => {
    const { ask, store, runtime } = await given();
    const denied = async (method: string, path: string, key?: string) => {
      await ask(method, `${path}?dry_run=true`, key);
      return (await entriesOf(store)).at(-1)?.outcome;
    };
    for (const path of ['/applications/x/events', '/applications/x/history', '/metrics'])
      expect(await denied('GET', path, 'none'), path).toBe('refused');
    for (const path of ['/actors/Application/x/passivate', '/doctor'])
      expect(await denied('POST', path, 'viewer'), path).toBe('refused');
    expect(await denied('POST', '/imports/archimate', 'viewer')).toBe('dry_run');
    expect(await denied('PATCH', '/applications/x', 'none')).toBe('dry_run');
    expect(await denied('DELETE', '/applications/x', 'viewer')).toBe('dry_run');
    for (const path of ['/commands', '/imports/archimate', '/applications/x/commands/no-such'])
      await denied('POST', path);
    await runtime.drain();
    const unknown = (await entriesOf(store)).filter(({ code }) => code === 'UNAUTHENTICATED');
    expect(unknown).toEqual([expect.objectContaining({ outcome: 'refused', times: 3 })]);
  });

  it('a denied dry run is one, though the word stands in a body that nobody heeds', async () => {
    const send = async (method: string, path: string, text: string) => {
      const { app, store } = await given();
      const headers = { 'content-type': 'application/json', 'x-api-key': 'none' };
      const response = await app.request(path, { method, headers, body: text });
      const { code, message } = (await response.json()) as Record<string, string>;
      return { code, message, outcome: (await entriesOf(store)).at(-1)!.outcome };
    };
    const ways = [
      ['POST', '/commands'],
      ['POST', '/applications/commands/create-application'],
      ['POST', '/applications/x/commands/update-description'],
      ['POST', '/applications'],
      ['PATCH', '/applications/x'],
      ['PUT', '/applications/x'],
      ['DELETE', '/applications/x'],
    ] as const;
    for (const [method, path] of ways) {
      const wet = await send(method, path, '{"data":{}}');
      expect(wet, path).toMatchObject({ code: 'FORBIDDEN', outcome: 'refused' });
      const dry = { ...wet, outcome: 'dry_run' };
      expect(await send(method, path, '{"data":{},"dry_run":true}'), path).toEqual(dry);
      for (const wrong of ['{', '{"dry_run":1,"data":{}}', '[]'])
        expect(await send(method, path, wrong), `${path} ${wrong}`).toEqual(wet);
    }
  });

  it('keeps little of what is refused again and again, however long its path', async () => {
    const { ask, store, runtime } = await given();
    const long = `/applications/${'x'.repeat(15_500)}`;
    for (let n = 0; n < 100; n++) await ask('GET', long);
    for (let n = 0; n < 100; n++) await ask('GET', `${long}/events`, 'viewer');
    for (let n = 0; n < 100; n++) await ask('POST', '/applications/x/commands/no-such', 'viewer');
    await runtime.drain();
    const entries = await entriesOf(store);
    expect(new Set(entries.map(({ ip_address }) => ip_address))).toEqual(new Set(['192.0.2.7']));
    expect(JSON.stringify(entries).length).toBeLessThan(30_000);
    for (const { message } of entries)
      if (message?.includes('/xxx')) expect(message.length).toBeLessThan(600);
    const sum = entries.reduce((all, { times = 1 }) => all + times, 0);
    expect(sum).toBe(300);
    expect(entries.at(-1)!.message).toMatch(/^and \d+ more, the last: /);
  });

  it('a command is sent by whoever was recognized, whatever it says', async () => {
    const { app, store, runtime } = await given();
    const send = (key: string, actor?: string) =>
      app.request('/applications/ledger/commands/create-application', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-api-key': key,
          ...(actor !== undefined && { 'x-actor': actor }),
        },
        body: JSON.stringify({
          name: 'Ledger',
          owner: 'treasury',
          data_classification: 'internal',
        }),
      });
    expect((await send('viewer')).status).toBe(403);
    expect((await send('architect', 'grace')).status).toBe(403);
    expect((await send('architect')).status).toBe(201);
    const [event] = await store.read(runtime.registry.aggregate('Application')!, 'ledger', 1, 10);
    expect(event).toMatchObject({ actor: 'ada', actor_type: 'user' });
  });
});
