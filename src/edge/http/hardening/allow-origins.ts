import { SECURE } from '../answer.js';
import type { Fetch } from '../app.js';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/** What a page may send. */
const ASKING = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'Prefer',
  'traceparent',
  'X-Actor',
  'X-Api-Key',
  'X-Approval-Id',
  'X-Business-Justification',
  'X-Correlation-Id',
  'X-Request-Id',
].join(', ');
/** What a page may read of an answer besides its body. */
const EXPOSED = [
  'Allow',
  'ETag',
  'Link',
  'Location',
  'Preference-Applied',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Stele-As-Of',
  'Stele-Effective-At',
  'Stele-Min-Position-Reached',
  'Stele-Position',
  'traceparent',
  'X-Correlation-Id',
  'X-Request-Id',
].join(', ');
/** How long a browser need not ask again, seconds. */
const PREFLIGHT_FOR_S = 600;
const ANYBODY = '*';

/**
 * Let pages of other origins in. Their browsers are never told that they may use cookies, so no page
 * reads anything by a session: each needs a key of its own. Pages of origins that are not listed
 * are answered as ever, and their browser keeps the answer from them.
 */
export const allowOrigins = (origins: readonly string[], fetch: Fetch): Fetch => {
  if (origins.length === 0) return fetch;
  const any = origins.includes(ANYBODY);
  return async (request, env) => {
    const origin = request.headers.get('origin');
    if (origin === null || !(any || origins.includes(origin))) return fetch(request, env);
    const allowed = { 'access-control-allow-origin': any ? ANYBODY : origin };
    if (request.method === 'OPTIONS' && request.headers.has('access-control-request-method'))
      return new Response(null, {
        status: 204,
        headers: {
          ...SECURE,
          ...allowed,
          'access-control-allow-methods': METHODS,
          'access-control-allow-headers': ASKING,
          'access-control-max-age': String(PREFLIGHT_FOR_S),
          vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
        },
      });
    const response = await fetch(request, env);
    for (const [name, value] of Object.entries(allowed)) response.headers.set(name, value);
    response.headers.set('access-control-expose-headers', EXPOSED);
    response.headers.append('vary', 'Origin');
    return response;
  };
};
