import type { Handler } from 'hono';
import type { HttpMeter } from '../../operate/metrics/index.js';
import { problemOf } from '../wire/problem.js';
import type { App, Ctx, Env } from './http.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'all'] as const;
/** What the requests that no route takes are counted as. */
const UNMATCHED = 'unmatched';

type Register = (path: string, ...handlers: Handler<Env>[]) => App;

const template = (path: string): string => path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}');

/**
 * Count every request of an app. A handler is wrapped where it is registered rather than put
 * behind a middleware: one handler per request is the way that Hono is quick on, and only there is
 * the template of the route known without asking for it.
 */
export const metered = (app: App, meter: HttpMeter): App => {
  const count = (c: Ctx, begun: number, what: { route: string; status: number }): void =>
    meter.answered({
      method: c.req.method,
      route: what.route,
      status: what.status,
      seconds: (performance.now() - begun) / 1_000,
    });
  const wrap =
    (route: string, handler: Handler<Env>): Handler<Env> =>
    async (c, next) => {
      const begun = performance.now();
      try {
        const response = await handler(c, next);
        if (response instanceof Response) count(c, begun, { route, status: response.status });
        return response;
      } catch (error) {
        count(c, begun, { route, status: problemOf(error, '').status });
        throw error;
      }
    };
  const registers = app as unknown as Record<(typeof METHODS)[number], Register>;
  for (const method of METHODS) {
    const register = registers[method];
    registers[method] = (path, ...handlers) =>
      register(path, ...handlers.map((handler) => wrap(template(path), handler)));
  }
  const notFound = app.notFound.bind(app);
  app.notFound = (handler) =>
    notFound(async (c) => {
      const begun = performance.now();
      const response = await handler(c);
      count(c, begun, { route: UNMATCHED, status: response.status });
      return response;
    });
  return app;
};
