import { z } from 'zod';
import type { Aggregate } from './aggregate.js';
import { beyondJson } from './beyond-json.js';
import type { ColumnType } from './column.js';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const PATH = /^[a-z0-9]+(-[a-z0-9]+)*(\/[a-z0-9]+(-[a-z0-9]+)*)*$/;
/** A field becomes a column of a table and a parameter of a query. */
const FIELD = /^[a-z][a-z0-9_]*$/;
/** PostgreSQL cuts longer names off; some characters are left for a prefix. */
const FIELD_CHARS_MAX = 56;
/** The source that the journal is. */
const JOURNAL_SLUG = 'journal';

/** Names that tables and queries need for themselves: no indexed field may have one. */
export const RESERVED_FIELDS: readonly string[] = [
  'key',
  'document',
  'version',
  'page',
  'limit',
  'sort',
  'search',
  'cursor',
  'group_by',
  'format',
  'include_deleted',
  'as_of',
  'effective_at',
  'min_position',
  'min_position_timeout_ms',
];
/** Paths below a projection that are no reports. */
const RESERVED_REPORTS = ['documents', 'diff'];

/** A schema without what says that a value may be left out, or is nothing. */
export const inner = (schema: unknown): unknown => {
  const { innerType } = (schema as { def?: { innerType?: unknown } }).def ?? {};
  return innerType === undefined ? schema : inner(innerType);
};

const LITERALS: Readonly<Record<string, ColumnType>> = {
  string: 'text',
  number: 'number',
  boolean: 'boolean',
};

/** How a field is compared, by its schema; undefined when it cannot be a column. */
export const columnTypeOf = (schema: unknown): ColumnType | undefined => {
  const bare = inner(schema);
  if (bare instanceof z.ZodString || bare instanceof z.ZodStringFormat) return 'text';
  if (bare instanceof z.ZodNumber) return 'number';
  if (bare instanceof z.ZodBoolean) return 'boolean';
  if (bare instanceof z.ZodEnum || bare instanceof z.ZodLiteral) {
    const values = bare instanceof z.ZodEnum ? bare.options : [...bare.values];
    const types = new Set(values.map((value) => typeof value));
    return types.size === 1 ? LITERALS[typeof values[0]] : undefined;
  }
  if (bare instanceof z.ZodArray && columnTypeOf(bare.element) === 'text') return 'list';
  return undefined;
};

/** Whether a field of a view may become a column. */
export const canBeColumn = (field: string, schema: unknown): boolean =>
  FIELD.test(field) &&
  field.length <= FIELD_CHARS_MAX &&
  !RESERVED_FIELDS.includes(field) &&
  columnTypeOf(schema) !== undefined;

type Checked = {
  readonly name: string;
  readonly view: z.ZodObject;
  readonly indexed: readonly string[];
  readonly search?: readonly string[] | undefined;
  readonly sort?: string | undefined;
  readonly deleted?: string | undefined;
  readonly from: readonly Aggregate[];
  readonly on: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  readonly documentIds: Readonly<Record<string, unknown>>;
  readonly journal?: unknown;
  readonly resource?: string | undefined;
  readonly path?: string | undefined;
  readonly within: object;
  readonly reports?: Readonly<Record<string, { readonly params: unknown }>> | undefined;
};
type Complaint = string | false | undefined;

const twice = (names: readonly string[]): string | undefined =>
  names.find((name, index) => names.indexOf(name) !== index);

function* aboutColumns({ view, indexed }: Checked): Generator<Complaint> {
  const again = twice(indexed);
  yield again !== undefined && `"${again}" is indexed twice`;
  for (const field of indexed) {
    yield !(field in view.shape) && `the indexed field "${field}" is not in the view`;
    yield !FIELD.test(field) &&
      `the field "${field}" cannot be indexed: a column is called in lower_snake_case`;
    yield field.length > FIELD_CHARS_MAX &&
      `the field "${field}" cannot be indexed: its name is longer than ${FIELD_CHARS_MAX} characters`;
    yield RESERVED_FIELDS.includes(field) &&
      `the field "${field}" cannot be indexed: queries use that name for themselves (so do they ${RESERVED_FIELDS.join(', ')})`;
    yield columnTypeOf(view.shape[field]) === undefined &&
      `the field "${field}" cannot be indexed: only texts, numbers, booleans and lists of texts can`;
  }
}

function* aboutUses(one: Checked): Generator<Complaint> {
  const { view, indexed, search = [], sort, deleted, within } = one;
  const among = (field: string, what: string): Complaint =>
    !indexed.includes(field) && `"${field}" ${what}, but is not among the indexed fields`;
  const typeOf = (field: string) => columnTypeOf(view.shape[field]);
  for (const field of search) {
    yield among(field, 'is searched');
    yield typeOf(field) !== 'text' && `"${field}" is searched, but is no text`;
  }
  for (const field of sort?.split(',') ?? [])
    yield among(field.replace(/^[-+]/, ''), 'is sorted by');
  if (deleted !== undefined) {
    yield among(deleted, 'says what was deleted');
    yield typeOf(deleted) !== 'boolean' && `"${deleted}" says what was deleted, but is no boolean`;
  }
  for (const field of Object.keys(within)) {
    yield among(field, 'is a place in a tree');
    yield typeOf(field) !== 'text' &&
      typeOf(field) !== 'list' &&
      `"${field}" is a place in a tree, but is neither a text nor a list of texts`;
  }
}

function* aboutSources(one: Checked): Generator<Complaint> {
  const { from, on, documentIds, journal, resource } = one;
  const again = twice(from.map(({ name }) => name));
  yield again !== undefined && `it takes events of ${again} twice ("from")`;
  yield from.length === 0 && !journal && 'it takes no events: "from" is empty';
  yield from.some(({ slug }) => slug === JOURNAL_SLUG) &&
    `it takes events of a type called "${JOURNAL_SLUG}", which is what the journal of commands is called`;
  for (const [type, handlers] of Object.entries(on)) {
    const known = from.find(({ name }) => name === type);
    yield !known && `it handles events of ${type}, but does not take them ("from")`;
    for (const event of Object.keys(handlers ?? {}))
      yield event !== '*' && !known?.events[event] && `${type} has no event ${event}`;
  }
  for (const { name } of from)
    yield Object.keys(on[name] ?? {}).length === 0 &&
      `it takes events of ${name} ("from"), but handles none of them ("on")`;
  for (const type of Object.keys(documentIds))
    yield !from.some(({ name }) => name === type) &&
      `it says what events of ${type} concern, but does not take them ("from")`;
  if (resource === undefined) return;
  yield !from.some(({ name }) => name === resource) &&
    `it is the resource of ${resource}, but does not take its events`;
  yield resource in documentIds &&
    `it is the resource of ${resource}: those documents have the ids of their aggregates for keys, so "documentIds" cannot say otherwise`;
}

function* aboutPaths({ path, reports = {} }: Checked): Generator<Complaint> {
  yield path !== undefined &&
    !PATH.test(path) &&
    `the path "${path}" is not made of kebab-case words between single slashes`;
  for (const [report, { params }] of Object.entries(reports)) {
    yield !NAME.test(report) && `the report "${report}" is not called in kebab-case`;
    yield RESERVED_REPORTS.includes(report) &&
      `no report can be called "${report}": that path means something else`;
    if (!(params instanceof z.ZodObject)) {
      yield `the parameters of the report "${report}" are no object schema`;
      continue;
    }
    for (const param of Object.keys(params.shape))
      yield RESERVED_FIELDS.includes(param) &&
        `the report "${report}" cannot have a parameter "${param}": queries use that name for themselves`;
  }
}

function* complaints(one: Checked): Generator<Complaint> {
  yield !NAME.test(one.name) && 'a projection is called in kebab-case';
  const parsed = one.view.safeParse({});
  yield !parsed.success &&
    `every field of "view" needs a default (${z.prettifyError(parsed.error!)})`;
  const foreign = beyondJson(one.view, { stored: true });
  yield foreign !== undefined && `view: ${foreign}`;
  yield* aboutColumns(one);
  yield* aboutUses(one);
  yield* aboutSources(one);
  yield* aboutPaths(one);
}

/** Throws a TypeError for the first mistake that the types could not catch. */
export const checkProjection = (one: Checked): void => {
  for (const complaint of complaints(one))
    if (complaint) throw new TypeError(`${one.name}: ${complaint}`);
};
