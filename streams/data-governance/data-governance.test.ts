import { describe, expect, it } from 'vitest';
import { givenEvents } from '../../src/testing/index.js';
import { entity, relation, unrelated } from '../../test/support/landscape.js';
import { dataGovernance } from './data-governance.js';

const access = (id: string, app: string, type: 'reads' | 'writes', entity_id: string) =>
  relation(id, `application:${app}`, type, `data_entity:${entity_id}`);
const retention = (id: string) =>
  ({
    type: 'DataEntity',
    id,
    event: 'RetentionSet',
    data: { previous_retention: null, new_retention: '10y', reason: null },
  }) as const;
const personal = (id: string) =>
  ({
    type: 'DataEntity',
    id,
    event: 'PiiFlagSet',
    data: { previous_pii_flag: false, new_pii_flag: true, reason: 'names' },
  }) as const;
const steward = (id: string) =>
  ({
    type: 'DataEntity',
    id,
    event: 'StewardAssigned',
    data: { previous_steward: null, new_steward: 'ann' },
  }) as const;
const owner = (id: string) =>
  ({
    type: 'DataEntity',
    id,
    event: 'DataOwnerAssigned',
    data: { previous_owner: null, new_owner: 'sales' },
  }) as const;
const deleted = (id: string) =>
  ({ type: 'DataEntity', id, event: 'DataEntityDeleted', data: { reason: 'old' } }) as const;

const always = { confidence: 1, effective_from: null, effective_to: null };

describe('a data entity', () => {
  it('says how it is protected and what nobody said of it', () => {
    givenEvents(dataGovernance, entity('d', 'restricted'), personal('d'), retention('d')).then({
      d: {
        name: 'name of d',
        classification: 'restricted',
        pii_flag: true,
        retention: '10y',
        status: 'present',
        deleted: false,
        missing: ['owner', 'steward'],
      },
    });
    givenEvents(dataGovernance, entity('d'), retention('d'), steward('d'), owner('d')).then({
      d: { missing: [], steward: 'ann', owner: 'sales' },
    });
  });

  it('lists who reads and who writes it', () => {
    givenEvents(
      dataGovernance,
      entity('d'),
      access('r2', 'b', 'reads', 'd'),
      access('r1', 'a', 'reads', 'd'),
      access('r3', 'a', 'writes', 'd'),
      access('r4', 'a', 'reads', 'other'),
    ).then({
      d: {
        access: [
          { relation_id: 'r1', relation_type: 'reads', application_id: 'a', ...always },
          { relation_id: 'r2', relation_type: 'reads', application_id: 'b', ...always },
          { relation_id: 'r3', relation_type: 'writes', application_id: 'a', ...always },
        ],
        reader_ids: ['a', 'b'],
        writer_ids: ['a'],
        reader_count: 2,
        writer_count: 1,
      },
      other: { status: 'absent', deleted: true, reader_ids: ['a'] },
    });
  });

  it('forgets relations that are gone, and is not there because of them', () => {
    const early = access('r', 'a', 'reads', 'd');
    givenEvents(dataGovernance, early, entity('d'), unrelated('r')).then({
      d: { access: [], reader_count: 0, status: 'present' },
    });
    givenEvents(dataGovernance, early, unrelated('r')).then({ d: null });
  });

  it('is not concerned by what else is said of its id', () => {
    givenEvents(
      dataGovernance,
      entity('d'),
      relation('r', 'application:a', 'stores_data_on', 'server:d'),
      relation('q', 'organization:a', 'reads', 'data_entity:d'),
      relation('p', 'application:a', 'uses', 'data_entity:d'),
    ).then({ d: { access: [], version: 1 } });
  });
});

it('shows who handles it without being protected as much', () => {
  const { show } = givenEvents(
    dataGovernance,
    entity('d', 'confidential'),
    access('r1', 'a', 'reads', 'd'),
    access('r2', 'b', 'writes', 'd'),
    access('r3', 'ghost', 'reads', 'd'),
    { type: 'DataEntity', id: 'd', event: 'LineageSourceAdded', data: { source_id: 'raw' } },
  );
  const others = {
    'application-portfolio': {
      a: { name: 'Payroll', data_classification: 'internal' },
      b: { name: 'Bank', data_classification: 'confidential' },
    },
    'data-governance': { raw: { name: 'Raw' } },
  };
  expect(show('d', { others })).toMatchObject({
    classification_gap: true,
    lineage_names: ['Raw'],
    access: [
      { application_name: 'Payroll', data_classification: 'internal', gap: true },
      { application_name: 'Bank', gap: false },
      { application_name: null, data_classification: null, gap: false },
    ],
  });
  expect(show('d')).toMatchObject({ classification_gap: false, lineage_names: [null] });
});

it('gives an overview of what nobody looks after', () => {
  const answer = givenEvents(
    dataGovernance,
    entity('a', 'restricted'),
    entity('b', 'restricted'),
    retention('b'),
    steward('b'),
    owner('b'),
    entity('c', 'confidential'),
    personal('c'),
    access('r', 'x', 'reads', 'c'),
    entity('d', 'restricted'),
    deleted('d'),
    entity('e'),
  ).report('overview') as { readonly classifications: readonly object[] };
  expect(answer).toMatchObject({
    attention: [
      { id: 'a', classification: 'restricted', missing: ['retention', 'owner', 'steward'] },
      { id: 'c', pii_flag: true },
    ],
  });
  const nothing = { data_entities: 0, personal: 0, unused: 0, without_retention: 0 };
  expect(answer.classifications).toEqual([
    { ...nothing, classification: 'public', without_owner: 0, without_steward: 0 },
    {
      classification: 'internal',
      data_entities: 1,
      personal: 0,
      unused: 1,
      without_retention: 1,
      without_owner: 1,
      without_steward: 1,
    },
    {
      classification: 'confidential',
      data_entities: 1,
      personal: 1,
      unused: 0,
      without_retention: 1,
      without_owner: 1,
      without_steward: 1,
    },
    {
      classification: 'restricted',
      data_entities: 2,
      personal: 0,
      unused: 2,
      without_retention: 1,
      without_owner: 1,
      without_steward: 1,
    },
  ]);
});
