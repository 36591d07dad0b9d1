import { describe, expect, it } from 'vitest';
import { type Given, given, type When } from '../../src/testing/index.js';
import { deployments } from './deployments.js';
import { Server } from './server.js';

const reason = 'because';
const justified = { business_justification: 'the board said so' };
const created = {
  hostname: 'db-1',
  environment: 'prod',
  criticality: 'high',
  region: null,
  platform: null,
};
const inService: Given = { type: 'ServerCreated', data: created };
const decommissioned: Given = { type: 'ServerDecommissioned', data: { reason } };

const when = (type: string, data: object, papers: Partial<When> = {}) =>
  given(Server, inService).when({ type, data, ...papers });
const running = (count: number) => ({
  id: 's-1',
  boundaries: {
    deployments: new Map(
      Array.from({ length: count }, (_, i) => [
        `app-${i}`,
        {
          name: `App ${i}`,
          deployments: [
            { server_id: 's-1', environment: 'prod' },
            { server_id: 's-2', environment: 'dev' },
          ],
        },
      ]),
    ),
  },
});

describe('creating', () => {
  const create = (data: object) => given(Server).when({ type: 'CreateServer', data });
  const { region: _, platform: __, ...least } = created;

  it('records a server in service', () => {
    create(least).then({ type: 'ServerCreated', data: created });
    create({ ...least, region: 'eu-west-2', platform: 'aws' }).thenData(
      { hostname: 'db-1', region: 'eu-west-2', platform: 'aws', owning_team: null, tags: [] },
      'in_service',
    );
    given(Server, inService)
      .when({ type: 'CreateServer', data: least })
      .thenRefused('ALREADY_EXISTS');
  });

  it.each(['db_1', '-db', 'db-', 'a..b', '', 'x'.repeat(64), `${'x.'.repeat(127)}x`])(
    'refuses the host name %j',
    (hostname) => {
      create({ ...least, hostname }).thenRefused('VALIDATION_ERROR', /data\.hostname/);
    },
  );

  it('refuses an environment there is not', () => {
    create({ ...least, environment: 'production' }).thenRefused('VALIDATION_ERROR', /environment/);
  });
});

describe('what can change', () => {
  it.each([
    ['RenameHost', { hostname: 'db-2.example.org' }, 'HostnameChanged', 'hostname', 'db-1'],
    ['MoveToRegion', { region: 'eu' }, 'RegionChanged', 'region', null],
    ['ReplatformServer', { platform: 'aws' }, 'PlatformChanged', 'platform', null],
    ['SetServerCriticality', { criticality: 'critical' }, 'CriticalitySet', 'criticality', 'high'],
    ['AssignOwningTeam', { team: 'dba' }, 'OwningTeamAssigned', 'owning_team', null],
  ])('%s', (type, data, event, field, before) => {
    const [value] = Object.values(data);
    const changed = { [`previous_${field}`]: before, [`new_${field}`]: value };
    when(type, data).then({ type: event, data: changed });
    when(type, data).thenData({ [field]: value }, 'in_service');
    given(Server, inService, { type: event, data: changed })
      .when({ type, data })
      .thenRefused('NO_CHANGE', new RegExp(`"${value}" already`));
    given(Server, inService, decommissioned)
      .when({ type, data })
      .thenRefused('INVALID_LIFECYCLE_TRANSITION', /DeleteServer/);
  });

  it('lowers the criticality only with a business justification', () => {
    const data = { criticality: 'low' };
    when('SetCriticality', data).thenRefused('JUSTIFICATION_REQUIRED', /"high" to "low"/);
    when('SetCriticality', data, justified).thenData({ criticality: 'low' });
  });

  it('records only the tags that make a difference', () => {
    const tagged = given(Server, inService, { type: 'TagsAdded', data: { tags: ['a', 'b'] } });
    const add = tagged.when({ type: 'AddTags', data: { tags: ['b', 'c', 'c'] } });
    add.then({ type: 'TagsAdded', data: { tags: ['c'] } });
    const many = Array.from({ length: 499 }, (_, n) => ({
      type: 'TagsAdded',
      data: { tags: [`t-${n}`] },
    }));
    const most = given(Server, inService, ...many);
    most.when({ type: 'AddTags', data: { tags: ['b'] } }).then({
      type: 'TagsAdded',
      data: { tags: ['b'] },
    });
    most
      .when({ type: 'AddTags', data: { tags: ['b', 'c'] } })
      .thenRefused('LIST_FULL', /tags: 499 are there, and there may be 500/);
    add.thenData({ tags: ['a', 'b', 'c'] });
    const remove = tagged.when({ type: 'RemoveTags', data: { tags: ['a', 'x'] } });
    remove.then({ type: 'TagsRemoved', data: { tags: ['a'] } });
    remove.thenData({ tags: ['b'] });
    tagged.when({ type: 'AddTags', data: { tags: ['a'] } }).thenRefused('NO_CHANGE');
    tagged.when({ type: 'RemoveTags', data: { tags: ['x'] } }).thenRefused('NO_CHANGE');
  });

  it('moves to another environment while nothing is deployed', () => {
    const move = { type: 'MoveToEnvironment', data: { environment: 'staging', reason } };
    given(Server, inService)
      .when(move)
      .then({
        type: 'EnvironmentChanged',
        data: { previous_environment: 'prod', new_environment: 'staging', reason },
      });
    given(Server, inService).when(move).thenData({ environment: 'staging' });
    given(Server, inService)
      .and(running(1))
      .when(move)
      .thenRefused('HAS_DEPENDENTS', /"App 0" \(prod\)/);
    when('MoveToEnvironment', { environment: 'prod', reason }).thenRefused('NO_CHANGE');
  });
});

describe('the end of a server', () => {
  it.each([
    ['DecommissionServer', 'ServerDecommissioned', 'decommissioned'],
    ['DeleteServer', 'ServerDeleted', 'deleted'],
  ])('%s', (type, event, status) => {
    const end = { type, data: { reason }, ...justified };
    given(Server, inService).when(end).then({ type: event, data: { reason } });
    given(Server, inService).when(end).thenData({}, status);
    when(type, { reason }).thenRefused('JUSTIFICATION_REQUIRED');
    const refused = given(Server, inService).and(running(25)).when(end);
    refused.thenRefused('HAS_DEPENDENTS', /"App 19" \(prod\) and 5 more$/);
    const { dependents, total } = refused.refusal?.details ?? {};
    expect(total).toBe(25);
    expect(dependents).toHaveLength(20);
    expect(dependents).toContainEqual({
      type: 'Application',
      id: 'app-0',
      name: 'App 0',
      environment: 'prod',
    });
  });

  it.each(['DecommissionServer', 'DeleteServer'])('%s waits for its relations', (type) => {
    const ends = {
      source_id: 's-1',
      source_type: 'server',
      relation_type: 'connected_to',
      target_id: 's-2',
      target_type: 'server',
    };
    given(Server, inService)
      .and({ id: 's-1', boundaries: { relations: { r: ends } } })
      .when({ type, data: { reason }, ...justified })
      .thenRefused('HAS_DEPENDENTS', /Relation "connected_to server s-2"$/);
  });

  it('is followed by deletion only', () => {
    const end = { data: { reason }, ...justified };
    const gone = given(Server, inService, decommissioned);
    gone.when({ type: 'DeleteServer', ...end }).thenData({}, 'deleted');
    gone.when({ type: 'DecommissionServer', ...end }).thenRefused('INVALID_LIFECYCLE_TRANSITION');
    given(Server, inService, { type: 'ServerDeleted', data: { reason } })
      .when({ type: 'DeleteServer', ...end })
      .thenRefused('DELETED');
  });
});

describe('what runs where', () => {
  const folding = (...events: readonly [type: string, data: object][]) => {
    const entries = new Map<string, unknown>();
    for (const [type, data] of events)
      for (const [key, value] of deployments.fold(entries as never, type, {
        aggregate_id: 'app',
        data,
      }))
        if (value === undefined) entries.delete(key);
        else entries.set(key, value);
    return Object.fromEntries(entries);
  };
  const [prod, dev] = ['prod', 'dev'].map((environment) => ({ server_id: 's-1', environment }));

  it('follows the applications', () => {
    const deployed: [string, object][] = [
      ['ApplicationCreated', { name: 'A' }],
      ['DeployedToServer', prod!],
      ['DeployedToServer', dev!],
    ];
    expect(folding(...deployed)).toEqual({ app: { name: 'A', deployments: [prod, dev] } });
    expect(folding(...deployed, ['UndeployedFromServer', prod!])).toEqual({
      app: { name: 'A', deployments: [dev] },
    });
    expect(folding(...deployed, ['ApplicationRenamed', { new_name: 'B' }])).toMatchObject({
      app: { name: 'B', deployments: [prod, dev] },
    });
    expect(folding(...deployed, ['ApplicationDeleted', {}])).toEqual({});
  });
});

it('claims its host name in lower case', () => {
  expect(Server.claims.hostname!.key({ status: 'in_service', data: { hostname: 'DB-1' } })).toBe(
    'db-1',
  );
});
