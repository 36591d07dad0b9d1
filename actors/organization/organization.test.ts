import { describe, expect, it } from 'vitest';
import { markedPaths } from '../../src/core/marks.js';
import { type Given, given } from '../../src/testing/index.js';
import { Organization } from './organization.js';
import { tree } from './tree.js';

const reason = 'because';
const justified = { business_justification: 'the board said so' };
const created = { name: 'X', parent_id: null, domains: [], contacts: [] };
const root: Given = { type: 'OrganizationCreated', data: created };
const under = (parent_id: string): Given => ({
  type: 'ParentAssigned',
  data: { parent_id, previous_parent_id: null },
});
/** x is the one under test; z is a part of y, y a part of x. */
const entries = {
  x: { name: 'X', parent_id: null },
  y: { name: 'Y', parent_id: 'x' },
  z: { name: 'Z', parent_id: 'y' },
  other: { name: 'Other', parent_id: null },
};
const x = (...history: readonly Given[]) =>
  given(Organization, ...history).and({ id: 'x', boundaries: { tree: entries } });

describe('creating', () => {
  const create = (data: object, id = 'new') =>
    x().and({ id }).when({ type: 'CreateOrganization', data });

  it('starts at the top or as a part', () => {
    create({ name: 'X' }).then({ type: 'OrganizationCreated', data: created });
    create({ name: 'New', parent_id: 'z' }).thenData({ name: 'New', parent_id: 'z' }, 'present');
  });

  it('keeps domains and contacts once, as they are compared', () => {
    create({
      name: 'X',
      domains: ['Example.ORG', 'example.org'],
      contacts: [' Ann@Example.org', 'ann@example.org'],
    }).thenData({ domains: ['example.org'], contacts: ['ann@example.org'] });
  });

  it('refuses a parent that is not there or is itself, and what is no address', () => {
    create({ name: 'N', parent_id: 'none' }).thenRefused('REFERENCE_NOT_FOUND', /none/);
    create({ name: 'N', parent_id: 'new' }).thenRefused('SELF_REFERENCE', /"N"/);
    create({ name: '' }).thenRefused('VALIDATION_ERROR', /data\.name/);
    create({ name: 'N', contacts: ['ann'] }).thenRefused('VALIDATION_ERROR', /e-mail/);
    create({ name: 'N', domains: ['a b'] }).thenRefused('VALIDATION_ERROR', /DNS/);
    x(root)
      .when({ type: 'CreateOrganization', data: { name: 'X' } })
      .thenRefused('ALREADY_EXISTS');
  });
});

describe('the parent', () => {
  const add = (parent_id: string, ...more: readonly Given[]) =>
    x(root, ...more).when({ type: 'AddParentToOrganization', data: { parent_id } });

  it('is one focused event', () => {
    add('other').then({
      type: 'ParentAssigned',
      data: { parent_id: 'other', previous_parent_id: null },
    });
    add('other').thenData({ parent_id: 'other' });
  });

  it('closes no circle, and says which one', () => {
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

  it('is removed', () => {
    const remove = (...history: readonly Given[]) =>
      x(root, ...history).when({ type: 'RemoveParentFromOrganization', data: { reason } });
    remove(under('other')).then({
      type: 'ParentRemoved',
      data: { previous_parent_id: 'other', reason },
    });
    remove(under('other')).thenData({ parent_id: null });
    remove().thenRefused('NO_CHANGE', /the parent is not set/);
  });
});

describe('what is known of it', () => {
  it('renames', () => {
    const rename = (name: string) => x(root).when({ type: 'RenameOrganization', data: { name } });
    rename('New').then({
      type: 'OrganizationRenamed',
      data: { previous_name: 'X', new_name: 'New', reason: null },
    });
    rename('New').thenData({ name: 'New' });
    rename('X').thenRefused('NO_CHANGE', /"X" already/);
  });

  it('claims the name among its siblings', () => {
    const key = (data: object) =>
      Organization.claims.name!.key({ status: 'present', data: { ...data } });
    expect(key({ name: 'Human  Resources', parent_id: null })).toBe('/human resources');
    expect(key({ name: 'IT', parent_id: 'p' })).toBe('p/it');
  });

  const addresses = [
    {
      list: 'domains',
      field: 'domain',
      value: 'example.org',
      spelled: 'EXAMPLE.org',
      add: ['AddDomain', 'DomainAdded'],
      remove: ['RemoveDomain', 'DomainRemoved'],
    },
    {
      list: 'contacts',
      field: 'email',
      value: 'a@b.org',
      spelled: ' A@b.org',
      add: ['AddContact', 'ContactAdded'],
      remove: ['RemoveContact', 'ContactRemoved'],
    },
  ] as const;
  it.each(addresses)('adds and removes $list, however they are spelled', (one) => {
    const [added_as, removed_as]: readonly string[] = [one.add[1], one.remove[1]];
    const added = { type: added_as!, data: { [one.field]: one.value } };
    const asked = { data: { [one.field]: one.spelled } };
    x(root)
      .when({ type: one.add[0], ...asked })
      .then(added);
    x(root)
      .when({ type: one.add[0], ...asked })
      .thenData({ [one.list]: [one.value] });
    x(root, added)
      .when({ type: one.add[0], ...asked })
      .thenRefused('NO_CHANGE');
    const remove = x(root, added).when({ type: one.remove[0], ...asked });
    remove.then({ type: removed_as!, data: { [one.field]: one.value } });
    remove.thenData({ [one.list]: [] });
    x(root)
      .when({ type: one.remove[0], ...asked })
      .thenRefused('NO_CHANGE');
  });

  it.each([
    ['AddDomain', { domain: 'no domain' }],
    ['RemoveDomain', { domain: '' }],
    ['AddContact', { email: 'ann@' }],
    ['RemoveContact', {}],
  ])('%s takes nothing else', (type, data) => {
    x(root).when({ type, data }).thenRefused('VALIDATION_ERROR');
  });

  it('marks contacts as personal wherever they stand, and never says them', () => {
    const { commands, events, data } = Organization;
    const personal = (schema: Parameters<typeof markedPaths>[0]) =>
      markedPaths(schema, ['personal']);
    expect(personal(commands.CreateOrganization!.data)).toEqual(['contacts.*']);
    expect(personal(commands.AddContact!.data)).toEqual(['email']);
    expect(personal(commands.RemoveContact!.data)).toEqual(['email']);
    expect(personal(events.OrganizationCreated!.schema)).toEqual(['contacts.*']);
    expect(personal(events.ContactAdded!.schema)).toEqual(['email']);
    expect(personal(events.ContactRemoved!.schema)).toEqual(['email']);
    expect(personal(data)).toEqual(['contacts.*']);
    const email = 'ann@example.org';
    const twice = x(root, { type: 'ContactAdded', data: { email } });
    for (const { refusal } of [
      twice.when({ type: 'AddContact', data: { email } }),
      x(root).when({ type: 'RemoveContact', data: { email } }),
    ])
      expect(JSON.stringify(refusal)).not.toContain(email);
  });
});

describe('deleting', () => {
  const remove = { type: 'DeleteOrganization', data: { reason }, ...justified };

  it('deletes what has no parts and owns nothing', () => {
    const leaf = x(root).and({ id: 'other' });
    leaf.when(remove).then({ type: 'OrganizationDeleted', data: { reason } });
    leaf.when(remove).thenData({}, 'deleted');
    leaf.when({ ...remove, business_justification: '' }).thenRefused('JUSTIFICATION_REQUIRED');
    x(root, { type: 'OrganizationDeleted', data: { reason } })
      .when({ type: 'RenameOrganization', data: { name: 'N' } })
      .thenRefused('DELETED');
  });

  it('refuses while it has parts or owns something', () => {
    const relations = {
      r: {
        source_id: 'x',
        source_type: 'organization',
        target_id: 'payroll',
        target_type: 'application',
        relation_type: 'owns',
      },
      strange: {
        source_id: 'other',
        source_type: 'organization',
        target_id: 'payroll',
        target_type: 'application',
        relation_type: 'owns',
      },
    };
    const refused = x(root)
      .and({ boundaries: { tree: entries, relations } })
      .when(remove);
    refused.thenRefused('HAS_DEPENDENTS', /Organization "Y", Relation "owns application payroll"$/);
    expect(refused.refusal?.details).toMatchObject({ total: 2 });
  });
});

it('its tree follows its events', () => {
  const folding = (...events: readonly [id: string, type: string, data: object][]) => {
    const all = new Map<string, unknown>();
    for (const [aggregate_id, type, data] of events)
      for (const [key, value] of tree.fold(all as never, type, { aggregate_id, data }))
        if (value === undefined) all.delete(key);
        else all.set(key, value);
    return Object.fromEntries(all);
  };
  const both: [string, string, object][] = [
    ['a', 'OrganizationCreated', { ...created, name: 'A' }],
    ['b', 'OrganizationCreated', { ...created, name: 'B', parent_id: 'a' }],
  ];
  expect(folding(...both)).toEqual({
    a: { name: 'A', parent_id: null },
    b: { name: 'B', parent_id: 'a' },
  });
  const b = (type: string, data: object) => folding(...both, ['b', type, data]).b;
  expect(b('ParentRemoved', { previous_parent_id: 'a', reason })).toEqual({
    name: 'B',
    parent_id: null,
  });
  expect(b('ParentAssigned', { parent_id: 'c', previous_parent_id: 'a' })).toEqual({
    name: 'B',
    parent_id: 'c',
  });
  expect(b('OrganizationRenamed', { previous_name: 'B', new_name: 'C', reason: null })).toEqual({
    name: 'C',
    parent_id: 'a',
  });
  expect(b('OrganizationDeleted', { reason })).toBeUndefined();
});
