import { expect, it } from 'vitest';
import { givenEvents } from '../../src/testing/index.js';
import { offered, period, relation, unrelated } from '../../test/support/landscape.js';
import { applicationPortfolio } from './application-portfolio.js';

const created = {
  type: 'Application',
  id: 'a',
  event: 'ApplicationCreated',
  data: {
    name: 'Payroll',
    owner: 'hr-it',
    data_classification: 'internal',
    lifecycle: 'active',
    capability_id: 'pay',
  },
} as const;
const deployed = {
  type: 'Application',
  id: 'a',
  event: 'DeployedToServer',
  data: { server_id: 's2', environment: 'prod', previous_server_ids: [] },
} as const;

it('shows an application from its creation on', () => {
  givenEvents(applicationPortfolio, {
    ...created,
    at: '2026-02-01T10:00:00.000Z',
    effective_at: '2020-05-01T00:00:00Z',
    actor: 'importer',
  }).then({
    a: {
      id: 'a',
      name: 'Payroll',
      owner: 'hr-it',
      lifecycle: 'active',
      lifecycle_since: '2020-05-01T00:00:00.000Z',
      capability_id: 'pay',
      in_production: false,
      deployment_count: 0,
      version: 1,
      created_at: '2026-02-01T10:00:00.000Z',
      created_by: 'importer',
      updated_at: '2026-02-01T10:00:00.000Z',
      since: '2020-05-01T00:00:00.000Z',
      occurred_at: '2020-05-01T00:00:00.000Z',
      owner_changes: 0,
      classification_changes: 0,
      deleted: false,
    },
  });
});

it('says who changed it last, and keeps who created it', () => {
  givenEvents(
    applicationPortfolio,
    { ...created, at: '2026-02-01T10:00:00.000Z', actor: 'ann' },
    {
      type: 'Application',
      id: 'a',
      event: 'OwnerSet',
      at: '2026-03-01T10:00:00.000Z',
      actor: 'bob',
      data: { previous_owner: 'hr-it', new_owner: 'finance-it', reason: null },
    },
  ).then({
    a: {
      owner: 'finance-it',
      owner_changes: 1,
      version: 2,
      created_by: 'ann',
      created_at: '2026-02-01T10:00:00.000Z',
      updated_by: 'bob',
      updated_at: '2026-03-01T10:00:00.000Z',
      since: '2026-02-01T10:00:00.000Z',
      occurred_at: '2026-03-01T10:00:00.000Z',
    },
  });
});

it('knows where it runs', () => {
  givenEvents(
    applicationPortfolio,
    created,
    {
      ...deployed,
      data: { server_id: 's2', environment: 'dev', previous_server_ids: [] },
    },
    { ...deployed, data: { server_id: 's1', environment: 'prod', previous_server_ids: ['s2'] } },
  ).then({
    a: {
      server_ids: ['s1', 's2'],
      environments: ['dev', 'prod'],
      deployment_count: 2,
      in_production: true,
    },
  });
  givenEvents(applicationPortfolio, created, deployed, {
    type: 'Application',
    id: 'a',
    event: 'UndeployedFromServer',
    data: { server_id: 's2', environment: 'prod', remaining_server_ids: [], reason: null },
  }).then({ a: { server_ids: [], environments: [], deployment_count: 0, in_production: false } });
});

it('follows corrections of the lifecycle and of the classification', () => {
  givenEvents(
    applicationPortfolio,
    { ...created, event_id: 'first', at: '2026-02-01T10:00:00.000Z' },
    {
      type: 'Application',
      id: 'a',
      event: 'LifecycleCorrected',
      at: '2026-02-02T10:00:00.000Z',
      data: {
        original_event_id: 'first',
        previous_lifecycle: 'active',
        corrected_lifecycle: 'planned',
        reason: 'typo',
        approval_id: 'chg-1',
      },
    },
    {
      type: 'Application',
      id: 'a',
      event: 'DataClassificationChanged',
      data: {
        previous_classification: 'internal',
        new_classification: 'restricted',
        reason: 'payment data',
      },
    },
  ).then({
    a: {
      lifecycle: 'planned',
      lifecycle_since: '2026-02-02T10:00:00.000Z',
      data_classification: 'restricted',
      classification_changes: 1,
    },
  });
});

it('is in its lifecycle since all before it was true, as in its statuses', () => {
  const moved = (day: string, to_lifecycle: 'deprecated' | 'retired') =>
    ({
      type: 'Application',
      id: 'a',
      event: 'LifecycleTransitioned',
      effective_at: `${day}T00:00:00.000Z`,
      data: { from_lifecycle: 'active', to_lifecycle, sunset_date: null },
    }) as const;
  givenEvents(
    applicationPortfolio,
    { ...created, effective_at: '2020-01-01T00:00:00.000Z' },
    moved('2022-01-01', 'deprecated'),
    moved('2021-01-01', 'retired'),
  ).then({ a: { lifecycle: 'retired', lifecycle_since: '2022-01-01T00:00:00.000Z' } });
});

it('knows every capability that it supports, whoever says so, whatever comes first', () => {
  const supports = relation('r', 'application:a', 'supports', 'business_capability:bill');
  const others = [
    relation('r1', 'application:b', 'supports', 'business_capability:pay'),
    relation('r2', 'application:a', 'uses', 'application_service:s'),
    relation('r3', 'application_service:s', 'supports', 'business_capability:tax'),
  ];
  const own = [created, offered('a', 's', 'hire'), offered('a', 't', 'pay')];
  const known = {
    capability_id: 'pay',
    capability_ids: ['bill', 'hire', 'pay'],
    version: 3,
    supports: [
      { relation_id: null, capability_id: 'hire', effective_from: null, effective_to: null },
      { relation_id: null, capability_id: 'pay', effective_from: null, effective_to: null },
      { relation_id: 'r', capability_id: 'bill', effective_from: null, effective_to: null },
    ],
  };
  givenEvents(applicationPortfolio, ...own, supports, ...others).then({ a: known });
  givenEvents(applicationPortfolio, ...others, supports, ...own).then({ a: known });
  const ended = period('r', '2020-01-01', '2021-01-01');
  givenEvents(applicationPortfolio, ...own, supports, ended).then({
    a: { capability_ids: ['bill', 'hire', 'pay'] },
  });
  givenEvents(applicationPortfolio, ...own, supports, ended, unrelated('r')).then({
    a: { capability_ids: ['hire', 'pay'] },
  });
  const withdrawn = {
    type: 'Application',
    id: 'a',
    event: 'ServiceWithdrawn',
    data: { service_id: 's', reason: 'old' },
  } as const;
  givenEvents(applicationPortfolio, ...own, supports, withdrawn).then({
    a: { capability_ids: ['bill', 'pay'] },
  });
  givenEvents(applicationPortfolio, supports).then({
    a: { id: 'a', deleted: true, version: 0, capability_ids: ['bill'] },
  });
  givenEvents(applicationPortfolio, supports, unrelated('r')).then({ a: null });
});

it('keeps what it was when it is deleted', () => {
  givenEvents(applicationPortfolio, created, deployed, {
    type: 'Application',
    id: 'a',
    event: 'ApplicationDeleted',
    data: { reason: 'gone', approval_id: 'chg-1' },
  }).then({ a: { deleted: true, lifecycle: 'active', server_ids: ['s2'] } });
});

it('shows the names of what it refers to, as far as they are known', () => {
  const { show } = givenEvents(applicationPortfolio, created, deployed);
  expect(show('a')).toMatchObject({
    capability_name: null,
    deployments: [{ server_id: 's2', hostname: null }],
  });
  const others = {
    'capability-map': { pay: { name: 'Pay people' } },
    'server-deployments': { s2: { hostname: 'db-2' } },
  };
  expect(show('a', { others })).toMatchObject({
    name: 'Payroll',
    capability_name: 'Pay people',
    deployments: [{ server_id: 's2', environment: 'prod', hostname: 'db-2' }],
  });
});
