import { instantOf } from '../../core/instant.js';
import { Mistakes, NAME_SHOWN_MAX } from '../../core/mistakes.js';
import { choices } from '../../core/nearest.js';
import type { Projection, Within } from '../../core/projection.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import { periodAfter } from '../../core/time-units.js';
import type { After, Condition, Scalar, SortKey, Span } from '../../read/views/port.js';
import { filterFields, type ViewField } from '../wire/view-fields.js';
import { decodeCursor, fingerprintOf, type Instants } from './cursor.js';
import { FORMS, type Form, formOf } from './forms.js';
import { type Grouping, groupingOf } from './grouping.js';
import {
  FILTER_TEXT_MAX,
  FILTER_VALUES_MAX,
  PAGE_SIZE,
  PAGE_SIZE_MAX,
  PAGES_MAX,
  SORT_COLUMNS_MAX,
} from './limits.js';
import { refuseTooMany } from './query.js';

/** A filter by a whole branch of a tree: these documents of it and all below them. */
export type Branch = {
  readonly column: string;
  readonly ids: readonly string[];
  readonly tree: Within;
};

/** Which documents are asked for. */
export type Filters = {
  readonly where: readonly Condition[];
  readonly branches: readonly Branch[];
  readonly search: string | null;
};

/** A question to the list of a projection. */
export type ListQuery = Filters & {
  readonly sort: readonly SortKey[];
  readonly limit: number;
  /** null when a cursor says where to go on. */
  readonly page: number | null;
  readonly after: After | null;
  /** The instants that the moment was understood as when the first page was asked for. */
  readonly instants: Instants;
  readonly groupBy: Grouping | null;
  /** A page or groups as JSON, or everything as lines. */
  readonly form: Form;
  /** Same for the same question, wherever in its answer. */
  readonly fingerprint: string;
};

/** Parameters that say how a query is read, not what of. */
export const READ_PARAMETERS: readonly string[] = [
  'as_of',
  'effective_at',
  'min_position',
  'min_position_timeout_ms',
];
const FILTER_PARAMETERS = ['search', 'include_deleted'];
export const LIST_PARAMETERS: readonly string[] = [
  'page',
  'limit',
  'sort',
  'cursor',
  'group_by',
  'format',
  ...FILTER_PARAMETERS,
  ...READ_PARAMETERS,
];
const COMPARED = ['gt', 'gte', 'lt', 'lte'] as const;
type Compared = (typeof COMPARED)[number];

const NUMBER = /^-?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,3})?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIMES =
  'expected a time such as 2019-05-01T12:00:00Z, a date, a month such as 2019-05, or a year';

/** One parameter; a second one of the same name would not be heard. */
const single = (params: URLSearchParams, name: string, mistakes: Mistakes): string | undefined => {
  const [value, ...more] = params.getAll(name);
  if (more.length > 0) mistakes.add(name, 'is said more than once');
  return value;
};

const whole = (
  params: URLSearchParams,
  name: string,
  bounds: { readonly max: number; readonly otherwise: number; readonly mistakes: Mistakes },
): number => {
  const { max, otherwise, mistakes } = bounds;
  const text = single(params, name, mistakes);
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (/^\d{1,15}$/.test(text) && number >= 1 && number <= max) return number;
  mistakes.add(name, `expected a whole number from 1 to ${max}`, 'RANGE');
  return otherwise;
};

const flag = (params: URLSearchParams, name: string, mistakes: Mistakes): boolean => {
  const text = single(params, name, mistakes);
  if (text !== undefined && text !== 'true' && text !== 'false')
    mistakes.add(name, 'expected true or false', 'ENUM');
  return text === 'true';
};

/** Text that a database can compare; a NUL is refused by PostgreSQL. */
const textOf = (name: string, text: string, mistakes: Mistakes): string | undefined => {
  if (text.length > FILTER_TEXT_MAX)
    return mistakes.add(name, `longer than ${FILTER_TEXT_MAX} characters`, 'TOO_LONG');
  if (text.includes('\0')) return mistakes.add(name, 'holds a NUL character');
  return text;
};

const numberOf = (text: string): number | undefined =>
  NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;

/** An instant in the one form in which columns hold times. */
const timeOf = (name: string, text: string, mistakes: Mistakes): string | undefined =>
  instantOf(text) ?? mistakes.add(name, DATE.test(text) ? `there is no ${text}` : TIMES);

/** A value in the type of its field. */
const scalarOf = (
  { name, type, values, units }: ViewField,
  text: string,
  mistakes: Mistakes,
): Scalar | undefined => {
  const listed = values?.find((one) => String(one) === text);
  if (values)
    return listed ?? mistakes.add(name, `expected one of ${values.join(', ')} or null`, 'ENUM');
  if (type === 'number') return numberOf(text) ?? mistakes.add(name, 'expected a number or null');
  if (type === 'boolean')
    return text === 'true' || text === 'false'
      ? text === 'true'
      : mistakes.add(name, 'expected true, false or null', 'ENUM');
  return units ? timeOf(name, text, mistakes) : textOf(name, text, mistakes);
};

/**
 * A comparison. Times are compared as texts, so a time is brought into the form they are kept in,
 * and a date means the whole day, whether the field holds dates or times; a month the whole month.
 */
const comparison = (
  field: ViewField,
  { op, text }: { readonly op: Compared; readonly text: string },
  mistakes: Mistakes,
): Condition | undefined => {
  const { name: column, type, values, units } = field;
  const at = `${column}.${op}`;
  if (type === 'boolean' || type === 'list' || values)
    return mistakes.add(at, `${column} has no order: only numbers, texts and dates do`, 'UNKNOWN');
  if (type === 'number') {
    const number = numberOf(text);
    return number === undefined
      ? mistakes.add(at, 'expected a number')
      : { column, op, value: number };
  }
  const value = textOf(at, text, mistakes);
  if (value === undefined) return undefined;
  const instant = instantOf(value);
  if (instant !== undefined) return { column, op, value: instant };
  // Where a field is not called like one that holds times, only a whole date is taken for one.
  if (!units && !DATE.test(value)) return { column, op, value };
  const after = periodAfter(value);
  if (after === undefined)
    return mistakes.add(at, DATE.test(value) ? `there is no ${value}` : TIMES);
  if (op === 'gt') return { column, op: 'gte', value: after };
  return op === 'lte' ? { column, op: 'lt', value: after } : { column, op, value };
};

/** What a period means where times or dates are looked for: all that is in it. */
const spanOf = ({ units }: ViewField, text: string): Span | undefined => {
  const before = units && text !== 'null' ? periodAfter(text) : undefined;
  return before === undefined ? undefined : { from: text, before };
};

/** Equality with any of some values. */
const oneOf = (field: ViewField, texts: readonly string[], mistakes: Mistakes): Condition => {
  const values: (Scalar | null)[] = [];
  const spans: Span[] = [];
  for (const text of texts) {
    const span = spanOf(field, text);
    const value = text === 'null' ? null : span ? undefined : scalarOf(field, text, mistakes);
    if (span) spans.push(span);
    else if (value !== undefined) values.push(value);
  }
  const condition = { column: field.name, op: 'in' as const, values };
  return spans.length > 0 ? { ...condition, spans } : condition;
};

type Reading = {
  readonly params: URLSearchParams;
  readonly mistakes: Mistakes;
  readonly fields: ReadonlyMap<string, ViewField>;
  readonly within: Readonly<Record<string, Within>>;
};

/** The conditions that one parameter sets: its values are joined by OR. */
const oneFilter = (
  name: string,
  { params, mistakes, fields, within }: Reading,
): { readonly condition?: Condition; readonly branch?: Branch } | undefined => {
  const [column = '', op] = name.split('.', 2);
  const field = fields.get(column);
  if (!field || name.split('.').length > 2) return undefined;
  const texts = params.getAll(name);
  if (op === undefined) return { condition: oneOf(field, texts, mistakes) };
  if (op === 'within' && Object.hasOwn(within, column)) {
    const ids = texts.map((text) => textOf(name, text, mistakes) ?? '');
    return { branch: { column, ids: [...new Set(ids)], tree: within[column]! } };
  }
  const compared = COMPARED.find((one) => one === op);
  if (!compared) return undefined;
  const text = single(params, name, mistakes)!;
  const condition = comparison(field, { op: compared, text }, mistakes);
  return condition ? { condition } : {};
};

/** Every name that a query may use, for those who used another one. */
const namesOf = ({ fields, within }: Reading, known: readonly string[]): readonly string[] => [
  ...known,
  ...fields.keys(),
  ...Object.keys(within).map((column) => `${column}.within`),
];

const unknown = (name: string, names: readonly string[], mistakes: Mistakes): void => {
  const compared = COMPARED.map((one) => `.${one}`).join(' ');
  mistakes.add(
    name.slice(0, NAME_SHOWN_MAX),
    () =>
      `unknown parameter${choices(name, names, 'known:')}; numbers, texts and dates also with ${compared}`,
    'UNKNOWN',
  );
};

/**
 * Others may make the document of an aggregate before that begins, and until then it counts as
 * deleted: where deleted ones are listed it is none of them. By id it is not found either.
 */
const begun = ({ resource, columns, initial }: Projection): readonly Condition[] =>
  resource !== null && initial.version === 0 && columns.some(({ name }) => name === 'created_at')
    ? [{ column: 'created_at', op: 'gte', value: '' }]
    : [];

/** The field of a resource that holds the status of its aggregate. */
const STATUS = 'status';

/** Whether a condition names a status in which an aggregate is deleted. */
const asksForDeleted = ({ sources, resource }: Projection): ((one: Condition) => boolean) => {
  const definition = sources.find((one) => one.definition?.name === resource)?.definition;
  const states = definition?.chart.states ?? {};
  const isDeleted = (value: Scalar | null): boolean =>
    typeof value === 'string' && Object.hasOwn(states, value) && states[value]?.kind === 'deleted';
  return (one) => one.column === STATUS && one.op === 'in' && one.values.some(isDeleted);
};

const readFilters = (
  projection: Projection,
  reading: Reading,
  known: readonly string[],
): Filters => {
  const { params, mistakes, fields } = reading;
  const where: Condition[] = [];
  const branches: Branch[] = [];
  const others = [...new Set(params.keys())].filter((name) => !known.includes(name));
  let values = 0;
  for (const name of others) {
    const filter = oneFilter(name, reading);
    if (!filter) unknown(name, namesOf(reading, known), mistakes);
    if (filter?.condition) where.push(filter.condition);
    if (filter?.branch) branches.push(filter.branch);
    values += params.getAll(name).length;
  }
  if (values > FILTER_VALUES_MAX)
    mistakes.add('(query)', `more than ${FILTER_VALUES_MAX} values of filters`, 'RANGE');
  const search = single(params, 'search', mistakes);
  if (search !== undefined && projection.search.length === 0)
    mistakes.add('search', `${projection.name} has no field that is searched`, 'UNKNOWN');
  const deleted = flag(params, 'include_deleted', mistakes);
  const { deleted: column } = projection;
  // Whoever filters by the field itself, or by being deleted, has said what is wanted.
  const said =
    column !== null && (others.includes(column) || where.some(asksForDeleted(projection)));
  if (column !== null && fields.has(column) && !deleted && !said)
    where.push({ column, op: 'in', values: [false] });
  else where.push(...begun(projection));
  const words = search === undefined ? undefined : textOf('search', search, mistakes);
  return { where, branches, search: words || null };
};

const readingOf = (projection: Projection, params: URLSearchParams): Reading => ({
  params,
  mistakes: new Mistakes(),
  fields: new Map(filterFields(projection).map((one) => [one.name, one])),
  within: projection.within,
});

/** The filters of a query that also has other parameters (`known`). */
export const parseFilters = (
  projection: Projection,
  params: URLSearchParams,
  known: readonly string[],
): Filters | Refusal => {
  const tooMany = refuseTooMany(params);
  if (tooMany) return tooMany;
  const reading = readingOf(projection, params);
  const filters = readFilters(projection, reading, [...known, ...FILTER_PARAMETERS]);
  return reading.mistakes.refusal() ?? filters;
};

/** `-created_at,+name`; in a URL a "+" arrives as a space. */
const sortOf = (text: string, { fields, mistakes }: Reading): readonly SortKey[] => {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length > SORT_COLUMNS_MAX) {
    mistakes.add('sort', `more than ${SORT_COLUMNS_MAX} fields`, 'RANGE');
    return [];
  }
  const keys = parts.map((part) => ({
    column: part.replace(/^[-+]/, ''),
    descending: part.startsWith('-'),
  }));
  const sortable = [...fields.values()].filter(({ type }) => type !== 'list');
  const names = sortable.map(({ name }) => name);
  for (const { column } of keys)
    if (!names.includes(column)) {
      mistakes.add(
        'sort',
        `cannot sort by "${column.slice(0, NAME_SHOWN_MAX)}"${choices(column, names, 'it can be')}, each with - for descending`,
        'ENUM',
      );
    }
  return keys.filter(
    ({ column }, index) => keys.findIndex((one) => one.column === column) === index,
  );
};

const groupOf = (reading: Reading): Grouping | null => {
  const { params, mistakes } = reading;
  const text = single(params, 'group_by', mistakes);
  if (text === undefined) return null;
  for (const other of ['page', 'limit', 'sort', 'cursor'])
    if (params.has(other)) mistakes.add(other, 'does not go with group_by');
  return groupingOf(text, reading);
};

/** All that meets the filters is exported, or there is nothing to page through. */
const refuseParts = ({ params, mistakes }: Reading, form: Form): void => {
  for (const other of ['page', 'limit', 'cursor', 'group_by'])
    if (form !== 'json' && params.has(other))
      mistakes.add(
        other,
        `does not go with ${form}: an export is everything that meets the filters`,
      );
};

/** A list's query string, or everything that is wrong with it. */
export const parseListQuery = (
  projection: Projection,
  params: URLSearchParams,
  accept?: string,
): ListQuery | Refusal => {
  const tooMany = refuseTooMany(params);
  if (tooMany) return tooMany;
  const reading = readingOf(projection, params);
  const { mistakes } = reading;
  const form = formOf(single(params, 'format', mistakes), accept);
  if (form === undefined) mistakes.add('format', `expected one of ${FORMS.join(', ')}`, 'ENUM');
  else refuseParts(reading, form);
  const filters = readFilters(projection, reading, LIST_PARAMETERS);
  const page = whole(params, 'page', { max: PAGES_MAX, otherwise: 1, mistakes });
  const limit = whole(params, 'limit', { max: PAGE_SIZE_MAX, otherwise: PAGE_SIZE, mistakes });
  const text = single(params, 'sort', mistakes) ?? projection.sort;
  const sort = text === null ? [] : sortOf(text, reading);
  const groupBy = groupOf(reading);
  const cursor = single(params, 'cursor', mistakes);
  if (cursor !== undefined && params.has('page'))
    mistakes.add('cursor', 'does not go with page: a cursor says where to go on');
  for (const name of READ_PARAMETERS) single(params, name, mistakes);
  const wrong = mistakes.refusal();
  if (wrong) return wrong;
  const moment = ['as_of', 'effective_at'].map((name) => params.get(name));
  const fingerprint = fingerprintOf([projection.name, filters, sort, moment]);
  const query = { ...filters, sort, limit, groupBy, form: form!, fingerprint };
  if (cursor === undefined) return { ...query, page, after: null, instants: {} };
  const place = decodeCursor(cursor, { fingerprint, values: sort.length });
  return isRefusal(place) ? place : { ...query, page: null, ...place };
};
