// Writes test/fixtures/store-<commit>.tar.gz and .json: a small data directory with a bit of
// everything in it, and what the program that wrote it said of it. That program is a checkout of
// its own, built. The one of 487b8fd was made so:
//
//   git worktree add --detach ../stele-487b8fd 487b8fd && npm --prefix ../stele-487b8fd ci
//   npx tsx scripts/make-old-store.ts ../stele-487b8fd
//
// test/old-store.test.ts opens every one that there is with the program of today. A fixture is
// never made again: the program changes, what was stored does not.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stableCommandId } from '../src/core/ids.js';
import { freePort } from '../test/support/free-port.js';
import {
  FIXTURES,
  type Json,
  type OldStore,
  type Sender,
  type Sent,
} from '../test/support/old-store.js';
import { exited } from '../test/support/stele.js';
import { AFTER, BEFORE, MODEL, QUERIES, REBUILT, RESOURCES, type Step } from './old-store-story.js';

const WITHIN_MS = 60_000;
const ASK_EVERY_MS = 100;
/** The watch looks every two seconds, and believes what it sees twice. */
const WATCHED_AFTER_MS = 6_000;
const MESSAGES_PAGE = 100;

const [checkout] = process.argv.slice(2);
if (checkout === undefined) throw new Error('name the checkout of the program that is to write');
const git = (...args: string[]): string =>
  execFileSync('git', ['-C', checkout, ...args], { encoding: 'utf8' }).trim();
if (git('status', '--porcelain') !== '') throw new Error(`${checkout} has changes`);
const commit = git('rev-parse', '--short=7', 'HEAD');

const dir = mkdtempSync(join(tmpdir(), 'stele-making-'));
const url = `http://127.0.0.1:${await freePort()}`;
const env = { ...process.env, STELE_DATA: dir, PORT: new URL(url).port, LOG_LEVEL: 'warn' };
const BIN = join(checkout, 'bin/stele.js');
const run = (...args: string[]): string =>
  execFileSync(process.execPath, [BIN, ...args], { env, encoding: 'utf8' });

const untilTrue = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + WITHIN_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${WITHIN_MS} ms`);
    await pause(ASK_EVERY_MS);
  }
};

const startNode = async (): Promise<ChildProcess> => {
  const child = spawn(process.execPath, [BIN, 'serve'], { env, stdio: 'inherit' });
  await untilTrue('start', async () => {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    return answer?.ok ?? false;
  });
  return child;
};

const ROLES: Readonly<Record<Sender, string>> = {
  ada: 'architect,platform_ops,data_steward,security_officer,admin,auditor',
  olga: 'owner',
  board: 'reviewer',
  carl: 'importer,historian',
  left: 'viewer',
};

const makeKey = (actor: Sender): string => {
  const teams = actor === 'olga' ? ['--teams', 'Team Payments'] : [];
  const made = run('key', 'create', '--actor', actor, '--roles', ROLES[actor], ...teams, '--json');
  const { id, key } = JSON.parse(made) as { readonly id: string; readonly key: string };
  if (actor === 'left') run('key', 'revoke', id);
  return key;
};

const node = await startNode();
try {
  const keys = Object.fromEntries(
    (Object.keys(ROLES) as Sender[]).map((actor) => [actor, makeKey(actor)]),
  ) as Record<Sender, string>;

  const call = async (by: Sender, path: string, more: RequestInit = {}): Promise<Json> => {
    const headers = { ...more.headers, 'x-api-key': keys[by] };
    return (await (await fetch(url + path, { ...more, headers })).json()) as Json;
  };
  const ask = async (by: Sender, path: string, more: RequestInit = {}): Promise<Json> => {
    const answer = await call(by, path, more);
    if (typeof answer.code === 'string') throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer;
  };

  const accepted: { sent: Sent; answer: Json }[] = [];
  const send = ({ by, method, path, headers, body }: Sent): Promise<Json> =>
    call(by, path, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  let taken = 0;
  const take = async ({ by, to, command, data, more, refused, kept }: Step): Promise<void> => {
    const [aggregate_type, aggregate_id] = to.split('/');
    const sent: Sent = {
      by,
      method: 'POST',
      path: '/commands',
      headers: {},
      body: {
        command_id: stableCommandId('a step of the story', String(taken++)),
        command_type: command,
        aggregate_type,
        ...(aggregate_id && { aggregate_id }),
        actor: by,
        actor_type: 'user',
        source: 'api',
        command_timestamp: new Date().toISOString(),
        data,
        ...more,
      },
    };
    const answer = await send(sent);
    if (answer.code !== refused)
      throw new Error(`${command} to ${to}: not ${refused}, but ${JSON.stringify(answer)}`);
    if (kept) accepted.push({ sent, answer });
  };
  const settled = (): Promise<void> =>
    untilTrue('the projections', async () => {
      const { projections } = await ask('ada', '/projections');
      return (projections as Json[]).every(({ lag_events, build }) => lag_events === 0 && !build);
    });

  for (const step of BEFORE) await take(step);
  await pause(ASK_EVERY_MS);
  const before = new Date().toISOString();
  await pause(ASK_EVERY_MS);
  for (const step of AFTER) await take(step);
  for (const sent of RESOURCES) {
    const answer = await send(sent);
    if (typeof answer.code === 'string') throw new Error(`${sent.path}: ${JSON.stringify(answer)}`);
    accepted.push({ sent, answer });
  }
  const form = new FormData();
  form.append('files', new Blob([MODEL]), 'branch.archimate');
  await ask('carl', '/imports/archimate', { method: 'POST', body: form });
  await ask('ada', `/projections/${REBUILT}/rebuild`, { method: 'POST' });
  await pause(WATCHED_AFTER_MS);
  await settled();

  const diagnosis = JSON.parse(run('doctor', '--json')) as {
    readonly streams: readonly Json[];
    readonly journal: { readonly entries: number };
    readonly findings: readonly Json[];
  };
  if (diagnosis.findings.length > 0) throw new Error(JSON.stringify(diagnosis.findings));

  /** The last events of the aggregates in a stream, from its messages as they were written. */
  const headsIn = async ({ stream, messages }: Json): Promise<OldStore['heads']> => {
    const heads = new Map<string, OldStore['heads'][number]>();
    for (let from = 1; from <= Number(messages); from += MESSAGES_PAGE) {
      const path = `/streams/${stream}/messages?from=${from}&limit=${MESSAGES_PAGE}`;
      const page = await ask('ada', path);
      for (const message of page.messages as { headers: Record<string, string[]> }[]) {
        const header = (name: string): string => message.headers[name]?.[0] ?? '';
        const aggregate_id = header('Stele-Aggregate-Id');
        if (aggregate_id === '') continue; // a claim
        heads.set(aggregate_id, {
          aggregate_type: header('Stele-Aggregate-Type'),
          aggregate_id,
          version: Number(header('Stele-Aggregate-Version')),
          hash: header('Stele-Hash'),
        });
      }
    }
    return [...heads.values()];
  };
  const heads = (await Promise.all(diagnosis.streams.map(headsIn))).flat();

  const answers: OldStore['answers'][number][] = [];
  for (const [by, paths] of Object.entries(QUERIES) as [Sender, readonly string[]][])
    for (const query of paths) {
      const path = query.replace('{before}', before);
      answers.push({ by, path, answer: lasting(await ask(by, path)) as Json });
    }
  const store: OldStore = {
    commit,
    made_at: new Date().toISOString(),
    keys,
    streams: diagnosis.streams.map(({ snapshots: _, ...stream }) => stream),
    journal: { entries: diagnosis.journal.entries },
    heads,
    answers,
    accepted,
  };

  node.kill('SIGTERM');
  if ((await exited(node)) !== 0) throw new Error('the node did not end well');
  const file = join(FIXTURES, `store-${commit}`);
  writeFileSync(`${file}.json`, `${JSON.stringify(store, null, 1)}\n`);
  const left = ['conf', 'log', 'crash.log', 'pid', 'ports'].map(
    (one) => `--exclude=./nats-server.${one}`,
  );
  const plain = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mode=u+rwX'];
  execFileSync('tar', [...left, ...plain, '-czf', `${file}.tar.gz`, '-C', dir, '.']);
} finally {
  node.kill('SIGTERM');
  await exited(node);
  rmSync(dir, { recursive: true, force: true });
}

/** An answer without what moves on although nothing happens to what was asked about. */
function lasting(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lasting);
  if (typeof value !== 'object' || value === null) return value;
  const moving = ['position', 'next_cursor', 'seconds', 'links', 'effective_on', 'formats'];
  return Object.fromEntries(
    Object.entries(value)
      .filter(([field]) => !moving.includes(field))
      .map(([field, one]) => [field, lasting(one)]),
  );
}
