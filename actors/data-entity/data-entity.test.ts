import { describe, expect, it } from 'vitest';
import { type Given, given, type When } from '../../src/testing/index.js';
import { DataEntity } from './data-entity.js';
import { lineage } from './lineage.js';
import { isShorter, Retention } from './protection.js';

const reason = 'because';
const justified = { business_justification: 'the board said so' };
const approved = { ...justified, approval_id: 'chg-7' };
const created = {
  name: 'Customer',
  classification: 'internal',
  domain: null,
  pii_flag: false,
  owner: null,
};
const present: Given = { type: 'DataEntityCreated', data: created };
const classified = (from: string, to: string, event_id = 'evt-set'): Given => ({
  type: 'DataClassificationChanged',
  data: { previous_classification: from, new_classification: to, reason },
  event_id,
});
const pii: Given = {
  type: 'PiiFlagSet',
  data: { previous_pii_flag: false, new_pii_flag: true, reason },
};
const personal = [present, classified('internal', 'confidential'), pii];
const when = (type: string, data: object, papers: Partial<When> = {}) =>
  given(DataEntity, present).when({ type, data, ...papers });

describe('creating', () => {
  const create = (data: object) => given(DataEntity).when({ type: 'CreateDataEntity', data });

  it('needs a name and a classification', () => {
    create({ name: 'Customer', classification: 'internal' }).then({
      type: 'DataEntityCreated',
      data: created,
    });
    create({ ...created, classification: 'restricted', pii_flag: true, owner: 'crm' }).thenData(
      { classification: 'restricted', pii_flag: true, owner: 'crm', lineage: [] },
      'present',
    );
    create({ name: 'Customer' }).thenRefused('VALIDATION_ERROR', /classification/);
    given(DataEntity, present)
      .when({ type: 'CreateDataEntity', data: created })
      .thenRefused('ALREADY_EXISTS');
  });

  it('of data about persons starts at confidential', () => {
    const refused = create({ ...created, pii_flag: true });
    refused.thenRefused('CLASSIFICATION_TOO_LOW', /"internal".*at least "confidential"/);
    expect(refused.refusal?.details).toEqual({
      given: 'internal',
      allowed: ['confidential', 'restricted'],
    });
  });
});

describe('what can change', () => {
  it.each([
    ['AssignSteward', { steward: 'ann' }, 'StewardAssigned', 'steward'],
    ['AssignDataOwner', { owner: 'crm' }, 'DataOwnerAssigned', 'owner'],
    ['AssignDataDomain', { domain: 'sales' }, 'DataDomainAssigned', 'domain'],
    ['SetSourceSystem', { source_system: 'SAP' }, 'SourceSystemSet', 'source_system'],
    ['SetDataEntityCriticality', { criticality: 'high' }, 'CriticalitySet', 'criticality'],
  ])('%s', (type, data, event, field) => {
    const [value] = Object.values(data);
    const changed = { [`previous_${field}`]: null, [`new_${field}`]: value };
    when(type, data).then({ type: event, data: changed });
    when(type, data).thenData({ [field]: value }, 'present');
    given(DataEntity, present, { type: event, data: changed })
      .when({ type, data })
      .thenRefused('NO_CHANGE', new RegExp(`"${value}" already`));
    when(type, { [field]: '' }).thenRefused('VALIDATION_ERROR', new RegExp(`data.${field}`));
    given(DataEntity).when({ type, data }).thenRefused('NOT_FOUND');
  });

  it('is renamed and described', () => {
    when('RenameDataEntity', { name: 'Client' }).then({
      type: 'DataEntityRenamed',
      data: { previous_name: 'Customer', new_name: 'Client', reason: null },
    });
    when('RenameDataEntity', { name: 'Client' }).thenData({ name: 'Client' });
    when('RenameDataEntity', { name: 'Customer' }).thenRefused('NO_CHANGE');
    when('UpdateDataEntityDescription', { description: 'buys' }).then({
      type: 'DescriptionUpdated',
      data: { previous_description: null, description: 'buys' },
    });
    when('UpdateDescription', { description: 'buys' }).thenData({ description: 'buys' });
    when('UpdateDescription', { description: '' }).thenRefused('NO_CHANGE');
  });

  it('lowers the criticality only with a business justification', () => {
    const high: Given = {
      type: 'CriticalitySet',
      data: { previous_criticality: null, new_criticality: 'high' },
    };
    const lower = { type: 'SetCriticality', data: { criticality: 'low' } };
    given(DataEntity, present, high)
      .when(lower)
      .thenRefused('JUSTIFICATION_REQUIRED', /"high" to "low"/);
    given(DataEntity, present, high)
      .when({ ...lower, ...justified })
      .thenData({ criticality: 'low' });
  });

  it('has glossary terms', () => {
    const term = { term: 'Client' };
    const added: Given = { type: 'GlossaryTermAdded', data: term };
    when('AddGlossaryTerm', term).then({ type: 'GlossaryTermAdded', data: term });
    when('AddGlossaryTerm', term).thenData({ glossary_terms: ['Client'] });
    when('RemoveGlossaryTerm', term).thenRefused('NO_CHANGE', /"Client" does not mean/);
    const named = given(DataEntity, present, added);
    named.when({ type: 'AddGlossaryTerm', data: term }).thenRefused('NO_CHANGE', /already/);
    const remove = named.when({ type: 'RemoveGlossaryTerm', data: term });
    remove.then({ type: 'GlossaryTermRemoved', data: term });
    remove.thenData({ glossary_terms: [] });
  });

  it('records only the tags that make a difference', () => {
    const tagged = given(DataEntity, present, { type: 'TagsAdded', data: { tags: ['a', 'b'] } });
    const add = tagged.when({ type: 'AddTags', data: { tags: ['b', 'c', 'c'] } });
    add.then({ type: 'TagsAdded', data: { tags: ['c'] } });
    add.thenData({ tags: ['a', 'b', 'c'] });
    const remove = tagged.when({ type: 'RemoveTags', data: { tags: ['a', 'x'] } });
    remove.then({ type: 'TagsRemoved', data: { tags: ['a'] } });
    remove.thenData({ tags: ['b'] });
    tagged.when({ type: 'AddTags', data: { tags: ['a'] } }).thenRefused('NO_CHANGE');
    tagged.when({ type: 'RemoveTags', data: { tags: ['x'] } }).thenRefused('NO_CHANGE');
  });
});

describe('classification', () => {
  const set = (classification: string, ...history: readonly Given[]) =>
    given(DataEntity, present, ...history).when({
      type: 'SetDataEntityClassification',
      data: { classification, reason },
      ...justified,
    });

  it('is one focused event, with a justification', () => {
    set('restricted').then({
      type: 'DataClassificationChanged',
      data: { previous_classification: 'internal', new_classification: 'restricted', reason },
    });
    set('restricted').thenData({ classification: 'restricted' });
    set('internal').thenRefused('NO_CHANGE', /"internal" already/);
    when('SetDataClassification', { classification: 'public', reason }).thenRefused(
      'JUSTIFICATION_REQUIRED',
    );
  });

  it('does not fall below what persons are owed', () => {
    const [, ...more] = personal;
    set('internal', ...more).thenRefused('CLASSIFICATION_TOO_LOW', /at least "confidential"/);
    set('restricted', ...more).thenData({ classification: 'restricted' });
  });

  it('knows no previous value from the client', () => {
    when(
      'SetDataEntityClassification',
      { classification: 'public', reason, old_classification: 'internal' },
      justified,
    ).thenRefused('VALIDATION_ERROR', /old_classification/);
  });
});

describe.each(['CorrectDataEntityClassification', 'CorrectionCommand'])('%s', (type) => {
  const correct = (corrects_event_id: string, corrected_value = 'internal'): When => ({
    type,
    data: { corrects_event_id, corrected_value, correction_reason: reason },
    ...approved,
  });
  const corrected = {
    original_event_id: 'evt-set',
    previous_classification: 'confidential',
    corrected_classification: 'internal',
    reason,
    approval_id: 'chg-7',
  };
  const wrong = given(DataEntity, present, classified('internal', 'confidential'));

  it('refers to the original, which stays', () => {
    wrong.when(correct('evt-set')).then({ type: 'DataClassificationCorrected', data: corrected });
    wrong.when(correct('evt-set')).thenData({ classification: 'internal' });
  });

  it('needs a justification and an approval', () => {
    const { approval_id: _, ...unapproved } = correct('evt-set');
    wrong.when(unapproved).thenRefused('APPROVAL_REQUIRED');
    const { business_justification: __, ...unjustified } = correct('evt-set');
    wrong.when(unjustified).thenRefused('JUSTIFICATION_REQUIRED');
  });

  it('refuses the wrong event, one that was corrected, and what would change nothing', () => {
    const code = 'CORRECTION_TARGET_INVALID';
    wrong.when(correct('evt-999')).thenRefused(code, /no event of this aggregate/);
    const twice = given(DataEntity, present, classified('internal', 'confidential'), {
      type: 'DataClassificationCorrected',
      data: corrected,
      event_id: 'evt-fix',
    });
    twice.when(correct('evt-set', 'public')).thenRefused(code, /corrected already, by evt-fix/);
    twice.when(correct('evt-fix', 'public')).thenData({ classification: 'public' });
    wrong.when(correct('evt-set', 'confidential')).thenRefused('NO_CHANGE');
  });

  it('does not fall below what persons are owed', () => {
    given(DataEntity, ...personal)
      .when(correct('evt-set'))
      .thenRefused('CLASSIFICATION_TOO_LOW');
  });
});

describe('the PII flag', () => {
  const set = (pii_flag: boolean, ...history: readonly Given[]) =>
    given(DataEntity, present, ...history).when({
      type: 'SetPiiFlag',
      data: { pii_flag, reason },
      ...justified,
    });

  it('needs data that is at least confidential', () => {
    set(true).thenRefused('CLASSIFICATION_TOO_LOW', /"internal"/);
    set(true, classified('internal', 'confidential')).then({
      type: 'PiiFlagSet',
      data: { previous_pii_flag: false, new_pii_flag: true, reason },
    });
    set(true, classified('internal', 'confidential')).thenData({ pii_flag: true });
  });

  it('is taken off, with a justification', () => {
    const [, ...more] = personal;
    set(false, ...more).thenData({ pii_flag: false });
    set(true, ...more).thenRefused('NO_CHANGE', /"true" already/);
    when('SetPiiFlag', { pii_flag: true, reason }).thenRefused('JUSTIFICATION_REQUIRED');
  });
});

describe('retention', () => {
  const set = (retention: string, papers: Partial<When> = {}) =>
    given(DataEntity, present, {
      type: 'RetentionSet',
      data: { previous_retention: null, new_retention: '1y', reason: null },
    }).when({ type: 'SetRetention', data: { retention }, ...papers });

  it('is set, and prolonged, without more ado', () => {
    when('SetRetention', { retention: '10 years', reason }).then({
      type: 'RetentionSet',
      data: { previous_retention: null, new_retention: '10 years', reason },
    });
    set('2y').thenData({ retention: '2y' });
    set('12 months').thenData({ retention: '12 months' });
    set('1y').thenRefused('NO_CHANGE', /"1y" already/);
  });

  it('is shortened only with a business justification', () => {
    const refused = set('11m');
    refused.thenRefused('JUSTIFICATION_REQUIRED', /"1y" to "11m"/);
    expect(refused.refusal?.errors?.[0]?.field).toBe('metadata.business_justification');
    set('11m', justified).thenData({ retention: '11m' });
  });

  it.each(['1h', '30 d', '2w', '6m', '10y', '1 hour', '90 days', '3 weeks', '6 months', '7 years'])(
    'reads %s',
    (text) => {
      expect(Retention.parse(text)).toBe(text);
    },
  );
  it.each(['', '10', 'y', '0y', '-1y', '1.5y', '10  y', '10 minutes', '10 s', 'for ever', '1y 6m'])(
    'does not read %j',
    (text) => {
      when('SetRetention', { retention: text }).thenRefused('VALIDATION_ERROR', /retention/);
    },
  );
  it.each([
    ['23h', '1d'],
    ['6d', '1w'],
    ['4w', '1m'],
    ['11 months', '1y'],
    ['364 days', '1 year'],
  ])('%s is shorter than %s', (short, long) => {
    expect(isShorter(short, long)).toBe(true);
    expect(isShorter(long, short)).toBe(false);
  });
});

/** x is the one under test; y is made from x, z from y. */
const made = {
  x: { name: 'X', sources: [] },
  y: { name: 'Y', sources: ['x'] },
  z: { name: 'Z', sources: ['other', 'y'] },
  other: { name: 'Other', sources: [] },
};
const x = (...history: readonly Given[]) =>
  given(DataEntity, { ...present, data: { ...created, name: 'X' } }, ...history).and({
    id: 'x',
    boundaries: { lineage: made },
  });

describe('lineage', () => {
  const add = (source_id: string, ...history: readonly Given[]) =>
    x(...history).when({ type: 'AddLineageSource', data: { source_id } });
  const added: Given = { type: 'LineageSourceAdded', data: { source_id: 'other' } };

  it('has any number of sources', () => {
    add('other').then({ type: 'LineageSourceAdded', data: { source_id: 'other' } });
    add('other').thenData({ lineage: ['other'] });
    add('other', added).thenRefused('NO_CHANGE', /made from other already/);
  });

  it('closes no circle, and says which one', () => {
    add('z').thenRefused('CIRCULAR_REFERENCE', /circle of sources: X → Z → Y → X$/);
    add('y').thenRefused('CIRCULAR_REFERENCE', /X → Y → X$/);
    add('x').thenRefused('SELF_REFERENCE', /"X" cannot be made from itself/);
    add('none').thenRefused('REFERENCE_NOT_FOUND', /there is no DataEntity none/);
  });

  it('loses a source', () => {
    const remove = (...history: readonly Given[]) =>
      x(...history).when({ type: 'RemoveLineageSource', data: { source_id: 'other' } });
    remove(added).then({ type: 'LineageSourceRemoved', data: { source_id: 'other' } });
    remove(added).thenData({ lineage: [] });
    remove().thenRefused('NO_CHANGE', /not made from other/);
  });

  it('follows the events', () => {
    const all = new Map<string, unknown>();
    const fold = (aggregate_id: string, type: string, data: object) => {
      for (const [key, value] of lineage.fold(all as never, type, { aggregate_id, data }))
        if (value === undefined) all.delete(key);
        else all.set(key, value);
      return Object.fromEntries(all);
    };
    fold('a', 'DataEntityCreated', { ...created, name: 'A' });
    expect(fold('a', 'LineageSourceAdded', { source_id: 'b' })).toEqual({
      a: { name: 'A', sources: ['b'] },
    });
    fold('a', 'LineageSourceAdded', { source_id: 'b' });
    expect(
      fold('a', 'DataEntityRenamed', { previous_name: 'A', new_name: 'C', reason: null }),
    ).toEqual({ a: { name: 'C', sources: ['b'] } });
    expect(fold('a', 'LineageSourceRemoved', { source_id: 'b' })).toEqual({
      a: { name: 'C', sources: [] },
    });
    expect(fold('a', 'DataEntityDeleted', { reason })).toEqual({});
  });
});

describe('deleting', () => {
  const remove = { type: 'DeleteDataEntity', data: { reason }, ...justified };

  it('deletes what nothing depends on', () => {
    const leaf = x().and({ id: 'z' });
    leaf.when(remove).then({ type: 'DataEntityDeleted', data: { reason } });
    leaf.when(remove).thenData({}, 'deleted');
    when('DeleteDataEntity', { reason }).thenRefused('JUSTIFICATION_REQUIRED');
    given(DataEntity, present, { type: 'DataEntityDeleted', data: { reason } })
      .when({ type: 'AddTags', data: { tags: ['a'] } })
      .thenRefused('DELETED');
  });

  it('refuses while something is made from it, reads it or writes it', () => {
    const relations = {
      r: {
        source_id: 'payroll',
        source_type: 'application',
        target_id: 'x',
        target_type: 'data_entity',
        relation_type: 'reads',
      },
    };
    x()
      .and({ boundaries: { lineage: made, relations } })
      .when(remove)
      .thenRefused('HAS_DEPENDENTS', /DataEntity "Y", Relation "application payroll reads"$/);
  });
});
