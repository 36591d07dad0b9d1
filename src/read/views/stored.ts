import { createHash } from 'node:crypto';
import { peopleKey } from '../../core/people-key.js';
import type { Column, ColumnType, View } from '../../core/projection.js';
import type { Document, Scalar } from './port.js';

/**
 * Longest text in an index, in bytes of UTF-8. A PostgreSQL index entry holds 2,704; the list table
 * has two texts in one.
 */
const INDEXED_BYTES_MAX = 1000;
/** What is kept of a longer one; the rest of the room is for the mark and the hash. */
const CUT_BYTES = 900;
const HASH_DIGITS = 32;
/** No text of this length is too long, whatever its characters. */
const SURELY_SHORT = INDEXED_BYTES_MAX / 3;

const MARK = '\u0001';
/** Neither engine takes NUL, and neither keeps half a surrogate pair. */
const UNSTORABLE = new RegExp(`[\0${MARK}]|\\p{Cs}`, 'u');
const UNSTORABLES = new RegExp(UNSTORABLE, 'gu');
/** Mark and NUL as `1` and `2`, half a pair as its four digits, what was cut off as its hash. */
const MARKED = new RegExp(`${MARK}(?:([12])|s([0-9a-f]{4})|x[0-9a-f]*)`, 'g');

const marked = (character: string): string => {
  if (character === '\0') return `${MARK}1`;
  if (character === MARK) return `${MARK}2`;
  return `${MARK}s${character.charCodeAt(0).toString(16)}`;
};

/** The longest beginning of well-formed text that has at most `bytes` of UTF-8. */
const beginning = (text: string, bytes: number): string => {
  const utf8 = Buffer.from(text);
  let end = bytes;
  while (end > 0 && ((utf8[end] ?? 0) & 0xc0) === 0x80) end--;
  return utf8.toString('utf8', 0, end);
};

/**
 * A text as both engines keep, compare and index it. Different texts stay different, and the order
 * by code points stays, but for what comes after the 900th byte and for half surrogate pairs.
 */
export const stored = (text: string): string => {
  const fit = UNSTORABLE.test(text) ? text.replace(UNSTORABLES, marked) : text;
  if (fit.length <= SURELY_SHORT || Buffer.byteLength(fit) <= INDEXED_BYTES_MAX) return fit;
  const hash = createHash('sha256').update(fit).digest('hex').slice(0, HASH_DIGITS);
  return `${beginning(fit, CUT_BYTES)}${MARK}x${hash}`;
};

/** The text again; one that was too long ends in `…`. */
export const unstored = (text: string): string =>
  text.includes(MARK)
    ? text.replace(MARKED, (_, digit?: string, half?: string) => {
        if (digit) return digit === '1' ? '\0' : MARK;
        return half ? String.fromCharCode(Number.parseInt(half, 16)) : '…';
      })
    : text;

/** By so much of a text people sort, bytes of UTF-8; what is the same so far is in any order. */
const KEY_BYTES_MAX = 200;
/** Ends the key of a text that is in people's order; the text itself follows. */
const KEY_END = `${MARK}|`;

/**
 * A text in a column that is in people's order: its key, and behind it the text, which tells apart
 * what has the same key, so that an index finds both the place of a text and the text itself.
 */
const inOrder = (text: string): string => {
  const key = peopleKey(text);
  if (key === text) return stored(text);
  return `${beginning(key, KEY_BYTES_MAX)}${KEY_END}${stored(text)}`;
};

/** A value as the column holds it; null when it is not of the column's type, or not set. */
export const storedValue = (type: ColumnType, value: unknown): string | number | null => {
  if (type === 'number')
    return typeof value === 'number' && Number.isFinite(value) ? value + 0 : null;
  if (type === 'boolean') return typeof value === 'boolean' ? Number(value) : null;
  if (typeof value === 'string') return stored(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
};

/** Comes after every text with this key, and before every other that comes after those. */
const afterKey = (key: string): string => `${key}${MARK}}`;

/**
 * What a column is compared with for what is before, from, up to or after a value. Texts in
 * people's order are compared by their keys: whoever looks from B on does not leave out b.
 */
export const comparedValue = (
  column: Column,
  op: 'gt' | 'gte' | 'lt' | 'lte',
  value: unknown,
): string | number | null => {
  if (column.order !== 'people' || value === null) return columnValue(column, value);
  const key = beginning(peopleKey(String(value)), KEY_BYTES_MAX);
  return op === 'gt' || op === 'lte' ? afterKey(key) : key;
};

/** A value as the column of this field holds it. */
export const columnValue = ({ type, order }: Column, value: unknown): string | number | null => {
  if (order !== 'people') return storedValue(type, value);
  return value === null || value === undefined || typeof value === 'object'
    ? null
    : inOrder(String(value));
};

/** Back from what the column holds. */
export const scalar = ({ type, order }: Column, value: string | number | null): Scalar | null => {
  if (value === null) return null;
  if (type === 'boolean') return value === 1;
  if (typeof value !== 'string') return value;
  const end = order === 'people' ? value.indexOf(KEY_END) : -1;
  return unstored(end === -1 ? value : value.slice(end + KEY_END.length));
};

/** The members of a list as its table holds them, each once. */
export const storedMembers = (value: unknown): readonly string[] =>
  Array.isArray(value)
    ? [
        ...new Set(
          value.map((one) => storedValue('text', one)).filter((one) => typeof one === 'string'),
        ),
      ]
    : [];

/**
 * Text without its case. Upper case, because lower case depends on the neighbours (Greek sigma); by
 * way of lower case, because capitals may differ that are the same in it (`ẞ`, and `SS` of `ß`);
 * composed again at the end, since some letters fall apart on the way. Here and not in SQL, because
 * SQLite knows the case of ASCII only.
 */
export const folded = (text: string): string =>
  text.replace(UNSTORABLES, '\uFFFD').normalize('NFC').toLowerCase().toUpperCase().normalize('NFC');

/** What `search` looks into: the searched fields, apart by a character that no search can hold. */
export const searchable = (document: View, fields: readonly string[]): string =>
  fields
    .map((field) => document[field])
    .filter((value) => typeof value === 'string')
    .map(folded)
    .join(MARK);

/**
 * A document as its row holds it: JSON, as text, because a JSON type refuses some (`\\u0000`). A key
 * that is not stored as it is (rare) stands before it.
 */
export const documentText = (key: string, document: object): string => {
  const json = JSON.stringify(document);
  return stored(key) === key ? json : `${JSON.stringify(key)}\n${json}`;
};

/** The key and the document from their row. */
export const documentOf = (row: { readonly key: string; readonly document: string }): Document => {
  if (row.document.startsWith('{'))
    return { key: row.key, document: JSON.parse(row.document) as View };
  // The key is JSON on a line of its own: a line break in it is escaped.
  const end = row.document.indexOf('\n');
  return {
    key: JSON.parse(row.document.slice(0, end)) as string,
    document: JSON.parse(row.document.slice(end + 1)) as View,
  };
};

export const isList = (column: Column): boolean => column.type === 'list';
