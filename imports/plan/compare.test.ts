import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importing } from '../../test/support/imports-in-memory.js';
import { models } from '../index.js';

const MAPPING = `source: cmdb
kind: { column: Kind, map: { app: application, org: organization, srv: server, data: data_entity, cap: business_capability } }
key: ID
name: Name
description: Text
parent: Above
fields:
  owner: Team
  lifecycle: Status
  criticality: Weight
  tags: { column: Tags, split: "|" }
  domains: { column: Domains, split: "|" }
  sunset_date: Sunset
relations:
  - { type: deployed_on, column: On, split: "|" }
`;
const COLUMNS = [
  'Kind',
  'ID',
  'Name',
  'Text',
  'Above',
  'Team',
  'Status',
  'Weight',
  'Tags',
  'Domains',
  'Sunset',
  'On',
] as const;
type Row = Partial<Record<(typeof COLUMNS)[number], string>>;
type Json = Readonly<Record<string, unknown>>;

const bytes = (text: string) => new TextEncoder().encode(text);
const tableOf = (rows: readonly Row[]): string =>
  [COLUMNS.join(','), ...rows.map((row) => COLUMNS.map((name) => row[name] ?? '').join(','))].join(
    '\n',
  );

describe('a model that is compared with the landscape', () => {
  let world: Awaited<ReturnType<typeof importing>>;
  beforeEach(async () => {
    world = await importing(models);
  });
  afterEach(() => world.close());

  const bring = async (...rows: Row[]): Promise<Json> => {
    const begun = await world.imports.begin({
      format: 'csv',
      files: [{ path: 'all.csv', bytes: bytes(tableOf(rows)) }],
      mapping: { path: 'm.yaml', bytes: bytes(MAPPING) },
    });
    if ('refused' in begun) throw new Error(begun.message);
    const ended = await world.ended(`/imports/${begun.correlation_id}`);
    expect(ended).toMatchObject({ state: 'finished', refusals: {} });
    return ended;
  };
  const revert = async ({ import_id }: Json, expected: Json = { refusals: {} }): Promise<Json> => {
    const begun = await world.imports.revert(String(import_id), {});
    if ('refused' in begun) throw new Error(begun.message);
    const ended = await world.ended(`/imports/${begun.correlation_id}`);
    expect(ended).toMatchObject({ state: 'finished', ...expected });
    return ended;
  };
  /** What is there of a type, by name. */
  const there = async (type: string): Promise<Readonly<Record<string, Json>>> => {
    const definition = world.runtime.registry.aggregate(type)!;
    const found: Record<string, Json> = {};
    const ids = new Set<string>();
    for await (const entry of world.store.scan(definition, 1))
      if ('event' in entry) ids.add(entry.event.aggregate_id);
    for (const id of ids) {
      const { status, data } = await world.runtime.state(definition, id);
      if (status !== 'deleted')
        found[String(data.name ?? data.hostname)] = { id, ...data, lifecycle: status };
    }
    return found;
  };
  const messages = async ({ correlation_id }: Json): Promise<string> =>
    (await world.ask(`/imports/${String(correlation_id)}/report`)).text;

  it('swaps two names, on the way there and on the way back', async () => {
    const rows = (one: string, other: string): Row[] => [
      { Kind: 'app', ID: '1', Name: one },
      { Kind: 'app', ID: '2', Name: other },
      { Kind: 'srv', ID: '3', Name: `${one}.example.org`.toLowerCase() },
      { Kind: 'srv', ID: '4', Name: `${other}.example.org`.toLowerCase() },
    ];
    await bring(...rows('Ledger', 'Payroll'));
    const before = await there('Application');
    const swapped = await bring(...rows('Payroll', 'Ledger'));
    expect(swapped.commands).toEqual({ RenameApplication: 3, RenameHost: 3 });
    const between = await there('Application');
    expect([between.Ledger!.id, between.Payroll!.id]).toEqual([
      before.Payroll!.id,
      before.Ledger!.id,
    ]);
    expect(await bring(...rows('Payroll', 'Ledger'))).toMatchObject({ total: 0 });
    await revert(swapped);
    expect((await there('Application')).Ledger).toMatchObject({ id: before.Ledger!.id });
    expect(Object.keys(await there('Server')).sort()).toEqual([
      'ledger.example.org',
      'payroll.example.org',
    ]);
  });

  it('gives a name that becomes free to what is new, and takes it back in the other order', async () => {
    await bring({ Kind: 'org', ID: '1', Name: 'Sales' });
    const { id } = (await there('Organization')).Sales!;
    const second = await bring(
      { Kind: 'org', ID: '1', Name: 'Sales (old)' },
      { Kind: 'org', ID: '2', Name: 'Sales' },
    );
    expect(Object.keys(await there('Organization')).sort()).toEqual(['Sales', 'Sales (old)']);
    await revert(second);
    expect(await there('Organization')).toMatchObject({ Sales: { id } });
  });

  it('empties a description again that was none', async () => {
    await bring({ Kind: 'app', ID: '1', Name: 'Ledger' }, { Kind: 'data', ID: '2', Name: 'Bill' });
    const second = await bring(
      { Kind: 'app', ID: '1', Name: 'Ledger', Text: 'keeps books' },
      { Kind: 'data', ID: '2', Name: 'Bill', Text: 'what is owed' },
    );
    expect((await there('Application')).Ledger).toMatchObject({ description: 'keeps books' });
    await revert(second);
    expect((await there('Application')).Ledger).toMatchObject({ description: null });
    expect((await there('DataEntity')).Bill).toMatchObject({ description: null });
  });

  it('changes fields, lists, parents and deployments, and takes all of it back', async () => {
    const before: Row[] = [
      { Kind: 'org', ID: 'o1', Name: 'Group', Domains: 'a.org|b.org' },
      { Kind: 'org', ID: 'o2', Name: 'Sales', Above: 'o1' },
      { Kind: 'cap', ID: 'c1', Name: 'Sell' },
      { Kind: 'cap', ID: 'c2', Name: 'Quote', Above: 'c1' },
      { Kind: 'srv', ID: 's1', Name: 'one' },
      { Kind: 'srv', ID: 's2', Name: 'two' },
      { Kind: 'app', ID: 'a1', Name: 'Ledger', Team: 'Ops', Weight: 'low', Tags: 'x|y', On: 's1' },
    ];
    await bring(...before);
    const was = [await there('Organization'), await there('BusinessCapability')];
    const ledger = (await there('Application')).Ledger!;
    const second = await bring(
      { Kind: 'org', ID: 'o1', Name: 'Group', Domains: 'b.org|c.org' },
      { Kind: 'org', ID: 'o2', Name: 'Sales' },
      { Kind: 'cap', ID: 'c1', Name: 'Sell', Above: 'c2' },
      { Kind: 'cap', ID: 'c2', Name: 'Quote' },
      { Kind: 'srv', ID: 's1', Name: 'one' },
      { Kind: 'srv', ID: 's2', Name: 'two' },
      { Kind: 'app', ID: 'a1', Name: 'Ledger', Team: 'Fin', Weight: 'high', Tags: 'y|z', On: 's2' },
    );
    expect(second.commands).toEqual({
      AddDomain: 1,
      RemoveDomain: 1,
      RemoveParentFromOrganization: 1,
      RemoveParentFromCapability: 1,
      AddParentToCapability: 1,
      SetOwner: 1,
      SetCriticality: 1,
      AddTags: 1,
      RemoveTags: 1,
      AssignToServer: 1,
      RemoveFromServer: 1,
    });
    const { Sell, Quote } = await there('BusinessCapability');
    expect([Sell!.parent_id, Quote!.parent_id]).toEqual([Quote!.id, null]);
    await revert(second);
    const now = [await there('Organization'), await there('BusinessCapability')];
    const sets = (all: unknown) =>
      JSON.parse(JSON.stringify(all), (key, value) =>
        Array.isArray(value) ? [...value].sort() : key === 'correctable' ? undefined : value,
      );
    expect(sets(now)).toEqual(sets(was));
    const { owner, criticality, tags, deployments } = (await there('Application')).Ledger!;
    expect(sets({ owner, criticality, tags, deployments })).toEqual(
      sets({
        owner: 'Ops',
        criticality: 'low',
        tags: ['x', 'y'],
        deployments: ledger.deployments,
      }),
    );
  });

  it('takes a lifecycle step by step, and leaves one that would go back', async () => {
    await bring({ Kind: 'app', ID: '1', Name: 'Ledger', Status: 'planned' });
    const on = await bring({
      Kind: 'app',
      ID: '1',
      Name: 'Ledger',
      Status: 'deprecated',
      Sunset: '2030-01-31',
    });
    expect(on.commands).toMatchObject({ TransitionLifecycle: 2 });
    expect((await there('Application')).Ledger).toMatchObject({
      lifecycle: 'deprecated',
      sunset_date: '2030-01-31',
    });
    const back = await bring({
      Kind: 'app',
      ID: '1',
      Name: 'Ledger',
      Status: 'active',
      Sunset: '2030-01-31',
    });
    expect(back).toMatchObject({ total: 0 });
    expect(await messages(back)).toContain('does not go back');
  });

  it('says what it leaves out: values that cannot be, parents that go round', async () => {
    const told = await bring(
      { Kind: 'app', ID: '1', Name: 'Ledger', Weight: 'huge', Status: 'gone' },
      { Kind: 'cap', ID: 'c1', Name: 'A', Above: 'c2' },
      { Kind: 'cap', ID: 'c2', Name: 'B', Above: 'c1' },
      { Kind: 'cap', ID: 'c3', Name: 'C', Above: '1' },
      { Kind: 'srv', ID: 's', Name: '***' },
      { Kind: 'org', ID: 'o', Name: 'n'.repeat(300), Text: 'nobody keeps it' },
    );
    const text = await messages(told);
    for (const part of [
      'criticality',
      'lifecycle',
      'it would close a circle',
      'there is no business_capability',
      'a server is known by a host name',
      'longer than 255',
      'no command sets it',
    ])
      expect(text).toContain(part);
    expect(Object.keys(await there('BusinessCapability')).sort()).toEqual(['A', 'B', 'C']);
  });

  it('does not bring back what people deleted', async () => {
    const rows: Row[] = [
      { Kind: 'srv', ID: 's1', Name: 'one' },
      { Kind: 'app', ID: 'a1', Name: 'Ledger', On: 's1' },
    ];
    await bring({ Kind: 'srv', ID: 's1', Name: 'one' });
    const { id } = (await there('Server')).one!;
    const gone = await world.runtime.dispatch(
      {
        command_id: crypto.randomUUID(),
        command_type: 'DeleteServer',
        actor: 'ann',
        aggregate_type: 'Server',
        aggregate_id: id,
        data: { reason: 'it is scrap' },
        actor_type: 'user',
        source: 'api',
        command_timestamp: '2026-03-01T10:00:00Z',
        metadata: { business_justification: 'it is scrap' },
      },
      'test',
    );
    expect(gone).not.toHaveProperty('refused');
    const told = await bring(...rows);
    expect(told.commands).toEqual({ CreateApplication: 1 });
    expect(await messages(told)).toMatch(/it was deleted by ann on/);
    expect(await there('Server')).toEqual({});
  });
});
