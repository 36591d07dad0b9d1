import { describe, expect, it } from 'vitest';
import { readCsv } from './index.js';

const file = (path: string, text: string) => ({ path, bytes: new TextEncoder().encode(text) });
const base = 'source: cmdb\nkind: application\nkey: ID\nname: Name\n';
const read = (text: string, mapping = base) =>
  readCsv([file('apps.csv', text)], file('m.yaml', mapping));

describe('a table', () => {
  it('is read by its mapping: quotes, a BOM, separators, values, defaults, lists', () => {
    const mapping = `${base}separator: ";"\nfields:\n  owner: { column: Team, default: nobody }\n  lifecycle: { column: Status, map: { live: active } }\n  tags: { column: Tags, split: "|" }\n  criticality: { default: low }\n`;
    const { elements } = read('\uFEFFID;Name;Team;Status;Tags\n1;"A; ""b""";;live;x|y\n', mapping);
    expect(elements).toEqual([
      {
        ...{ key: '1', kind: 'application', name: 'A; "b"', description: null, parent_key: null },
        fields: { owner: 'nobody', lifecycle: 'active', tags: ['x', 'y'], criticality: 'low' },
        where: 'apps.csv:2',
      },
    ]);
  });

  it('gives relations by key and by name', () => {
    const mapping = `${base}relations:\n  - { type: depends_on, column: Needs, split: ",", by: name }\n`;
    const { relations } = read('ID,Name,Needs\n1,A,"B, C"\n2,B,\n', mapping);
    expect(relations.map(({ source_key, target_key }) => [source_key, target_key])).toEqual([
      ['1', '2'],
      ['1', 'C'],
    ]);
  });

  it('tells what it leaves out: unknown values and kinds, empty and repeated keys, columns', () => {
    const mapping = `source: cmdb\nkind: { column: Type, map: { App: application } }\nkey: ID\nname: Name\nfields:\n  lifecycle: { column: Status, map: { live: active } }\n`;
    const { elements, skipped, notes } = read(
      'ID,Name,Type,Status,Odd\n1,A,App,gone,\n,B,App,live,\n1,C,App,live,\n4,D,Box,live,\n',
      mapping,
    );
    expect(elements.map(({ name }) => name)).toEqual(['A']);
    expect(skipped.map(({ where }) => where)).toEqual([
      'apps.csv:2',
      'apps.csv:3',
      'apps.csv:4',
      'apps.csv:5',
    ]);
    expect(notes).toMatchObject([
      { kind: 'read-past', message: 'column "Odd" is not in the mapping' },
    ]);
  });

  it.each([
    ['ID,Nam\n1,A\n', base, /line 1: has no column "Name"; expected .*"ID", "Nam"/],
    ['ID;Name\n1;A\n', base, /is the separator another/],
    ['ID,Name\n1,A,B\n', base, /line 2/],
    ['ID,ID\n', base, /"ID" is there twice/],
    ['', base, /is empty/],
    ['ID,Name\n', 'source: x\nkind: thing\nkey: ID\nname: Name\n', /m\.yaml:2: kind/],
  ])('says what is wrong with %j', (text, mapping, wrong) => {
    expect(() => read(text, mapping)).toThrow(wrong);
  });

  it('cannot be read without a mapping', () => {
    expect(() => readCsv([file('apps.csv', 'ID\n')], undefined)).toThrow(/no mapping/);
  });
});
