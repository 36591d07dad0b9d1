/** Bytes of the headers of one part. */
const HEADERS_MAX = 16 * 1024;
const BOUNDARY = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i;
const CRLF = '\r\n';

/** A part of a form; `file` = its file name, null for a plain field. */
export type FormPart = {
  readonly name: string;
  readonly file: string | null;
  readonly bytes: Buffer;
};

/** How browsers and clients write a quote or the end of a line within a name. */
const unescaped = (text: string): string =>
  text.replaceAll(/%(22|0D|0A)/gi, (_, hex: string) => String.fromCharCode(Number(`0x${hex}`)));

const NAME = /^content-disposition:[^\r\n]*?;\s*name="([^"\r\n]*)"/im;
const FILE = /^content-disposition:[^\r\n]*?;\s*filename="([^"\r\n]*)"/im;
const saidIn = (headers: string, pattern: RegExp): string | null => {
  const value = pattern.exec(headers)?.[1];
  return value === undefined ? null : unescaped(value);
};

/**
 * The parts of a `multipart/form-data` body, `max` at most, looked through once: the bytes of a
 * part are those of the body. null = it is none.
 */
export const formParts = (
  body: Buffer,
  type: string,
  max: number,
): { readonly parts: readonly FormPart[]; readonly more: boolean } | null => {
  const found = BOUNDARY.exec(type);
  if (!found) return null;
  const boundary = found[1] ?? found[2]!;
  const delimiter = Buffer.from(`${CRLF}--${boundary}`);
  const first = delimiter.subarray(CRLF.length);
  const parts: FormPart[] = [];
  let at = body.subarray(0, first.length).equals(first)
    ? first.length
    : body.indexOf(delimiter) + delimiter.length;
  if (at < delimiter.length - CRLF.length) return null;
  for (;;) {
    const after = body.toString('latin1', at, at + 2);
    if (after === '--') return { parts, more: false };
    if (after !== CRLF) return null;
    if (parts.length === max) return { parts, more: true };
    const head = body.subarray(at, at + HEADERS_MAX);
    const length = head.indexOf(`${CRLF}${CRLF}`);
    const begin = at + length + 2 * CRLF.length;
    const end = length === -1 ? -1 : body.indexOf(delimiter, begin - CRLF.length);
    if (end === -1) return null;
    const headers = head.toString('utf8', 0, length);
    const name = saidIn(headers, NAME);
    if (name === null) return null;
    const bytes = body.subarray(begin, Math.max(begin, end));
    parts.push({ name, file: saidIn(headers, FILE), bytes });
    at = end + delimiter.length;
  }
};
