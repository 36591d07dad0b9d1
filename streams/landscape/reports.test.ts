import { describe, expect, it } from 'vitest';
import { givenEvents } from '../../src/testing/index.js';
import {
  application,
  capability,
  consumed,
  deployed,
  entity,
  exposed,
  integration,
  linked,
  offered,
  organization,
  period,
  relation,
  server,
  unrelated,
} from '../../test/support/landscape.js';
import { landscape } from './landscape.js';

type Given = Parameters<typeof givenEvents<typeof landscape>>[1];
type Ids = readonly { readonly id: string }[];
const NOW = '2026-06-30T12:00:00.000Z';
const app = (id: string) => `application:${id}` as const;

const report =
  (name: string) =>
  (given: readonly Given[], params: Record<string, string> = {}) =>
    givenEvents(landscape, ...given).report(name, params, NOW) as Record<string, unknown>;
const idsOf = (all: unknown): string[] => (all as Ids).map(({ id }) => id);

describe('the landscape of a capability', () => {
  const ask = report('capability');
  const given = [
    capability('trade'),
    capability('sell', 'trade'),
    capability('pay'),
    application('shop', { capability_id: 'sell' }),
    application('crm'),
    application('erp'),
    application('old', { capability_id: 'sell', lifecycle: 'retired' }),
    application('books'),
    server('s1'),
    server('s2'),
    deployed('shop', 's1'),
    deployed('books', 's2'),
    offered('crm', 'contacts', 'sell'),
    exposed('crm', 'api'),
    linked('crm', 'api', 'contacts'),
    entity('orders', 'confidential'),
    integration('feed', 'books', 'shop'),
    relation('r1', app('shop'), 'reads', 'data_entity:orders'),
    relation('r2', app('shop'), 'writes', 'data_entity:orders'),
    relation('r3', app('erp'), 'supports', 'business_capability:trade', 0.4),
    relation('r4', app('shop'), 'stores_data_on', 'server:s1'),
  ];

  it('is everything that the branch below it rests on', () => {
    const answer = ask(given, { capability: 'trade' });
    expect(answer).toMatchObject({
      capability: 'trade',
      effective_on: '2026-06-30',
      totals: {
        capabilities: 2,
        applications: 3,
        services: 1,
        interfaces: 1,
        data_entities: 1,
        servers: 1,
        integrations: 1,
      },
      applications: [
        { id: 'crm', via: [{ capability_id: 'sell', service_id: 'contacts' }] },
        { id: 'erp', via: [{ capability_id: 'trade', service_id: null }] },
        {
          id: 'shop',
          name: 'name of shop',
          owner: 'it',
          classification: 'internal',
          via: [{ capability_id: 'sell', service_id: null }],
        },
      ],
      data_entities: [
        {
          id: 'orders',
          classification: 'confidential',
          application_ids: ['shop'],
          relation_types: ['reads', 'writes'],
        },
      ],
      servers: [
        { id: 's1', environment: 'prod', relation_types: ['deployed_on', 'stores_data_on'] },
      ],
      integrations: [{ id: 'feed', name: 'name of books → name of shop' }],
      interfaces: [{ id: 'api', application_ids: ['crm'] }],
    });
  });

  it('leaves out what is retired or doubtful, unless it is asked for', () => {
    const all = ask(given, { capability: 'trade', include_retired: 'true' });
    expect(idsOf(all.applications)).toEqual(['crm', 'erp', 'old', 'shop']);
    const sure = ask(given, { capability: 'trade', min_confidence: '0.5' });
    expect(idsOf(sure.applications)).toEqual(['crm', 'shop']);
  });

  it('is of all capabilities when none is named, and of none when there is no such one', () => {
    expect(idsOf(ask(given).capabilities)).toEqual(['pay', 'sell', 'trade']);
    expect(ask(given, { capability: 'ghost' })).toMatchObject({ totals: { capabilities: 0 } });
  });

  it('lists an application once, however often it supports', () => {
    const twice = [
      capability('x'),
      capability('y', 'x'),
      application('a', { capability_id: 'y' }),
      offered('a', 'svc', 'x'),
      offered('a', 'svd', 'x'),
      relation('r', app('a'), 'supports', 'business_capability:x'),
    ];
    expect(ask(twice, { capability: 'x' }).applications).toMatchObject([
      {
        id: 'a',
        via: [
          { capability_id: 'x', service_id: null },
          { capability_id: 'x', service_id: 'svc' },
          { capability_id: 'x', service_id: 'svd' },
          { capability_id: 'y', service_id: null },
        ],
      },
    ]);
  });
});

describe('the organizations', () => {
  const ask = report('organizations');
  const owns = (id: string, organization_id: string, end: `application:${string}` | 'server:s1') =>
    relation(id, `organization:${organization_id}`, 'owns', end);
  const given = [
    organization('group'),
    organization('retail', 'group'),
    organization('it', 'group'),
    application('a'),
    application('b', { lifecycle: 'deprecated' }),
    application('c'),
    server('s1'),
    server('s2', 'dev'),
    application('gone', { lifecycle: 'retired' }),
    owns('o1', 'retail', app('a')),
    owns('o2', 'it', app('a')),
    owns('o3', 'it', app('b')),
    owns('o4', 'it', 'server:s1'),
    owns('o5', 'group', app('gone')),
    owns('o6', 'it', app('ghost')),
  ];

  it('are a tree with what they own, each thing counted once', () => {
    const answer = ask(given);
    expect(answer).toMatchObject({ root: null, organizations: 3 });
    expect(answer.nodes).toMatchObject([
      {
        id: 'group',
        child_count: 2,
        own: { applications: { retired: 1, current: 0 } },
        total: {
          applications: { active: 1, deprecated: 1, retired: 1, current: 2 },
          servers: { dev: 0, prod: 1 },
        },
        children: [
          {
            id: 'it',
            applications: [{ id: 'a' }, { id: 'b', status: 'deprecated' }],
            servers: [{ id: 's1', name: 's1.org', environment: 'prod' }],
          },
          { id: 'retail', own: { applications: { current: 1 }, servers: { prod: 0 } } },
        ],
      },
    ]);
    expect(answer.unowned).toEqual({
      applications: [{ type: 'application', id: 'c', name: 'name of c', status: 'active' }],
      servers: [{ type: 'server', id: 's2', name: 's2.org', status: 'in_service' }],
    });
  });

  it('can be asked from one on, less deep, for some of what they own', () => {
    const filters = { root: 'it', lifecycle: 'deprecated', environment: 'dev' };
    expect(ask(given, filters).nodes).toMatchObject([
      { id: 'it', applications: [{ id: 'b' }], servers: [] },
    ]);
    expect(ask(given, { depth: '0' }).nodes).toMatchObject([{ child_count: 2, children: [] }]);
    expect(ask(given, { root: 'ghost' }).nodes).toEqual([]);
  });

  it('own what they own only while that is in effect', () => {
    const until = [...given, period('o1', null, '2026-06-29')];
    expect(ask(until, { root: 'retail' }).nodes).toMatchObject([{ applications: [] }]);
    expect(ask(until, { root: 'retail', effective_on: '2026-06-29' }).nodes).toMatchObject([
      { applications: [{ id: 'a' }] },
    ]);
  });
});

describe('sunsets', () => {
  const ask = report('sunsets');
  const ending = (id: string, sunset_date: string | null) =>
    [
      application(id),
      {
        type: 'Application',
        id,
        event: 'LifecycleTransitioned',
        data: { from_lifecycle: 'active', to_lifecycle: 'deprecated', sunset_date },
      },
    ] as const;
  const replaced = (id: string, interface_id: string, replacement_interface_id: string) =>
    ({
      type: 'Application',
      id,
      event: 'InterfaceDeprecated',
      data: { interface_id, sunset_date: null, replacement_interface_id },
    }) as const;

  it('name everybody who still hangs on what ends', () => {
    const answer = ask([
      ...ending('old', '2026-07-10'),
      ...['a', 'b', 'c', 'd', 'e'].map((id) => application(id)),
      application('gone', { lifecycle: 'retired' }),
      relation('r1', app('a'), 'depends_on', app('old')),
      relation('r2', app('gone'), 'calls', app('old')),
      offered('old', 'svc'),
      consumed('old', 'svc', 'b'),
      consumed('old', 'svc', 'a'),
      integration('in', 'c', 'old'),
      integration('out', 'old', 'd'),
      // It uses a service of another one: who else does, has nothing to do with it.
      offered('e', 'other'),
      consumed('e', 'other', 'old'),
      consumed('e', 'other', 'b'),
      exposed('old', 'api'),
      relation('r3', 'integration:out', 'calls', 'application_interface:api'),
    ]);
    expect(answer).toMatchObject({
      today: '2026-06-30',
      ending: 1,
      blocked: 1,
      applications: [
        {
          id: 'old',
          sunset_date: '2026-07-10',
          days_left: 10,
          overdue: false,
          dependant_count: 5,
          live_dependants: [
            {
              id: 'a',
              holds: [{ relation_type: 'depends_on', via: null }, { via: { id: 'svc' } }],
            },
            { id: 'b', holds: [{ relation_type: 'uses', via: { id: 'svc' } }] },
            { id: 'c', holds: [{ relation_type: 'flows_to', via: { id: 'in' } }] },
            { id: 'd', holds: [{ relation_type: 'flows_to', via: { id: 'out' } }] },
            { type: 'integration', id: 'out', holds: [{ via: { id: 'api' } }] },
          ],
        },
      ],
    });
  });

  it('are replaced when every open interface names another one that is there', () => {
    const given = [
      ...ending('old', null),
      exposed('old', 'one'),
      exposed('old', 'two'),
      application('new'),
      exposed('new', 'next'),
      replaced('old', 'one', 'next'),
    ];
    expect(ask(given).applications).toMatchObject([
      {
        days_left: null,
        dependant_count: 0,
        replacement: {
          interfaces: 2,
          replaced: false,
          interfaces_without_replacement: [{ id: 'two' }],
        },
      },
    ]);
    const all = [...given, replaced('old', 'two', 'next')];
    expect(ask(all).applications).toMatchObject([
      { replacement: { interfaces: 2, replaced: true, interfaces_without_replacement: [] } },
    ]);
    const nowhere = [
      ...ending('old', null),
      exposed('old', 'one'),
      replaced('old', 'one', 'ghost'),
    ];
    expect(ask(nowhere).applications).toMatchObject([{ replacement: { replaced: false } }]);
    expect(ask([...ending('old', null)]).applications).toMatchObject([
      { replacement: { interfaces: 0, replaced: null } },
    ]);
  });

  it('come in the order in which they are due, those without a date last', () => {
    const given = [
      ...ending('c', null),
      ...ending('a', '2026-12-31'),
      ...ending('b', '2026-01-01'),
      ...ending('d', '2026-12-31'),
    ];
    expect(idsOf(ask(given).applications)).toEqual(['b', 'a', 'd', 'c']);
    expect(idsOf(ask(given, { due_by: '2026-06-30' }).applications)).toEqual(['b']);
  });
});

describe('classification gaps', () => {
  const ask = report('classification-gaps');

  it('are applications that are less protected than their data', () => {
    const answer = ask([
      application('a'),
      application('b', { data_classification: 'restricted' }),
      entity('x', 'confidential'),
      entity('y', 'restricted'),
      entity('z'),
      relation('r1', app('a'), 'reads', 'data_entity:x'),
      relation('r2', app('a'), 'writes', 'data_entity:x'),
      relation('r3', app('a'), 'reads', 'data_entity:y', 0.3),
      relation('r4', app('a'), 'reads', 'data_entity:z'),
      relation('r5', app('b'), 'reads', 'data_entity:y'),
      relation('r6', app('a'), 'reads', 'data_entity:ghost'),
    ]);
    expect(answer).toMatchObject({
      gaps: 1,
      applications: [
        {
          id: 'a',
          owner: 'it',
          classification: 'internal',
          needed: 'restricted',
          data_entities: [
            { id: 'x', relation_types: ['reads', 'writes'], relation_ids: ['r1', 'r2'] },
            { id: 'y', classification: 'restricted' },
          ],
        },
      ],
    });
  });

  it('close when the relation is doubtful or gone', () => {
    const given = [application('a'), entity('x', 'restricted')];
    const reads = relation('r', app('a'), 'reads', 'data_entity:x', 0.3);
    expect(ask([...given, reads]).gaps).toBe(1);
    expect(ask([...given, reads], { min_confidence: '0.5' }).gaps).toBe(0);
    expect(ask([...given, reads, unrelated('r')]).gaps).toBe(0);
  });
});

describe('stale relations', () => {
  const ask = report('stale-relations');
  const stated = (id: string, at: string, confidence = 1, to = 'b') => ({
    ...relation(id, app('a'), 'depends_on', app(to), confidence),
    at,
  });
  const given = [
    application('a'),
    application('b'),
    application('old', { lifecycle: 'retired' }),
    stated('fresh', '2026-06-01T00:00:00.000Z'),
    stated('unseen', '2024-06-30T00:00:00.000Z'),
    stated('doubtful', '2026-06-02T00:00:00.000Z', 0.2),
    stated('both', '2025-06-29T00:00:00.000Z', 0.4),
    stated('dead', '2026-06-03T00:00:00.000Z', 1, 'old'),
  ];

  it('are those that nobody looked at for long, hardly believed, or with an end that is gone', () => {
    const answer = ask(given);
    expect(answer).toMatchObject({
      relations: 5,
      stale: 4,
      not_verified: 2,
      low_confidence: 2,
      end_gone: 1,
      truncated: false,
      items: [
        { relation_id: 'unseen', days: 730, reasons: ['not_verified'] },
        { relation_id: 'both', days: 366, reasons: ['not_verified', 'low_confidence'] },
        { relation_id: 'doubtful', days: 28, reasons: ['low_confidence'] },
        {
          relation_id: 'dead',
          reasons: ['end_gone'],
          source: { name: 'name of a' },
          target: { type: 'application', id: 'old', status: 'retired' },
        },
      ],
    });
  });

  it('can be asked for more or less strictly', () => {
    const strict = { older_than_days: '10', confidence_below: '0' };
    expect(ask(given, strict)).toMatchObject({ stale: 5, low_confidence: 0 });
    expect(ask(given, { relation_types: 'reads' })).toMatchObject({ relations: 0, stale: 0 });
    expect(ask(given, { max_items: '1' })).toMatchObject({
      stale: 4,
      truncated: true,
      items: [{ relation_id: 'unseen' }],
    });
  });

  it('are no more so once they are verified, or over', () => {
    const verified = {
      type: 'Relation',
      id: 'unseen',
      event: 'RelationVerified',
      at: '2026-06-20T00:00:00.000Z',
      data: { previous_confidence: 1, new_confidence: 1, evidence_source: 'seen' },
    } as const;
    expect(ask([...given, verified])).toMatchObject({ stale: 3 });
    expect(ask([...given, period('unseen', null, '2025-01-01')])).toMatchObject({ relations: 4 });
  });
});
