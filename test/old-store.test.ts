import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actors } from '../actors/index.js';
import { envelope, uuid } from './support/commands.js';
import { freePort } from './support/free-port.js';
import {
  type Json,
  oldStores,
  readOldStore,
  type Sender,
  type Sent,
  unpackOldStore,
} from './support/old-store.js';
import { PATIENCE_MS } from './support/patience.js';
import { exited, outputOf, ready, stele } from './support/stele.js';

const ASK_EVERY_MS = 50;

type Answer = { readonly status: number; readonly body: Json };
type Said = {
  readonly code?: string;
  readonly aggregate_version: number;
  readonly events: readonly { readonly metadata: { readonly previous_hash: string | null } }[];
};
type Told = readonly [by: Sender, to: string, command: string, data: Json, metadata?: Json];

const REASON = { reason: 'it was decided' };
const JUSTIFIED = { business_justification: 'the board said so' };
const APPROVED = { ...JUSTIFIED, approval_id: 'clearing-out' };

/** The same times in the same form: how many digits of a second are shown says nothing. */
const sameTimes = (value: unknown): unknown => {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
  if (typeof value === 'string') return time.test(value) ? new Date(value).toISOString() : value;
  if (Array.isArray(value)) return value.map(sameTimes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, sameTimes(one)]));
};

const application = (application_id: string, name: string, owner: string): Json => ({
  application_id,
  name,
  owner,
  lifecycle: 'active',
  criticality: null,
});
/**
 * Who supports a capability though the program that wrote the store did not say so: it counted what
 * is assigned to a capability, and no service and no relation that says the same.
 */
const UNCOUNTED: Readonly<Record<string, Json>> = {
  paying: application('payroll', 'Wages', 'Team Payments'),
  'e5e70d42-761a-4340-904c-94fcd0ff9eab': application(
    '03d1f9e0-d008-472f-a28c-7d911d9a26ee',
    'Till',
    'unassigned',
  ),
};

type Node = Json & {
  readonly id: string;
  readonly own: Counts;
  readonly total: Counts;
  readonly children: readonly Node[];
};
type Counts = Json & { readonly active: number; readonly current: number };
const more = (counts: Counts, by: number): Counts => ({
  ...counts,
  active: counts.active + by,
  current: counts.current + by,
});
const uncountedIn = ({ id, children }: Node): number =>
  children.reduce((sum, child) => sum + uncountedIn(child), id in UNCOUNTED ? 1 : 0);
const correctedNode = (node: Node): Node => ({
  ...node,
  ...(node.id in UNCOUNTED && { own: more(node.own, 1), gap: false }),
  total: more(node.total, uncountedIn(node)),
  children: node.children.map(correctedNode),
});
const correctedDocument = (document: Json): Json => {
  const supporter = UNCOUNTED[document.id as string];
  if (!supporter || !('application_ids' in document)) return document;
  return {
    ...document,
    applications: [supporter],
    application_ids: [supporter.application_id],
    application_count: 1,
    current_application_count: 1,
  };
};

/** An answer with what the program that gave it left out. */
const corrected = (answer: Json): Json => {
  const { items, answer: told } = answer as {
    readonly items?: readonly Json[];
    readonly answer?: Json & { readonly nodes?: readonly Node[]; readonly gaps: number };
  };
  if (items) return { ...answer, items: items.map(correctedDocument) };
  if (!told?.nodes || !('gaps' in told)) return answer;
  const filled = told.nodes.reduce((sum, node) => sum + uncountedIn(node), 0);
  const nodes = told.nodes.map(correctedNode);
  return { ...answer, answer: { ...told, gaps: told.gaps - filled, nodes } };
};

describe.each(oldStores())('a store written by the program of %s', (commit) => {
  const store = readOldStore(commit);
  const dir = unpackOldStore(commit);
  const behindMs = Math.max(0, Date.parse(store.made_at) - Date.now());
  const env = {
    STELE_DATA: dir,
    // As no clock is that reads what was written: the moments asked for are to have been.
    NODE_OPTIONS: `--import "data:text/javascript,const { now } = Date; Date.now = () => now() + ${behindMs};"`,
  };
  let url: string;
  let node: ChildProcess;
  /** Of each projection, after it was opened first. */
  let generations: readonly Json[] = [];

  /** The program as people start it: compiled, so that it may find snapshots of its own kind. */
  const start = async (): Promise<void> => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    node = stele(['serve'], { ...env, PORT: String(port) });
    await ready(url, node);
    await settled();
  };
  const stop = async (): Promise<void> => {
    node.kill('SIGTERM');
    expect(await exited(node), outputOf(node)).toBe(0);
  };
  /** What the doctor says of the directory while no node runs on it. */
  const doctor = async (): Promise<{
    exit: number | null;
    broken: readonly Json[];
    held: Json;
  }> => {
    const child = stele(['doctor', '--json'], env);
    await once(child, 'close');
    const said = outputOf(child)
      .split('\n')
      .find((line) => line.startsWith('{'));
    const { findings, ...held } = JSON.parse(said ?? '{"findings":[]}') as Json & {
      readonly findings: readonly Json[];
    };
    return {
      exit: child.exitCode,
      broken: findings.filter(({ grade }) => grade === 'broken'),
      held,
    };
  };

  const call = async (by: Sender, path: string, more: RequestInit = {}): Promise<Answer> => {
    const headers = { ...more.headers, 'x-api-key': store.keys[by] };
    const response = await fetch(url + path, { ...more, headers });
    return { status: response.status, body: (await response.json()) as Json };
  };
  const ask = (path: string): Promise<Answer> => call('ada', path);
  const send = ({ by, method, path, headers, body }: Sent): Promise<Answer> =>
    call(by, path, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const tell = async (...[by, to, command, data, metadata]: Told): Promise<Said> => {
    const [type = '', id = ''] = to.split('/');
    const body = { ...envelope(type, id, command, data), actor: by, ...(metadata && { metadata }) };
    return (await send({ by, method: 'POST', path: '/commands', headers: {}, body }))
      .body as unknown as Said;
  };
  const headOf = (to: string) => {
    const found = store.heads.find(
      ({ aggregate_type, aggregate_id }) => `${aggregate_type}/${aggregate_id}` === to,
    );
    if (!found) throw new Error(`${to} is not in the store`);
    return found;
  };
  const firstOf = (type: string): string =>
    `${type}/${store.heads.find(({ aggregate_type }) => aggregate_type === type)?.aggregate_id}`;
  const passivate = async (to: string): Promise<void> => {
    const { body } = await call('ada', `/actors/${to}/passivate`, { method: 'POST' });
    expect(body).toMatchObject({ passivated: true });
  };
  /** Everything is projected, also what is built anew since its definition is another. */
  const settled = async (): Promise<void> => {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const { body } = await ask('/projections');
      if ((body.projections as Json[]).every(({ lag_events, build }) => lag_events === 0 && !build))
        return;
      if (performance.now() > deadline) throw new Error(JSON.stringify(body));
      await pause(ASK_EVERY_MS);
    }
  };

  const generationsNow = async (): Promise<readonly Json[]> => {
    const { body } = await ask('/projections');
    return (body.projections as readonly Json[]).map(({ name, generation, previous }) => ({
      name,
      generation,
      previous,
    }));
  };

  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  describe('before a node has opened it', () => {
    it('holds what was written, and nothing in it is broken', async () => {
      const { exit, broken, held } = await doctor();
      expect(broken).toEqual([]);
      expect(held).toMatchObject({ streams: store.streams, journal: store.journal });
      expect(exit).toBe(0);
    });
  });

  describe('opened', () => {
    beforeAll(start);
    afterAll(stop);

    it('serves documents that were built anew, of which those of before are kept', async () => {
      generations = await generationsNow();
      expect(generations.length).toBeGreaterThan(0);
      for (const { generation, previous } of generations)
        expect(previous).toMatchObject({ generation: Number(generation) - 1 });
    });

    it('ends every history where it ended, each event linked to the one before', async () => {
      for (const { aggregate_type, aggregate_id, version, hash } of store.heads) {
        const plural = actors.find(({ name }) => name === aggregate_type)?.plural;
        const { body } = await ask(`/${plural}/${aggregate_id}/events?limit=1000`);
        const events = body.events as {
          aggregate_version: number;
          metadata: { hash: string; previous_hash: string | null };
        }[];
        const hashes = events.map(({ metadata }) => metadata.hash);
        expect(events.map((event) => event.aggregate_version)).toEqual(
          Array.from({ length: version }, (_, n) => n + 1),
        );
        expect(events.map(({ metadata }) => metadata.previous_hash)).toEqual([
          null,
          ...hashes.slice(0, -1),
        ]);
        expect(hashes.at(-1)).toBe(hash);
      }
    });

    it.each(store.answers)('answers $path as it was answered', async ({ by, path, answer }) => {
      let found = await call(by, path);
      for (let wait = 0; found.status === 503 && wait < PATIENCE_MS; wait += ASK_EVERY_MS) {
        await pause(ASK_EVERY_MS);
        found = await call(by, path);
      }
      expect(sameTimes(found.body)).toMatchObject(sameTimes(corrected(answer)) as object);
    });

    it('lets in whom it let in, each as far as before', async () => {
      expect((await call('ada', '/audit?limit=1')).status).toBe(200);
      expect((await call('olga', '/applications?limit=1')).status).toBe(200);
      expect((await call('olga', '/audit?limit=1')).status).toBe(403);
      expect((await call('left', '/applications?limit=1')).status).toBe(401);
    });

    it.each(store.accepted.filter(({ sent }) => sent.path === '/commands'))(
      'answers $sent.body.command_type, sent once more, as the first time',
      async ({ sent, answer }) => {
        expect((await send(sent)).body).toMatchObject({ ...answer, replayed: true });
      },
    );

    it.each(store.accepted.filter(({ sent }) => sent.path !== '/commands'))(
      'writes nothing when $sent.method $sent.path is sent once more',
      async ({ sent, answer }) => {
        const { status, body } = await send(sent);
        expect(status).toBeLessThan(300);
        const { aggregate_id, aggregate_version } = answer;
        expect(body).toMatchObject({ aggregate_id, aggregate_version });
      },
    );

    it('refuses an id that was accepted before for something else', async () => {
      const { sent } = store.accepted[0]!;
      const data = { parent_id: 'finance' };
      const { body } = await send({ ...sent, body: { ...sent.body, data } });
      expect(body).toMatchObject({ code: 'COMMAND_ID_REUSED' });
    });

    it('refuses what does not go together with what is there', async () => {
      const refused: readonly [code: string, ...Told][] = [
        ['NAME_TAKEN', 'ada', 'Application/ledger', 'RenameApplication', { name: 'WAGES' }],
        ['NAME_TAKEN', 'ada', 'Server/web-1', 'RenameHost', { hostname: 'web-2-3.example.org' }],
        [
          'NAME_TAKEN',
          'ada',
          `BusinessCapability/${uuid()}`,
          'CreateCapability',
          { name: 'hiring', parent_id: 'people' },
        ],
        [
          'CIRCULAR_REFERENCE',
          'ada',
          'BusinessCapability/people',
          'AddParentToCapability',
          { parent_id: 'salaries' },
        ],
        ['HAS_DEPENDENTS', 'ada', 'Server/db-1', 'DecommissionServer', REASON, JUSTIFIED],
        ['DELETED', 'ada', 'Application/crm', 'AddTags', { tags: ['late'] }],
        ['ALREADY_EXISTS', 'ada', 'Organization/bank', 'CreateOrganization', { name: 'Bank' }],
        ['NO_CHANGE', 'ada', 'Integration/wages-to-ledger', 'SetSla', { sla: '99.9%' }],
        ['FORBIDDEN', 'olga', 'Application/intranet', 'UpdateDescription', { description: 'x' }],
      ];
      for (const [code, ...told] of refused) expect(await tell(...told)).toMatchObject({ code });
    });

    it('takes names that were given back', async () => {
      const created = (name: string) =>
        [name, { owner: 'Team Web', data_classification: 'internal', name }] as const;
      for (const [name, data] of [created('Payroll'), created('CRM'), created('Intranet')])
        expect(
          await tell('ada', `Application/${uuid()}`, 'CreateApplication', data),
          name,
        ).toMatchObject({ aggregate_version: 1 });
      const hostname = 'web-2-4.example.org';
      expect(await tell('ada', 'Server/web-1', 'RenameHost', { hostname })).toMatchObject({
        aggregate_version: 2,
      });
    });

    it('goes on with every history where it ended', async () => {
      const next: readonly Told[] = [
        ['ada', 'Application/doomed', 'DeleteApplication', REASON, APPROVED],
        ['ada', 'Application/ledger', 'SetOwner', { owner: 'Team Next' }],
        ['olga', 'Application/payroll', 'UpdateDescription', { description: 'Pays all.' }],
        ['ada', 'BusinessCapability/finance', 'AddParentToCapability', { parent_id: 'people' }],
        ['ada', 'Server/web-2', 'MoveToRegion', { region: 'north' }],
        ['ada', 'Organization/bank', 'AddDomain', { domain: 'bank.example.org' }],
        ['ada', 'DataEntity/salary', 'AssignSteward', { steward: 'Ann' }],
        ['ada', 'Integration/wages-to-ledger', 'SwitchProtocol', { protocol: 'rest' }],
        ['ada', firstOf('Relation'), 'UpdateRelationDescription', { description: 'every month' }],
        ['ada', firstOf('WorkItem'), 'AssignWorkItem', { assignee: 'Ann' }],
        ['ada', 'ChangeApproval/clearing-out', 'WithdrawApprovalRequest', REASON],
      ];
      for (const [by, to, ...told] of next) {
        const { version, hash } = headOf(to);
        const said = await tell(by, to, ...told);
        expect(said, to).toMatchObject({ aggregate_version: version + 1 });
        expect(said.events[0]?.metadata.previous_hash).toBe(hash);
      }
    });

    it('takes back what was found when it is so no more', async () => {
      const data = { classification: 'restricted', reason: 'it reads salaries' };
      await tell('ada', 'Application/payroll', 'SetDataClassification', data, JUSTIFIED);
      const [, id] = firstOf('WorkItem').split('/');
      await expect.poll(async () => (await ask(`/work-items/${id}`)).body.status).toBe('resolved');
    });

    it('decides on the same state when it is loaded anew, with new snapshots beside the old', async () => {
      const { version } = headOf('Application/ledger');
      await passivate('Application/ledger');
      const owners = Array.from({ length: 80 }, (_, n) => ({ owner: `Another Team ${n}` }));
      for (const data of owners) await tell('ada', 'Application/ledger', 'SetOwner', data);
      await passivate('Application/ledger');
      const same = await tell('ada', 'Application/ledger', 'SetOwner', owners.at(-1)!);
      expect(same).toMatchObject({ code: 'NO_CHANGE' });
      const tags = await tell('ada', 'Application/ledger', 'AddTags', { tags: ['kept'] });
      expect(tags.aggregate_version).toBe(version + 1 + owners.length + 1);
      for (const { sent, answer } of store.accepted)
        if (answer.aggregate_id === 'ledger')
          expect((await send(sent)).body).toMatchObject({ ...answer, replayed: true });
    });
  });

  describe('continued', () => {
    it('is whole, and opens again', async () => {
      const { exit, broken } = await doctor();
      expect(broken).toEqual([]);
      expect(exit).toBe(0);
      await start();
      try {
        const { sent, answer } = store.accepted[0]!;
        expect((await send(sent)).body).toMatchObject({ ...answer, replayed: true });
        expect((await ask('/applications/ledger')).body).toMatchObject({ tags: ['kept'] });
        expect(await generationsNow(), 'nothing is built anew again').toEqual(generations);
      } finally {
        await stop();
      }
    });
  });
});
