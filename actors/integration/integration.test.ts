import { describe, expect, it } from 'vitest';
import { type Given, given, type When } from '../../src/testing/index.js';
import { Integration } from './integration.js';

const reason = 'because';
const justified = { business_justification: 'the board said so' };
const created = {
  source_app_id: 'crm',
  target_app_id: 'erp',
  protocol: 'rest',
  frequency: null,
  sla: null,
};
const present: Given = { type: 'IntegrationCreated', data: created };
const app = (id: string, status = 'active') => ({ id, status, data: { name: id.toUpperCase() } });
const when = (type: string, data: object, ...history: readonly Given[]) =>
  given(Integration, present, ...history)
    .and({ references: { app: app('hub') } })
    .when({ type, data });

describe('creating', () => {
  const create = (data: object, target = app('erp'), papers: Partial<When> = {}) =>
    given(Integration)
      .and({ references: { source: app('crm'), target } })
      .when({ type: 'CreateIntegration', data, ...papers });
  const { frequency: _, sla: __, ...least } = created;

  it('connects two applications', () => {
    create(least).then({ type: 'IntegrationCreated', data: created });
    create({ ...least, frequency: '15m', sla: '99.9%' }).thenData(
      { frequency: '15m', sla: '99.9%', tags: [] },
      'present',
    );
    given(Integration, present)
      .when({ type: 'CreateIntegration', data: least })
      .thenRefused('ALREADY_EXISTS');
  });

  it('refuses one application twice', () => {
    create({ ...least, target_app_id: 'crm' }).thenRefused('SELF_REFERENCE', /crm/);
  });

  it('refuses a retired application, but records it for an import', () => {
    const refused = create(least, app('erp', 'retired'));
    refused.thenRefused('REFERENCE_RETIRED', /Application "ERP" \(erp\) was retired/);
    expect(refused.refusal?.details).toEqual({ field: 'target_app_id', id: 'erp' });
    create(least, app('erp', 'retired'), { source: 'import' }).thenData({}, 'present');
    given(Integration)
      .and({ references: { source: app('crm', 'retired'), target: app('erp') } })
      .when({ type: 'CreateIntegration', data: least })
      .thenRefused('REFERENCE_RETIRED', /CRM/);
  });

  it.each([
    [{ protocol: 'fax' }, /data\.protocol/],
    [{ frequency: 'often' }, /data\.frequency/],
    [{ frequency: '0m' }, /data\.frequency/],
    [{ sla: 'very good' }, /data\.sla/],
  ])('refuses %j', (wrong, message) => {
    create({ ...least, ...wrong }).thenRefused('VALIDATION_ERROR', message);
  });
});

describe('what can change', () => {
  it.each([
    ['SwitchProtocol', { protocol: 'kafka' }, 'ProtocolSwitched', 'rest', { reason: null }],
    ['SetSla', { sla: '24/7' }, 'SlaSet', null, {}],
    ['SetFrequency', { frequency: 'daily' }, 'FrequencySet', null, {}],
    ['SetDataContract', { data_contract: 'https://c.example/v2' }, 'DataContractSet', null, {}],
  ])('%s', (type, data, event, before, more) => {
    const [[field, value]] = Object.entries(data) as [[string, string]];
    const changed = { [`previous_${field}`]: before, [`new_${field}`]: value, ...more };
    when(type, data).then({ type: event, data: changed });
    when(type, data).thenData({ [field]: value }, 'present');
    when(type, data, { type: event, data: changed }).thenRefused('NO_CHANGE', /already/);
    when(type, { [field]: '' }).thenRefused('VALIDATION_ERROR', new RegExp(`data.${field}`));
  });

  it.each([
    ['RerouteSource', 'SourceRerouted', 'source_app_id', 'crm', 'erp'],
    ['RerouteTarget', 'TargetRerouted', 'target_app_id', 'erp', 'crm'],
  ])('%s', (type, event, field, before, other) => {
    const reroute = (app_id: string, status = 'active', papers: Partial<When> = {}) =>
      given(Integration, present)
        .and({ references: { app: app(app_id, status) } })
        .when({ type, data: { app_id, reason }, ...papers });
    reroute('hub').then({
      type: event,
      data: { previous_app_id: before, new_app_id: 'hub', reason },
    });
    reroute('hub').thenData({ [field]: 'hub' });
    reroute(before).thenRefused('NO_CHANGE', new RegExp(`"${before}" already`));
    reroute(other).thenRefused('SELF_REFERENCE');
    reroute('hub', 'retired').thenRefused('REFERENCE_RETIRED', /HUB/);
    reroute('hub', 'retired', { source: 'import' }).thenData({ [field]: 'hub' });
  });

  it('records only the tags that make a difference', () => {
    const tagged: Given = { type: 'TagsAdded', data: { tags: ['a', 'b'] } };
    const add = when('AddTags', { tags: ['b', 'c', 'c'] }, tagged);
    add.then({ type: 'TagsAdded', data: { tags: ['c'] } });
    add.thenData({ tags: ['a', 'b', 'c'] });
    const remove = when('RemoveTags', { tags: ['a', 'x'] }, tagged);
    remove.then({ type: 'TagsRemoved', data: { tags: ['a'] } });
    remove.thenData({ tags: ['b'] });
    when('AddTags', { tags: ['a'] }, tagged).thenRefused('NO_CHANGE');
    when('RemoveTags', { tags: ['x'] }, tagged).thenRefused('NO_CHANGE');
  });
});

it('belongs to the owners of both applications', () => {
  const owned = (id: string, owner: string) => ({ id, status: 'active', data: { owner } });
  const { teams } = Integration.ownership!;
  const source = owned('crm', 'sales-it');
  expect(teams({}, { source, target: owned('erp', 'finance-it') })).toEqual([
    'sales-it',
    'finance-it',
  ]);
  expect(teams({}, { source, target: null })).toEqual(['sales-it']);
});

describe('deleting', () => {
  const remove = { type: 'DeleteIntegration', data: { reason }, ...justified };

  it('deletes what has no relations', () => {
    given(Integration, present).when(remove).then({ type: 'IntegrationDeleted', data: { reason } });
    given(Integration, present).when(remove).thenData({}, 'deleted');
    when('DeleteIntegration', { reason }).thenRefused('JUSTIFICATION_REQUIRED');
    when('SetSla', { sla: '24/7' }, { type: 'IntegrationDeleted', data: { reason } }).thenRefused(
      'DELETED',
    );
  });

  it('refuses while it has relations', () => {
    const relations = {
      r: {
        source_id: 'i',
        source_type: 'integration',
        target_id: 'erp',
        target_type: 'application',
        relation_type: 'publishes_event_to',
      },
    };
    given(Integration, present)
      .and({ id: 'i', boundaries: { relations } })
      .when(remove)
      .thenRefused(
        'HAS_DEPENDENTS',
        /from crm to erp .*: Relation "publishes_event_to application erp"$/,
      );
  });
});
