import type { Permission } from '../../core/access.js';
import type { Description, Operation } from '../openapi/index.js';
import type { Ctx, Http } from './http.js';
import type { Asked, Query } from './query-parameter.js';

/**
 * What a route asks of whoever comes: `open` nothing, `known` only to be somebody (the runtime
 * decides by roles), `self` the same, where it is nothing to note that nobody asks who they are;
 * else permissions, which may depend on what is asked for.
 */
export type Requirement =
  | 'open'
  | 'known'
  | 'self'
  | Permission
  | ((c: Ctx, path: string) => readonly Permission[]);

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Answers a request. */
export type Handle = (c: Ctx) => Response | Promise<Response>;

/**
 * A route, said once: registration, the description of the API and what is known of permissions
 * read the same value.
 */
export type Route<Q extends Query = Query> = Partial<Description> & {
  readonly method: Method;
  /** `/doors/:id` */
  readonly path: string;
  readonly needs: Requirement;
  /** It writes, and may be asked what it would do: a denied dry run refuses nobody anything. */
  readonly takesDryRun?: true;
  /** Its path in a description, where that says another than its own. */
  readonly describedAs?: string;
  /** Every parameter that its query may have: any other is refused, whatever it says. */
  readonly query?: Q;
  /** How it is described where it stands for several: one by one. */
  readonly describe?: () => Iterable<Operation>;
  // As a method: a route with a query of its own is a route.
  handler(c: Ctx, http: Http, asked: Asked<Q>): Response | Promise<Response>;
};

/** A route whose handler is given what its query asks for. */
export const routeOf = <const Q extends Query>(route: Route<Q>): Route => route as Route;

/** What stands around a handler; where it has nothing to do it is the handler itself. */
export type Shell = (route: Route, next: Handle) => Handle;

/** `/doors/:id` → `/doors/{id}` */
export const templateOf = (path: string): string => path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}');
