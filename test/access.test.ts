import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles } from '../actors/roles.js';
import { STRANGERS_STREAM } from '../src/core/subjects.js';
import { KeyBucket, makeKey } from '../src/edge/access/index.js';
import { STRANGERS_ANSWERED_PER_SECOND } from '../src/edge/nats/admission.js';
import { REQUEST_MAX } from '../src/edge/nats/request-bytes.js';
import { commandLine } from './support/command-line.js';
import { createApplication } from './support/commands.js';
import { type GuardedNode, startGuardedNode } from './support/guarded-node.js';
import { type IdentityProvider, startIdentityProvider } from './support/identity-provider.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { PATIENCE_MS } from './support/patience.js';
import { until } from './support/projecting.js';

/** How long what ends by itself lasts: long enough to be seen before. */
const BRIEF_MS = 4_000;
const KEY = /^stele_([a-z0-9]+)_[0-9a-f]{64}$/;
const LIST = '/applications';
const VIEWER = ['--roles', 'viewer'];

let nats: TestServer;
let provider: IdentityProvider;
let first: GuardedNode;
let second: GuardedNode;
let admin: string;

beforeAll(async () => {
  nats = await startTestServer({ sync: 'lazy' });
  provider = await startIdentityProvider();
  first = await startGuardedNode(nats.url);
  [admin = ''] = first.firstKeys;
  second = await startGuardedNode(nats.url, provider.env);
});
afterAll(async () => {
  await second?.close();
  await first?.close();
  await provider?.close();
  await nats?.stop();
});

const stele = (...args: string[]) => commandLine(args, first.env);
const key = (text: string) => ({ 'x-api-key': text });
const application = () => first.node.runtime.registry.aggregate('Application')!;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const create = async (...args: string[]): Promise<{ text: string; id: string }> => {
  const { out, err, exit } = await stele('key', 'create', ...args);
  if (exit !== 0) throw new Error(err);
  const text = out.trim();
  return { text, id: KEY.exec(text)![1]! };
};
const statusBecomes = (node: GuardedNode, text: string, status: number) =>
  until(
    () => node.status(LIST, key(text)),
    (seen) => seen === status,
  );
const removeKeys = async (servers: string): Promise<void> => {
  const nc = await connect({ servers });
  await (await jetStreamOf(nc)).streams.delete('KV_ACCESS-KEYS');
  await nc.close();
};
const emptyKeys = async (servers: string): Promise<void> => {
  const nc = await connect({ servers });
  await (await jetStreamOf(nc)).streams.purge('KV_ACCESS-KEYS');
  await nc.close();
};
const problemOf = async (response: Response) =>
  (await response.json()) as { code: string; message: string };

describe('the first key', () => {
  it('is made once, told once, and never logged', async () => {
    expect(first.firstKeys).toEqual([expect.stringMatching(KEY)]);
    expect(second.firstKeys).toEqual([]);
    const again = await startGuardedNode(nats.url);
    expect(again.firstKeys).toEqual([]);
    await again.close();
    const secret = admin.split('_')[2]!;
    for (const node of [first, second]) expect(node.logged.join('')).not.toContain(secret);
  });

  it('has every role, and counts on every node', async () => {
    const { out } = await stele('key', 'list', '--json');
    expect(JSON.parse(out)).toContainEqual(
      expect.objectContaining({ id: 'admin', actor: 'admin', roles: Object.keys(roles) }),
    );
    expect(out).not.toContain(admin.split('_')[2]!);
    for (const node of [first, second])
      for (const path of [LIST, '/audit', '/metrics', '/alerts'])
        expect(await node.status(path, key(admin))).toBe(200);
  });

  it('is not made where one is configured, which always counts', async () => {
    // On a server of its own: there the bucket of keys is made anew where it was removed.
    const adminKey = { 'x-api-key': 'correct-horse-battery' };
    const node = await startGuardedNode('', { STELE_ADMIN_KEY: adminKey['x-api-key'] });
    try {
      expect(node.firstKeys).toEqual([]);
      expect(await node.status('/metrics', key('correct-horse-battery'))).toBe(200);
      expect(await node.status('/metrics', bearer('correct-horse-battery'))).toBe(200);
      expect(await node.status('/metrics', key('correct-horse-batterY'))).toBe(401);
      expect(node.logged.join('')).not.toContain('correct-horse');
      const make = async () => {
        const made = await commandLine(['key', 'create', '--actor', 'al', ...VIEWER], node.env);
        return key(made.out.trim());
      };
      const becomes = (headers: Record<string, string>, pattern: RegExp) =>
        until(
          async () => (await node.ask(LIST, headers)).text(),
          (text) => pattern.test(text),
        );
      const lost = await make();
      await becomes(lost, /"items"/);
      await removeKeys(node.node.natsUrl);
      await becomes(lost, /UNAUTHENTICATED.*was lost where keys are kept/);
      const ready = async () => (await node.ask('/readyz')).text();
      expect(await ready()).toMatch(/"unfit","reason":"KV_ACCESS-KEYS was removed and made anew/);
      expect(await node.status('/metrics', adminKey)).toBe(200);
      await becomes(await make(), /"items"/);
      expect(await node.status(LIST, lost)).toBe(401);
      await until(ready, (text) => !text.includes('unfit'));
    } finally {
      await node.close();
    }
  });
});

describe('an API key', () => {
  it('made by the command line counts at once on every node, for its roles alone', async () => {
    const { text } = await create('--actor', 'vera', '--roles', 'viewer');
    for (const node of [first, second]) {
      await statusBecomes(node, text, 200);
      expect(await node.status('/audit', key(text))).toBe(403);
      expect(await node.status('/metrics', key(text))).toBe(403);
      // For programs that can send nothing else.
      expect(await node.status(LIST, bearer(text))).toBe(200);
    }
  });

  it('that is missing, wrong, unknown or accompanied is refused with what is wrong', async () => {
    const strange = `stele_0123456789ab_${'0'.repeat(64)}`;
    const cases: [Record<string, string>, RegExp][] = [
      [{}, /nobody knows who you are/],
      [key('let-me-in'), /no API key/],
      [key(strange), /there is no such API key/],
      [key(`${admin.slice(0, -1)}${admin.endsWith('0') ? '1' : '0'}`), /there is no such API key/],
      [{ ...key(admin), ...bearer('x') }, /send one of them/],
      [{ authorization: 'Basic YTpi' }, /expected "Bearer"/],
      [bearer('a.b.c'), /tokens are not taken here/],
    ];
    for (const [headers, message] of cases) {
      const response = await first.ask(LIST, headers);
      expect(response.status).toBe(401);
      const problem = await problemOf(response);
      expect(problem).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(problem.message).toMatch(message);
    }
  });

  it('that was revoked counts no more within a second, on every node', async () => {
    const { text, id } = await create('--actor', 'rolf', '--roles', 'viewer');
    for (const node of [first, second]) await statusBecomes(node, text, 200);
    expect(await stele('key', 'revoke', id)).toMatchObject({ exit: 0 });
    for (const node of [first, second]) {
      await statusBecomes(node, text, 401);
      expect((await problemOf(await node.ask(LIST, key(text)))).message).toMatch(/was revoked at/);
    }
    expect(await stele('key', 'rotate', id)).toMatchObject({ exit: 4 });
  });

  it('that was rotated counts with its new secret only, or for a while with both', async () => {
    const { text, id } = await create('--actor', 'rita', '--roles', 'viewer');
    await statusBecomes(second, text, 200);
    const next = (await stele('key', 'rotate', id)).out.trim();
    await statusBecomes(second, next, 200);
    await statusBecomes(second, text, 401);
    const last = (await stele('key', 'rotate', id, '--overlap', '1h')).out.trim();
    await statusBecomes(second, last, 200);
    expect(await second.status(LIST, key(next))).toBe(200);
    expect(await second.status(LIST, key(text))).toBe(401);
  });

  it('that is over counts no more', async () => {
    const soon = new Date(Date.now() + BRIEF_MS).toISOString();
    const { text } = await create('--actor', 'eva', '--roles', 'viewer', '--expires', soon);
    await statusBecomes(first, text, 200);
    await until(
      () => first.status(LIST, key(text)),
      (seen) => seen === 401,
    );
    expect((await problemOf(await first.ask(LIST, key(text)))).message).toMatch(/expired at/);
  });

  it('is not made for a role that there is not, nor found by an id that there is not', async () => {
    const misspelt = await stele('key', 'create', '--actor', 'a', '--roles', 'veiwer');
    expect(misspelt).toMatchObject({ exit: 2, out: '' });
    expect(misspelt.err).toContain('did you mean "viewer"');
    expect(await stele('key', 'revoke', 'nothere')).toMatchObject({ exit: 3 });
    expect(await stele('key', 'revoke', '../x')).toMatchObject({ exit: 3 });
  });

  it('is not made under a name that is the program its own, and counts for nothing if it is there', async () => {
    for (const name of ['system', 'System', 'watch:landscape', '*'])
      for (const flags of [
        ['--actor', name],
        ['--actor', 'a', '--subject', name],
      ]) {
        const { exit, err } = await stele('key', 'create', ...flags, '--roles', 'viewer');
        expect({ name, exit, err }).toMatchObject({ exit: 2, err: expect.stringContaining(name) });
      }
    const made = makeKey(
      { actor: 'watch:landscape', roles: ['architect'], created_by: 'an older program' },
      { now: Date.now() },
    );
    const nc = await connect({ servers: nats.url });
    await (await KeyBucket.open(nc, 1)).create(made.key);
    await nc.close();
    const told = () => first.ask(LIST, key(made.text)).then(problemOf);
    const said = await until(told, ({ message }) => /Stele's own/.test(message));
    expect(said).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('known before still counts while NATS is away, and changes count when it is back', async () => {
    const { text, id } = await create('--actor', 'nina', '--roles', 'viewer');
    await statusBecomes(first, text, 200);
    await nats.kill9();
    expect(await first.status('/applications/commands', key(text))).not.toBe(401);
    await nats.restart();
    expect(await stele('key', 'revoke', id)).toMatchObject({ exit: 0 });
    await until(
      () => first.status(LIST, key(text)),
      (seen) => seen === 401,
    );
  });
});

describe('a token', () => {
  it('lets in whom its issuer names, in the roles that there are', async () => {
    const token = await provider.token({ roles: ['viewer', 'root'] });
    expect(await second.status(LIST, bearer(token))).toBe(200);
    expect(await second.status('/audit', bearer(token))).toBe(403);
    expect(second.logged.join('')).toContain('a token names a role that there is not');
    const nothing = await provider.token({ roles: undefined });
    expect(await second.status(LIST, bearer(nothing))).toBe(403);
  });

  it.each([
    ['over', () => provider.token({}, { expires: '-1m' })],
    ['of a foreign issuer', () => provider.token({}, { issuer: 'https://evil.example' })],
    ['for another audience', () => provider.token({}, { audience: 'other' })],
    ['for a name that is the program its own', () => provider.token({ sub: 'watch:landscape' })],
    ['for such a name in other letters', () => provider.token({ sub: 'Sys\u00adtem' })],
    ['forged', () => provider.forged()],
    ['signed with a shared secret', () => provider.confused()],
  ])('that is %s is refused', async (_, token) => {
    const response = await second.ask(LIST, bearer(await token()));
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/);
  });
});

describe('a stream of events', () => {
  const follow = async (headers: Record<string, string>, node: GuardedNode) => {
    const response = await node.ask('/events/stream', headers);
    expect(response.status).toBe(200);
    return response.text();
  };

  it('ends with a reason soon after its key was revoked', async () => {
    const { text, id } = await create('--actor', 'sam', '--roles', 'auditor');
    await statusBecomes(second, text, 200);
    const said = follow(key(text), second);
    await stele('key', 'revoke', id);
    expect(await said).toMatch(/event: cut\ndata: \{"code":"UNAUTHENTICATED".*was revoked/);
  });

  it('ends with a reason soon after its token is over', async () => {
    const token = await provider.token({ roles: ['auditor'] }, { expires: '1s' });
    const said = follow(bearer(token), second);
    expect(await said).toMatch(/event: cut\ndata: \{"code":"UNAUTHENTICATED".*expired/);
  });
});

describe('commands over NATS', () => {
  let nc: NatsConnection;
  beforeAll(async () => {
    nc = await connect({ servers: nats.url });
  });
  afterAll(() => nc.close());

  const send = async (id: string, said: Record<string, string>, more: object = {}) => {
    const hdrs = headers();
    for (const [name, value] of Object.entries(said)) hdrs.set(name, value);
    const { actor: _, actor_type: __, ...command } = createApplication(id);
    const body = JSON.stringify({ ...command, ...more });
    const msg = await nc.request('cmd.application.CreateApplication', body, {
      headers: hdrs,
      timeout: PATIENCE_MS,
    });
    return msg.json<{ code?: string; events?: { actor: string }[] }>();
  };

  it('come from whoever the headers name, and from nobody without', async () => {
    expect(await send('a1', {})).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await send('a1', { 'X-Api-Key': 'x' })).toMatchObject({ code: 'UNAUTHENTICATED' });
    const { text } = await create('--actor', 'arne', '--roles', 'architect');
    const viewer = await create('--actor', 'vio', '--roles', 'viewer');
    for (const node of [first, second]) await statusBecomes(node, viewer.text, 200);
    expect(await send('a1', { 'X-Api-Key': viewer.text })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await send('a1', { 'X-Api-Key': text }, { actor: 'somebody else' })).toMatchObject({
      code: 'FORBIDDEN',
    });
    const accepted = await send('a1', { 'x-api-key': text });
    expect(accepted.events).toEqual([expect.objectContaining({ actor: 'arne' })]);
    await send('a1', { 'X-Api-Key': viewer.text }, { dry_run: true });
    const outcomes = async () => {
      const found: string[] = [];
      for await (const { actor, outcome } of first.node.store.readJournal(1))
        if (actor === 'vio') found.push(outcome);
      return found.sort();
    };
    // Told nothing of what it sent, and refused nothing that it did not ask for.
    await expect.poll(outcomes).toEqual(['dry_run', 'refused']);
  });

  it('that nobody known sends cannot fill the journal', async () => {
    const { streams } = await jetStreamOf(nc);
    const kept = async () => (await streams.info(STRANGERS_STREAM)).state;
    const { last } = await first.node.store.ends('journal');
    const before = await kept();
    for (let n = 0; n < 500; n++)
      nc.publish('cmd.application.CreateApplication', '{}', { reply: '_INBOX.of.nobody' });
    await nc.flush();
    const after = await until(kept, ({ messages }) => messages > before.messages);
    expect(after.bytes - before.bytes).toBeLessThan(50_000);
    // It ages out there; the journal gets a sum of it, later.
    const { config } = await streams.info(STRANGERS_STREAM);
    expect([config.max_age, config.max_bytes]).not.toContain(0);
    for await (const { via, code, times } of first.node.store.readJournal(last + 1))
      if (via === 'nats' && code === 'UNAUTHENTICATED') expect(times).toBeGreaterThan(1);
  });

  it('of messages that are larger than any, the log says once what to do', async () => {
    const said = () =>
      [first, second].map(({ logged }) =>
        logged.filter((line) => line.includes('deploy/nats-accounts.conf')),
      );
    const subject = 'cmd.application.CreateApplication';
    for (let n = 0; n < 10; n++)
      nc.publish(subject, new Uint8Array(2 * REQUEST_MAX), { reply: '_INBOX.of.nobody' });
    await nc.flush();
    await expect.poll(() => said().flat().length).toBeGreaterThan(0);
    expect(await send('large', {})).toMatchObject({ code: 'UNAUTHENTICATED' });
    for (const lines of said()) expect(lines.length).toBeLessThanOrEqual(1);
  });

  it('whoever floods them without a key is mostly not answered, and keeps nobody else out', async () => {
    const { text } = await create('--actor', 'flora', '--roles', 'architect');
    for (const node of [first, second]) await statusBecomes(node, text, 200);
    let answers = 0;
    const heard = nc.subscribe('_INBOX.flood', { callback: () => void answers++ });
    const begun = performance.now();
    const flood = 20_000;
    for (let n = 0; n < flood; n++)
      nc.publish('cmd.application.CreateApplication', '{}', { reply: '_INBOX.flood' });
    expect(await send('flooded', { 'X-Api-Key': text })).not.toHaveProperty('code');
    heard.unsubscribe();
    const seconds = Math.floor((performance.now() - begun) / 1_000) + 2;
    const most = 2 * seconds * STRANGERS_ANSWERED_PER_SECOND;
    expect(answers).toBeGreaterThan(0);
    expect(answers).toBeLessThanOrEqual(Math.min(most, flood - 1));
  });

  it('are not tried without end: wrong credentials are bounded, right ones go on', async () => {
    const { text } = await create('--actor', 'ariadne', '--roles', 'architect');
    const other = await create('--actor', 'arthur', '--roles', 'architect');
    for (const node of [first, second])
      for (const key of [text, other.text]) await statusBecomes(node, key, 200);
    const codes = new Set<string | undefined>();
    for (let n = 0; n < 300; n++) codes.add((await send('g', { 'X-Api-Key': `guess-${n}` })).code);
    expect(codes).toEqual(new Set(['UNAUTHENTICATED', 'RATE_LIMITED']));
    expect(await send('g', { 'X-Api-Key': 'x'.repeat(20_000) })).toMatchObject({
      code: 'HEADERS_TOO_LARGE',
    });
    // Neither was shown over NATS before; who guesses at one of them shuts out only that one.
    const guesses = Array.from({ length: 150 }, (_, n) =>
      other.text.replace(/.{64}$/, n.toString(16).padStart(64, '0')),
    );
    for (const key of guesses) await send('g', { 'X-Api-Key': key });
    expect(await send('g', { 'X-Api-Key': other.text })).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await send('g99', { 'X-Api-Key': text })).not.toHaveProperty('code');
  });

  it('cannot have their answers written where only the node may write', async () => {
    const subject = 'evt.application.forged';
    const before = await first.node.store.ends(application());
    nc.publish('cmd.application.CreateApplication', JSON.stringify({}), { reply: subject });
    await nc.flush();
    // What came before it was dealt with before it is answered; by a key, since strangers may not be.
    expect(await send('a2', { 'X-Api-Key': admin }, { dry_run: true })).not.toHaveProperty('code');
    const after = await first.node.store.ends(application());
    expect(after.last).toBe(before.last);
  });
});

describe('the command line', () => {
  it('sends the key it is given, and says what to do without one', async () => {
    const run = (...args: string[]) => stele(...args, '--server', first.node.url);
    const data = JSON.stringify(createApplication('cli1').data);
    const send = ['send', 'application', 'cli1', 'CreateApplication', '--data', data];
    const without = await run(...send);
    expect(without.exit).toBe(1);
    expect(without.err).toMatch(/UNAUTHENTICATED[\s\S]*STELE_KEY/);
    const sent = await run(...send, '--key', admin);
    expect(sent).toMatchObject({ exit: 0 });
    const { text } = await create('--actor', 'val', '--roles', 'viewer');
    await statusBecomes(first, text, 200);
    const show = await run('events', 'show', 'application', 'cli1', '--key', text);
    expect(show.exit).toBe(1);
    expect(show.err).toMatch(/FORBIDDEN[\s\S]*stele key list/);
    const shown = await commandLine(
      ['events', 'show', 'application', 'cli1', '--json', '--server', first.node.url],
      { ...first.env, STELE_KEY: admin },
    );
    expect(JSON.parse(shown.out)).toMatchObject({ actor: 'admin', aggregate_id: 'cli1' });
  });
});

describe('the bucket of keys, removed under nodes', () => {
  const beside = async (): Promise<{ state: string; reason: string | null }> => {
    const { parts } = (await (await first.ask('/readyz')).json()) as {
      parts: { name: string; state: string; reason: string | null }[];
    };
    return parts.find(({ name }) => name === 'streams_beside')!;
  };

  it('lets nobody in until there are keys again, which is said with what to do', async () => {
    const { text, id } = await create('--actor', 'olga', '--roles', 'viewer');
    await stele('key', 'revoke', id);
    await statusBecomes(first, text, 401);
    await removeKeys(nats.url);
    const refused = () => first.ask(LIST, key(admin)).then(problemOf);
    await until(refused, ({ code }) => code === 'STORE_UNAVAILABLE');
    expect(await first.status(LIST, key(text))).toBe(503);
    expect(await beside()).toMatchObject({
      state: 'unfit',
      reason: expect.stringMatching(/^KV_ACCESS-KEYS was removed.*`stele key create`$/),
    });
    expect((await stele('doctor')).out).toContain('✗ KEYS_LOST  KV_ACCESS-KEYS');
    expect(first.logged.join('')).toContain('KV_ACCESS-KEYS was removed');
    const another = await create('--actor', 'ada', '--roles', 'viewer');
    await statusBecomes(first, another.text, 200);
    expect(await refused()).toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringMatching(/was lost where keys are kept/),
    });
    expect(await first.status(LIST, key(text))).toBe(401);
    expect(await beside()).toMatchObject({ state: 'up' });
  });

  it.each([
    ['emptied', emptyKeys],
    ['removed', removeKeys],
  ])('%s before a start, gives nobody a first key, which is said', async (_, lose) => {
    const command = createApplication(crypto.randomUUID());
    const admin = { roles: Object.keys(roles), teams: ['*'], credential: 'test' };
    const who = { ...admin, actor: command.actor, actor_type: 'user' as const };
    expect(await first.node.runtime.dispatch(command, 'test', who)).toHaveProperty('events');
    await lose(nats.url);
    const later = await startGuardedNode(nats.url);
    try {
      expect(later.firstKeys).toEqual([]);
      expect(later.logged.join('')).toMatch(/KV_ACCESS-KEYS holds no API key.*stele key create/);
      expect(await (await later.ask('/readyz')).text()).toContain('holds no API key');
    } finally {
      await later.close();
    }
  });
});
