import { peopleKey } from '../../src/core/people-key.js';
import type { Column, View } from '../../src/core/projection.js';
import type {
  Condition,
  Document,
  Group,
  Page,
  Scalar,
  ViewQuery,
} from '../../src/read/views/port.js';

/** Documents by key: the read store as one would write it on a sheet of paper. */
export type Known = ReadonlyMap<string, View>;

/** Longest text that engines index whole, and what they keep of a longer one, bytes of UTF-8. */
const WHOLE_BYTES = 1000;
const CUT_BYTES = 900;

/** By code points, as UTF-8 sorts; JavaScript sorts by halves of them. */
const byText = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
/** By the key that people look for, small letters first of what has the same. */
const byPeople = (a: string, b: string): number => {
  const [one, other] = [peopleKey(a), peopleKey(b)];
  return byText(one, other) || Number(b === other) - Number(a === one) || byText(a, b);
};
/** What is compared with a condition: of words that people sort only what they look for. */
const byCondition =
  ({ order }: Column) =>
  (a: Scalar, b: Scalar): number =>
    order === 'people' ? byText(peopleKey(String(a)), peopleKey(String(b))) : byValue(a, b);
const byColumn =
  ({ order }: Column) =>
  (a: Scalar, b: Scalar): number =>
    order === 'people' ? byPeople(String(a), String(b)) : byValue(a, b);
const byValue = (a: Scalar, b: Scalar): number =>
  typeof a === 'string' && typeof b === 'string' ? byText(a, b) : Number(a) - Number(b);

const TYPES = { text: 'string', number: 'number', boolean: 'boolean', list: 'string' } as const;

const valuesOf = (column: Column, document: View): readonly Scalar[] => {
  const value = document[column.name];
  const values = Array.isArray(value) ? [...new Set(value)] : [value];
  return values.filter((one) => typeof one === TYPES[column.type]) as Scalar[];
};

const COMPARED = {
  gt: (sign: number) => sign > 0,
  gte: (sign: number) => sign >= 0,
  lt: (sign: number) => sign < 0,
  lte: (sign: number) => sign <= 0,
};

const meets = (column: Column, document: View, condition: Condition): boolean => {
  const values = valuesOf(column, document);
  if (condition.op !== 'in')
    return values.some((value) =>
      COMPARED[condition.op](byCondition(column)(value, condition.value)),
    );
  if (values.length === 0) return condition.values.includes(null);
  const compare = byCondition(column);
  return values.some(
    (value) =>
      condition.values.some((one) => one === value || (one === 0 && value === 0)) ||
      condition.spans?.some(
        ({ from, before }) => compare(value, from) >= 0 && compare(value, before) < 0,
      ),
  );
};

const plain = (text: string): string =>
  text
    .replace(/\p{Cs}/gu, '\uFFFD')
    .replaceAll('\0', '\uFFFD')
    .replaceAll('\u0001', '\uFFFD')
    .normalize('NFC')
    .toUpperCase();

const columnOf = (columns: readonly Column[], name: string): Column =>
  columns.find((column) => column.name === name)!;

type Asked = Pick<ViewQuery, 'where' | 'search'>;

export const matching = (
  columns: readonly Column[],
  searched: readonly string[],
  documents: Known,
  { where, search }: Asked,
): readonly Document[] =>
  [...documents]
    .map(([key, document]) => ({ key, document }))
    .filter(
      ({ document }) =>
        where.every((one) => meets(columnOf(columns, one.column), document, one)) &&
        (!search ||
          searched.some((name) => {
            const text = document[name];
            return typeof text === 'string' && plain(text).includes(plain(search));
          })),
    );

export const naiveFind = (
  columns: readonly Column[],
  searched: readonly string[],
  documents: Known,
  query: ViewQuery,
): Page => {
  const all = [...matching(columns, searched, documents, query)];
  all.sort((a, b) => {
    for (const { column, descending } of query.sort) {
      const [left] = valuesOf(columnOf(columns, column), a.document);
      const [right] = valuesOf(columnOf(columns, column), b.document);
      if (left === undefined && right === undefined) continue;
      if (left === undefined) return 1;
      if (right === undefined) return -1;
      const sign = byColumn(columnOf(columns, column))(left, right);
      if (sign !== 0) return descending ? -sign : sign;
    }
    return byText(a.key, b.key);
  });
  const from = query.offset ?? 0;
  return { documents: all.slice(from, from + query.limit), total: all.length };
};

export const naiveGroup = (
  columns: readonly Column[],
  searched: readonly string[],
  documents: Known,
  query: Asked & { readonly column: string },
): readonly Group[] => {
  const column = columnOf(columns, query.column);
  const counts = new Map<Scalar | null, number>();
  for (const { document } of matching(columns, searched, documents, query)) {
    const values = valuesOf(column, document);
    for (const value of values.length > 0 ? values : [null])
      counts.set(shown(value), (counts.get(shown(value)) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) =>
      a.value === null ? 1 : b.value === null ? -1 : byColumn(column)(a.value, b.value),
    );
};

/** Whether so much of a time says a period, and how it reads; the clock of the tests is UTC. */
const PERIODS = {
  year: /^\d{4}/,
  month: /^\d{4}-\d{2}/,
  day: /^\d{4}-\d{2}-\d{2}/,
  hour: /^\d{4}-\d{2}-\d{2}T\d{2}/,
  minute: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/,
};
type Unit = keyof typeof PERIODS;
const UNITS = Object.keys(PERIODS) as Unit[];

/** A time, or the beginning of one, down to a unit; one that is less exact stays as it is. */
const naivePeriod = (text: unknown, unit: Unit): string | null => {
  if (typeof text !== 'string') return null;
  const found = PERIODS[unit].exec(text)?.[0];
  if (found !== undefined) return found;
  const wider = UNITS.slice(0, UNITS.indexOf(unit));
  return wider.some((one) => PERIODS[one].exec(text)?.[0] === text) ? text : null;
};

export const naivePeriods = (
  columns: readonly Column[],
  documents: Known,
  query: Asked & { readonly column: string; readonly unit: Unit },
): readonly Group[] => {
  const counts = new Map<string | null, number>();
  for (const { document } of matching(columns, [], documents, query)) {
    const value = naivePeriod(document[query.column], query.unit);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => (a.value === null ? 1 : b.value === null ? -1 : byText(a.value, b.value)));
};

/** Texts that are too long for an index are grouped by hash, and shown cut off. */
const shown = (value: Scalar | null): Scalar | null =>
  typeof value === 'string' && Buffer.byteLength(value) > WHOLE_BYTES
    ? `${Buffer.from(value).subarray(0, CUT_BYTES).toString()}…`
    : value === 0
      ? 0
      : value;
