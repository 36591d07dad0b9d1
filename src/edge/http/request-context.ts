import { traceOf } from '../wire/trace.js';
import type { Ctx, RequestContext } from './http.js';

const REQUEST_ID = /^[\w.:/+=@-]{1,128}$/;

/** The same for every call within one request. */
export const requestContext = (c: Ctx): RequestContext => {
  const known = c.get('context');
  if (known) return known;
  const trace = traceOf(c.req.header('traceparent'));
  const given = c.req.header('x-request-id');
  const requestId = given !== undefined && REQUEST_ID.test(given) ? given : trace.traceId;
  const context: RequestContext = { ...trace, requestId };
  c.set('context', context);
  return context;
};
