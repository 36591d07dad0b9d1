import { headersFor } from './answer.js';
import { COMPRESSED_MIN, type Encoding, encode, encodingFor, weak } from './hardening/encodings.js';
import type { Ctx } from './http.js';

/** What is answered as it is. */
export type ServedFile = {
  readonly type: string;
  readonly etag: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
};

/** For what changes under the same name. */
export const ASKED_AGAIN = { 'cache-control': 'no-cache' };

/** Files as they were compressed, once each: whoever asks gets the same bytes. */
const compressed: Readonly<Record<Encoding, WeakMap<ServedFile, Promise<Buffer<ArrayBuffer>>>>> = {
  br: new WeakMap(),
  gzip: new WeakMap(),
};

const bytesOf = async (file: ServedFile, encoding: Encoding): Promise<Buffer<ArrayBuffer>> => {
  const known = compressed[encoding].get(file);
  if (known) return known;
  const made = encode(encoding, Buffer.from(file.body));
  compressed[encoding].set(file, made);
  return made;
};

const bare = (tag: string): string => tag.trim().replace(/^W\//, '');

/** A file, or that the one the client has still holds. */
export const fileAnswer = async (
  c: Ctx,
  file: ServedFile,
  more: Readonly<Record<string, string>>,
): Promise<Response> => {
  const { type, etag, body } = file;
  const headers: Record<string, string> = { ...headersFor(c, type), etag, ...more };
  const known = c.req.header('if-none-match')?.split(',').map(bare);
  if (known?.some((one) => one === bare(etag) || one === '*')) {
    delete headers['content-type'];
    return new Response(null, { status: 304, headers });
  }
  const encoding = encodingFor(c.req.header('accept-encoding'), type);
  if (encoding === undefined || body.length < COMPRESSED_MIN)
    return new Response(body, { headers });
  headers['content-encoding'] = encoding;
  headers.etag = weak(etag);
  return new Response(await bytesOf(file, encoding), { headers });
};
