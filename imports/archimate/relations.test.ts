import { describe, expect, it } from 'vitest';
import {
  arrows,
  element,
  kinds,
  link,
  native,
  parents,
  skippedKinds,
} from '../../test/support/archimate.js';

const app = (id: string): string => element('ApplicationComponent', id);

describe('what is a part of what', () => {
  const cap = (id: string) => element('Capability', id);

  it('is told by composition and aggregation, and what is above comes first', () => {
    const model = native([
      cap('c'),
      cap('b'),
      cap('a'),
      element('BusinessActor', 'x'),
      element('BusinessActor', 'y'),
      link('Composition', 'a', 'b'),
      link('Aggregation', 'b', 'c'),
      link('Aggregation', 'y', 'x'),
    ]);
    expect(parents(model)).toEqual(['b < a', 'c < b', 'x < y']);
    expect(
      kinds(model)
        .map(([key]) => key)
        .join(''),
    ).toBe('abcyx');
    expect(arrows(model)).toEqual([]);
  });

  it('counts the first parent and skips the second', () => {
    const model = native([
      cap('a'),
      cap('b'),
      cap('c'),
      link('Composition', 'a', 'c'),
      link('Composition', 'b', 'c'),
      link('Aggregation', 'a', 'c'),
    ]);
    expect(parents(model)).toEqual(['c < a']);
    expect(skippedKinds(model)).toEqual(['relation-second-parent', 'relation-repeated']);
  });

  it('gives the parts of a service to the application that has the service', () => {
    const service = (id: string) => element('ApplicationService', id);
    const model = native([
      app('a'),
      app('b'),
      service('s'),
      service('t'),
      service('u'),
      service('v'),
      service('lost'),
      element('ApplicationInterface', 'i'),
      element('ApplicationInterface', 'j'),
      // In this order it is known only later whose the upper one is.
      link('Composition', 't', 'u'),
      link('Aggregation', 's', 't'),
      link('Composition', 's', 'v'),
      link('Realization', 'a', 's'),
      link('Realization', 'b', 'v'),
      link('Composition', 'b', 'i'),
      link('Composition', 'i', 'j'),
      link('Composition', 'lost', 'lost'),
    ]);
    expect(parents(model)).toEqual(['s < a', 't < a', 'u < a', 'v < b', 'i < b', 'j < b']);
    expect(arrows(model)).toEqual([]);
    expect(skippedKinds(model)).toEqual([
      'element-without-application',
      'relation-second-parent',
      'relation-end-not-imported',
    ]);
  });

  it('never goes round in circles', () => {
    const model = native([
      cap('a'),
      cap('b'),
      cap('c'),
      link('Composition', 'a', 'b'),
      link('Composition', 'b', 'c'),
      link('Composition', 'c', 'a'),
      link('Composition', 'b', 'b'),
    ]);
    expect(parents(model)).toEqual(['b < a', 'c < b']);
    expect(skippedKinds(model)).toEqual(['relation-circular', 'relation-to-itself']);
  });

  it('gives services and interfaces their application; another one realizes the service', () => {
    const model = native([
      element('ApplicationService', 's'),
      element('ApplicationInterface', 'i'),
      app('a'),
      app('b'),
      link('Realization', 'a', 's'),
      link('Assignment', 'b', 's'),
      link('Composition', 'a', 'i'),
      link('Composition', 'b', 'i'),
    ]);
    expect(parents(model)).toEqual(['s < a', 'i < a']);
    expect(arrows(model)).toEqual(['b realizes s']);
    expect(skippedKinds(model)).toEqual(['relation-second-parent']);
  });

  it('skips services and interfaces that no application has, and what leads to them', () => {
    const model = native([
      element('ApplicationService', 's'),
      element('ApplicationInterface', 'i'),
      app('a'),
      link('Serving', 's', 'a'),
    ]);
    expect(kinds(model)).toEqual(['a application']);
    expect(skippedKinds(model)).toEqual([
      'element-without-application',
      'element-without-application',
      'relation-end-not-imported',
    ]);
  });

  it('tells when words on such a relationship are lost', () => {
    const model = native([
      cap('a'),
      cap('b'),
      '<element xsi:type="archimate:CompositionRelationship" id="r" name="since 2020" source="a" target="b"/>',
    ]);
    expect(skippedKinds(model)).toEqual(['relation-text']);
  });
});

describe('relationships', () => {
  const things = [
    app('a'),
    app('b'),
    element('ApplicationService', 's'),
    link('Realization', 'a', 's'),
    element('ApplicationInterface', 'i'),
    link('Composition', 'a', 'i'),
    element('DataObject', 'd'),
    element('Node', 'n'),
    element('Device', 'm'),
    element('Capability', 'c'),
    element('BusinessActor', 'o'),
  ];

  it.each([
    ['Serving', 'a', 'b', 'b depends_on a'],
    ['UsedBy', 'a', 'b', 'b depends_on a'],
    ['Serving', 's', 'b', 'b uses s'],
    ['Serving', 'i', 'b', 'b depends_on a'],
    ['Flow', 'a', 'b', 'a communicates_with b'],
    ['Serving', 'a', 'c', 'a supports c'],
    ['Realisation', 's', 'c', 's supports c'],
    ['Assignment', 'n', 'a', 'a deployed_on n'],
    ['Realization', 'n', 'a', 'a deployed_on n'],
    ['UsedBy', 'n', 'a', 'a deployed_on n'],
    ['Assignment', 'a', 'n', 'a deployed_on n'],
    ['Assignment', 'o', 'a', 'o owns a'],
    ['Composition', 'o', 'n', 'o owns n'],
    ['Association', 'n', 'm', 'n connected_to m'],
    ['Assignment', 'i', 's', 'i serves s'],
  ])('%s from %s to %s: %s', (type, source, target, arrow) => {
    const model = native([...things, link(type, source, target)]);
    expect(arrows(model)).toEqual([arrow]);
    expect(skippedKinds(model)).toEqual([]);
  });

  it.each([
    ['Composition', 'a', 'b', 'relation-not-in-matrix'],
    ['Triggering', 'a', 'b', 'relation-not-in-matrix'],
    ['Association', 'd', 'd', 'relation-to-itself'],
    ['Serving', 's', 'a', 'relation-to-itself'],
    ['Serving', 'i', 'a', 'relation-to-itself'],
    ['Flow', 'a', 'nowhere', 'relation-end-missing'],
    ['Flow', 'a', 'a-Realization-s', 'relation-end-relation'],
  ])('%s from %s to %s is skipped: %s', (type, source, target, kind) => {
    const model = native([...things, link(type, source, target)]);
    expect(arrows(model)).toEqual([]);
    expect(skippedKinds(model)).toEqual([kind]);
  });

  it('serve services of their own application only', () => {
    const model = native([
      ...things,
      element('ApplicationService', 't'),
      link('Realization', 'b', 't'),
      link('Assignment', 'i', 't'),
    ]);
    expect(skippedKinds(model)).toEqual(['relation-across-applications']);
  });

  it.each([
    ['', ['a writes d'], 0],
    ['accessType="0"', ['a writes d'], 0],
    ['accessType="1"', ['a reads d'], 0],
    ['accessType="2"', ['a reads d'], 1],
    ['accessType="3"', ['a reads d', 'a writes d'], 0],
    ['accessType="9"', ['a reads d'], 1],
  ])('read or write by their access type: %s', (access, expected, assumed) => {
    const model = native([...things, link('Access', 'a', 'd', access)]);
    expect(arrows(model)).toEqual(expected);
    expect(new Set(model.relations.map(({ key }) => key)).size).toBe(expected.length);
    expect(model.notes.filter(({ kind }) => kind === 'access-assumed')).toHaveLength(assumed);
  });

  it('keep their name and documentation', () => {
    const { relations } = native([
      app('a'),
      app('b'),
      '<element xsi:type="archimate:FlowRelationship" id="r" name="claims" source="a" target="b"><documentation>nightly</documentation></element>',
    ]);
    expect(relations[0]).toMatchObject({
      key: 'r',
      fields: { label: 'claims', description: 'nightly' },
      where: 'm.archimate:5',
    });
  });

  it('without an end are skipped', () => {
    const model = native([
      app('a'),
      '<element xsi:type="archimate:FlowRelationship" id="r" source="a"/>',
    ]);
    expect(skippedKinds(model)).toEqual(['relation-end-missing']);
  });
});
