import { isUtf8 } from 'node:buffer';
import type { Shown } from '../inspection.js';

/** Bytes of one message or value that are shown; of the rest only the size. */
const SHOWN_MAX_BYTES = 64 * 1024;
/** A character of UTF-8 has four bytes at most: a cut goes through one of these. */
const CHARACTER_BYTES_MAX = 4;

/** The beginning, without the half of a character at its end. */
const cutText = (bytes: Buffer): string | undefined => {
  for (let end = bytes.length; end > bytes.length - CHARACTER_BYTES_MAX; end--)
    if (isUtf8(bytes.subarray(0, end))) return bytes.toString('utf8', 0, end);
  return undefined;
};

const parsed = (text: string): { readonly payload: unknown } | undefined => {
  try {
    return { payload: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

/** Bytes as people read them. What is cut is never JSON any more. */
export const shownOf = (data: Uint8Array): Shown => {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const size = bytes.length;
  const whole = size <= SHOWN_MAX_BYTES;
  const some = whole ? bytes : bytes.subarray(0, SHOWN_MAX_BYTES);
  const cut = whole ? {} : { cut: true as const };
  const text = whole && !isUtf8(some) ? undefined : cutText(some);
  if (text === undefined)
    return { size, encoding: 'base64', payload: some.toString('base64'), ...cut };
  const json = whole ? parsed(text) : undefined;
  if (json) return { size, encoding: 'json', ...json };
  return { size, encoding: 'text', payload: text, ...cut };
};
