import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { connect, headers } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALERTS_STREAM, eventStream, eventSubject } from '../src/core/subjects.js';
import { commandLine } from './support/command-line.js';
import { uuid } from './support/commands.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { ADMIN_ENV, AS_ADMIN } from './support/stele.js';

const BIN = fileURLToPath(new URL('../bin/stele.js', import.meta.url));
const HISTORY = fileURLToPath(new URL('../examples/govuk/history.jsonl.gz', import.meta.url));
/** Versions of the history that are imported here. */
const VERSIONS = 3;
const JSON_TYPE = { 'content-type': 'application/json' };
/** Commands under way when a node is told to end. */
const IN_FLIGHT = 200;

const dir = mkdtempSync(join(tmpdir(), 'stele-cli-'));
const path = (name: string): string => join(dir, name);
/** A directory that nobody else is in: what lies there counts for every process that starts in it. */
const directory = (name: string): string => {
  mkdirSync(path(name));
  return path(name);
};

type Ran = { readonly code: number | null; readonly out: string; readonly err: string };
type Options = { readonly env?: NodeJS.ProcessEnv; readonly input?: string; readonly cwd?: string };

const children = new Set<ChildProcess>();

const start = (args: readonly string[], { env, cwd = dir }: Options = {}): ChildProcess => {
  const { STELE_URL: _, NATS_URL: __, ...rest } = process.env;
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { ...rest, ...ADMIN_ENV, STELE_DATA: path('data'), PORT: '0', ...env },
  });
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
};
const ended = (child: ChildProcess): Promise<Ran> => {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
};
const stele = (args: readonly string[], options: Options = {}): Promise<Ran> => {
  const child = start(args, options);
  child.stdin?.end(options.input ?? '');
  return ended(child);
};
/** Without a process, which costs most of a second: for what a process would not show better. */
const inside = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> => {
  const { exit: code, ...said } = await commandLine(args, { ...ADMIN_ENV, ...env });
  return { code, ...said };
};

type Serving = {
  readonly url: string;
  readonly natsUrl: string;
  /** Standard error so far. */
  readonly log: () => string;
  readonly done: Promise<Ran>;
  readonly kill: (signal: NodeJS.Signals) => void;
};

/** Starts a node and waits until it says where it is. */
const serve = async (
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Serving> => {
  const child = start(['serve', ...args], { env });
  let log = '';
  const done = ended(child);
  await new Promise<void>((ready, failed) => {
    child.stderr?.on('data', (chunk) => {
      log += chunk;
      if (/Stele at http:[^"\s]+"/.test(log)) ready();
    });
    child.once('close', () => failed(new Error(`serve ended: ${log}`)));
  });
  return {
    url: /Stele at (http:[^"\s]+)/.exec(log)![1]!,
    natsUrl: /at (nats:[^",\s]+)/.exec(log)![1]!,
    log: () => log,
    done,
    kill: (signal) => child.kill(signal),
  };
};

/** The first versions of the real history, as a file of their own. */
const SHORT_HISTORY = path('history.jsonl');
const writeShortHistory = async (): Promise<void> => {
  const lines: string[] = [];
  const input = createReadStream(HISTORY).pipe(createGunzip());
  for await (const line of createInterface({ input })) {
    lines.push(line);
    if (lines.length === VERSIONS) break;
  }
  writeFileSync(SHORT_HISTORY, `${lines.join('\n')}\n`);
};

beforeAll(writeShortHistory);

afterAll(async () => {
  // None is left unless a test failed.
  for (const child of children) {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
  rmSync(dir, { recursive: true, force: true });
});

describe.concurrent('stele without a server', () => {
  it.sequential('teaches how it is used', async () => {
    const help = await stele(['--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    for (const noun of ['serve', 'send', 'events', 'machine', 'import', 'doctor'])
      expect(help.out).toContain(noun);
    const nouns = [['serve'], ['send'], ['events', 'tail'], ['machine', 'show'], ['import']];
    for (const { out } of await Promise.all(nouns.map((noun) => inside([...noun, '--help']))))
      expect(out).toMatch(/Examples?:\n {2}\$ stele /);
    expect(await stele(['frobnicate'])).toMatchObject({ code: 2, out: '' });
  });

  it.sequential.each<[string, string[]]>([
    ['an unknown command', ['frobnicate']],
    ['an unknown option', ['doctor', '--frobnicate']],
    ['a missing argument', ['events', 'show', 'application']],
    ['a server that is no URL', ['events', 'tail', '--server', 'here']],
    ['data that is no JSON', ['send', 'application', 'CreateApplication', '--data', '{']],
    ['half of what an import needs', ['import', 'govuk-history']],
  ])('exits 2 on wrong usage: %s', async (_, args) => {
    const { code, out, err } = await inside(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toContain('    at ');
  });

  it.sequential('says in the directory of another program that it is not that program', async () => {
    const notice = /^This is the Enterprise Architecture tool .* \(runProgram\)\.\n$/;
    const own = await stele(['machine', 'list']);
    expect(own).toMatchObject({ code: 0, err: '' });
    const cwd = directory('other-program');
    writeFileSync(join(cwd, 'package.json'), '{"dependencies":{"stele":"^0.1.0"}}');
    const { code, out, err } = await stele(['machine', 'list'], { cwd });
    expect({ code, out }).toEqual({ code: 0, out: own.out });
    expect(err).toMatch(notice);
  });

  it.sequential('exits 78 on a wrong configuration and names every mistake', async () => {
    const cwd = directory('misconfigured');
    writeFileSync(join(cwd, '.env'), 'LOG_LEVEL=loud\n');
    const env = {
      PORT: 'x',
      NATS_URL: 'nats://me:hush-hush@h',
      NATS_TOKEN: 'hush-hush',
      STELE_DTA: 'x',
    };
    const { code, out, err } = await stele(['serve'], { env, cwd });
    expect({ code, out }).toEqual({ code: 78, out: '' });
    for (const name of ['PORT', 'LOG_LEVEL', 'NATS credentials'])
      expect(err).toContain(`  ${name}: `);
    expect(err).toContain('the nearest is STELE_DATA');
    expect(err).not.toContain('hush-hush');
  });

  it.sequential('says how to start one when nobody answers', async () => {
    const { code, out, err } = await stele(['events', 'show', 'application', 'a'], {
      env: { STELE_URL: 'http://127.0.0.1:9' },
    });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(
      'no Stele answers at http://127.0.0.1:9: start one with `npx stele serve`',
    );
  });

  it.sequential('draws the lifecycles', async () => {
    const list = await inside(['machine', 'list']);
    expect(list.out).toMatch(/^NAME .*\n(?:.*\n)*application .*\n/);
    const file = path('application.svg');
    const svg = ['machine', 'show', 'application', '--format', 'svg', '--out', file];
    expect(await inside(svg)).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(file, 'utf8')).toMatch(/^<svg.*deprecated.*<\/svg>\s*$/s);
    const { out } = await inside(['machine', 'show', 'Application', '--format', 'json']);
    expect(JSON.parse(out)).toBeTypeOf('object');
    expect(await inside(['machine', 'show', 'unicorn'])).toMatchObject({ code: 3, out: '' });
  });

  it.sequential('lists the importers, and does not examine a store that is not there', async () => {
    expect((await inside(['import', '--list'])).out).toContain('govuk-history');
    expect(await inside(['doctor'], { STELE_DATA: path('nothing') })).toMatchObject({ code: 3 });
  });
});

describe.concurrent('stele with a node of its own', () => {
  let node: Serving;
  const app = uuid();
  const capability = uuid();
  const ask = (...args: string[]) => inside([...args, '--server', node.url]);
  const askOutside = (...args: string[]) => stele(args, { env: { STELE_URL: node.url } });
  const creating = (id: string, name: string, ...more: string[]) => {
    const data = JSON.stringify({ name, owner: 'Team', data_classification: 'internal' });
    return ['send', 'application', id, 'CreateApplication', '--data', data, ...more];
  };
  const create = (...of: Parameters<typeof creating>) => ask(...creating(...of));

  beforeAll(async () => {
    node = await serve();
  });
  afterAll(async () => {
    node.kill('SIGTERM');
    await node.done;
  });

  it.sequential('says what runs where, and prints no key when it was given one', async () => {
    expect(node.log()).toMatch(/NATS 2\.\d+\.\d+ at nats:\/\/127\.0\.0\.1:\d+, store in /);
    expect(node.log()).not.toMatch(/not loopback|stele_|everyone who reaches/);
    expect((await fetch(`${node.url}/metrics`)).status).toBe(401);
  });

  it.sequential('sends a command once, however often it is sent', async () => {
    const id = uuid();
    const first = await askOutside(...creating(app, 'Payments', '--command-id', id));
    expect(first).toMatchObject({ code: 0, err: `command id ${id}\n` });
    expect(first.out).toContain(`Application ${app}  accepted\n  1  ApplicationCreated  {`);
    const again = await create(app, 'Payments', '--command-id', id);
    expect(again).toMatchObject({ code: 0 });
    expect(again.out).toContain('was accepted before');
  });

  it.sequential('takes data from a file and from standard input, and dry runs', async () => {
    writeFileSync(path('data.json'), '{"name":"Pay"}');
    const sent = ['send', 'business-capability', capability, 'CreateCapability', '--data'];
    const dry = await ask(...sent, `@${path('data.json')}`, '--dry-run');
    expect(dry.out).toContain('nothing was written');
    const args = [...sent, '-', '--json'];
    const piped = await stele(args, { env: { STELE_URL: node.url }, input: '{"name":"Pay"}' });
    expect(JSON.parse(piped.out)).toMatchObject({ aggregate_id: capability, aggregate_version: 1 });
  });

  it.sequential('lets the server name a new aggregate', async () => {
    const data = '{"name":"Receive"}';
    const sent = await ask('send', 'business-capability', 'CreateCapability', '-d', data, '--json');
    const { aggregate_id } = JSON.parse(sent.out);
    expect(aggregate_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.sequential('shows a refusal as one block, with an exit code that says what kind', async () => {
    const taken = await askOutside(...creating(uuid(), 'Payments'));
    expect(taken).toMatchObject({ code: 4, out: '' });
    expect(taken.err).toMatch(/\nNAME_TAKEN {2}.*\n/);
    const version = await ask(
      'send',
      'application',
      app,
      'SetDataClassification',
      '--expect-version',
      '7',
      '--justification',
      'x',
      '-d',
      '{"classification":"public","reason":"x"}',
    );
    expect(version).toMatchObject({ code: 4 });
    const missing = await ask(
      'send',
      'application',
      uuid(),
      'DeleteApplication',
      '-j',
      'x',
      '-d',
      '{}',
    );
    expect([1, 3]).toContain(missing.code);
    const unknown = await ask('send', 'application', app, 'Frobnicate');
    expect(unknown).toMatchObject({ code: 1 });
    expect(unknown.err).toContain('UNKNOWN_COMMAND');
    expect(unknown.err).not.toContain('    at ');
  });

  it.sequential('shows the history of an aggregate', async () => {
    const why = 'Holds card numbers';
    await ask(
      'send',
      'application',
      app,
      'SetDataClassification',
      '-j',
      why,
      '-d',
      '{"classification":"confidential","reason":"cards"}',
    );
    const { out } = await ask('events', 'show', 'application', app);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^VERSION +TIME +EVENT +ACTOR +WHY$/);
    expect(lines[2]).toMatch(/^2 .* DataClassificationChanged +admin +Holds card numbers$/);
    const raw = await ask('events', 'show', 'application', app, '--json');
    expect(
      raw.out
        .trimEnd()
        .split('\n')
        .map((one) => JSON.parse(one).aggregate_version),
    ).toEqual([1, 2]);
    expect(await ask('events', 'show', 'application', uuid())).toMatchObject({ code: 3, out: '' });
    expect(await ask('events', 'show', 'unicorn', uuid())).toMatchObject({ code: 3, out: '' });
  });

  it.sequential('tails events from the start and as they happen', async () => {
    const args = [
      'events',
      'tail',
      '--type',
      'application',
      '--id',
      app,
      '--from',
      'start',
      '--json',
    ];
    const child = start(args, { env: { STELE_URL: node.url } });
    const seen: string[] = [];
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const next = async () => {
      const { value } = await lines.next();
      seen.push((JSON.parse(value) as { event_type: string }).event_type);
    };
    await next();
    await next();
    await create(uuid(), 'Not of interest');
    await ask('send', 'application', app, 'AddTags', '-d', '{"tags":["pci"]}');
    await next();
    child.kill('SIGTERM');
    expect(seen).toEqual(['ApplicationCreated', 'DataClassificationChanged', 'TagsAdded']);
  });

  it.sequential('imports a file, and again without any change', async () => {
    const report = path('report.jsonl');
    const importing = ['import', 'govuk-history', SHORT_HISTORY, '--report', report, '--json'];
    const first = JSON.parse((await askOutside(...importing)).out);
    expect(first).toMatchObject({ versions: VERSIONS, replayed: 0, refused: {} });
    expect(first.accepted).toBeGreaterThan(50);
    const notes = readFileSync(report, 'utf8')
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one));
    expect(notes.every(({ about }) => about === 'note')).toBe(true);
    const again = await ask('import', 'govuk-history', SHORT_HISTORY);
    expect(again).toMatchObject({ code: 0 });
    expect(again.out).toContain(`accepted  0\n  replayed  ${first.accepted.toLocaleString('en')}`);
    writeFileSync(path('bad.jsonl'), '{"not":"a version"}\n');
    const bad = await ask('import', 'govuk-history', path('bad.jsonl'));
    expect(bad).toMatchObject({ code: 1, out: '' });
    expect(bad.err).toContain('bad.jsonl, line 1');
    expect(await ask('import', 'govuk-history', path('none'))).toMatchObject({ code: 3 });
  });

  it.sequential('is examined while it runs, and found sound', async () => {
    const { code, out } = await stele(['doctor']);
    expect(out).toContain('Nothing is broken');
    expect(code).toBe(0);
    expect(out).toMatch(/EVT_APPLICATION +[\d,]+ .*✓ sound/);
    const env = { STELE_DATA: path('data') };
    const one = await inside(['doctor', '--type', 'application', '--id', app, '--json'], env);
    expect(JSON.parse(one.out)).toMatchObject({ findings: [], streams: [{ events: 3 }] });
    const none = await inside(['doctor', '--type', 'application', '--id', uuid()], env);
    expect(none).toMatchObject({ code: 3 });
  });

  it.sequential('ends gracefully on SIGTERM: what was accepted is there, what was not is refused', async () => {
    const { url } = node;
    const stream = await fetch(`${url}/events/stream`, { headers: AS_ADMIN }); // must not keep it alive
    const accepted: string[] = [];
    const create = async (id: string) => {
      const body = JSON.stringify({ name: id, owner: 'Team', data_classification: 'internal' });
      const path = `${url}/applications/${id}/commands/create-application`;
      const init = { method: 'POST', headers: { ...AS_ADMIN, ...JSON_TYPE }, body };
      const response = await fetch(path, init).catch(() => undefined);
      if (!response?.ok) expect([undefined, 503]).toContain(response?.status);
      // Once, whoever else was accepted meanwhile: a second signal would end it at once.
      else if (accepted.push(id) === IN_FLIGHT / 4) node.kill('SIGTERM');
      await response?.text();
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, () => create(uuid())));
    expect(await node.done).toMatchObject({ code: 0 });
    expect(node.log()).toContain('"ended"');
    await stream.body?.cancel().catch(() => undefined);
    await expect(fetch(url)).rejects.toThrow();
    node = await serve();
    for (const id of [app, ...accepted])
      expect(
        (await fetch(`${node.url}/applications/${id}/events`, { headers: AS_ADMIN })).status,
      ).toBe(200);
  });

  it.sequential('refuses to run twice on one directory, in one sentence', async () => {
    const { code, err } = await stele(['serve']);
    expect(code).toBe(1);
    expect(err).toMatch(/DATA_DIR_IN_USE {2}.* is in use by process \d+/);
  });

  // Last: the store is damaged from here on.
  it.sequential('shows what somebody forged past Stele', async () => {
    const nc = await connect({ servers: node.natsUrl });
    nc.publish(eventSubject('application', app), '{"name":"Mallory"}');
    // As real as it gets without knowing the recipe: the first event again, as the second.
    const subject = eventSubject('business-capability', capability);
    const { streams } = await jetStreamOf(nc);
    const real = await streams.getMessage(eventStream('business-capability'), {
      last_by_subj: subject,
    });
    const forged = headers();
    for (const [name, [value]] of real!.header) forged.set(name, value!);
    for (const name of forged.keys().filter((one) => /^Nats-/.test(one))) forged.delete(name);
    forged.set('Stele-Aggregate-Version', '2');
    nc.publish(subject, '{"name":"Mallory"}', { headers: forged });
    await nc.flush();
    await nc.drain();
    const { code, out } = await inside(['doctor'], { STELE_DATA: path('data') });
    expect(code).toBe(1);
    expect(out).toMatch(
      new RegExp(`✗ MESSAGE_UNREADABLE  EVT_APPLICATION · ${app} · message \\d+`),
    );
    expect(out).toMatch(new RegExp(`✗ CHAIN_BROKEN  EVT_BUSINESS_CAPABILITY · ${capability}`));
    // Neither can be projected: its aggregate is parked wherever states are kept.
    expect(out).toMatch(/PROJECTION_PARKED {2}projection capability-map/);
    expect(out).toMatch(/\d+ things are broken\./);

    // What is parked can be looked at, tried again in vain, and left out by somebody with a reason.
    const projection = (...args: string[]) => ask('projection', ...args);
    const parked = await projection('parked', 'capability-map');
    expect(parked).toMatchObject({ code: 0 });
    expect(parked.out).toContain(capability);
    expect(parked.out).toContain('EVENT_UNREADABLE');
    const one = ['capability-map', 'business-capability', capability];
    expect(await projection('retry', ...one)).toMatchObject({ code: 1 });
    expect((await projection('discard', ...one)).err).toContain('--reason');
    const left = await projection('discard', ...one, '--reason', 'forged', '--actor', 'ada');
    expect(left).toMatchObject({ code: 0 });
    const status = await projection('status', 'capability-map', '--json');
    expect(JSON.parse(status.out)).toMatchObject({ parked_aggregates: 0, discarded_events: 1 });
  });
});

describe.concurrent('stele serve on a NATS that is there', () => {
  let nats: TestServer;
  beforeAll(async () => {
    nats = await startTestServer({ conf: 'authorization { user: me, password: "hush hush" }' });
  });
  afterAll(() => nats.stop());

  it.sequential('proves who it is, and keeps no log of its own', async () => {
    writeFileSync(path('password'), 'hush hush\n');
    const env = {
      NATS_URL: nats.url,
      NATS_USER: 'me',
      NATS_PASSWORD_FILE: path('password'),
      STELE_DATA: path('elsewhere'),
    };
    const node = await serve([], env);
    expect(node.natsUrl).toBe(nats.url);
    expect(node.log()).not.toContain('store in');
    expect((await fetch(`${node.url}/readyz`)).status).toBe(200);
    expect(await inside(['doctor'], env)).toMatchObject({ code: 0 });
    node.kill('SIGINT');
    expect(await node.done).toMatchObject({ code: 0 });
  });

  it.sequential('says in one sentence why it cannot start', async () => {
    const busy = createServer().listen(0, '127.0.0.1');
    await once(busy, 'listening');
    const { port } = busy.address() as AddressInfo;
    const right = { NATS_URL: nats.url.replace('//', '//me:hush%20hush@') };
    const cases: [string, NodeJS.ProcessEnv][] = [
      ['NATS_FORBIDDEN', { NATS_URL: nats.url, NATS_TOKEN: 'wrong-token' }],
      ['NATS_UNREACHABLE', { NATS_URL: 'nats://127.0.0.1:9' }],
      ['PORT_IN_USE', { ...right, PORT: String(port), STELE_DATA: path('port') }],
      ['SERVER_BIN_UNFIT', { NATS_SERVER_BIN: process.execPath, STELE_DATA: path('unfit') }],
    ];
    await Promise.all(
      cases.map(async ([code, env]) => {
        const { code: exit, out, err } = await stele(['serve'], { env });
        expect({ exit, out }).toEqual({ exit: 1, out: '' });
        expect(err.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^${code}  `));
        expect(err).not.toMatch(/hush|wrong-token|^ {4}at /m);
      }),
    );
    busy.close();
  });

  it.sequential('does not trust streams that forget', async () => {
    const env = { NATS_URL: nats.url.replace('//', '//me:hush%20hush@') };
    const nc = await connect({ servers: nats.url, user: 'me', pass: 'hush hush' });
    const max_age = 3_600_000_000_000;
    const { streams } = await jetStreamOf(nc);
    await streams.update(eventStream('application'), { max_age });
    await streams.update(ALERTS_STREAM, { subjects: ['elsewhere.>'] });
    await nc.close();
    const found = await inside(['doctor'], env);
    expect(found.code).toBe(1);
    expect(found.out).toContain('✗ STREAM_UNFIT  EVT_APPLICATION\n    max_age is 3600000000000');
    expect(found.out).toContain('✗ STREAM_UNFIT  ALERTS\n    subjects is elsewhere.>, must be');
    expect(await stele(['serve'], { env })).toMatchObject({ code: 1 });
  });
});

describe.concurrent('stele serve on a directory of its own', () => {
  it.sequential('prints a first key once, the first time, on standard output alone, and it opens everything', async ({
    expect,
  }) => {
    const none = { STELE_ADMIN_KEY: '', STELE_KEY: '', STELE_DATA: path('fresh') };
    const first = await serve([], none);
    const url = `${first.url}/metrics`;
    // A key that is made while the node runs counts there, too.
    const made = await stele(['key', 'create', '--actor', 'ops', '--roles', 'platform_ops'], {
      env: none,
    });
    expect(made).toMatchObject({ code: 0 });
    const headers = { 'x-api-key': made.out.trim() };
    await expect.poll(async () => (await fetch(url, { headers })).status).toBe(200);
    first.kill('SIGTERM');
    const { out } = await first.done;
    const [key = ''] = /stele_admin_[0-9a-f]{64}/.exec(out) ?? [];
    expect(first.log()).not.toContain('stele_');
    const again = await serve([], none);
    const admin = { 'x-api-key': key };
    expect((await fetch(`${again.url}/metrics`, { headers: admin })).status).toBe(200);
    again.kill('SIGTERM');
    expect((await again.done).out).not.toContain('stele_');
  });

  it.sequential('imports what --import names, says what to try next, and goes on serving', async () => {
    const env = { STELE_DATA: path('imported'), HOST: '0.0.0.0' };
    const node = await serve(['--import', 'govuk-history', SHORT_HISTORY], env);
    expect(node.log()).toContain('not loopback');
    while (!node.log().includes('accepted  ')) await new Promise((wake) => setTimeout(wake, 50));
    node.kill('SIGTERM');
    const { code, out } = await node.done;
    expect(code).toBe(0);
    expect(out).toContain('Try next');
    expect(out).toContain(`curl -s -H "X-Api-Key: $STELE_KEY" ${node.url}/applications/`);
    expect(
      await stele(['serve', '--import', 'govuk-history', path('none')], { env }),
    ).toMatchObject({
      code: 3,
    });
  });
});
