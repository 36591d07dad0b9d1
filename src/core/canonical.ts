import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** JSON in the one form RFC 8785 allows: the same value always gives the same text. */
export const canonical = (value: unknown): string => {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('this value has no JSON form');
  return text;
};

/** SHA-256 of a text, as 64 hexadecimal digits. */
export const sha256 = (text: string): string => hash('sha256', text);
