import type { Permission } from '../../core/access.js';
import type { Ctx } from './http.js';

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

/** A route, said once: registration and whoever describes it read the same value. */
export type Route = {
  readonly method: Method;
  /** `/doors/:id` */
  readonly path: string;
  readonly needs: Requirement;
  /** It writes, and may be asked what it would do: a denied dry run refuses nobody anything. */
  readonly takesDryRun?: true;
  readonly handler: Handle;
};

/** What stands around a handler; where it has nothing to do it is the handler itself. */
export type Shell = (route: Route, next: Handle) => Handle;

/** `/doors/:id` → `/doors/{id}` */
export const templateOf = (path: string): string => path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}');
