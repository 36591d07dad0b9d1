import { canonical, sha256 } from '../../core/canonical.js';
import type { Refusal } from '../../core/refusal.js';
import type { After, Document, Scalar, SortKey } from '../../read/views/port.js';
import { badQuery } from './query.js';

/** Characters of the fingerprint that a cursor carries: enough to notice another question. */
const FINGERPRINT_CHARS = 16;
/** Longest cursor: it has to fit into the head of a request. */
const CURSOR_CHARS_MAX = 8_192;

/** A short text that differs for two questions that differ. */
export const fingerprintOf = (question: unknown): string =>
  sha256(canonical(question)).slice(0, FINGERPRINT_CHARS);

/**
 * Parameters of the question that name a moment, and which instant each was understood as: `now` and
 * today are another one when the next page is asked for.
 */
export type Instants = Readonly<Record<string, string>>;

/**
 * A place in the answer to one question, as an opaque text for a URL; null when the texts that the
 * answer is sorted by are too long for one.
 */
export const encodeCursor = (
  fingerprint: string,
  { values, key }: After,
  instants: Instants = {},
): string | null => {
  const parts = [fingerprint, key, ...values];
  const whole = Object.keys(instants).length === 0 ? parts : [...parts, instants];
  const text = Buffer.from(JSON.stringify(whole)).toString('base64url');
  return text.length > CURSOR_CHARS_MAX ? null : text;
};

const isValue = (value: unknown): value is Scalar | null =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** Where a document stands in an order: what comes behind it goes on from there. */
export const placeOf = (sort: readonly SortKey[], { key, document }: Document): After => ({
  key,
  values: sort.map(({ column }) => {
    const value = document[column];
    return isValue(value) ? value : null;
  }),
});

const parse = (text: string): readonly unknown[] => {
  try {
    const parsed = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown;
    return Array.isArray(parsed) ? (parsed as unknown[]) : [];
  } catch {
    return [];
  }
};

/** Whoever makes a cursor up is told so where its instants are read: any text is one here. */
const isInstants = (value: unknown): value is Instants =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((one) => typeof one === 'string');

/** The place that a cursor names, or why it names none in the answer to this question. */
export const decodeCursor = (
  text: string,
  { fingerprint, values: count }: { readonly fingerprint: string; readonly values: number },
): { readonly after: After; readonly instants: Instants } | Refusal => {
  const parsed = text.length > CURSOR_CHARS_MAX ? [] : parse(text);
  const last = parsed.at(-1);
  const instants = isInstants(last) ? last : {};
  const [given, key, ...values] = isInstants(last) ? parsed.slice(0, -1) : parsed;
  if (typeof given !== 'string' || typeof key !== 'string' || !values.every(isValue))
    return badQuery('cursor', 'this is no cursor: take "next_cursor" of an answer as it is');
  if (given !== fingerprint || values.length !== count || key.includes('\0'))
    return badQuery(
      'cursor',
      'this cursor belongs to another question: keep the filters, the search, the order and the moment while you go on, or begin without a cursor',
    );
  return { after: { values, key }, instants };
};
