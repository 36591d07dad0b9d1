import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { stableCommandId } from '../src/core/ids.js';
import { dataSet, importing, type Told, textFile } from './support/importing.js';
import { largeModel } from './support/large-model.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startWholeNode, type WholeNode } from './support/whole-node.js';

const LONG_MS = 300_000;
/** Commands a second, on a machine that is busy with other tests. */
const SLOWEST_PER_S = 40;
const BETWEEN_STOPS_MS = 250;
const STOPPED_SHARE = 1 / 15;

let server: TestServer;
let node: WholeNode;
beforeAll(async () => {
  server = await startTestServer({ sync: 'lazy' });
  node = await startWholeNode(server.url);
});
afterAll(async () => {
  await node?.close();
  await server?.stop();
});

let counter = 0;
const send = async (command: object, actor = 'ann'): Promise<void> => {
  const answer = await node.send({
    command_id: stableCommandId('imports-test', String(counter++)),
    actor,
    actor_type: 'user',
    source: 'api',
    command_timestamp: '2026-11-21T10:00:00Z',
    ...command,
  });
  if (!answer.ok) throw new Error(await answer.text());
};

type Documents = ReadonlyMap<string, Readonly<Record<string, unknown>>>;
/** What is there of a type, without the deleted, by id. */
const present = async (type: string): Promise<Documents> => {
  const definition = node.runtime.registry.aggregate(type)!;
  const found = new Map<string, Record<string, unknown>>();
  const ids = new Set<string>();
  for await (const entry of node.store.scan(definition, 1))
    if ('event' in entry) ids.add(entry.event.aggregate_id);
  const look = async (id: string): Promise<void> => {
    const { status, data } = await node.runtime.state(definition, id);
    if (status !== 'deleted') found.set(id, { id, status, ...data });
  };
  await Promise.all([...ids].map(look));
  return found;
};
const named = async (name: string) =>
  [...(await present('Application')).values()].find((one) => one.name === name)!;
const counts = async (...types: readonly string[]): Promise<readonly number[]> =>
  Promise.all(types.map(async (type) => (await present(type)).size));

/** How many stand below another. */
const placed = async (): Promise<number> => {
  const trees = [await present('BusinessCapability'), await present('Organization')];
  return trees.flatMap((all) => [...all.values()]).filter(({ parent_id }) => parent_id !== null)
    .length;
};

let approvals = 0;
/** An approval of deleting any application, asked for by one and given by another. */
const approval = async (): Promise<string> => {
  const approval_id = `approval-${approvals++}`;
  const of = { aggregate_type: 'ChangeApproval', aggregate_id: approval_id };
  const covers = [
    { command_type: 'DeleteApplication', aggregate_type: 'Application', aggregate_id: null },
  ];
  await send(
    {
      ...of,
      command_type: 'RequestApproval',
      data: { title: 'Take the import back', covers, reason: 'a mistake' },
    },
    'import-owner',
  );
  await send({ ...of, command_type: 'ApproveChange', data: { comment: 'yes' } }, 'reviewer');
  return approval_id;
};

const nothing = { accepted: 0, replayed: 0, refused: 0, left_out: 0 };
const total = (of: Readonly<Record<string, number>>): number =>
  Object.values(of).reduce((a, b) => a + b, 0);

const compose = dataSet('govuk-docker-compose.tar.gz');
describe.skipIf(!compose)('the compose files of GOV.UK', () => {
  type Service = {
    readonly build?: unknown;
    readonly depends_on?: readonly string[] | Record<string, unknown>;
  };
  const services = new Map<string, Service>();
  for (const { bytes } of compose ?? []) {
    const text = Buffer.from(bytes).toString('utf8');
    const read = parse(text, { merge: true }) as { services: Record<string, Service> };
    for (const [name, service] of Object.entries(read.services)) services.set(name, service);
  }
  const edges = [...services].flatMap(([from, { depends_on = [] }]) =>
    (Array.isArray(depends_on) ? depends_on : Object.keys(depends_on)).map((to) => ({ from, to })),
  );
  const built = [...services].filter(([, { build }]) => build !== undefined).length;
  const connected = edges.filter(({ to }) => services.has(to)).length;
  let first: Told;

  it('come in whole, and every dependency that does not is told', {
    timeout: LONG_MS,
  }, async () => {
    const imports = importing(node.url);
    first = await imports.run('compose', compose!);
    expect(first).toMatchObject({ state: 'finished', refusals: {} });
    expect(first.found).toEqual({
      files: compose!.length,
      services: services.size,
      depends_on: edges.length,
    });
    expect([built, services.size - built, connected]).toEqual([144, 31, 193]);
    expect(await counts('Application', 'Server', 'Relation')).toEqual([
      built,
      services.size - built,
      connected,
    ]);
    expect(first.notes.skipped).toBe(edges.length - connected);
  });

  it('send nothing the second time', { timeout: LONG_MS }, async () => {
    const second = await importing(node.url).run('compose', compose!);
    expect(second).toMatchObject({
      state: 'finished',
      import_id: first.import_id,
      total: 0,
      sent: nothing,
    });
  });

  it('are taken back, but for what people changed since, and can come again', {
    timeout: LONG_MS,
  }, async () => {
    const imports = importing(node.url);
    const app = await named('publishing-api-app');
    const of = { aggregate_type: 'Application', aggregate_id: app.id };
    await send({ ...of, command_type: 'SetOwner', data: { owner: 'publishing' } });
    expect(await imports.revert(first.import_id)).toMatchObject({
      state: 'failed',
      code: 'APPROVAL_REQUIRED',
      sent: nothing,
    });
    const body = { approval_id: await approval() };
    const revert = await imports.revert(first.import_id, body);
    expect(revert).toMatchObject({ state: 'finished', refusals: {}, notes: { kept: 1 } });
    const [kept] = (await imports.report(revert)).filter(({ about }) => about === 'note');
    expect(kept!.message).toMatch(/publishing-api-app.*changed since by ann on .*OwnerSet/);
    expect(await counts('Application', 'Server', 'Relation')).toEqual([1, 0, 0]);
    expect(await imports.revert(first.import_id, body)).toMatchObject({
      state: 'finished',
      total: 0,
    });
    const again = await imports.run('compose', compose!);
    expect(again.import_id).toBe(`${first.import_id}-2`);
    expect(again).toMatchObject({ state: 'finished', refusals: {} });
    expect(await counts('Application', 'Server')).toEqual([built, services.size - built]);
    expect((await named('publishing-api-app')).owner).toBe('publishing');
  });
});

describe('a table with a mapping', () => {
  const mapping = textFile(
    'mapping.yaml',
    `source: cmdb
kind: application
key: ID
name: Name
fields:
  owner: Team
  lifecycle: { column: Status, map: { live: active, old: deprecated } }
relations:
  - { type: depends_on, column: Needs, split: "|" }
`,
  );
  const before = textFile(
    'apps.csv',
    'ID,Name,Team,Status,Needs\n1,Ledger,Finance,live,2\n2,Mail hub,Ops,live,\n',
  );
  const after = textFile(
    'apps.csv',
    'ID,Name,Team,Status,Needs\n1,General ledger,Accounting,old,2|9\n3,Scanner,Ops,live,\n',
  );

  it('sends what changed, keeps what people changed, and names what is gone', {
    timeout: LONG_MS,
  }, async () => {
    const imports = importing(node.url);
    const first = await imports.run('csv', [before], { mapping });
    expect(first).toMatchObject({
      state: 'finished',
      commands: { CreateApplication: 2, CreateRelation: 1 },
    });
    const { id } = await named('Ledger');
    await send({
      aggregate_type: 'Application',
      aggregate_id: id,
      command_type: 'SetOwner',
      data: { owner: 'Treasury' },
    });
    const dry = await imports.run('csv', [after], { mapping, query: '?dry_run=true' });
    const second = await imports.run('csv', [after], { mapping });
    const commands = { RenameApplication: 1, TransitionLifecycle: 1, CreateApplication: 1 };
    expect(dry).toMatchObject({ state: 'finished', commands, sent: nothing, notes: second.notes });
    expect(second).toMatchObject({ state: 'finished', commands, refusals: {} });
    expect(second.notes).toMatchObject({ kept: 1, dangling: 2, 'no-longer-there': 2 });
    const changed = await named('General ledger');
    expect(changed).toMatchObject({ id, owner: 'Treasury', status: 'deprecated' });
  });

  it('says which column is missing', async () => {
    const wrong = textFile('apps.csv', 'ID;Name\n1;Ledger\n');
    await expect(importing(node.url).begin('csv', [wrong], { mapping })).rejects.toThrow(
      /IMPORT_UNREADABLE.*apps.csv, line 1.*separator/,
    );
  });
});

const backstage = dataSet('tna-backstage-catalog.tar.gz');
describe.skipIf(!backstage)('the catalogue of the National Archives', () => {
  it('comes in, and what does not is told', { timeout: LONG_MS }, async () => {
    const imports = importing(node.url);
    const first = await imports.run('backstage', backstage!);
    expect(first).toMatchObject({ state: 'finished', refusals: {} });
    expect(first.found).toEqual({ component: 2, api: 2, resource: 1, system: 2, location: 1 });
    expect(first.commands).toMatchObject({
      CreateApplication: 2,
      OfferService: 1,
      ExposeInterface: 1,
      LinkInterfaceToService: 1,
      CreateServer: 1,
    });
    const skipped = (await imports.report(first))
      .filter(({ kind }) => kind === 'skipped')
      .map(({ message }) => String(message));
    expect(skipped.filter((one) => one.includes('a system only groups'))).toHaveLength(2);
    expect(skipped).toContainEqual(
      expect.stringContaining('no component of the catalogue provides it'),
    );
    expect(skipped).toContainEqual(
      expect.stringMatching(/names service:default\/ds-wagtail, which is not in the catalogue/),
    );
  });
});

describe('an import whose node is stopped', () => {
  it('goes on where it stopped, or was stopped, as the same import, and writes nothing twice', {
    timeout: LONG_MS,
  }, async () => {
    const { text, events: expected } = largeModel('Stopped', STOPPED_SHARE);
    const files = [
      textFile(
        'stopped.archimate',
        text
          .replaceAll('id-large', 'id-stopped')
          .replaceAll('name="Application', 'name="K Application')
          .replaceAll('name="Capability', 'name="K Capability')
          .replaceAll('name="Department', 'name="K Department')
          .replaceAll('name="node-', 'name="k-node-'),
      ),
    ];
    const begun = await importing(node.url).begin('archimate', files);
    expect(await importing(node.url).stop(begun)).toMatchObject({ state: 'stopped' });
    await importing(node.url).begin('archimate', files);
    let stops = 0;
    for (let told = begun; told.state !== 'finished' && stops < 2; stops++) {
      await new Promise((wake) => setTimeout(wake, BETWEEN_STOPS_MS));
      await node.close();
      node = await startWholeNode(server.url);
      told = await importing(node.url).begin('archimate', files);
      expect(told.import_id).toBe(begun.import_id);
    }
    const ended = await importing(node.url).run('archimate', files);
    expect(ended).toMatchObject({ state: 'finished', import_id: begun.import_id, refusals: {} });
    const events: string[] = [];
    for (const definition of node.runtime.registry.definitions)
      for await (const entry of node.store.scan(definition, 1))
        if ('event' in entry && entry.event.correlation_id === begun.import_id)
          events.push(entry.event.event_id);
    expect(new Set(events).size).toBe(events.length);
    expect(await importing(node.url).run('archimate', files)).toMatchObject({ total: 0 });
    expect(events).toHaveLength(expected);
  });
});

describe('a large model', () => {
  const { text, ...model } = largeModel();

  it('come in within minutes, and nothing is lost silently', { timeout: LONG_MS }, async () => {
    const imports = importing(node.url);
    const before = await counts(
      'Application',
      'BusinessCapability',
      'DataEntity',
      'Organization',
      'Server',
    );
    const placedBefore = await placed();
    const began = performance.now();
    const first = await imports.run('archimate', [textFile('large.archimate', text)]);
    const seconds = (performance.now() - began) / 1_000;
    expect(first).toMatchObject({ state: 'finished', refusals: {} });
    const now = await counts(
      'Application',
      'BusinessCapability',
      'DataEntity',
      'Organization',
      'Server',
    );
    expect(total(Object.fromEntries(now.map((n, index) => [index, n - before[index]!])))).toBe(
      model.elements,
    );
    expect(first.notes['duplicate-name']).toBe(model.duplicates);
    expect(total(first.commands)).toBe(first.sent.accepted);
    expect(first.sent.accepted).toBe(model.events);
    const { CreateRelation = 0, AssignToServer = 0 } = first.commands;
    const parents = (await placed()) - placedBefore;
    expect(first.notes).toMatchObject({
      'relation-second-parent': model.secondParents,
      'relation-end-missing': model.dangling,
    });
    expect(CreateRelation + AssignToServer + parents + model.secondParents + model.dangling).toBe(
      model.relations,
    );
    expect(first.sent.accepted / seconds).toBeGreaterThan(SLOWEST_PER_S);
    process.stderr.write(
      `imports: ${first.sent.accepted} commands in ${seconds.toFixed(1)} s, ${Math.round(first.sent.accepted / seconds)} a second\n`,
    );
    const second = await imports.run('archimate', [textFile('large.archimate', text)]);
    expect(second).toMatchObject({ state: 'finished', total: 0 });
    const revert = await imports.revert(first.import_id, { approval_id: await approval() });
    expect(revert).toMatchObject({ state: 'finished', refusals: {} });
    expect(
      await counts('Application', 'BusinessCapability', 'DataEntity', 'Organization', 'Server'),
    ).toEqual(before);
  });
});
