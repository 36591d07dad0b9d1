import { fittingJson } from '../wire/fitting-json.js';
import { problemOf } from '../wire/problem.js';
import type { Ctx } from './http.js';
import { ANSWER_BYTES_MAX } from './limits.js';
import { requestContext } from './request-context.js';

type Headers = Readonly<Record<string, string>>;

/**
 * What of Hono's `secureHeaders` means something to an answer that nobody renders. The middleware
 * itself would turn every answer into a `Headers` object, a fifth more work on a command route.
 * Strict-Transport-Security is for whoever ends TLS to say: this program speaks clear text.
 */
export const SECURE: Headers = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  vary: 'Accept-Encoding',
};

/** What answers depend on where they are for those who may have them. */
export const VARY_BY_WHO = 'Authorization, Cookie, X-Api-Key';

/** What was made for one caller is for no cache that others share. */
export const FOR_ONE: Headers = {
  'cache-control': 'private, no-cache',
  vary: `Accept-Encoding, ${VARY_BY_WHO}`,
};

/** The headers of every answer. */
export const headersFor = (c: Ctx, type: string): Record<string, string> => {
  const { requestId, traceparent, headers } = requestContext(c);
  const own = { ...SECURE, 'content-type': type, 'x-request-id': requestId, traceparent };
  return headers ? { ...own, ...headers } : own;
};

export const answerText = (c: Ctx, type: string, body: string, more: Headers = {}): Response =>
  new Response(body, { status: 200, headers: { ...headersFor(c, type), ...more } });

export const answer = (c: Ctx, status: number, body: unknown, more: Headers = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: Object.assign(headersFor(c, 'application/json'), more),
  });

/** What was accepted, events and all as far as an answer can carry them. */
export const answerAccepted = (
  c: Ctx,
  status: number,
  body: Parameters<typeof fittingJson>[0],
  more: Headers = {},
): Response =>
  new Response(fittingJson(body, ANSWER_BYTES_MAX), {
    status,
    headers: Object.assign(headersFor(c, 'application/json'), more),
  });

/** A refusal, or anything that was thrown, as problem details. */
export const problem = (c: Ctx, cause: unknown, more: Headers = {}): Response => {
  const body = problemOf(cause, requestContext(c).traceId);
  const after = body.status === 503 ? 1 : body.details?.retry_after_s;
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: {
      ...headersFor(c, 'application/problem+json'),
      ...(typeof after === 'number' && { 'retry-after': String(after) }),
      ...more,
    },
  });
};
