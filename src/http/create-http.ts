import { Hono } from 'hono';
import { problemOf } from '../edge/problem.js';
import type { Log, Runtime } from '../runtime/runtime.js';
import type { EventStore } from '../store/port.js';
import { problem } from './answer.js';
import { askedOf } from './asked.js';
import { commandRoutes } from './commands.js';
import { eventLogRoutes } from './event-log.js';
import { eventStreamRoutes } from './event-stream.js';
import { frontPage } from './front-page.js';
import { healthRoutes } from './health.js';
import type { App, Env, Http, Info } from './http.js';
import { HTTP_LIMITS, type HttpLimits } from './limits.js';
import { machineRoutes } from './machines.js';
import { pluralsOf } from './plurals.js';
import { possibleRoutes } from './possible.js';
import { schemaRoutes } from './schemas.js';
import { unknownRoutes } from './unknown.js';

export type HttpOptions = {
  readonly runtime: Runtime;
  readonly store: EventStore;
  readonly log: Log;
  readonly info: Info;
  readonly limits?: Partial<HttpLimits>;
  readonly clock?: () => number;
};

/**
 * Everything over HTTP, derived from the definitions. There is no middleware on purpose: a request
 * meets one handler, which is what the command routes need to be fast.
 *
 * @throws TypeError when two definitions share a path.
 */
export const createHttp = ({ limits, clock = Date.now, ...given }: HttpOptions): App => {
  const http: Http = { ...given, clock, limits: { ...HTTP_LIMITS, ...limits } };
  const plurals = pluralsOf(http.runtime.registry);
  const app: App = new Hono<Env>();
  commandRoutes(app, http, plurals);
  eventStreamRoutes(app, http);
  eventLogRoutes(app, http, plurals);
  possibleRoutes(app, http, plurals);
  machineRoutes(app, http);
  schemaRoutes(app, http);
  healthRoutes(app, http);
  frontPage(app, http, plurals);
  unknownRoutes(app, plurals);
  app.onError((err, c) => {
    const { traceId: trace_id, requestId: request_id } = askedOf(c);
    const { code, status } = problemOf(err, trace_id);
    const what = { err, code, trace_id, request_id };
    if (status >= 500) http.log.error(what, 'a request failed');
    else http.log.warn(what, 'a request failed');
    return problem(c, err);
  });
  return app;
};
