import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { ImportError, type ImportNote } from '../../src/operate/importing/importer.js';

/** An application as one version of the inventory lists it. */
export type InventoryRow = {
  readonly name: string;
  readonly owner: string | null;
  readonly type: string | null;
  readonly hosted_on: string | null;
  readonly retired: boolean;
};

export type Inventory = {
  /** In the order of the source; every name once. */
  readonly rows: readonly InventoryRow[];
  readonly notes: readonly ImportNote[];
  /** Fields that are not imported, and in how many of the rows each occurs. */
  readonly readPast: ReadonlyMap<string, number>;
};

/** Where a version stands: the line of the file, and a label that people can look up. */
export type Place = { readonly file: string; readonly line: number; readonly label: string };

/** What an application is known by: the first of these that it has. */
const NAME_FIELDS = ['app_name', 'github_repo_name', 'repo_name'] as const;
const IMPORTED_FIELDS = ['team', 'type', 'production_hosted_on', 'retired'];
/** The inventory's own word for "runs nowhere". */
const NOT_HOSTED = 'none';

type Report = (kind: string, message: string) => void;
type Fields = Readonly<Record<string, unknown>>;

const kindOf = (value: unknown): string => {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `the ${typeof value} ${String(value)}`;
};

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readText = (fields: Fields, field: string, report: Report): string | null => {
  const value = fields[field] ?? null;
  if (value === null) return null;
  if (typeof value === 'string') return value.trim() || null;
  if (typeof value === 'number') {
    report('unexpected-value', `${field} is ${kindOf(value)}; read as text`);
    return String(value);
  }
  report('unexpected-value', `${field} is ${kindOf(value)}, not text; read as missing`);
  return null;
};

const readRetired = ({ retired = false }: Fields, report: Report): boolean => {
  if (typeof retired !== 'boolean' && retired !== null)
    report('unexpected-value', `retired is ${kindOf(retired)}, not a boolean; read as false`);
  return retired === true;
};

const readName = (fields: Fields, report: Report) => {
  for (const field of NAME_FIELDS) {
    const name = readText(fields, field, report);
    if (name !== null) return { field, name };
  }
  return undefined;
};

const readRow = (name: string, fields: Fields, report: Report): InventoryRow => {
  const hosted_on = readText(fields, 'production_hosted_on', report);
  return {
    name,
    owner: readText(fields, 'team', report),
    type: readText(fields, 'type', report),
    hosted_on: hosted_on === NOT_HOSTED ? null : hosted_on,
    retired: readRetired(fields, report),
  };
};

/** A field given twice in one row: Ruby, which the inventory is written for, takes the last. */
const reportRepeatedFields = (node: unknown, report: Report): void => {
  if (!isMap(node)) return;
  const seen = new Set<unknown>();
  for (const { key } of node.items) {
    const field = isScalar(key) ? key.value : key;
    if (seen.has(field)) report('repeated-field', `${field} is given twice; the last one counts`);
    seen.add(field);
  }
};

const parseList = (yaml: string, place: Place) => {
  const lines = new LineCounter();
  const document: Document.Parsed = parseDocument(yaml, {
    lineCounter: lines,
    uniqueKeys: false,
    merge: true,
    logLevel: 'error',
  });
  const fail = (code: string, wrong: string, cause?: unknown) =>
    new ImportError(
      {
        code,
        file: place.file,
        line: place.line,
        wrong: `${place.label}: ${wrong}`,
        expected: 'a YAML list with one mapping per application',
      },
      { cause },
    );
  const [error] = document.errors;
  if (error) throw fail('INVALID_YAML', error.message.split('\n')[0] ?? error.code, error);
  if (!isSeq(document.contents))
    throw fail('NOT_A_LIST', `the YAML is ${kindOf(document.toJS() ?? null)}`);
  try {
    const values = document.toJS() as readonly unknown[];
    const nodes: readonly unknown[] = document.contents.items;
    return values.map((value, index) => {
      const node = nodes[index];
      const start = (node as Node | undefined)?.range?.[0] ?? 0;
      return { value, node, line: lines.linePos(start).line };
    });
  } catch (cause) {
    throw fail('INVALID_YAML', (cause as Error).message, cause);
  }
};

/** Read one version of the inventory. What is skipped or doubtful is in the notes. */
export const readInventory = (yaml: string, place: Place): Inventory => {
  const notes: ImportNote[] = [];
  const rows = new Map<string, InventoryRow>();
  const readPast = new Map<string, number>();
  for (const { value, node, line } of parseList(yaml, place)) {
    const report: Report = (kind, message) =>
      notes.push({ where: `${place.label}:${line}`, kind, message });
    if (!isFields(value)) {
      report('not-a-row', `the entry is ${kindOf(value)}, not a mapping; skipped`);
      continue;
    }
    const named = readName(value, report);
    if (!named) {
      report('no-name', `the row has none of ${NAME_FIELDS.join(', ')}; skipped`);
      continue;
    }
    if (rows.has(named.name)) {
      report('repeated-name', `${named.name} is listed above already; the first row counts`);
      continue;
    }
    reportRepeatedFields(node, report);
    rows.set(named.name, readRow(named.name, value, report));
    for (const field of Object.keys(value))
      if (field !== named.field && !IMPORTED_FIELDS.includes(field))
        readPast.set(field, (readPast.get(field) ?? 0) + 1);
  }
  return { rows: [...rows.values()], notes, readPast };
};
