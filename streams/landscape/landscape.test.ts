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
import type { Edge } from './document.js';
import { landscape } from './landscape.js';

const gone = (id: string) =>
  ({
    type: 'Application',
    id,
    event: 'ApplicationDeleted',
    data: { reason: 'gone', approval_id: 'chg-1' },
  }) as const;
const withdrawn = (id: string, service_id: string) =>
  ({
    type: 'Application',
    id,
    event: 'ServiceWithdrawn',
    data: { service_id, reason: 'unused' },
  }) as const;

const spoken = (edges: readonly Edge[]): string[] =>
  edges.map(
    ({ source_type, source_id, relation_type, target_type, target_id }) =>
      `${source_type}:${source_id} ${relation_type} ${target_type}:${target_id}`,
  );
const says = (key: string, ...given: Parameters<typeof givenEvents<typeof landscape>>[1][]) => {
  const document = givenEvents(landscape, ...given).documents.get(key)!;
  return {
    elements: document.elements.map(({ type, id, status }) => `${type}:${id} ${status}`),
    edges: spoken(document.edges),
  };
};

describe('an application', () => {
  const shop = [
    application('shop', { capability_id: 'sell' }),
    deployed('shop', 's1'),
    offered('shop', 'orders', 'order'),
    consumed('shop', 'orders', 'crm'),
    exposed('shop', 'api'),
    linked('shop', 'api', 'orders'),
  ];

  it('states its parts, where it runs, what it supports, who consumes it', () => {
    expect(says('application:shop', ...shop)).toEqual({
      elements: [
        'application:shop active',
        'application_service:orders offered',
        'application_interface:api active',
      ],
      edges: [
        'application:shop deployed_on server:s1',
        'application:shop supports business_capability:sell',
        'application:shop realizes application_service:orders',
        'application_service:orders supports business_capability:order',
        'application:crm uses application_service:orders',
        'application:shop exposes application_interface:api',
        'application_interface:api serves application_service:orders',
      ],
    });
    givenEvents(landscape, ...shop).then({
      'application:shop': {
        id: 'shop',
        type: 'application',
        name: 'name of shop',
        deleted: false,
        element_ids: ['api', 'crm', 'order', 'orders', 's1', 'sell', 'shop'],
      },
    });
  });

  it('has nothing to do any more with what it withdrew or retired, but still knows it', () => {
    const retired = [
      {
        type: 'Application',
        id: 'shop',
        event: 'InterfaceDeprecated',
        data: { interface_id: 'api', sunset_date: null, replacement_interface_id: null },
      },
      {
        type: 'Application',
        id: 'shop',
        event: 'InterfaceRetired',
        data: { interface_id: 'api' },
      },
    ] as const;
    expect(says('application:shop', ...shop, ...retired, withdrawn('shop', 'orders'))).toEqual({
      elements: [
        'application:shop active',
        'application_service:orders withdrawn',
        'application_interface:api retired',
      ],
      edges: [
        'application:shop deployed_on server:s1',
        'application:shop supports business_capability:sell',
      ],
    });
  });

  it('states nothing once it is deleted', () => {
    expect(says('application:shop', ...shop, gone('shop'))).toEqual({
      elements: [
        'application:shop deleted',
        'application_service:orders deleted',
        'application_interface:api deleted',
      ],
      edges: [],
    });
    givenEvents(landscape, ...shop, gone('shop')).then({ 'application:shop': { deleted: true } });
  });
});

it('elements of different types may have the same id', () => {
  givenEvents(landscape, server('x'), capability('x'), organization('x')).then({
    'server:x': { type: 'server', name: 'x.org' },
    'business_capability:x': { type: 'business_capability', name: 'name of x' },
    'organization:x': { type: 'organization' },
  });
});

it('what stands in a tree is a part of what is above it', () => {
  expect(says('business_capability:b', capability('b', 'a')).edges).toEqual([
    'business_capability:b part_of business_capability:a',
  ]);
  expect(says('organization:b', organization('b', 'a')).edges).toEqual([
    'organization:b part_of organization:a',
  ]);
  const deleted = {
    type: 'Organization',
    id: 'b',
    event: 'OrganizationDeleted',
    data: { reason: 'merged' },
  } as const;
  expect(says('organization:b', organization('b', 'a'), deleted)).toEqual({
    elements: ['organization:b deleted'],
    edges: [],
  });
});

it('a data entity is derived from its sources', () => {
  const source = {
    type: 'DataEntity',
    id: 'd',
    event: 'LineageSourceAdded',
    data: { source_id: 'raw' },
  } as const;
  const deleted = {
    type: 'DataEntity',
    id: 'd',
    event: 'DataEntityDeleted',
    data: { reason: 'old' },
  } as const;
  expect(says('data_entity:d', entity('d'), source).edges).toEqual([
    'data_entity:d derived_from data_entity:raw',
  ]);
  expect(says('data_entity:d', entity('d'), source, deleted).edges).toEqual([]);
});

it('data flows into an integration and on', () => {
  const deleted = {
    type: 'Integration',
    id: 'i',
    event: 'IntegrationDeleted',
    data: { reason: 'old' },
  } as const;
  expect(says('integration:i', integration('i', 'a', 'b')).edges).toEqual([
    'application:a flows_to integration:i',
    'integration:i flows_to application:b',
  ]);
  expect(says('integration:i', integration('i', 'a', 'b'), deleted).edges).toEqual([]);
});

describe('a relation', () => {
  const reads = {
    ...relation('r', 'application:a', 'reads', 'data_entity:d', 0.7),
    at: '2025-01-01T00:00:00.000Z',
  };
  const edgeAfter = (...more: Parameters<typeof givenEvents<typeof landscape>>[1][]) =>
    givenEvents(landscape, reads, ...more).documents.get('relation:r')!.edges[0];

  it('is one edge, known since it was created', () => {
    expect(edgeAfter()).toEqual({
      source_type: 'application',
      source_id: 'a',
      relation_type: 'reads',
      target_type: 'data_entity',
      target_id: 'd',
      relation_id: 'r',
      confidence: 0.7,
      effective_from: null,
      effective_to: null,
      known_at: '2025-01-01T00:00:00.000Z',
    });
  });

  it('is known anew when it is verified, not when its period is set', () => {
    const verified = {
      type: 'Relation',
      id: 'r',
      event: 'RelationVerified',
      at: '2026-01-01T00:00:00.000Z',
      data: { previous_confidence: 0.7, new_confidence: 0.9, evidence_source: 'seen' },
    } as const;
    expect(edgeAfter(period('r', '2025-02-01', null))).toMatchObject({
      effective_from: '2025-02-01',
      known_at: '2025-01-01T00:00:00.000Z',
    });
    expect(edgeAfter(verified)).toMatchObject({
      confidence: 0.9,
      known_at: '2026-01-01T00:00:00.000Z',
    });
  });

  it('is no edge once it is deleted', () => {
    givenEvents(landscape, reads, unrelated('r')).then({
      'relation:r': { deleted: true, edges: [], element_ids: [] },
    });
  });
});
