import { describe, expect, it } from 'vitest';
import { type Given, given, type When } from '../../src/testing/index.js';
import { BusinessCapability } from './business-capability.js';
import { realizers, supporters } from './dependents.js';
import { tree } from './tree.js';

const reason = 'because';
const justified = { business_justification: 'the board said so' };
const approved = { ...justified, approval_id: 'chg-7' };

const created = { name: 'X', parent_id: null, description: null };
const root: Given = { type: 'CapabilityCreated', data: created, event_id: 'evt-created' };
const under = (parent_id: string, event_id = 'evt-under'): Given => ({
  type: 'ParentAssigned',
  data: { parent_id, previous_parent_id: null },
  event_id,
});
/** x is the one under test; z stands below y, y below x. */
const entries = {
  x: { name: 'X', parent_id: null },
  y: { name: 'Y', parent_id: 'x' },
  z: { name: 'Z', parent_id: 'y' },
  other: { name: 'Other', parent_id: null },
};
const x = (...history: readonly Given[]) =>
  given(BusinessCapability, ...history).and({ id: 'x', boundaries: { tree: entries } });

describe('creating', () => {
  const create = (data: object, id = 'new') =>
    x().and({ id }).when({ type: 'CreateCapability', data });

  it('starts at the top or below another', () => {
    create({ name: 'X' }).then({ type: 'CapabilityCreated', data: created });
    create({ name: 'New', parent_id: 'z', description: 'what' }).thenData(
      { name: 'New', parent_id: 'z', description: 'what' },
      'present',
    );
  });

  it('refuses a parent that is not there or is itself', () => {
    create({ name: 'N', parent_id: 'none' }).thenRefused('REFERENCE_NOT_FOUND', /none/);
    create({ name: 'N', parent_id: 'new' }).thenRefused('SELF_REFERENCE', /"N"/);
    create({ name: '' }).thenRefused('VALIDATION_ERROR');
    x(root)
      .when({ type: 'CreateCapability', data: { name: 'X' } })
      .thenRefused('ALREADY_EXISTS');
  });
});

describe('the parent', () => {
  const add = (parent_id: string, ...more: readonly Given[]) =>
    x(root, ...more).when({ type: 'AddParentToCapability', data: { parent_id } });

  it('is one focused event (AC-004)', () => {
    add('other').then({
      type: 'ParentAssigned',
      data: { parent_id: 'other', previous_parent_id: null },
    });
    add('other').thenData({ parent_id: 'other' });
    x(root, under('other'))
      .and({ boundaries: { tree: { ...entries, y: { name: 'Y', parent_id: null } } } })
      .when({ type: 'AddParent', data: { parent_id: 'y' } })
      .then({ type: 'ParentAssigned', data: { parent_id: 'y', previous_parent_id: 'other' } });
  });

  it('closes no circle, and says which one (AC-003)', () => {
    const refused = add('z');
    refused.thenRefused('CIRCULAR_REFERENCE', /X → Z → Y → X$/);
    expect(refused.refusal?.details).toEqual({
      path: [
        { id: 'x', name: 'X' },
        { id: 'z', name: 'Z' },
        { id: 'y', name: 'Y' },
        { id: 'x', name: 'X' },
      ],
    });
    add('y').thenRefused('CIRCULAR_REFERENCE', /X → Y → X$/);
    add('x').thenRefused('SELF_REFERENCE');
  });

  it('is another one that is there', () => {
    add('none').thenRefused('REFERENCE_NOT_FOUND');
    add('other', under('other')).thenRefused('NO_CHANGE', /"other" already/);
  });

  it('ends its search in a tree that is broken', () => {
    const circle = { a: { name: 'A', parent_id: 'b' }, b: { name: 'B', parent_id: 'a' } };
    x(root)
      .and({ boundaries: { tree: { ...entries, ...circle } } })
      .when({ type: 'AddParentToCapability', data: { parent_id: 'a' } })
      .thenData({ parent_id: 'a' });
  });

  it('is removed', () => {
    const remove = (...history: readonly Given[]) =>
      x(root, ...history).when({ type: 'RemoveParentFromCapability', data: { reason } });
    remove(under('other')).then({
      type: 'ParentRemoved',
      data: { previous_parent_id: 'other', reason },
    });
    remove(under('other')).thenData({ parent_id: null });
    remove().thenRefused('NO_CHANGE', /the parent is not set/);
    x(root, under('other')).when({ type: 'RemoveParent' }).thenRefused('VALIDATION_ERROR');
  });
});

describe('name and description', () => {
  it('renames', () => {
    const rename = (name: string) => x(root).when({ type: 'RenameCapability', data: { name } });
    rename('New').then({
      type: 'CapabilityRenamed',
      data: { previous_name: 'X', new_name: 'New', reason: null },
    });
    rename('New').thenData({ name: 'New' });
    rename('X').thenRefused('NO_CHANGE');
  });

  it('claims the name among its siblings', () => {
    const key = (data: object) =>
      BusinessCapability.claims.name!.key({ status: 'present', data: { ...data } });
    expect(key({ name: 'Claims  Handling', parent_id: null })).toBe('/claims handling');
    expect(key({ name: 'Claims', parent_id: 'p' })).toBe('p/claims');
  });

  it('describes', () => {
    const update = (description: string) =>
      x(root).when({ type: 'UpdateCapabilityDescription', data: { description } });
    update('what').then({
      type: 'DescriptionUpdated',
      data: { previous_description: null, description: 'what' },
    });
    update('what').thenData({ description: 'what' });
    update('').thenRefused('NO_CHANGE');
  });
});

describe('importance and tags', () => {
  const set = (strategic_importance: string, ...history: readonly Given[]) =>
    x(root, ...history).when({ type: 'SetStrategicImportance', data: { strategic_importance } });
  const high = {
    type: 'StrategicImportanceSet',
    data: {
      previous_strategic_importance: null,
      new_strategic_importance: 'high',
      reason: null,
    },
  };

  it('says how much hangs on it', () => {
    set('high').then(high);
    set('low', high).then({
      type: 'StrategicImportanceSet',
      data: {
        previous_strategic_importance: 'high',
        new_strategic_importance: 'low',
        reason: null,
      },
    });
    set('low', high).thenData({ strategic_importance: 'low' });
    set('high', high).thenRefused('NO_CHANGE', /"high" already/);
    set('huge').thenRefused('VALIDATION_ERROR');
  });

  it('records only the tags that make a difference', () => {
    const tagged = x(root, { type: 'TagsAdded', data: { tags: ['a', 'b'] } });
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

describe('deleting', () => {
  const remove = { type: 'DeleteCapability', data: { reason }, ...justified };

  it('deletes what nothing depends on', () => {
    const leaf = x(root).and({ id: 'other' });
    leaf.when(remove).then({ type: 'CapabilityDeleted', data: { reason } });
    leaf.when(remove).thenData({}, 'deleted');
    leaf.when({ ...remove, business_justification: '' }).thenRefused('JUSTIFICATION_REQUIRED');
    x(root, { type: 'CapabilityDeleted', data: { reason } })
      .when({ type: 'RenameCapability', data: { name: 'N' } })
      .thenRefused('DELETED');
  });

  it('refuses while services or relations lead to it', () => {
    const boundaries = {
      realizers: { 's-1': { name: 'Wages', capability_id: 'x', application_id: 'payroll' } },
      relations: {
        r: {
          source_id: 'app',
          source_type: 'application',
          relation_type: 'supports',
          target_id: 'x',
          target_type: 'business_capability',
        },
      },
    };
    const refused = x(root).and({ boundaries }).when(remove);
    refused.thenRefused('HAS_DEPENDENTS');
    expect(refused.refusal?.details?.dependents).toEqual([
      { type: 'ApplicationService', id: 's-1', name: 'Wages' },
      { type: 'Relation', id: 'r', name: 'application app supports' },
    ]);
  });

  it('refuses while it has children or applications', () => {
    const apps = { payroll: { name: 'Payroll', capability_id: 'x' } };
    const refused = x(root)
      .and({ boundaries: { tree: entries, supporters: apps } })
      .when(remove);
    refused.thenRefused('HAS_DEPENDENTS', /BusinessCapability "Y", Application "Payroll"$/);
    expect(refused.refusal?.details).toEqual({
      dependents: [
        { type: 'BusinessCapability', id: 'y', name: 'Y' },
        { type: 'Application', id: 'payroll', name: 'Payroll' },
      ],
      total: 2,
    });
  });
});

const corrected = {
  original_event_id: 'evt-under',
  previous_parent_id: 'other',
  corrected_parent_id: null,
  reason,
  approval_id: 'chg-7',
};
const correction = { type: 'ParentAssignmentCorrected', data: corrected };

describe.each(['CorrectParentAssignment', 'CorrectionCommand'])('%s', (type) => {
  const correct = (corrects_event_id: string, parent: string | null): When => ({
    type,
    data:
      type === 'CorrectionCommand'
        ? { corrects_event_id, corrected_value: parent, correction_reason: reason }
        : { corrects_event_id, corrected_parent_id: parent, reason },
    ...approved,
  });
  const wrong = x(root, under('other'));

  it('refers to the original', () => {
    wrong.when(correct('evt-under', null)).then(correction);
    wrong.when(correct('evt-under', null)).thenData({ parent_id: null });
    x(root).when(correct('evt-created', 'other')).thenData({ parent_id: 'other' });
  });

  it('refuses the wrong event, and one that was corrected', () => {
    const code = 'CORRECTION_TARGET_INVALID';
    wrong.when(correct('evt-999', null)).thenRefused(code, /no event of this aggregate/);
    const twice = x(root, under('other'), { ...correction, event_id: 'evt-fix' });
    twice.when(correct('evt-under', 'other')).thenRefused(code, /corrected already, by evt-fix/);
    twice.when(correct('evt-fix', 'other')).thenData({ parent_id: 'other' });
  });

  it('is held to the rules of any parent', () => {
    wrong.when(correct('evt-under', 'other')).thenRefused('NO_CHANGE');
    wrong.when(correct('evt-under', 'z')).thenRefused('CIRCULAR_REFERENCE', /X → Z → Y → X/);
    wrong.when(correct('evt-under', 'x')).thenRefused('SELF_REFERENCE');
    wrong.when(correct('evt-under', 'none')).thenRefused('REFERENCE_NOT_FOUND');
    wrong.when(correct('evt-under', 'no id!')).thenRefused('VALIDATION_ERROR', /corrected_/);
    const { approval_id: _, ...unapproved } = correct('evt-under', null);
    wrong.when(unapproved).thenRefused('APPROVAL_REQUIRED');
  });
});

describe('boundaries', () => {
  const folding = (
    boundary: typeof tree | typeof supporters | typeof realizers,
    ...events: readonly [id: string, type: string, data: object][]
  ) => {
    const all = new Map<string, unknown>();
    for (const [aggregate_id, type, data] of events)
      for (const [key, value] of boundary.fold(all as never, type, { aggregate_id, data }))
        if (value === undefined) all.delete(key);
        else all.set(key, value);
    return Object.fromEntries(all);
  };
  const both: [string, string, object][] = [
    ['a', 'CapabilityCreated', { ...created, name: 'A' }],
    ['b', 'CapabilityCreated', { ...created, name: 'B', parent_id: 'a' }],
  ];

  it('know the tree', () => {
    expect(folding(tree, ...both)).toEqual({
      a: { name: 'A', parent_id: null },
      b: { name: 'B', parent_id: 'a' },
    });
    const b = (type: string, data: object) => folding(tree, ...both, ['b', type, data]).b;
    expect(b('ParentRemoved', { previous_parent_id: 'a', reason })).toMatchObject({
      parent_id: null,
    });
    expect(b('ParentAssigned', { parent_id: 'c', previous_parent_id: 'a' })).toEqual({
      name: 'B',
      parent_id: 'c',
    });
    expect(b('CapabilityRenamed', { previous_name: 'B', new_name: 'C', reason: null })).toEqual({
      name: 'C',
      parent_id: 'a',
    });
    expect(b('ParentAssignmentCorrected', corrected)).toMatchObject({ parent_id: null });
    expect(b('CapabilityDeleted', { reason })).toBeUndefined();
  });

  it('know which applications support what', () => {
    const app = (...events: readonly [string, object][]) =>
      folding(
        supporters,
        ['app', 'ApplicationCreated', { name: 'App', capability_id: 'a' }],
        ...events.map(([type, data]): [string, string, object] => ['app', type, data]),
      ).app;
    expect(app()).toEqual({ name: 'App', capability_id: 'a' });
    expect(app(['ApplicationRenamed', { new_name: 'B' }])).toMatchObject({ name: 'B' });
    expect(app(['CapabilityAssigned', { capability_id: 'b' }])).toMatchObject({
      capability_id: 'b',
    });
    expect(app(['CapabilityRemoved', {}])).toEqual({ name: 'App', capability_id: null });
    expect(app(['ApplicationDeleted', {}])).toBeUndefined();
  });

  it('know which services support what', () => {
    const services = (...events: readonly [string, object][]) =>
      folding(
        realizers,
        ['app', 'ServiceOffered', { service_id: 's-1', name: 'Wages', capability_id: 'a' }],
        ['other', 'ServiceOffered', { service_id: 's-2', name: 'Time', capability_id: null }],
        ...events.map(([type, data]): [string, string, object] => ['app', type, data]),
      );
    const other = { name: 'Time', capability_id: null, application_id: 'other' };
    const wages = { name: 'Wages', capability_id: 'a', application_id: 'app' };
    expect(services()).toEqual({ 's-1': wages, 's-2': other });
    const moved = { service_id: 's-1', previous_capability_id: 'a', new_capability_id: 'b' };
    expect(services(['ServiceCapabilityChanged', moved])).toEqual({
      's-1': { ...wages, capability_id: 'b' },
      's-2': other,
    });
    expect(services(['ServiceWithdrawn', { service_id: 's-1', reason }])).toEqual({ 's-2': other });
    expect(services(['ApplicationDeleted', {}])).toEqual({ 's-2': other });
  });
});
