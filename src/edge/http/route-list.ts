import type { Context } from 'hono';
import type { Env } from './http.js';
import type { Handle, Method, Requirement, Route } from './route.js';

type Add = <P extends string>(
  path: P,
  handler: (c: Context<Env, P>) => Response | Promise<Response>,
) => void;

/** Takes routes that need the same. */
export type Routes = Readonly<Record<'get' | 'post' | 'put' | 'patch' | 'delete', Add>>;

/** Routes while they are collected: none is taken that does not say what it needs. */
export class RouteList {
  readonly all: Route[] = [];

  under(needs: Requirement, writes?: 'takes dry_run'): Routes {
    const takes = writes && { takesDryRun: true as const };
    const adding =
      (method: Method): Add =>
      (path, handler) => {
        this.all.push({ method, path, needs, ...takes, handler: handler as Handle });
      };
    return {
      get: adding('GET'),
      post: adding('POST'),
      put: adding('PUT'),
      patch: adding('PATCH'),
      delete: adding('DELETE'),
    };
  }
}
