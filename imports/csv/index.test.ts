import { describe, expect, it } from 'vitest';
import { ownTime } from '../../test/support/own-time.js';
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
        key: '1',
        kind: 'application',
        name: 'A; "b"',
        description: null,
        parent_key: null,
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
    [
      ...(['ID,Name\n', `${base}fields: { owner: { default: ${'o'.repeat(16_385)} } }\n`] as const),
      /m\.yaml:5: fields\.owner\.default: .*16384 characters/,
    ],
    [
      'ID,Name\n',
      `${base}fields: { tags: { default: [${`${'t'.repeat(255)},`.repeat(65)}] } }\n`,
      /fields\.tags\.default: expected at most 16384 characters in all/,
    ],
    [
      'ID,Name\n',
      `${base}fields: { owner: { column: ID, map: { a: ${'o'.repeat(16_385)} } } }\n`,
      /fields\.owner\.map\.a: .*16384 characters/,
    ],
    [
      'ID,Name\n',
      `${base}relations:\n${'  - { type: uses, column: ID }\n'.repeat(65)}`,
      /relations: .*64 items/,
    ],
  ])('says what is wrong with %j', (text, mapping, wrong) => {
    expect(() => read(text, mapping)).toThrow(wrong);
  });

  const encoded = (bytes: Uint8Array, more = '') =>
    readCsv([{ path: 'apps.csv', bytes }], file('m.yaml', `${base}${more}`)).elements;

  it('may be in UTF-16 with its mark, or in what the mapping says; else it says which', () => {
    const text = 'ID,Name\n1,Gestão\n';
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    const ansi = Buffer.from(text, 'latin1');
    expect(encoded(utf16)).toMatchObject([{ name: 'Gestão', where: 'apps.csv:2' }]);
    expect(encoded(ansi, 'encoding: windows-1252\n')).toMatchObject([{ name: 'Gestão' }]);
    expect(() => encoded(ansi)).toThrow(
      /is not UTF-8.*Windows-1252.*expected CSV in UTF-8.*`encoding: windows-1252`$/,
    );
    expect(() => encoded(Buffer.from('PK\u0003\u0004'))).toThrow(/Excel workbook/);
  });

  it('may say its separator, and wrap texts, as Excel does', () => {
    const text = 'sep=;\r\nID;Name\r\n"=""0500""";A\r\n7;"=""0""""1"""\r\n';
    const { elements, notes } = read(text);
    expect(elements).toMatchObject([
      { key: '0500', name: 'A', where: 'apps.csv:3' },
      { key: '7', name: '0"1', where: 'apps.csv:4' },
    ]);
    expect(notes).toMatchObject([{ kind: 'reading' }]);
  });

  it('never guesses which of two equal names a relation means', () => {
    const mapping = `${base}relations:\n  - { type: depends_on, column: Needs, by: name }\n`;
    const { relations, skipped } = read('ID,Name,Needs\n1,A,Twin\n2,Twin,\n3,Twin,\n', mapping);
    expect(relations).toEqual([]);
    expect(skipped).toMatchObject([
      { kind: 'ambiguous-name', where: 'apps.csv:2', message: expect.stringContaining('2, 3') },
    ]);
  });

  it('is counted before it is read, and takes no time that grows with its square', () => {
    const many = 13_000;
    const columns = ['ID', 'Name', ...Array.from({ length: many }, (_, n) => `c${n}`)];
    const wide = `${columns.join(',')}\n${columns.map((_, n) => n).join(',')}\n`;
    const fields = Array.from({ length: 1_200 }, (_, n) => `  f${n}: c${many - 1 - n}\n`).join('');
    const took = ownTime(() => {
      expect(read(wide, `${base}fields:\n${fields}`).elements).toHaveLength(1);
    });
    expect(took).toBeLessThan(3_000);
    expect(() => read(`ID,Name${',x'.repeat(20_000)}\n`)).toThrow(/has 20002 columns/);
    expect(() => read(`ID,Name\n${'1,A\n'.repeat(200_000)}`)).toThrow(/has 200002 lines/);
  });

  it('cannot be read without a mapping', () => {
    expect(() => readCsv([file('apps.csv', 'ID\n')], undefined)).toThrow(/no mapping/);
  });
});
