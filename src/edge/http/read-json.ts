import { isUtf8 } from 'node:buffer';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import { whereJsonBreaks } from '../wire/json-break.js';
import { JSON_DEPTH_MAX, JSON_VALUES_MAX, tooMuchJson } from '../wire/json-size.js';
import { Bodies } from './hardening/bodies.js';
import type { Ctx } from './http.js';
import { saysDryRun } from './is-dry-run.js';
import { requestContext } from './request-context.js';

/** Which media types a body may have, and what is said of all others. */
type Accepted = {
  readonly type: RegExp;
  readonly names: readonly string[];
  readonly message: string;
};
const COMMAND: Accepted = {
  type: /^\s*application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i,
  names: ['application/json'],
  message: 'a command is JSON: send it with "content-type: application/json"',
};
/** Another patch format says something else with the same JSON: it must not be carried out. */
export const MERGE_PATCH: Accepted = {
  type: /^\s*application\/(?:merge-patch\+)?json\s*(?:;|$)/i,
  names: ['application/merge-patch+json', 'application/json'],
  message:
    'a change is a merge patch, the fields and their values: send it with "content-type: application/merge-patch+json"',
};

/** A command that is only tried is short: so much of one that is denied is looked through, bytes. */
const DENIED_BODY_MAX = 16 * 1024;

const malformed = (message: string, details?: Readonly<Record<string, unknown>>): Refusal =>
  refuse('MALFORMED_COMMAND', message, {
    errors: [{ field: '(body)', message, rule: 'FORMAT' }],
    ...(details && { details }),
  });

const tooLarge = (max: number): Refusal =>
  refuse('PAYLOAD_TOO_LARGE', `the body is larger than the ${max} bytes that are accepted`, {
    details: { max_bytes: max },
  });

const TOO_MANY_VALUES = refuse(
  'PAYLOAD_TOO_LARGE',
  `the body holds more than ${JSON_VALUES_MAX} keys and members of lists: split it`,
  { details: { max_values: JSON_VALUES_MAX } },
);

/** All that this process reads: it is its memory that they share. */
const bodies = new Bodies();

type Bounds = { readonly max: number; readonly more: (bytes: number) => Refusal | undefined };

/** Chunks until they are too many; what comes after that is not kept. */
const boundedBytes = async (
  body: ReadableStream<Uint8Array>,
  { max, more }: Bounds,
): Promise<Buffer | Refusal | undefined> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    size += value.byteLength;
    const full = size > max ? undefined : more(value.byteLength);
    if (size > max || full) {
      reader.cancel().catch(() => {});
      return full;
    }
    chunks.push(value);
  }
};

/**
 * The body, why there is no room for it now, or undefined when it is too large. A declared length
 * is enforced by the HTTP parser.
 */
export const bytesOf = async (c: Ctx, max: number): Promise<Buffer | Refusal | undefined> => {
  const declared = c.req.header('content-length');
  if (declared === undefined && !c.req.raw.body) return Buffer.alloc(0);
  if (Number(declared) > max) return undefined;
  const { more, end } = bodies.begin(requestContext(c).who);
  try {
    if (declared === undefined) return await boundedBytes(c.req.raw.body!, { max, more });
    return more(Number(declared)) ?? Buffer.from(await c.req.raw.arrayBuffer());
  } finally {
    end();
  }
};

const parse = (text: string): { readonly json: unknown } | Refusal => {
  const tooMuch = tooMuchJson(text);
  if (tooMuch === 'depth') return malformed(`the body nests deeper than ${JSON_DEPTH_MAX} levels`);
  if (tooMuch === 'values') return TOO_MANY_VALUES;
  try {
    return { json: JSON.parse(text) };
  } catch {
    const position = whereJsonBreaks(text);
    const before = text.slice(0, position).split('\n');
    const [line, column] = [before.length, before.at(-1)!.length + 1];
    const what = position >= text.length ? 'it ends too early,' : 'it breaks';
    return malformed(
      `the body is not JSON: ${what} at position ${position} (line ${line}, column ${column})`,
      { position, line, column },
    );
  }
};

/** The JSON of a request's body, `{}` when it is empty, or why there is none. */
export const readJson = async (
  c: Ctx,
  max: number,
  accepted: Accepted = COMMAND,
): Promise<{ readonly json: unknown } | Refusal> => {
  const type = c.req.header('content-type');
  if (type !== undefined && !accepted.type.test(type))
    return refuse('UNSUPPORTED_MEDIA_TYPE', accepted.message, {
      details: { accepted: accepted.names },
    });
  let bytes: Buffer | Refusal | undefined;
  try {
    bytes = await bytesOf(c, max);
  } catch {
    return malformed('the request ended before its body was complete');
  }
  if (!bytes) return tooLarge(max);
  if (isRefusal(bytes)) return bytes;
  if (bytes.length === 0) return { json: {} };
  if (!isUtf8(bytes)) return malformed('the body is not UTF-8');
  const text = bytes.toString('utf8');
  const parsed = parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  if (!isRefusal(parsed) && saysDryRun(parsed.json))
    c.set('context', { ...requestContext(c), dryRun: true });
  return parsed;
};

/**
 * A denial, which stands whatever was sent; but if that says it is a dry run, nobody was refused
 * anything. Of a body of more than a few kilobytes nothing is read.
 */
export const deniedUnread = async (c: Ctx, denied: Refusal): Promise<Refusal> => {
  await readJson(c, DENIED_BODY_MAX, MERGE_PATCH);
  return denied;
};
