import { describe, expect, it } from 'vitest';
import { ImportError } from '../../src/operate/importing/importer.js';
import {
  bytesOf,
  element,
  kinds,
  native,
  nativeText,
  property,
  skippedKinds,
} from '../../test/support/archimate.js';
import { readArchimate } from './index.js';

const refusal = (content: string): ImportError => {
  try {
    readArchimate([{ path: 'm.archimate', bytes: bytesOf(content) }]);
  } catch (error) {
    expect(error).toBeInstanceOf(ImportError);
    return error as ImportError;
  }
  throw new Error('it was read');
};

describe('elements of a model', () => {
  it('are read by their type', () => {
    const model = native([
      element('BusinessFunction', '1'),
      element('Capability', '2'),
      element('BusinessActor', '3'),
      element('ApplicationComponent', '4'),
      element('DataObject', '5'),
      element('BusinessObject', '6'),
      element('Node', '7'),
      element('Device', '8'),
    ]);
    expect(kinds(model)).toEqual([
      '1 business_capability',
      '2 business_capability',
      '3 organization',
      '4 application',
      '5 data_entity',
      '6 data_entity',
      '7 server',
      '8 server',
    ]);
    expect(model).toMatchObject({ source: 'm1', format: 'archimate-3' });
    expect(model.counts).toMatchObject({ Capability: 1, folder: 1 });
    expect(model.elements[3]).toMatchObject({ name: '4', where: 'm.archimate:6' });
  });

  it('are skipped one by one, each with its reason, when a portfolio has no such kind', () => {
    const model = native([
      element('BusinessRole', '1', 'Clerk'),
      element('Junction', '2', ''),
      element('Something', '3'),
    ]);
    expect(model.elements).toEqual([]);
    expect(model.skipped.filter(({ kind }) => kind === 'element-type')).toEqual([
      {
        kind: 'element-type',
        where: 'm.archimate:3',
        message: 'BusinessRole "Clerk": a role is no organization, but what one plays',
      },
      expect.objectContaining({ message: expect.stringContaining('Junction 2: ') }),
      expect.objectContaining({ message: expect.stringContaining('Something "3": ') }),
    ]);
  });

  it('keep their names, duplicate or missing ones too, and their documentation', () => {
    const { elements } = native([
      element(
        'DataObject',
        '1',
        'Order &amp; more',
        '<documentation> Of a customer\n</documentation>',
      ),
      element('DataObject', '2', 'Order &amp; more'),
      '<element xsi:type="archimate:DataObject" id="3"/>',
    ]);
    expect(elements.map(({ name, description }) => [name, description])).toEqual([
      ['Order & more', 'Of a customer'],
      ['Order & more', null],
      ['', null],
    ]);
  });

  it('take properties that are fields, and tell of the others', () => {
    const model = native([
      element(
        'ApplicationComponent',
        '1',
        'A',
        [
          property('Owner', 'Claims'),
          property('dataClassification', 'Confidential'),
          property('tags', 'core, legacy;;'),
          property('owner', 'Someone else'),
          property('colour', 'red'),
        ].join(''),
      ),
      element('DataObject', '2', 'D', property('PII flag', 'yes') + property('colour', 'red')),
      element('DataObject', '3', 'E', property('colour', 'red')),
    ]);
    expect(model.elements.map(({ fields }) => fields)).toEqual([
      { owner: 'Claims', data_classification: 'confidential', tags: ['core', 'legacy'] },
      { pii_flag: true },
      {},
    ]);
    expect(model.skipped.filter(({ kind }) => kind === 'property')).toEqual([
      expect.objectContaining({ message: 'not imported: property "owner" (application)' }),
      expect.objectContaining({ message: 'not imported: property "colour" (application)' }),
      expect.objectContaining({
        where: 'm.archimate:4',
        message: 'not imported, 2 times: property "colour" (data_entity)',
      }),
    ]);
  });

  it('are skipped without an id, and refused with one that is given twice', () => {
    const model = native(['<element xsi:type="archimate:Node" name="N"/>']);
    expect(skippedKinds(model)).toEqual(['element-without-id']);
    const error = refusal(nativeText([element('Node', '1'), element('Device', '1')]));
    expect(error).toMatchObject({ code: 'DUPLICATE_ID', line: 4 });
    expect(error.message).toContain('m.archimate:3');
    expect(refusal(nativeText([element('Node', 'x'.repeat(256))])).code).toBe('ID_TOO_LONG');
  });
});
