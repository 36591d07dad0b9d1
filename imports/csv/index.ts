import { type CsvError, type Info, parse } from 'csv-parse/sync';
import { ImportError, type ImportNote, type SourceFile } from '../importer.js';
import type { ElementKind, Model, ModelElement, ModelRelation } from '../model.js';
import { modelFormat } from '../model-format.js';
import { textOf } from '../yaml-file.js';
import { type Mapping, readMapping, type Value } from './mapping.js';

const BYTES_MAX = 64 * 1024 * 1024;

type Row = { readonly cells: readonly string[]; readonly where: string };
type Table = { readonly header: readonly string[]; readonly rows: readonly Row[] };

const readTable = (file: SourceFile, { separator, quote }: Mapping): Table => {
  const fail = (code: string, wrong: string, line?: number): never => {
    throw new ImportError({
      ...{ code, file: file.path, ...(line !== undefined && { line }) },
      ...{
        wrong,
        expected: `rows of the same length, separated by "${separator}" and quoted with ${quote}`,
      },
    });
  };
  let records: readonly { readonly record: readonly string[]; readonly info: Info }[] = [];
  try {
    records = parse(textOf(file, BYTES_MAX), {
      ...{ delimiter: separator, quote, info: true, skip_empty_lines: true, trim: true },
    }) as unknown as typeof records;
  } catch (error) {
    if (error instanceof ImportError) throw error;
    const { message, lines } = error as CsvError & { lines?: number };
    return fail('NOT_CSV', message, lines);
  }
  const [header, ...rows] = records;
  if (!header) return fail('NOT_CSV', 'is empty');
  const twice = header.record.find((name, index) => header.record.indexOf(name) !== index);
  if (twice !== undefined) return fail('NOT_CSV', `the column "${twice}" is there twice`, 1);
  // `lines` counts those that were read: the row ends there.
  return {
    header: header.record,
    rows: rows.map(({ record, info }) => ({ cells: record, where: `${file.path}:${info.lines}` })),
  };
};

const columnsOf = (mapping: Mapping): readonly string[] => {
  const { kind, key, name, description, parent, fields, relations } = mapping;
  const from: readonly (string | undefined)[] = [
    ...[key, name, description, parent, typeof kind === 'string' ? undefined : kind.column],
    ...Object.values(fields as Record<string, Value>).map(({ column }) => column),
    ...relations.map(({ column }) => column),
  ];
  return [...new Set(from.filter((column) => column !== undefined))];
};

const checkColumns = (file: SourceFile, { header }: Table, mapping: Mapping): void => {
  const missing = columnsOf(mapping).filter((column) => !header.includes(column));
  if (missing.length === 0) return;
  const one = header.length === 1 ? '; there is only one: is the separator another?' : '';
  throw new ImportError({
    ...{ code: 'COLUMN_MISSING', file: file.path, line: 1 },
    wrong: `has no column ${missing.map((name) => `"${name}"`).join(', ')}`,
    expected: `the columns that the mapping names; there are ${header.map((name) => `"${name}"`).join(', ')}${one}`,
  });
};

type Reading = {
  readonly mapping: Mapping;
  readonly cell: (row: Row, column: string | undefined) => string;
  readonly skipped: ImportNote[];
};

const partsOf = (text: string, split: string | undefined): readonly string[] =>
  split === undefined
    ? [text]
    : text
        .split(split)
        .map((one) => one.trim())
        .filter((one) => one !== '');

/** The value of a field, or undefined when the row says nothing. */
const fieldOf = (row: Row, field: string, value: Value, { cell, skipped }: Reading): unknown => {
  const { column, map, split } = value;
  const text = cell(row, column);
  if (text === '') return value.default;
  const read = (one: string): unknown => {
    if (map === undefined) return one;
    if (Object.hasOwn(map, one)) return map[one];
    skipped.push({
      where: row.where,
      kind: 'not-imported',
      message: `${field}: "${one}" of column "${column}" is not in the mapping; it knows ${Object.keys(map).join(', ')}`,
    });
    return undefined;
  };
  if (split === undefined) return read(text);
  return partsOf(text, split)
    .map(read)
    .filter((one) => one !== undefined && one !== null);
};

const kindOf = (
  row: Row,
  { mapping: { kind }, cell, skipped }: Reading,
): ElementKind | undefined => {
  if (typeof kind === 'string') return kind;
  const text = cell(row, kind.column);
  if (Object.hasOwn(kind.map, text)) return kind.map[text];
  skipped.push({
    where: row.where,
    kind: 'skipped',
    message: `the row is not imported: "${text}" of column "${kind.column}" is no kind of the mapping; it knows ${Object.keys(kind.map).join(', ')}`,
  });
  return undefined;
};

const elementOf = (row: Row, reading: Reading): ModelElement | undefined => {
  const { mapping, cell, skipped } = reading;
  const kind = kindOf(row, reading);
  if (!kind) return undefined;
  const key = cell(row, mapping.key);
  if (key === '') {
    skipped.push({
      where: row.where,
      kind: 'skipped',
      message: `the row is not imported: column "${mapping.key}", its key, is empty`,
    });
    return undefined;
  }
  const fields = Object.entries(mapping.fields as Record<string, Value>).map(
    ([field, value]) => [field, fieldOf(row, field, value, reading)] as const,
  );
  return {
    ...{ key, kind, name: cell(row, mapping.name), where: row.where },
    description: cell(row, mapping.description) || null,
    parent_key: cell(row, mapping.parent) || null,
    fields: Object.fromEntries(fields.filter(([, value]) => value !== undefined && value !== null)),
  };
};

const relationsOf = (
  row: Row,
  source_key: string,
  names: ReadonlyMap<string, string>,
  { mapping, cell }: Reading,
): readonly ModelRelation[] =>
  mapping.relations.flatMap(({ type, column, split, by }) =>
    partsOf(cell(row, column), split)
      .filter((text) => text !== '')
      .map((text) => {
        const target_key = by === 'name' ? (names.get(text) ?? text) : text;
        return {
          key: `${source_key} ${type} ${target_key}`,
          type,
          source_key,
          target_key,
          fields: {},
          where: row.where,
        };
      }),
  );

/** Read a table by its mapping. @throws ImportError with the row and the column that are wrong */
export const readCsv = (files: readonly SourceFile[], mapped: SourceFile | undefined): Model => {
  const [file] = files;
  if (!file || files.length > 1 || !mapped)
    throw new ImportError({
      ...{ code: 'MAPPING_MISSING', file: file?.path ?? 'csv' },
      wrong: mapped ? `${files.length} files were given` : 'no mapping was given',
      expected: 'one CSV file, and a mapping file that says what its columns are',
    });
  const mapping = readMapping(mapped);
  const table = readTable(file, mapping);
  checkColumns(file, table, mapping);
  const skipped: ImportNote[] = [];
  const cell = ({ cells }: Row, column: string | undefined): string =>
    column === undefined ? '' : (cells[table.header.indexOf(column)] ?? '').trim();
  const reading: Reading = { mapping, cell, skipped };
  const elements = new Map<string, ModelElement>();
  const taken: [Row, string][] = [];
  for (const row of table.rows) {
    const element = elementOf(row, reading);
    if (!element) continue;
    const { key } = element;
    const before = elements.get(key);
    if (before)
      skipped.push({
        where: row.where,
        kind: 'skipped',
        message: `the row is not imported: the key "${key}" stands at ${before.where} already`,
      });
    else {
      elements.set(key, element);
      taken.push([row, key]);
    }
  }
  const names = new Map([...elements.values()].map(({ name, key }) => [name, key]));
  const unread = table.header.filter((column) => !columnsOf(mapping).includes(column));
  return {
    ...{ source: mapping.source, format: 'csv', skipped },
    elements: [...elements.values()],
    relations: taken.flatMap(([row, key]) => relationsOf(row, key, names, reading)),
    notes: unread.map((column) => ({
      where: file.path,
      kind: 'read-past',
      message: `column "${column}" is not in the mapping`,
    })),
    counts: { rows: table.rows.length, columns: table.header.length },
  };
};

/** A table, with a mapping that says what its columns are. */
export const csv = modelFormat({
  name: 'csv',
  summary: 'A table of anything, with a mapping file that says what its columns are.',
  format: 'one .csv file in UTF-8 and --mapping <file> (YAML or JSON)',
  isPart: (path) => /\.csv$/i.test(path),
  needsMapping: true,
  parse: (files, { mapping }) => readCsv(files, mapping),
});
