import type { Permission } from '../../core/access.js';
import type { Description } from '../openapi/index.js';
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

/** A description, and the path where it is another than that of the route. */
export type Described = Description & { readonly path?: string };

/** What registration reads of a route. */
type Served<Q extends Query> = {
  readonly method: Method;
  /** `/doors/:id` */
  readonly path: string;
  readonly needs: Requirement;
  /** It writes, and may be asked what it would do: a denied dry run refuses nobody anything. */
  readonly takesDryRun?: true;
  /** Every parameter that its query may have: any other is refused, whatever it says. */
  readonly query?: Q;
  // As a method: a route with a query of its own is a route.
  handler(c: Ctx, http: Http, asked: Asked<Q>): Response | Promise<Response>;
};

/** What is said of a route to those who use it. */
type Said =
  | (Description & {
      /** Its path in a description, where that says another than its own. */
      readonly describedAs?: string;
      readonly describe?: never;
    })
  /** It stands for several, or saying it takes long: it is said when somebody asks. */
  | { readonly describe: () => Iterable<Described> };

/**
 * A route, said once: registration, the description of the API and what is known of permissions
 * read the same value.
 */
export type Route<Q extends Query = Query> = Served<Q> & Said;

/** A route whose handler is given what its query asks for. */
export const routeOf = <const Q extends Query>(route: Route<Q>): Route => route as Route;

/** What stands around a handler; where it has nothing to do it is the handler itself. */
export type Shell = (route: Route, next: Handle) => Handle;

/** `/doors/:id` → `/doors/{id}` */
export const templateOf = (path: string): string => path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}');

/** On a node that has nothing behind it, or under another noun, a route is not described. */
export const undescribed = (route: Route): Route => ({ ...route, describe: () => [] });
