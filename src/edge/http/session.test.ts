import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { actors } from '../../../actors/index.js';
import { roles } from '../../../actors/roles.js';
import { PERMISSIONS, type Principal } from '../../core/access.js';
import { Fault, refuse } from '../../core/refusal.js';
import { Runtime } from '../../write/runtime/runtime.js';
import type { EventStore } from '../../write/store/event-store.js';
import { memoryStore } from '../../write/store/memory-store.js';
import type { Access, Credentials, SignIn } from '../access/index.js';
import { createHttp, type HttpOptions } from './create-http.js';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const UNTIL = '2026-11-21T22:00:00.000Z';
const ada: Principal = {
  actor: 'ada',
  actor_type: 'user',
  roles: ['viewer'],
  teams: ['t'],
  credential: 'code:1',
};
const nobody = refuse('UNAUTHENTICATED', 'nobody');

/** The code "right" counts once; the token is the same as a code. */
const world = (options: Partial<HttpOptions> = {}) => {
  const sessions = new Set<string>();
  const access: Access = {
    roles,
    authenticate: async ({ session, apiKey, authorization }: Credentials) => {
      if (apiKey === 'grace') return { ...ada, actor: 'grace', roles: ['auditor'] };
      if (apiKey !== undefined || authorization !== undefined) return nobody;
      return session !== undefined && sessions.has(session) ? { ...ada, until: UNTIL } : nobody;
    },
    sessions: {
      begin: async (by: SignIn) => {
        const text = 'code' in by ? by.code : by.credential;
        if (!/^right/.test(text)) return refuse('UNAUTHENTICATED', 'not this one');
        sessions.add(text);
        return { token: text, who: { ...ada, until: UNTIL } };
      },
      end: async (token) => {
        sessions.delete(token);
        return undefined;
      },
      codeFor: async () => 'right',
    },
  };
  const noted: (string | undefined)[] = [];
  const journal: EventStore['journal'] = ({ message }) => void noted.push(message);
  const store = { ...memoryStore(), journal };
  const log = { warn: () => {}, error: () => {} };
  const runtime = new Runtime({ definitions: actors, store, log, roles });
  const app = createHttp({
    runtime,
    store,
    log,
    access,
    info: { name: 'stele', version: '1' },
    clock: () => NOW,
    ...options,
  });
  const ask = async (method: string, path: string, headers: object = {}, body?: unknown) => {
    const response = await app.request(path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, json, code: json.code };
  };
  return { ask, noted, sessions };
};
const cookie = (token: string) => ({ cookie: `other=1; stele_session=${token}; x=y` });
const OWN = { 'sec-fetch-site': 'same-origin' };
const SESSION = {
  open: false,
  actor: 'ada',
  actor_type: 'user',
  roles: ['viewer'],
  teams: ['t'],
  permissions: roles.viewer.may,
  expires_at: UNTIL,
  name: 'stele',
  version: '1',
};

describe('signing in', () => {
  it('answers who one is, and sets a cookie that no script reads', async () => {
    const { ask } = world();
    const { status, json, headers } = await ask('POST', '/session', {}, { code: 'right' });
    expect(status).toBe(200);
    expect(json).toEqual(SESSION);
    expect(headers.get('set-cookie')).toBe(
      'stele_session=right; Max-Age=43200; Path=/; HttpOnly; SameSite=Strict',
    );
    expect(headers.get('cache-control')).toBe('no-store');
    const byKey = await ask('POST', '/session', {}, { credential: 'right key' });
    expect(byKey.json).toEqual(SESSION);
  });

  it('keeps the cookie for TLS where there is TLS', async () => {
    const { ask } = world();
    const at = async (path: string, headers: object) =>
      (await ask('POST', path, headers, { code: 'right' })).headers.get('set-cookie');
    expect(await at('/session', { 'x-forwarded-proto': 'https' })).toMatch(/; Secure$/);
    expect(await at('/session', { 'x-forwarded-proto': 'https, http' })).toMatch(/; Secure$/);
    expect(await at('https://stele.example/session', {})).toMatch(/; Secure$/);
    expect(await at('/session', { 'x-forwarded-proto': 'http' })).not.toMatch(/Secure/);
  });

  it('with what is not right is refused, and noted', async () => {
    const { ask, noted } = world();
    const wrong = await ask('POST', '/session', {}, { code: 'wrong' });
    expect([wrong.status, wrong.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(wrong.headers.has('set-cookie')).toBe(false);
    expect(noted).toEqual(['POST /session: not this one']);
  });

  it.each([
    [[], 422],
    [{}, 422],
    [{ code: '' }, 422],
    [{ code: 7 }, 422],
    [{ code: 'right', credential: 'right' }, 422],
    [{ token: 'right' }, 422],
    ['{', 400],
    [{ credential: 'x'.repeat(20_000) }, 413],
  ])('with %j is no request', async (body, status) => {
    const { ask, sessions } = world();
    expect((await ask('POST', '/session', {}, body)).status).toBe(status);
    expect(sessions.size).toBe(0);
  });

  it('is not tried more often than credentials are', async () => {
    const { ask } = world({ limits: { failuresPerMinute: 3 } });
    for (let n = 0; n < 3; n++)
      expect((await ask('POST', '/session', {}, { code: `wrong ${n}` })).status).toBe(401);
    const spent = await ask('POST', '/session', {}, { code: 'right' });
    expect([spent.status, spent.code]).toEqual([429, 'RATE_LIMITED']);
    // Another way in counts with it, and who has a session already is let in.
    expect((await ask('GET', '/session', { 'x-api-key': 'guess' })).status).toBe(429);
  });

  it('is not done by pages of others, nor ends the session of before twice', async () => {
    const { ask, sessions } = world();
    for (const site of ['cross-site', 'same-site'])
      expect(
        (await ask('POST', '/session', { 'sec-fetch-site': site }, { code: 'right' })).code,
      ).toBe('CROSS_SITE');
    const strange = { origin: 'https://evil.example' };
    expect((await ask('POST', '/session', strange, { code: 'right' })).code).toBe('CROSS_SITE');
    sessions.add('old');
    await ask('POST', '/session', cookie('old'), { code: 'right' });
    expect([...sessions]).toEqual(['right']);
  });

  it('is not needed where everything is open', async () => {
    const store = memoryStore();
    const log = { warn: () => {}, error: () => {} };
    const runtime = new Runtime({ definitions: actors, store, log });
    const app = createHttp({ runtime, store, log, info: { name: 'stele', version: '1' } });
    const open = { open: true, actor: null, permissions: PERMISSIONS, expires_at: null };
    expect(await (await app.request('/session')).json()).toMatchObject(open);
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: '{"code":"any"}' };
    expect(await (await app.request('/session', init)).json()).toMatchObject(open);
  });
});

describe('a session', () => {
  it('says who asks, as headers do, which count before it', async () => {
    const { ask, sessions } = world();
    sessions.add('right');
    const own = await ask('GET', '/session', cookie('right'));
    expect(own.json).toEqual(SESSION);
    const both = await ask('GET', '/session', { ...cookie('right'), 'x-api-key': 'grace' });
    expect(both.json).toMatchObject({ actor: 'grace', expires_at: null });
    expect(both.json.permissions).toContain('audit');
    const wrong = await ask('GET', '/session', { ...cookie('right'), 'x-api-key': 'nobody' });
    expect(wrong.status).toBe(401);
  });

  it('that is none is refused; that nobody asks is nothing to note', async () => {
    const { ask, noted } = world();
    expect((await ask('GET', '/session')).status).toBe(401);
    expect((await ask('GET', '/session', { cookie: 'stele_session=' })).status).toBe(401);
    expect(noted).toEqual([]);
    expect((await ask('GET', '/session', cookie('ended'))).status).toBe(401);
    expect(noted).toHaveLength(1);
  });

  it('that is old shuts nobody out, however often its page asks', async () => {
    const { ask } = world({ limits: { failuresPerMinute: 3 } });
    for (let n = 0; n < 10; n++) await ask('GET', '/applications', cookie('ended'));
    expect((await ask('POST', '/session', {}, { code: 'right' })).status).toBe(200);
  });

  it('is for no shared cache', async () => {
    const { ask, sessions } = world();
    sessions.add('right');
    const { headers } = await ask('GET', '/applications/x/commands', cookie('right'));
    expect(headers.get('cache-control')).toBe('private, no-cache');
    const byKey = await ask('GET', '/applications/x/commands', { 'x-api-key': 'grace' });
    for (const { headers: sent } of [byKey, { headers }]) {
      expect(sent.get('cache-control')).toBe('private, no-cache');
      expect(sent.get('vary')).toMatch(/Authorization, Cookie, X-Api-Key/);
    }
  });

  const changing: readonly [string, object, boolean][] = [
    ['a page of its own', OWN, true],
    ['somebody who typed it', { 'sec-fetch-site': 'none' }, true],
    ['a page of this host, by its origin', { origin: 'http://localhost' }, true],
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }, false],
    ['a page of another port', { 'sec-fetch-site': 'same-site' }, false],
    ['a page of another port, by its origin', { origin: 'http://localhost:9999' }, false],
    ['a page without an origin', { origin: 'null' }, false],
    ['nobody knows which page', {}, false],
    [
      'a page of another site that claims the origin',
      { 'sec-fetch-site': 'cross-site', origin: 'http://localhost' },
      false,
    ],
  ];
  it.each(changing)('changes something for %s: %j %s', async (_, headers, allowed) => {
    const { ask, sessions } = world();
    sessions.add('right');
    const sent = { ...cookie('right'), ...headers };
    const paths = ['/applications/x/commands/create-application', '/applications', '/commands'];
    for (const path of paths) {
      const { status, code } = await ask('POST', path, sent, {});
      if (allowed) expect(code).not.toBe('CROSS_SITE');
      else expect([status, code]).toEqual([403, 'CROSS_SITE']);
    }
    // To look is always allowed: what is seen stays in the browser.
    expect((await ask('GET', '/session', sent)).status).toBe(200);
    // A key is never sent along by a browser by itself.
    const byKey = await ask('POST', '/commands', { ...sent, 'x-api-key': 'grace' }, {});
    expect(byKey.code).not.toBe('CROSS_SITE');
    const out = await ask('DELETE', '/session', sent);
    expect(out.status).toBe(allowed ? 204 : 403);
    expect(sessions.has('right')).toBe(!allowed);
  });

  it('ends, and its cookie with it; without one nothing is the matter', async () => {
    const { ask, sessions } = world();
    sessions.add('right');
    const out = await ask('DELETE', '/session', { ...cookie('right'), ...OWN });
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toMatch(/^stele_session=; Max-Age=0; Path=\/; HttpOnly/);
    expect((await ask('GET', '/session', cookie('right'))).status).toBe(401);
    expect((await ask('DELETE', '/session')).status).toBe(204);
    expect((await ask('DELETE', '/session', { ...cookie('right'), ...OWN })).status).toBe(204);
  });

  const ending = (end: NonNullable<Access['sessions']>['end']) => {
    const log = { warn: vi.fn(), error: vi.fn() };
    const sessions = { begin: async () => nobody, end, codeFor: async () => 'right' };
    const access: Access = { roles, authenticate: async () => nobody, sessions };
    const { ask } = world({ access, log });
    return { log, out: () => ask('DELETE', '/session', { ...cookie('made up'), ...OWN }) };
  };

  it('that cannot be looked up goes on; who asks is told, and the log is not', async () => {
    const { log, out } = ending(async () => refuse('STORE_UNAVAILABLE', 'later'));
    const { status, code, headers } = await out();
    expect([status, code]).toEqual([503, 'STORE_UNAVAILABLE']);
    expect([headers.get('retry-after'), headers.has('set-cookie')]).toEqual(['1', false]);
    expect([log.error.mock.calls, log.warn.mock.calls]).toEqual([[], []]);
  });

  it('that fails to end is logged once a second, with how often it did', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const { log, out } = ending(() => Promise.reject(new Fault('STORE_UNAVAILABLE', 'away')));
    for (let n = 0; n < 20; n++) expect((await out()).status).toBe(503);
    vi.advanceTimersByTime(1_000);
    await out();
    const logged = log.error.mock.calls.map(([what, said]) => [what, said]);
    expect(logged).toMatchObject([
      [{ code: 'STORE_UNAVAILABLE' }, 'a request failed'],
      [{ code: 'STORE_UNAVAILABLE', before_and_not_logged: 19 }, 'a request failed'],
    ]);
  });
});
