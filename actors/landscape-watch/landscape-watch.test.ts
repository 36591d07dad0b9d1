import { describe, expect, it } from 'vitest';
import type { Facts, Finding } from '../../src/core/watch.js';
import { landscapeWatch } from './landscape-watch.js';

type Told = readonly [boundary: string, type: string, id: string, data?: object];

/** The facts after events, told to the boundaries that fold them. */
const factsOf = (...events: readonly Told[]): Facts<typeof landscapeWatch.boundaries> => {
  const facts = Object.fromEntries(
    Object.keys(landscapeWatch.boundaries).map((name) => [name, new Map<string, unknown>()]),
  );
  for (const [name, type, aggregate_id, data = {}] of events) {
    const entries = facts[name]!;
    const changes = landscapeWatch.boundaries[name]!.fold(entries, type, { aggregate_id, data });
    for (const [key, value] of changes)
      if (value === undefined) entries.delete(key);
      else entries.set(key, value);
  }
  return facts;
};
const found = (...events: readonly Told[]): readonly Finding[] =>
  landscapeWatch.findings(factsOf(...events));

const app = (id: string, more: object = {}): Told => [
  ...(['applications', 'ApplicationCreated', id] as const),
  { name: `App ${id}`, data_classification: 'internal', capability_id: null, ...more },
];
const data = (id: string, classification = 'internal'): Told => [
  ...(['dataEntities', 'DataEntityCreated', id] as const),
  { name: `Data ${id}`, classification },
];
const server = (id: string, environment = 'prod'): Told => [
  ...(['servers', 'ServerCreated', id] as const),
  { hostname: id, environment },
];
const capability = (id: string): Told => [
  ...(['capabilities', 'CapabilityCreated', id] as const),
  { name: id },
];
const relation = (source: string, relation_type: string, target: string): Told => {
  const [source_type, source_id] = source.split('/');
  const [target_type, target_id] = target.split('/');
  const ends = { source_type, source_id, target_type, target_id, relation_type };
  return ['relations', 'RelationCreated', `${source} ${relation_type} ${target}`, ends];
};
const gone = (boundary: string, type: string, id: string): Told => [boundary, type, id];

describe('references to what is not there', () => {
  it('are found at both ends of relations, for every kind of end', () => {
    const there = [
      app('a'),
      data('d'),
      server('s'),
      capability('c'),
      ['organizations', 'OrganizationCreated', 'o', { name: 'O' }],
      ['applications', 'ServiceOffered', 'a', { service_id: 'v', capability_id: null }],
      ['applications', 'InterfaceExposed', 'a', { interface_id: 'i' }],
      ['integrations', 'IntegrationCreated', 'n', { source_app_id: 'a', target_app_id: 'a' }],
    ] as const satisfies readonly Told[];
    const relations = [
      relation('application/a', 'reads', 'data_entity/d'),
      relation('application/a', 'stores_data_on', 'server/s'),
      relation('application/a', 'supports', 'business_capability/c'),
      relation('organization/o', 'owns', 'application/a'),
      relation('application/a', 'uses', 'application_service/v'),
      relation('integration/n', 'calls', 'application_interface/i'),
    ];
    expect(found(...there, ...relations)).toEqual([]);
    const titles = found(...relations).map(({ title }) => title);
    expect(titles).toHaveLength(12);
    expect(titles[0]).toBe('Relation "reads": source_id names a, which is not there');
  });

  it('go when what they named comes back into reach, or they go', () => {
    const related = [app('a'), data('d'), relation('application/a', 'reads', 'data_entity/d')];
    const late = gone('dataEntities', 'DataEntityDeleted', 'd');
    expect(found(...related, late)).toMatchObject([
      { kind: 'dangling_reference', about_type: 'Relation', about_key: 'target_id=d' },
    ]);
    const ended = gone('relations', 'RelationDeleted', 'application/a reads data_entity/d');
    expect(found(...related, late, ended)).toEqual([]);
  });

  it('are found inside applications and at integrations', () => {
    const deployed = { server_id: 's', environment: 'prod' };
    const told: readonly Told[] = [
      app('a', { capability_id: 'c' }),
      app('b'),
      capability('c'),
      capability('x'),
      server('s'),
      ['applications', 'DeployedToServer', 'a', deployed],
      ['applications', 'ServiceOffered', 'a', { service_id: 'v', capability_id: 'x' }],
      [
        ...(['applications', 'ServiceConsumerAdded', 'a'] as const),
        { service_id: 'v', consumer_app_id: 'b' },
      ],
      ['integrations', 'IntegrationCreated', 'n', { source_app_id: 'a', target_app_id: 'b' }],
    ];
    expect(found(...told)).toEqual([]);
    const lost: readonly Told[] = [
      ...told,
      gone('capabilities', 'CapabilityDeleted', 'c'),
      gone('capabilities', 'CapabilityDeleted', 'x'),
      gone('servers', 'ServerDeleted', 's'),
      gone('applications', 'ApplicationDeleted', 'b'),
    ];
    expect(found(...lost).map(({ about_key }) => about_key)).toEqual([
      'target_app_id=b',
      'capability_id=c',
      'services.capability_id=x',
      'services.consumer_app_id=b',
      'server_id=s',
    ]);
    expect(
      found(
        ...lost,
        ['applications', 'CapabilityRemoved', 'a'],
        [
          'applications',
          'ServiceCapabilityChanged',
          'a',
          { service_id: 'v', new_capability_id: null },
        ],
        [
          ...(['applications', 'ServiceConsumerRemoved', 'a'] as const),
          { service_id: 'v', consumer_app_id: 'b' },
        ],
        ['applications', 'UndeployedFromServer', 'a', deployed],
        ['integrations', 'TargetRerouted', 'n', { new_app_id: 'a' }],
      ),
    ).toEqual([]);
  });
});

describe('an environment', () => {
  it('is that of the server', () => {
    const told: readonly Told[] = [
      app('a'),
      server('s'),
      ['applications', 'DeployedToServer', 'a', { server_id: 's', environment: 'prod' }],
    ];
    expect(found(...told)).toEqual([]);
    expect(
      found(...told, ['servers', 'EnvironmentChanged', 's', { new_environment: 'dev' }]),
    ).toMatchObject([
      {
        kind: 'environment_mismatch',
        title: 'App a: deployed as "prod" on s, which is "dev"',
      },
    ]);
  });
});

describe('a classification', () => {
  const reads = relation('application/a', 'reads', 'data_entity/d');

  it('is at least that of the data', () => {
    expect(found(app('a'), data('d', 'internal'), reads)).toEqual([]);
    const gap = [app('a'), data('d', 'restricted'), reads];
    expect(found(...gap)).toMatchObject([
      {
        kind: 'classification_gap',
        about_type: 'Application',
        about_id: 'a',
        title: 'App a is internal but reads Data d, which is restricted',
      },
    ]);
    const raised = { new_classification: 'restricted' };
    expect(found(...gap, ['applications', 'DataClassificationChanged', 'a', raised])).toEqual([]);
    const lowered = { corrected_classification: 'public' };
    expect(found(...gap, ['dataEntities', 'DataClassificationCorrected', 'd', lowered])).toEqual(
      [],
    );
    expect(
      found(
        app('a'),
        data('d'),
        reads,
        ['dataEntities', 'DataClassificationChanged', 'd', raised],
        ['dataEntities', 'DataEntityRenamed', 'd', { new_name: 'Salaries' }],
        ['applications', 'ApplicationRenamed', 'a', { new_name: 'Payroll' }],
        ['applications', 'CapabilityAssigned', 'a', { capability_id: 'c' }],
        capability('c'),
        ['applications', 'DataClassificationCorrected', 'a', lowered],
      ),
    ).toMatchObject([{ title: 'Payroll is public but reads Salaries, which is restricted' }]);
  });

  it('is said in a title that fits', () => {
    const name = 'x'.repeat(255);
    const [finding] = found(app('a', { name }), data('d', 'restricted'), reads);
    expect(String(finding!.title)).toHaveLength(255);
  });
});

describe('the work items', () => {
  it('are known by where they stand', () => {
    const facts = factsOf(
      ['items', 'WorkItemOpened', 'a'],
      ['items', 'WorkItemOpened', 'b'],
      ['items', 'WorkItemResolved', 'b'],
      ['items', 'WorkItemOpened', 'c'],
      ['items', 'WorkItemDismissed', 'c'],
      ['items', 'WorkItemOpened', 'd'],
      ['items', 'WorkItemResolved', 'd'],
      ['items', 'WorkItemReopened', 'd'],
    );
    expect(landscapeWatch.items.known(facts)).toEqual([
      { id: 'a', state: 'open' },
      { id: 'b', state: 'resolved' },
      { id: 'c', state: 'dismissed' },
      { id: 'd', state: 'open' },
    ]);
  });
});
