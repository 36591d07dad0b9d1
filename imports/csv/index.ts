import { type CsvError, type Info, parse } from 'csv-parse/sync';
import {
  ImportError,
  type ImportNote,
  type SourceFile,
} from '../../src/operate/importing/importer.js';
import { cut } from '../cut.js';
import { decode, type FileKind } from '../decode.js';
import type { ElementKind, Model, ModelElement, ModelRelation } from '../model.js';
import { modelFormat } from '../model-format.js';
import { type Mapping, readMapping, type Value } from './mapping.js';

const BYTES_MAX = 64 * 1024 * 1024;
/** Lines of a table, and columns; what has more is no list that people keep. */
const LINES_MAX = 200_000;
const COLUMNS_MAX = 16_384;
const NEWLINE = 10;
const CSV_FILE: FileKind = {
  name: 'CSV',
  zip: ['is a zip archive, such as an Excel workbook', 'CSV: save it as "CSV UTF-8"'],
  otherwise: ', or say what it is in the mapping, as in `encoding: windows-1252`',
};
/** Names, keys or values that a message names. */
const SHOWN_MAX = 20;
/** Characters of each of them. */
const SHOWN_CHARS_MAX = 100;
/** The first line by which Excel is told the separator. */
const SEPARATOR_LINE = /^sep=(.)\r?\n/;
/** A text as Excel is made to leave it alone: `="0500"`. */
const WRAPPED = /^="(.*)"$/s;

type Row = { readonly cells: readonly string[]; readonly where: string };
type Table = {
  readonly header: readonly string[];
  readonly rows: readonly Row[];
  readonly separator: string;
};

const countLines = (bytes: Uint8Array): number => {
  let lines = 1;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
};

const readTable = (file: SourceFile, mapping: Mapping): Table => {
  const { quote } = mapping;
  let { separator } = mapping;
  const fail = (code: string, wrong: string, line?: number): never => {
    throw new ImportError({
      code,
      file: file.path,
      ...(line !== undefined && { line }),
      wrong,
      expected: `CSV: rows of the same length, separated by "${separator}" and quoted with ${quote}`,
    });
  };
  const { byteLength } = file.bytes;
  if (byteLength > BYTES_MAX) fail('TOO_LARGE', `has ${byteLength} bytes, more than ${BYTES_MAX}`);
  const { text, encoding } = decode(file, CSV_FILE, mapping.encoding);
  const lines = encoding.startsWith('utf-16') ? text.split('\n').length : countLines(file.bytes);
  if (lines > LINES_MAX) fail('TOO_LARGE', `has ${lines} lines, more than ${LINES_MAX}`);
  const [told, said] = SEPARATOR_LINE.exec(text) ?? ['', separator];
  separator = said!;
  const columns = text.slice(told.length, text.indexOf('\n', told.length)).split(separator).length;
  if (columns > COLUMNS_MAX)
    fail('TOO_LARGE', `has ${columns} columns, more than ${COLUMNS_MAX}`, 1);
  let records: readonly { readonly record: readonly string[]; readonly info: Info }[] = [];
  try {
    records = parse(text.slice(told.length), {
      delimiter: separator,
      quote,
      info: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof records;
  } catch (error) {
    const { message, lines: line } = error as CsvError & { lines?: number };
    return fail('NOT_CSV', message, line);
  }
  const [header, ...rows] = records;
  if (!header) return fail('NOT_CSV', 'is empty');
  const names = header.record.map(unwrapped);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) fail('NOT_CSV', `the column "${name}" is there twice`, 1);
    seen.add(name);
  }
  // `lines` counts those that were read: the row ends there.
  const before = told === '' ? 0 : 1;
  return {
    header: names,
    separator,
    rows: rows.map(({ record, info }) => ({
      cells: record,
      where: `${file.path}:${info.lines + before}`,
    })),
  };
};

const unwrapped = (cell: string): string => {
  const [, inner] = WRAPPED.exec(cell) ?? [];
  return inner === undefined ? cell : inner.replaceAll('""', '"').trim();
};

/** The first few of a list, for messages. */
const some = (all: readonly string[]): string => {
  const shown = all.slice(0, SHOWN_MAX).map((one) => cut(one, SHOWN_CHARS_MAX));
  const more = all.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

const columnsOf = (mapping: Mapping): readonly string[] => {
  const { kind, key, name, description, parent, fields, relations } = mapping;
  const from: readonly (string | undefined)[] = [
    key,
    name,
    description,
    parent,
    typeof kind === 'string' ? undefined : kind.column,
    ...Object.values(fields as Record<string, Value>).map(({ column }) => column),
    ...relations.map(({ column }) => column),
  ];
  return [...new Set(from.filter((column) => column !== undefined))];
};

const checkColumns = (file: SourceFile, { header }: Table, mapping: Mapping): void => {
  const there = new Set(header);
  const missing = columnsOf(mapping).filter((column) => !there.has(column));
  if (missing.length === 0) return;
  const one = header.length === 1 ? '; there is only one: is the separator another?' : '';
  throw new ImportError({
    code: 'COLUMN_MISSING',
    file: file.path,
    line: 1,
    wrong: `has no column ${some(missing.map((name) => `"${name}"`))}`,
    expected: `the columns that the mapping names; there are ${some(header.map((name) => `"${name}"`))}${one}`,
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
      message: `${field}: "${one}" of column "${column}" is not in the mapping; it knows ${some(Object.keys(map))}`,
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
    message: `the row is not imported: "${text}" of column "${kind.column}" is no kind of the mapping; it knows ${some(Object.keys(kind.map))}`,
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
    key,
    kind,
    name: cell(row, mapping.name),
    where: row.where,
    description: cell(row, mapping.description) || null,
    parent_key: cell(row, mapping.parent) || null,
    fields: Object.fromEntries(fields.filter(([, value]) => value !== undefined && value !== null)),
  };
};

const relationsOf = (
  row: Row,
  source_key: string,
  keysNamed: ReadonlyMap<string, readonly string[]>,
  { mapping, cell, skipped }: Reading,
): readonly ModelRelation[] =>
  mapping.relations.flatMap(({ type, column, split, by }) =>
    partsOf(cell(row, column), split)
      .filter((text) => text !== '')
      .flatMap((text) => {
        const [target_key = text, ...others] = by === 'name' ? (keysNamed.get(text) ?? []) : [];
        if (others.length > 0) {
          skipped.push({
            where: row.where,
            kind: 'ambiguous-name',
            message: `${source_key} ${type} "${text}" is not imported: ${others.length + 1} rows have that name, with the keys ${some([target_key, ...others])}`,
          });
          return [];
        }
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
      code: 'MAPPING_MISSING',
      file: file?.path ?? 'csv',
      wrong: mapped ? `${files.length} files were given` : 'no mapping was given',
      expected: 'one CSV file, and a mapping file that says what its columns are',
    });
  const mapping = readMapping(mapped);
  const table = readTable(file, mapping);
  checkColumns(file, table, mapping);
  const skipped: ImportNote[] = [];
  const places = new Map(table.header.map((name, at) => [name, at]));
  const cell = ({ cells }: Row, column: string | undefined): string =>
    column === undefined ? '' : unwrapped((cells[places.get(column)!] ?? '').trim());
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
  const keysNamed = new Map<string, string[]>();
  for (const { name, key } of elements.values()) {
    const known = keysNamed.get(name);
    if (known) known.push(key);
    else keysNamed.set(name, [key]);
  }
  const read = new Set(columnsOf(mapping));
  const unread = table.header.filter((column) => !read.has(column));
  return {
    source: mapping.source,
    format: 'csv',
    skipped,
    elements: [...elements.values()],
    relations: taken.flatMap(([row, key]) => relationsOf(row, key, keysNamed, reading)),
    notes: [
      ...(table.separator === mapping.separator
        ? []
        : [
            {
              where: `${file.path}:1`,
              kind: 'reading',
              message: `the file says that its separator is "${table.separator}"; the mapping's "${mapping.separator}" does not count`,
            },
          ]),
      ...unread.map((column) => ({
        where: file.path,
        kind: 'read-past',
        message: `column "${column}" is not in the mapping`,
      })),
    ],
    counts: { rows: table.rows.length, columns: table.header.length },
  };
};

/** A table, with a mapping that says what its columns are. */
export const csv = modelFormat({
  name: 'csv',
  summary: 'A table of anything, with a mapping file that says what its columns are.',
  format: 'one .csv file and --mapping <file> (YAML or JSON)',
  isPart: (path) => /\.csv$/i.test(path),
  needsMapping: true,
  parse: (files, { mapping }) => readCsv(files, mapping),
});
