import { describe, expect, it } from 'vitest';
import { UUID } from '../../src/core/ids.js';
import { type Given, given, type When } from '../../src/testing/index.js';
import { EndType, RelationType } from './matrix.js';
import { parts } from './parts.js';
import { Relation } from './relation.js';
import { relationId } from './relation-id.js';

const reason = 'because';
const justified = { business_justification: 'the board said so' };
const edge = {
  source_id: 'crm',
  source_type: 'application',
  target_id: 'customer',
  target_type: 'data_entity',
  relation_type: 'reads',
};
const created = {
  ...edge,
  confidence: 1,
  evidence_source: null,
  description: null,
  label: null,
};
const present: Given = { type: 'RelationCreated', data: created };
const deleted: Given = { type: 'RelationDeleted', data: { reason } };
const id = relationId(edge);
const there = { id: 'x', status: 'active', data: {} };
const APP_PARTS = {
  'application_service/pay': { app_id: 'erp', status: 'offered' },
  'application_interface/pay-v1': { app_id: 'erp', status: 'active' },
  'application_service/old': { app_id: 'erp', status: 'withdrawn' },
  'application_interface/old-v1': { app_id: 'erp', status: 'retired' },
};

type Lookups = Partial<Record<'source' | 'target', typeof there | null>>;
const create = (data: typeof edge & object, found: Lookups = {}, papers: Partial<When> = {}) =>
  given(Relation)
    .and({
      id: relationId(data),
      references: { source: there, target: there, ...found },
      boundaries: { parts: APP_PARTS },
    })
    .when({ type: 'CreateRelation', data, ...papers });
const when = (type: string, data: object, ...history: readonly Given[]) =>
  given(Relation, present, ...history).when({ type, data, ...justified });

describe('its id', () => {
  it('is a UUID of version 5 that follows from its ends and its type', () => {
    expect(id).toMatch(UUID);
    expect(id.charAt(14)).toBe('5');
    // Written into every log: it must never become another.
    expect(id).toBe('f51651d6-16b2-5404-b072-861e26d30f53');
    const others = Object.keys(edge).map((field) => relationId({ ...edge, [field]: 'other' }));
    expect(new Set([id, ...others]).size).toBe(others.length + 1);
  });

  it('may be left to the server, and is no other', () => {
    given(Relation)
      .and({ id: 'mine', references: { source: there, target: there } })
      .when({ type: 'CreateRelation', data: edge })
      .thenRefused('VALIDATION_ERROR', new RegExp(id));
  });
});

describe('creating', () => {
  it('is certain unless told otherwise', () => {
    create(edge).then({ type: 'RelationCreated', data: created });
    const said = { confidence: 0.4, evidence_source: 'source code', label: 'nightly' };
    create({ ...edge, ...said }).thenData({ ...said, last_verified_at: null }, 'present');
  });

  it('happens once, and again after it was deleted', () => {
    const again = (...history: readonly Given[]) =>
      given(Relation, ...history)
        .and({ id, references: { source: there, target: there } })
        .when({ type: 'CreateRelation', data: edge });
    again(present).thenRefused('ALREADY_EXISTS');
    const verified: Given = {
      type: 'RelationVerified',
      data: { previous_confidence: 1, new_confidence: 0.2, evidence_source: 'a guess' },
    };
    again(present, verified, deleted).then({ type: 'RelationCreated', data: created });
    again(present, verified, deleted).thenData(
      { confidence: 1, evidence_source: null, last_verified_at: null },
      'present',
    );
  });

  it.each([
    [{ confidence: 1.1 }, /data\.confidence/],
    [{ confidence: -0.1 }, /data\.confidence/],
    [{ relation_type: 'likes' }, /data\.relation_type/],
    [{ target_type: 'person' }, /data\.target_type/],
    [{ source_id: 'a b' }, /data\.source_id/],
  ])('refuses %j', (wrong, message) => {
    create({ ...edge, ...wrong }).thenRefused('VALIDATION_ERROR', message);
  });

  it('needs both ends', () => {
    const refused = create(edge, { target: null });
    refused.thenRefused('REFERENCE_NOT_FOUND', /there is no data_entity customer/);
    expect(refused.refusal?.details).toEqual({ field: 'target_id', id: 'customer' });
    create(edge, { source: null }).thenRefused('REFERENCE_NOT_FOUND', /application crm/);
  });

  it('connects nothing with itself', () => {
    const self = { ...edge, target_id: 'crm', target_type: 'application' };
    create({ ...self, relation_type: 'calls' }).thenRefused('SELF_REFERENCE', /application crm/);
    create({ ...edge, target_id: 'crm' }).thenData({ target_id: 'crm' });
  });

  it.each(['retired', 'decommissioned'])('refuses what is %s, but not an import', (status) => {
    const gone = { source: { ...there, status } };
    create(edge, gone).thenRefused('REFERENCE_RETIRED', new RegExp(`application crm is ${status}`));
    create(edge, gone, { source: 'import' }).thenData({}, 'present');
  });

  it('finds the services and interfaces of applications', () => {
    const toService = (target_id: string, papers: Partial<When> = {}) =>
      create(
        { ...edge, target_id, target_type: 'application_service', relation_type: 'uses' },
        { target: null },
        papers,
      );
    toService('pay').thenData({ target_id: 'pay' });
    toService('none').thenRefused('REFERENCE_NOT_FOUND', /application_service none/);
    toService('pay-v1').thenRefused('REFERENCE_NOT_FOUND', /application_service pay-v1/);
    toService('old').thenRefused('REFERENCE_RETIRED', /application_service old is withdrawn/);
    toService('old', { source: 'import' }).thenData({}, 'present');
    const toInterface = (target_id: string) =>
      create(
        {
          source_id: 'i',
          source_type: 'integration',
          target_id,
          target_type: 'application_interface',
          relation_type: 'calls',
        },
        { target: null },
      );
    toInterface('pay-v1').thenData({ target_id: 'pay-v1' });
    toInterface('old-v1').thenRefused('REFERENCE_RETIRED', /is retired/);
  });
});

describe('the matrix', () => {
  /** Written out once more, as people would: what is not here, is refused. */
  const ALLOWED = [
    'application depends_on application',
    'application communicates_with application',
    'application calls application',
    'application realizes application_service',
    'application uses application_service',
    'application stores_data_on server',
    'application reads data_entity',
    'application writes data_entity',
    'application supports business_capability',
    'application_service realizes business_capability',
    'application_service supports business_capability',
    'integration communicates_with application',
    'integration publishes_event_to application',
    'integration consumes_event_from application',
    'integration calls application_interface',
    'organization owns application',
    'organization owns server',
    'server connected_to server',
  ];
  const attempt = (source_type: string, relation_type: string, target_type: string) =>
    create({ source_type, relation_type, target_type, source_id: 'a', target_id: 'b' });

  it('allows what makes sense, and nothing else', () => {
    const allowed = EndType.options.flatMap((source) =>
      EndType.options.flatMap((target) =>
        RelationType.options
          .filter(
            (type) => attempt(source, type, target).refusal?.refused !== 'RELATION_NOT_ALLOWED',
          )
          .map((type) => `${source} ${type} ${target}`),
      ),
    );
    expect(allowed.sort()).toEqual([...ALLOWED].sort());
  });

  it('says what is allowed between two, or else where from', () => {
    const refused = attempt('application', 'owns', 'data_entity');
    refused.thenRefused('RELATION_NOT_ALLOWED', /allowed between them: reads, writes$/);
    expect(refused.refusal?.details).toMatchObject({ allowed: ['reads', 'writes'] });
    attempt('organization', 'owns', 'data_entity').thenRefused(
      'RELATION_NOT_ALLOWED',
      /it can be to: application \(owns\), server \(owns\)$/,
    );
    attempt('data_entity', 'reads', 'server').thenRefused('RELATION_NOT_ALLOWED', /nothing$/);
  });

  it.each([
    ['application', 'exposes', 'application_interface', 'ExposeInterface', 'Application'],
    [
      'application_interface',
      'serves',
      'application_service',
      'LinkInterfaceToService',
      'Application',
    ],
    ['application', 'deployed_on', 'server', 'AssignToServer', 'Application'],
    ['organization', 'part_of', 'organization', 'AddParentToOrganization', 'Organization'],
  ])('%s %s %s is recorded elsewhere', (source, type, target, command, aggregate_type) => {
    const refused = attempt(source, type, target);
    refused.thenRefused('RELATION_NOT_ALLOWED', new RegExp(`${command} on the ${aggregate_type}`));
    expect(refused.refusal?.details).toMatchObject({ command, aggregate_type });
  });
});

describe('what can be said of it', () => {
  it('was verified, at the time of the server', () => {
    const asked = { confidence: 0.7, evidence_source: 'talked to the team' };
    const verify = given(Relation, present)
      .and({ now: '2026-02-01T08:00:00.000Z' })
      .when({ type: 'VerifyRelation', data: asked });
    verify.then({
      type: 'RelationVerified',
      data: { previous_confidence: 1, new_confidence: 0.7, evidence_source: asked.evidence_source },
    });
    verify.thenData({ ...asked, last_verified_at: '2026-02-01T08:00:00.000Z' });
    when('VerifyRelation', { confidence: 2, evidence_source: 'x' }).thenRefused('VALIDATION_ERROR');
    when('VerifyRelation', { confidence: 1 }).thenRefused('VALIDATION_ERROR', /evidence_source/);
  });

  it('is verified again, though not twice at one moment', () => {
    const verified: Given = {
      type: 'RelationVerified',
      data: { previous_confidence: 1, new_confidence: 1, evidence_source: 'code' },
    };
    const verify = (now: string) =>
      given(Relation, present, verified)
        .and({ now })
        .when({ type: 'VerifyRelation', data: { confidence: 1, evidence_source: 'code' } });
    verify('2026-01-06T10:00:00.000Z').thenRefused('NO_CHANGE');
    verify('2026-01-06T10:00:00.001Z').thenData({ last_verified_at: '2026-01-06T10:00:00.001Z' });
  });

  it('holds for a period, of which either day may be open', () => {
    const set = (data: object, ...history: readonly Given[]) =>
      when('SetEffectivePeriod', data, ...history);
    const year = { effective_from: '2026-01-01', effective_to: '2026-12-31' };
    const stored: Given = {
      type: 'EffectivePeriodSet',
      data: {
        previous_from: null,
        previous_to: null,
        new_from: '2026-01-01',
        new_to: '2026-12-31',
      },
    };
    set(year).then({ type: stored.type, data: stored.data! });
    set(year).thenData(year);
    set({ effective_to: null }, stored).thenData({ ...year, effective_to: null });
    set({ effective_from: '2025-01-01' }, stored).thenData({
      ...year,
      effective_from: '2025-01-01',
    });
    set({ effective_from: '2026-12-31' }, stored).thenData({ effective_from: '2026-12-31' });
    set({ effective_from: '2027-01-01' }, stored).thenRefused(
      'VALIDATION_ERROR',
      /data\.effective_to: 2026-12-31 is before 2027-01-01/,
    );
    set(year, stored).thenRefused('NO_CHANGE');
    set({}).thenRefused('NO_CHANGE');
    set({ effective_from: '2026-02-30' }).thenRefused('VALIDATION_ERROR', /effective_from/);
  });

  it('is described', () => {
    const update = (description: string) => when('UpdateRelationDescription', { description });
    update('at night').then({
      type: 'DescriptionUpdated',
      data: { previous_description: null, description: 'at night' },
    });
    update('at night').thenData({ description: 'at night' });
    update('').thenRefused('NO_CHANGE');
  });
});

it('is deleted, with a justification', () => {
  when('DeleteRelation', { reason }).then({ type: 'RelationDeleted', data: { reason } });
  when('DeleteRelation', { reason }).thenData({}, 'deleted');
  given(Relation, present)
    .when({ type: 'DeleteRelation', data: { reason } })
    .thenRefused('JUSTIFICATION_REQUIRED');
  when('DeleteRelation', { reason }, deleted).thenRefused('DELETED');
  when('VerifyRelation', { confidence: 1, evidence_source: 'x' }, deleted).thenRefused('DELETED');
});

it('follows the services and interfaces of applications', () => {
  const all = new Map<string, unknown>();
  const fold = (aggregate_id: string, type: string, data: object) => {
    for (const [key, value] of parts.fold(all as never, type, { aggregate_id, data }))
      if (value === undefined) all.delete(key);
      else all.set(key, value);
    return Object.fromEntries(all);
  };
  fold('erp', 'ServiceOffered', { service_id: 's' });
  fold('erp', 'InterfaceExposed', { interface_id: 'i' });
  expect(fold('crm', 'ServiceOffered', { service_id: 't' })).toEqual({
    'application_service/s': { app_id: 'erp', status: 'offered' },
    'application_interface/i': { app_id: 'erp', status: 'active' },
    'application_service/t': { app_id: 'crm', status: 'offered' },
  });
  fold('erp', 'ServiceWithdrawn', { service_id: 's' });
  expect(fold('erp', 'InterfaceRetired', { interface_id: 'i' })).toMatchObject({
    'application_service/s': { status: 'withdrawn' },
    'application_interface/i': { status: 'retired' },
  });
  expect(Object.keys(fold('erp', 'ApplicationDeleted', {}))).toEqual(['application_service/t']);
});
