import type { Env } from './http.js';
import type { Route } from './route.js';

/** Answers a request; with what its socket brings, where there is one. */
export type Fetch = (
  request: Request,
  env?: Env['Bindings'] | object,
) => Response | Promise<Response>;

/**
 * The HTTP side. Nothing can be added to it from outside: whatever it answers is a route that says
 * what it needs.
 */
export type App = {
  readonly fetch: Fetch;
  /** The same without a socket, as a test asks: `app.request('/healthz')`. */
  readonly request: (
    path: string,
    init?: RequestInit,
    env?: Env['Bindings'] | object,
  ) => Response | Promise<Response>;
  /** Every route and what it needs. */
  readonly routes: readonly Route[];
};

const isUrl = (path: string): boolean => /^https?:\/\//.test(path);

/** What answers, and the routes that it has. */
export const appOf = (fetch: Fetch, routes: readonly Route[]): App => ({
  fetch,
  request: (path, init, env) =>
    fetch(new Request(isUrl(path) ? path : `http://localhost${path}`, init), env),
  routes,
});
