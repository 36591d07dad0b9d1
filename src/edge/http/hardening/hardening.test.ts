import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { actors } from '../../../../actors/index.js';
import { roles } from '../../../../actors/roles.js';
import { refuse } from '../../../core/refusal.js';
import { Runtime } from '../../../write/runtime/runtime.js';
import { memoryStore } from '../../../write/store/memory-store.js';
import { over } from '../../access/access.js';
import { SOURCES_MAX } from '../../access/guess-sources.js';
import type { Access } from '../../access/index.js';
import { createHttp, type HttpOptions } from '../create-http.js';
import { serveHttp } from '../serve-http.js';

const log = { warn: () => {}, error: () => {} };
const JSON_TYPE = { 'content-type': 'application/json' };
const SERVER = { hostname: 'db-1.example.org', environment: 'prod', criticality: 'high' };

/** Keys are names here: whoever knows one of them is it. */
const access: Access = {
  roles,
  authenticate: async ({ apiKey }) => {
    if (apiKey === 'ada' || apiKey === 'bob')
      return { actor: apiKey, actor_type: 'user', roles: ['admin'], teams: [], credential: apiKey };
    return apiKey === 'old'
      ? over('it counts no more')
      : refuse('UNAUTHENTICATED', 'nobody knows this key');
  },
};

const world = (options: Partial<HttpOptions> = {}) => {
  const store = memoryStore();
  const runtime = new Runtime({ definitions: actors, store, log });
  const app = createHttp({
    runtime,
    store,
    log,
    info: { name: 'stele', version: '1' },
    ...options,
  });
  const from = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } });
  const ask = (path: string, headers: object = {}, address = '10.0.0.1') =>
    app.request(path, { headers: { ...headers } }, from(address) as never);
  const post = (path: string, headers: object = {}, address = '10.0.0.1') =>
    app.request(
      path,
      { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(SERVER) },
      from(address) as never,
    );
  return { app, ask, post };
};
const code = async (response: Response) => ((await response.json()) as { code?: string }).code;

describe('pages of other origins', () => {
  const HERE = 'https://console.example';
  const preflight = (origin: string) => ({
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'PATCH' },
  });

  it('are not let in unless they are listed', async () => {
    for (const origins of [undefined, ['https://other.example']]) {
      const { app, ask } = world(origins ? { origins } : {});
      expect((await ask('/', { origin: HERE })).headers.has('access-control-allow-origin')).toBe(
        false,
      );
      const asked = await app.request('/servers/s1', preflight(HERE));
      expect(asked.status).toBeGreaterThanOrEqual(400);
      expect(asked.headers.has('access-control-allow-origin')).toBe(false);
    }
  });

  it('are told what they may send, and may read what answers say', async () => {
    const { app, ask } = world({ origins: [HERE] });
    const asked = await app.request('/servers/s1', preflight(HERE));
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe(HERE);
    expect(asked.headers.get('access-control-allow-methods')).toContain('PATCH');
    for (const name of ['X-Api-Key', 'Idempotency-Key', 'If-Match', 'Authorization'])
      expect(asked.headers.get('access-control-allow-headers')).toContain(name);
    for (const path of ['/', '/nothing', '/servers/s1/events']) {
      const { headers } = await ask(path, { origin: HERE });
      expect(headers.get('access-control-allow-origin')).toBe(HERE);
      for (const name of ['ETag', 'Location', 'X-Request-Id', 'Retry-After', 'traceparent'])
        expect(headers.get('access-control-expose-headers')).toContain(name);
      expect(headers.get('vary')).toContain('Origin');
      expect(headers.has('access-control-allow-credentials')).toBe(false);
    }
  });

  it('may be all', async () => {
    const { ask } = world({ origins: ['*'] });
    const { headers } = await ask('/', { origin: 'https://anything.example' });
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });
});

it('every answer says how browsers are to treat it', async () => {
  const { ask, post } = world();
  for (const { headers } of [await ask('/'), await ask('/nothing'), await post('/commands')]) {
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    // Over clear text it means nothing; who ends TLS says it.
    expect(headers.has('strict-transport-security')).toBe(false);
  }
});

describe('compression', () => {
  const plainOf = async (path: string) => (await world().ask(path)).text();
  const bytes = async (response: Response) => Buffer.from(await response.arrayBuffer());

  it.each([
    ['gzip', 'gzip', gunzipSync],
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['br;q=0.5, gzip', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=0.1', 'gzip', gunzipSync],
  ])('answers "%s" in %s', async (accepted, encoding, open) => {
    const response = await world().ask('/', { 'accept-encoding': accepted });
    expect(response.headers.get('content-encoding')).toBe(encoding);
    expect(response.headers.get('vary')).toContain('Accept-Encoding');
    const body = await bytes(response);
    expect(open(body).toString()).toBe(await plainOf('/'));
    expect(body.length).toBeLessThan((await plainOf('/')).length / 2);
  });

  it.each(['', 'identity', 'br;q=0', 'zstd'])('leaves "%s" as it is', async (accepted) => {
    const response = await world().ask('/', { 'accept-encoding': accepted });
    expect(response.headers.has('content-encoding')).toBe(false);
    expect(await response.text()).toBe(await plainOf('/'));
  });

  it('leaves short answers, commands and event streams alone', async () => {
    const { ask, post } = world();
    const all = { 'accept-encoding': 'gzip, br', 'x-actor': 'ada' };
    expect((await ask('/healthz', all)).headers.has('content-encoding')).toBe(false);
    const created = await post('/servers/s1/commands/create-server', all);
    expect([created.status, created.headers.has('content-encoding')]).toEqual([201, false]);
    const stream = await ask('/events/stream', all);
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    expect(stream.headers.has('content-encoding')).toBe(false);
    const reader = stream.body!.getReader();
    expect(Buffer.from((await reader.read()).value!).toString()).toContain(': events follow');
    await reader.cancel();
  });
});

describe('rate limits', () => {
  it('give each key its own budget, reads and commands apart', async () => {
    const { ask, post } = world({ access, limits: { commandsPerMinute: 2, readsPerMinute: 3 } });
    const [ada, bob] = [{ 'x-api-key': 'ada' }, { 'x-api-key': 'bob' }];
    const first = await post('/servers/a/commands/create-server', ada);
    expect(first.headers.get('ratelimit-policy')).toBe('"commands";q=2;w=60');
    expect(first.headers.get('ratelimit')).toBe('"commands";r=1;t=60');
    await post('/servers/a/commands/create-server', ada);
    const third = await post('/servers/a/commands/create-server', ada);
    expect([third.status, await code(third)]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(third.headers.get('ratelimit')).toMatch(/^"commands";r=0;t=\d+$/);
    expect((await ask('/servers/a/events', ada)).status).toBe(200);
    expect((await post('/servers/b/commands/create-server', bob)).status).not.toBe(429);
  });

  it('count whoever has no key by address, an IPv6 one by its network', async () => {
    const { ask } = world({ limits: { readsPerMinute: 1 } });
    const status = async (address: string) => (await ask('/machines', {}, address)).status;
    expect([await status('10.0.0.1'), await status('10.0.0.1')]).toEqual([200, 429]);
    expect(await status('::ffff:10.0.0.1')).toBe(429);
    expect(await status('10.0.0.2')).toBe(200);
    expect([await status('2001:db8:1:2::1'), await status('2001:db8:1:2:3::9')]).toEqual([
      200, 429,
    ]);
    expect(await status('2001:db8:1:3::1')).toBe(200);
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('are none unless they are set', async () => {
    const { ask } = world();
    for (let n = 0; n < 100; n++) expect((await ask('/machines')).status).toBe(200);
    expect((await ask('/machines')).headers.has('ratelimit')).toBe(false);
  });
});

describe('wrong credentials', () => {
  it('can be tried so often from one address, and then not even a right one is', async () => {
    const { ask } = world({ access, limits: { failuresPerMinute: 3 } });
    const status = async (key: string, address?: string) =>
      (await ask('/servers/a/commands', { 'x-api-key': key }, address)).status;
    expect(await status('ada')).toBe(200);
    for (const guess of ['a', 'b', 'c']) expect(await status(guess)).toBe(401);
    expect(await status('d')).toBe(429);
    expect(await status('bob')).toBe(429); // a guess that is right looks like the others
    expect(await status('ada')).toBe(200); // was right before
    expect(await status('bob', '10.0.0.2')).toBe(200);
    expect((await ask('/servers/a/commands')).status).toBe(401); // nobody guesses nothing
  });

  it('are one guess, however often the same is sent; what is over is none', async () => {
    const { ask } = world({ access, limits: { failuresPerMinute: 3 } });
    const status = async (key: string) =>
      (await ask('/servers/a/commands', { 'x-api-key': key })).status;
    for (let n = 0; n < 10; n++) expect(await status('old')).toBe(401);
    for (let n = 0; n < 10; n++) expect(await status('wrong')).toBe(401);
    expect(await status('wronger')).toBe(401);
    expect(await status('bob')).toBe(200);
    expect(await status('wrongest')).toBe(401);
    expect([await status('one more'), await status('old')]).toEqual([429, 429]);
  });

  it('are counted by the address that a trusted proxy tells, not by that of the proxy', async () => {
    const { ask } = world({ access, limits: { failuresPerMinute: 2 }, proxies: ['10.0.0.0/8'] });
    const status = async (key: string, from: string, address?: string) =>
      (await ask('/servers/a/commands', { 'x-api-key': key, 'x-forwarded-for': from }, address))
        .status;
    for (const guess of ['a', 'b']) expect(await status(guess, '192.0.2.1')).toBe(401);
    expect(await status('c', '192.0.2.1')).toBe(429);
    expect(await status('d', '6.6.6.6, 192.0.2.1')).toBe(429); // what it says of itself
    expect(await status('bob', '192.0.2.2')).toBe(200);
    // Who is no proxy says of itself what it likes.
    for (const guess of ['a', 'b']) await status(guess, '192.0.2.3', '198.51.100.1');
    expect(await status('c', '192.0.2.4', '198.51.100.1')).toBe(429);
  });

  it('can be tried no more often by whoever comes from many other networks in between', async () => {
    const { ask } = world({ access, limits: { failuresPerMinute: 3 } });
    const status = async (key: string, address: string) =>
      (await ask('/servers/a/commands', { 'x-api-key': key }, address)).status;
    for (const guess of ['a', 'b', 'c']) expect(await status(guess, '2001:db8::1')).toBe(401);
    for (let n = 0; n <= SOURCES_MAX; n++) await status('a', `2001:db9:0:${n.toString(16)}::1`);
    expect(await status('d', '2001:db8::2')).toBe(429);
  });

  it('can be tried no more often when all are sent at once', async () => {
    const { ask } = world({ access, limits: { failuresPerMinute: 3 } });
    const statuses = (keys: readonly string[], address: string) =>
      Promise.all(
        keys.map(
          async (key) => (await ask('/servers/a/commands', { 'x-api-key': key }, address)).status,
        ),
      );
    const guesses = Array.from({ length: 50 }, (_, n) => `guess-${n}`);
    const told = await statuses(guesses, '10.0.0.3');
    expect(told.filter((status) => status === 401)).toHaveLength(3);
    expect(told.filter((status) => status === 429)).toHaveLength(47);
    // Many requests with one key are no guesses.
    const many = await statuses(Array(50).fill('ada'), '10.0.0.4');
    expect(new Set(many)).toEqual(new Set([200]));
    expect(await statuses(['bob'], '10.0.0.4')).toEqual([200]);
  });
});

it('a compressed answer arrives whole over a socket', async () => {
  const served = await serveHttp({ app: world().app, host: '127.0.0.1', port: 0 });
  try {
    const response = await fetch(served.url);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.json()).toMatchObject({ name: 'stele' });
  } finally {
    await served.close();
  }
});
