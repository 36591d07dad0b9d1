import { headersFor } from './answer.js';
import type { Ctx } from './http.js';

/** What is answered as it is. */
export type ServedFile = {
  readonly type: string;
  readonly etag: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
};

/** For what changes under the same name. */
export const ASKED_AGAIN = { 'cache-control': 'no-cache' };

const bare = (tag: string): string => tag.trim().replace(/^W\//, '');

/** A file, or that the one the client has still holds. */
export const fileAnswer = (
  c: Ctx,
  { type, etag, body }: ServedFile,
  more: Readonly<Record<string, string>>,
): Response => {
  const headers: Record<string, string> = { ...headersFor(c, type), etag, ...more };
  const known = c.req.header('if-none-match')?.split(',').map(bare);
  if (!known?.some((one) => one === bare(etag) || one === '*'))
    return new Response(body, { headers });
  delete headers['content-type'];
  return new Response(null, { status: 304, headers });
};
