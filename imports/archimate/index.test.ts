import { describe, expect, it } from 'vitest';
import { ImportError } from '../../src/operate/importing/importer.js';
import {
  arrows,
  bytesOf,
  exchange,
  grafico,
  native,
  nativeText,
  skippedKinds,
} from '../../test/support/archimate.js';
import { isArchimatePart, readArchimate } from './index.js';

const refusal = (content: string): ImportError => {
  try {
    readArchimate([{ path: 'm.archimate', bytes: bytesOf(content) }]);
  } catch (error) {
    expect(error).toBeInstanceOf(ImportError);
    return error as ImportError;
  }
  throw new Error('it was read');
};

describe('the rest of a native file', () => {
  it('is told in numbers: folders, diagrams, specializations, the purpose, what is not known', () => {
    const model = readArchimate([
      {
        path: 'm.archimate',
        bytes: bytesOf(
          nativeText([
            '<folder name="G" id="f2"/>',
            '<element xsi:type="archimate:ArchimateDiagramModel" id="v1"><child id="x"><bounds/></child></element>',
            '<element xsi:type="canvas:CanvasModel" xmlns:canvas="urn:c" id="v2"/>',
            '<element xsi:type="archimate:Node" id="1" profiles="p"/>',
            '<element id="2"/>',
            '<strange/>',
          ]).replace(
            '</archimate:model>',
            '<purpose>Why</purpose><profile id="p"/><odd/></archimate:model>',
          ),
        ),
      },
    ]);
    expect(model.skipped.map(({ kind, message }) => `${kind}: ${message}`).sort()).toEqual([
      'folders: not imported, 2 times: folder',
      'model-text: not imported: the purpose of the model',
      'not-understood: not imported: <element> without a type',
      'not-understood: not imported: <odd> in the model',
      'not-understood: not imported: <strange> in a folder',
      'specializations: not imported: the definition of a specialization',
      'specializations: not imported: the specialization of Node',
      'views: not imported, 2 times: diagram',
    ]);
    expect(model.counts).toEqual({ folder: 2, ArchimateDiagramModel: 1, CanvasModel: 1, Node: 1 });
  });

  it('says which version of ArchiMate it was written in', () => {
    expect(native([], 'id="m1" version="3.1.1"').format).toBe('archimate-2');
    expect(native([], 'id="m1"').format).toBe('archimate-3');
  });

  it('is known by its name where it has no id', () => {
    const model = native([], '');
    expect(model.source).toBe('M');
    expect(model.notes.map(({ kind }) => kind)).toEqual(['model-without-id']);
  });
});

describe('the exchange format', () => {
  it('is read in version 3', () => {
    const model = exchange(
      3,
      `<name xml:lang="en">M</name>
       <elements>
         <element identifier="id-1" xsi:type="ApplicationComponent"><name xml:lang="en">A</name><name xml:lang="nl">Aa</name>
           <documentation>First</documentation>
           <properties><property propertyDefinitionRef="p1"><value xml:lang="en">Claims</value></property></properties></element>
         <element identifier="id-2" xsi:type="DataObject"><name>D</name></element>
       </elements>
       <relationships>
         <relationship identifier="id-3" source="id-1" target="id-2" xsi:type="Access" accessType="ReadWrite"/>
         <relationship identifier="id-4" source="id-1" target="id-2" xsi:type="Access" accessType="Access"/>
         <relationship identifier="id-5" source="id-1" target="id-2" xsi:type="Access"/>
       </relationships>
       <organizations><item><label>F</label><item identifierRef="id-1"/></item></organizations>
       <propertyDefinitions><propertyDefinition identifier="p1" type="string"><name>Owner</name></propertyDefinition></propertyDefinitions>
       <views><diagrams><view identifier="id-9" xsi:type="Diagram"><node/></view></diagrams></views>`,
    );
    expect(model).toMatchObject({ source: 'm1', format: 'open-exchange-3' });
    expect(model.elements).toMatchObject([
      {
        key: '1',
        kind: 'application',
        name: 'A',
        description: 'First',
        fields: { owner: 'Claims' },
      },
      { key: '2', kind: 'data_entity', name: 'D' },
    ]);
    expect(arrows(model)).toEqual(['1 reads 2', '1 writes 2', '1 reads 2', '1 writes 2']);
    expect(model.relations.map(({ key }) => key)).toEqual(['3#reads', '3#writes', '4', '5']);
    expect(model.notes.filter(({ kind }) => kind === 'access-assumed')).toHaveLength(2);
    expect(model.skipped.map(({ kind }) => kind).sort()).toEqual(['folders', 'languages', 'views']);
  });

  it('is read in version 2', () => {
    const model = exchange(
      2,
      `<elements><element identifier="id-1" xsi:type="ApplicationComponent"><label>A</label>
         <properties><property identifierref="p1"><value>Claims</value></property></properties></element>
       <element identifier="id-2" xsi:type="ApplicationComponent"><label>B</label></element></elements>
       <relationships><relationship identifier="id-3" source="id-1" target="id-2" xsi:type="UsedByRelationship"><label>x</label></relationship></relationships>
       <propertydefs><propertydef identifier="p1" name="owner" type="string"/></propertydefs>
       <views><view identifier="id-9"/></views>`,
    );
    expect(model.format).toBe('open-exchange-2');
    expect(model.elements[0]).toMatchObject({ name: 'A', fields: { owner: 'Claims' } });
    expect(arrows(model)).toEqual(['2 depends_on 1']);
    expect(model.counts).toEqual({ ApplicationComponent: 2, UsedByRelationship: 1, view: 1 });
  });

  it('tells of what it does not know', () => {
    const model = exchange(
      3,
      '<documentation>D</documentation><properties/><odd/><elements><strange/><element/><element identifier="i" xsi:type="Node"><name>N</name><more/></element></elements>',
    );
    expect(model.skipped.map(({ kind }) => kind).sort()).toEqual([
      'model-text',
      'model-text',
      'not-understood',
      'not-understood',
      'not-understood',
      'not-understood',
    ]);
  });

  it('keeps the prefix of ids that differ in nothing else', () => {
    const one = (id: string) =>
      `<element identifier="${id}" xsi:type="Node"><name>N</name></element>`;
    const { elements } = exchange(3, `<elements>${one('id-1')}${one('1')}${one('id-')}</elements>`);
    expect(elements.map(({ key }) => key)).toEqual(['id-1', '1', 'id-']);
  });
});

describe('a GRAFICO folder', () => {
  const files = {
    'x/model/relations/Flow_r.xml':
      '<FlowRelationship id="r"><source xsi:type="archimate:ApplicationComponent" href="A_a.xml#a"/><target href="A_b.xml#b"/></archimate:FlowRelationship>',
    'x/model/folder.xml': '<ArchimateModel id="m1" name="M" version="4.6.0"/>',
    'x/model/application/folder.xml': '<Folder name="Application" id="f"/>',
    'x/model/application/B.xml': '<ApplicationComponent id="b" name="B" documentation="Second"/>',
    'x/model/application/A.xml':
      '<ApplicationComponent id="a" name="A">\n<properties key="owner" value="Claims"/></archimate:ApplicationComponent>',
    'x/model/diagrams/V.xml': '<ArchimateDiagramModel id="v" name="V"/>',
  };

  it('is read file by file, whatever is around it', () => {
    const model = grafico({ ...files, 'x/model/read.me': '?', 'x/README.xml': 'no XML' });
    expect(model).toMatchObject({ source: 'm1', format: 'grafico-archimate-3' });
    expect(model.elements).toMatchObject([
      { key: 'a', name: 'A', fields: { owner: 'Claims' }, where: 'x/model/application/A.xml:1' },
      { key: 'b', name: 'B', description: 'Second' },
    ]);
    expect(arrows(model)).toEqual(['a communicates_with b']);
    expect(model.skipped.map(({ kind }) => kind).sort()).toEqual([
      'files',
      'files',
      'folders',
      'views',
    ]);
  });

  it('is read the same in whatever order its files come', () => {
    const reversed = Object.fromEntries(Object.entries(files).reverse());
    expect(grafico(reversed)).toEqual(grafico(files));
  });

  it('is refused without the file at its top, and with two of them', () => {
    const { 'x/model/folder.xml': head, ...rest } = files;
    expect(() => grafico(rest)).toThrowError(expect.objectContaining({ code: 'NO_MODEL' }));
    expect(() => grafico({ ...files, 'y/folder.xml': head })).toThrowError(
      expect.objectContaining({ code: 'SEVERAL_MODELS' }),
    );
  });

  it('is refused when all of it is too large', () => {
    const large = (path: string) => ({ path, bytes: bytesOf(`<a>${'x'.repeat(300)}</a>`) });
    const head = {
      path: 'folder.xml',
      bytes: bytesOf(
        '<a:ArchimateModel xmlns:a="http://www.archimatetool.com/archimate" id="m" name="M"/>',
      ),
    };
    const limits = { bytes: 500, depth: 10, tags: 10, attributes: 10, id: 10 };
    expect(() => readArchimate([head, large('1.xml'), large('2.xml')], limits)).toThrowError(
      expect.objectContaining({ code: 'TOO_LARGE' }),
    );
  });

  it('tells of files that are something else', () => {
    const model = grafico({ ...files, 'x/model/other.xml': '<ApplicationComponent name="A"/>' });
    expect(skippedKinds(model)).toEqual(['views', 'element-without-id']);
  });
});

describe('what is no model', () => {
  it.each([
    ['<html/>', 'NOT_A_MODEL'],
    ['<model/>', 'NOT_A_MODEL'],
    ['<a:Node xmlns:a="http://www.archimatetool.com/archimate" id="1"/>', 'NOT_A_MODEL'],
    ['<elements xmlns="http://www.opengroup.org/xsd/archimate/3.0/"/>', 'NOT_A_MODEL'],
    ['PK\u0003\u0004', 'ARCHIVE'],
  ])('%s is refused', (content, code) => {
    expect(refusal(content).code).toBe(code);
  });

  it('is refused when there is no file at all', () => {
    expect(() => readArchimate([])).toThrowError(expect.objectContaining({ code: 'NO_MODEL' }));
  });

  it('is told by the name of a file in a folder', () => {
    expect(['a/B.xml', 'm.ARCHIMATE', 'a.xml.bak', 'images/a.png'].map(isArchimatePart)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
