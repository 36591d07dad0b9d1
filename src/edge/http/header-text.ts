import { isUtf8 } from 'node:buffer';
import type { Ctx } from './http.js';

const NOT_ASCII = /[\u0080-\u00ff]/;

/**
 * A header that people write. Node hands over bytes as Latin-1; what is UTF-8 is read as such.
 * An empty header is none.
 */
export const headerText = (c: Ctx, name: string): string | undefined => {
  const value = c.req.header(name);
  if (!value) return undefined;
  if (!NOT_ASCII.test(value)) return value;
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : value;
};
