import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles } from '../actors/roles.js';
import { ACCESS_CODES_BUCKET, ACCESS_SESSIONS_BUCKET } from '../src/core/subjects.js';
import { commandLine } from './support/command-line.js';
import { type GuardedNode, startGuardedNode } from './support/guarded-node.js';
import { type IdentityProvider, startIdentityProvider } from './support/identity-provider.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { until } from './support/projecting.js';
import { exited, outputOf, stele as spawnStele } from './support/stele.js';

/** How long what ends by itself lasts: long enough to sign in with all of it before. */
const BRIEF_MS = 8_000;
const LIST = '/applications';
const OWN = { 'sec-fetch-site': 'same-origin' };
const JSON_TYPE = { 'content-type': 'application/json' };

// Tests share two nodes, and wait side by side: what is ended meanwhile is a test's own.
let nats: TestServer;
let provider: IdentityProvider;
let first: GuardedNode;
let second: GuardedNode;
let more: Record<string, string>;
const dir = mkdtempSync(join(tmpdir(), 'stele-console-'));

beforeAll(async () => {
  writeFileSync(join(dir, 'index.html'), '<!doctype html>the console');
  nats = await startTestServer({ sync: 'lazy' });
  provider = await startIdentityProvider();
  more = { ...provider.env, STELE_ADMIN_KEY: 'correct-horse-battery' };
  first = await startGuardedNode(nats.url, more, { consoleDir: dir });
  second = await startGuardedNode(nats.url, more);
});
afterAll(async () => {
  await second?.close();
  await first?.close();
  await provider?.close();
  await nats?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const stele = (...args: string[]) => commandLine(args, first.env);
/** A link that the command line prints, and the code in it. */
const linkTo = async ({ env }: GuardedNode, ...args: string[]) => {
  const { out, err, exit } = await commandLine(['console', ...args], env);
  if (exit !== 0) throw new Error(err);
  return { text: out.trim(), code: out.trim().split('#')[1]!, err };
};
const link = (...args: string[]) => linkTo(first, ...args);
const newKey = async (...args: string[]) => {
  const text = (await stele('key', 'create', ...args)).out.trim();
  for (const node of [first, second])
    await until(
      () => node.status('/session', { 'x-api-key': text }),
      (seen) => seen === 200,
    );
  return { text, id: text.split('_')[1]! };
};
const send = (node: GuardedNode, method: string, path: string, headers: object, body?: unknown) =>
  fetch(`${node.node.url}${path}`, {
    method,
    headers: { ...JSON_TYPE, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const signIn = (node: GuardedNode, by: object, headers: object = {}) =>
  send(node, 'POST', '/session', headers, by);
const cookieOf = (response: Response) => ({
  cookie: response.headers.get('set-cookie')!.split(';')[0]!,
});
/** Headers of somebody who signed in just now. */
const signedIn = async (node: GuardedNode, by: object) => {
  const response = await signIn(node, by);
  expect(response.status).toBe(200);
  return cookieOf(response);
};
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;
const becomes = (node: GuardedNode, headers: Record<string, string>, status: number) =>
  until(
    () => node.status(LIST, headers),
    (seen) => seen === status,
  );

describe.concurrent('a sign-in code', () => {
  it('is printed as a link, for whom and for what is asked', async () => {
    const { text, code, err } = await link(
      '--actor',
      'ada',
      '--role',
      'viewer',
      '--team',
      'a',
      'b',
    );
    expect(text).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/console\/sign-in#[0-9a-f]{40}$/);
    expect(err).toMatch(/within 10 minutes: it signs in ada \(viewer\), once/);
    const response = await signIn(first, { code });
    expect(await response.json()).toMatchObject({
      open: false,
      actor: 'ada',
      actor_type: 'user',
      roles: ['viewer'],
      teams: ['a', 'b'],
      permissions: roles.viewer.may,
      name: 'stele',
    });
    const { text: there } = await link('--server', 'https://stele.example/');
    expect(there).toMatch(/^https:\/\/stele\.example\/console\/sign-in#/);
    expect(await stele('console', '--role', 'veiwer')).toMatchObject({ exit: 2, out: '' });
  });

  it('counts once, also when two nodes get it at once', async () => {
    for (let round = 0; round < 5; round++) {
      const { code } = await link();
      const both = await Promise.all([first, second, first].map((node) => signIn(node, { code })));
      expect(both.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
      const again = await signIn(second, { code });
      expect(again.status).toBe(401);
      expect(((await again.json()) as { message: string }).message).toContain('npx stele console');
    }
  });

  it('is kept by its digest alone, as sessions are, and both go away by themselves', async () => {
    const { code } = await link();
    const unused = await link();
    const { cookie } = await signedIn(first, { code });
    const byAdmin = await signedIn(first, { credential: more.STELE_ADMIN_KEY });
    const nc = await connect({ servers: nats.url });
    try {
      const kvm = new Kvm(nc);
      let all = '';
      for (const [name, ttl] of [
        [ACCESS_SESSIONS_BUCKET, 12 * 3_600_000],
        [ACCESS_CODES_BUCKET, 600_000],
      ] as const) {
        const bucket = await kvm.open(name);
        expect((await bucket.status()).ttl).toBe(ttl);
        for await (const entry of await bucket.history()) all += `${entry.key} ${entry.string()}\n`;
      }
      expect(all).toContain('"actor":"admin"');
      const tokens = [cookie, byAdmin.cookie].map((one) => one.split('=')[1]!);
      for (const secret of [code, unused.code, ...tokens]) expect(all).not.toContain(secret);
      for (const node of [first, second])
        for (const secret of [code, unused.code, ...tokens])
          expect(node.logged.join('')).not.toContain(secret);
    } finally {
      await nc.close();
    }
  });
});

describe.concurrent('a session', () => {
  it('lets read, send commands and follow events, under the name of who signed in', async () => {
    const { code } = await link('--actor', 'ada', '--role', 'architect', '--role', 'auditor');
    const session = await signedIn(first, { code });
    // Also at once on the node that did not begin it.
    for (const node of [second, first]) expect(await node.status(LIST, session)).toBe(200);
    const follow = await second.ask('/events/stream', session);
    expect(follow.status).toBe(200);
    const body = { name: 'Ledger', owner: 'treasury', data_classification: 'internal' };
    const path = '/applications/ledger/commands/create-application';
    expect(await codeOf(await send(second, 'POST', path, session, body))).toBe('CROSS_SITE');
    const foreign = { ...session, 'sec-fetch-site': 'cross-site' };
    expect((await send(second, 'POST', path, foreign, body)).status).toBe(403);
    const created = await send(second, 'POST', path, { ...session, ...OWN }, body);
    expect(created.status).toBe(201);
    expect(await created.json()).toMatchObject({ events: [{ actor: 'ada' }] });
    const byOrigin = { ...session, origin: first.node.url };
    expect(
      (await send(first, 'PATCH', '/applications/ledger', byOrigin, { tags: ['x'] })).status,
    ).toBe(200);
    // A key counts before the cookie that comes along with it.
    const { text } = await newKey('--actor', 'vera', '--roles', 'viewer');
    const both = { ...session, 'x-api-key': text };
    expect(await (await second.ask('/session', both)).json()).toMatchObject({ actor: 'vera' });
    expect(await second.status('/events/stream', both)).toBe(403);
    // Signed out on one node, over on the other, event streams too.
    expect((await send(first, 'DELETE', '/session', session)).status).toBe(403);
    expect((await send(first, 'DELETE', '/session', { ...session, ...OWN })).status).toBe(204);
    expect(await first.status(LIST, session)).toBe(401);
    expect(await follow.text()).toMatch(
      /event: ApplicationCreated[\s\S]*event: cut\ndata: \{"code":"UNAUTHENTICATED".*sign in again/,
    );
    await becomes(second, session, 401);
  });

  it('hangs on the key, or the token, it was begun with', async () => {
    const rolf = await newKey('--actor', 'rolf', '--roles', 'viewer');
    const rita = await newKey('--actor', 'rita', '--roles', 'viewer');
    const soon = new Date(Date.now() + BRIEF_MS).toISOString();
    const brief = await newKey('--actor', 'eva', '--roles', 'viewer', '--expires', soon);
    const token = await provider.token(
      { sub: 'ida', roles: ['viewer'] },
      { expires: `${BRIEF_MS / 1_000}s` },
    );
    const short = await signedIn(first, { credential: brief.text });
    const revoked = await signedIn(first, { credential: rolf.text });
    const rotated = await signedIn(first, { credential: rita.text });
    const byToken = await signedIn(first, { credential: token });
    for (const session of [short, revoked, rotated, byToken])
      expect(await second.status(LIST, session)).toBe(200);
    expect(await second.status('/audit', byToken)).toBe(403);
    const endOf = async (session: { cookie: string }) =>
      ((await (await second.ask('/session', session)).json()) as { expires_at: string }).expires_at;
    expect(await endOf(short)).toBe(soon);
    expect(Date.parse(await endOf(byToken))).toBeLessThan(Date.now() + BRIEF_MS);
    await stele('key', 'revoke', rolf.id);
    await stele('key', 'rotate', rita.id);
    for (const node of [first, second])
      for (const session of [revoked, rotated]) await becomes(node, session, 401);
    for (const session of [short, byToken])
      await until(
        () => second.status(LIST, session),
        (seen) => seen === 401,
      );
    const wrong = await signIn(first, { credential: rolf.text });
    expect(wrong.status).toBe(401);
    expect(((await wrong.json()) as { message: string }).message).toMatch(/was revoked at/);
    expect((await signIn(first, { credential: await provider.forged() })).status).toBe(401);
  });

  it('is begun so often a minute by one person, and then by others', async () => {
    const eager = await newKey('--actor', 'eager', '--roles', 'viewer');
    for (let n = 0; n < 30; n++) await signedIn(second, { credential: eager.text });
    const more = await signIn(second, { credential: eager.text });
    expect([more.status, await codeOf(more)]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(more.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(more.headers.has('set-cookie')).toBe(false);
    const { code } = await link('--actor', 'another', '--role', 'viewer');
    expect((await signIn(second, { code })).status).toBe(200);
  });

  it('outlives a restart of the node, but not the admin key it was begun with', async ({
    onTestFinished,
  }) => {
    const { code } = await link('--role', 'viewer');
    const before = await startGuardedNode(nats.url, more);
    const [byCode, byAdmin] = [
      await signedIn(before, { code }),
      await signedIn(before, { credential: more.STELE_ADMIN_KEY }),
    ];
    await before.close();
    const other = { ...more, STELE_ADMIN_KEY: 'another-admin-key-of-now' };
    const again = await startGuardedNode(nats.url, other);
    onTestFinished(() => again.close());
    expect(await again.status(LIST, byCode)).toBe(200);
    expect(await again.status(LIST, byAdmin)).toBe(401);
    expect(await first.status('/metrics', byAdmin)).toBe(200);
  });

  it('that is known counts while NATS is away; none begins then', async ({ onTestFinished }) => {
    const server = await startTestServer({ sync: 'lazy' });
    onTestFinished(() => server.stop());
    const node = await startGuardedNode(server.url, more);
    onTestFinished(() => node.close());
    const { code } = await linkTo(node);
    const session = await signedIn(node, { credential: more.STELE_ADMIN_KEY });
    await server.kill9();
    expect(await node.status('/session', session)).toBe(200);
    const away = await signIn(node, { code });
    expect([away.status, await codeOf(away)]).toEqual([503, 'STORE_UNAVAILABLE']);
    // One that this node cannot look up may go on elsewhere: nobody is told that it is over.
    const elsewhere = { cookie: 'stele_session=begun-elsewhere', ...OWN };
    const said = node.logged.length;
    expect((await send(node, 'DELETE', '/session', elsewhere)).status).toBe(503);
    expect(node.logged.slice(said).join('')).not.toContain('a request failed');
    await server.restart();
    await until(
      async () => (await signIn(node, { credential: more.STELE_ADMIN_KEY! })).status,
      (seen) => seen === 200,
    );
    expect(await node.status('/session', session)).toBe(200);
  });
});

describe.concurrent('the console of a node', () => {
  /** A path as it stands: clients that are polite tidy it. */
  const raw = (path: string): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(first.node.url);
      request({ hostname, port, path }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode!, body }));
      })
        .on('error', reject)
        .end();
    });

  it('is served to everybody, and nothing else of the machine is', async () => {
    expect(await raw('/console/sign-in')).toEqual({
      status: 200,
      body: '<!doctype html>the console',
    });
    for (const path of [
      '/console/../../../../../../etc/passwd',
      '/console/assets/../../../package.json',
      '/console/%2e%2e/%2e%2e/package.json',
      '/console/..%2f..%2fpackage.json',
      '/console//etc/passwd',
    ])
      expect((await raw(path)).body).not.toMatch(/root:|"name": "stele"/);
  });

  it('is opened by the link that the start prints, once, outside the log', async () => {
    const env = { PORT: '0', LOG_LEVEL: 'debug', STELE_DATA: join(dir, 'own') };
    const child = spawnStele(['serve'], env);
    const errors: string[] = [];
    child.stderr?.on('data', (chunk) => errors.push(String(chunk)));
    const printed = await until(
      () => /Open the console: (\S+)\/console\/sign-in#(\w+)/.exec(outputOf(child)),
      (found) => found !== null,
    );
    const [, url = '', code = ''] = printed!;
    const init = { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ code }) };
    const asked = await fetch(`${url}/session`, init);
    expect(await asked.json()).toMatchObject({ roles: Object.keys(roles), teams: ['*'] });
    expect((await fetch(`${url}/session`, init)).status).toBe(401);
    child.kill('SIGTERM');
    await exited(child);
    expect(errors.join('')).not.toContain(code);
  });
});
