import type { ServiceMsg } from '@nats-io/services';
import { type Refusal, refuse } from '../../core/refusal.js';
import { HEADERS_MAX } from './request-bytes.js';

/** Lines of headers, those that are not looked at among them. */
export const HEADER_LINES_MAX = 100;

/** What is read of the headers of a request, each as it stands first and says something. */
export type RequestHeaders = {
  readonly apiKey?: string;
  readonly authorization?: string;
  readonly traceparent?: string;
};

/** A message of a service wraps the one that came, which holds its header block as it is. */
type Wrapping = {
  readonly msg?: { readonly _msg?: { readonly hdr: number }; readonly _rdata?: Uint8Array };
};

const FIELDS: ReadonlyMap<string, keyof RequestHeaders> = new Map([
  ['x-api-key', 'apiKey'],
  ['authorization', 'authorization'],
  ['traceparent', 'traceparent'],
]);

const NONE: RequestHeaders = {};
const TOO_LARGE = refuse(
  'HEADERS_TOO_LARGE',
  `the headers of a request may have ${HEADERS_MAX} bytes in ${HEADER_LINES_MAX} lines`,
  { details: { max_bytes: HEADERS_MAX, max_lines: HEADER_LINES_MAX } },
);
const MALFORMED = refuse(
  'MALFORMED_COMMAND',
  'the headers of the request cannot be read: each is a line `<name>: <value>` that CRLF ends',
);

const NAME = /^[\x21-\x39\x3b-\x7e]+$/;
const LINE_BREAK = /[\r\n]/;
const CRLF = '\r\n';

/** The lines after the first one, which says the version; undefined of more than there may be. */
const linesOf = (block: string): readonly string[] | undefined => {
  const lines = block.split(CRLF, HEADER_LINES_MAX + 4);
  // Before them stands the version, behind them an empty line, behind that nothing.
  return lines.length > HEADER_LINES_MAX + 3 ? undefined : lines.slice(1, -2);
};

/**
 * The headers of a request, from its raw header block, or why they cannot be read. The client's own
 * are never asked for: it reads all of them at the first look, in a time that grows with the square
 * of their number, and throws where one is none.
 */
export const readHeaders = (request: ServiceMsg): RequestHeaders | Refusal => {
  const { _msg: message, _rdata: raw } = (request as ServiceMsg & Wrapping).msg ?? {};
  if (!message || !raw) return MALFORMED;
  const { hdr: bytes } = message;
  if (bytes <= 0) return NONE;
  if (bytes > HEADERS_MAX) return TOO_LARGE;
  const block = Buffer.from(raw.buffer, raw.byteOffset, bytes).toString();
  if (!block.endsWith(CRLF + CRLF)) return MALFORMED;
  const lines = linesOf(block);
  if (!lines) return TOO_LARGE;
  const found: { -readonly [F in keyof RequestHeaders]: RequestHeaders[F] } = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    if (!NAME.test(name) || LINE_BREAK.test(line)) return MALFORMED;
    const field = FIELDS.get(name.toLowerCase());
    if (field === undefined) continue;
    const value = line.slice(colon + 1).trim();
    if (value !== '') found[field] ??= value;
  }
  return found;
};
