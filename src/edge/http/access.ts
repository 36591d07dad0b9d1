import type { Handler } from 'hono';
import { grants, type Permission, type Principal } from '../../core/access.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { Access, Credentials } from '../access/index.js';
import { FOR_ONE, problem } from './answer.js';
import { deniedUnread } from './body.js';
import type { Denials } from './denials.js';
import { refusedAsCrossSite } from './hardening/cross-site.js';
import type { App, Ctx, Env, Http, RequestContext } from './http.js';
import { requestContext } from './request-context.js';
import { sessionTokenOf } from './session-cookie.js';

/**
 * What a route asks of whoever comes: `open` nothing, `known` only to be somebody (the runtime
 * decides by roles), `self` the same, where it is nothing to note that nobody asks who they are;
 * else permissions, which may depend on what is asked for.
 */
export type Need =
  | 'open'
  | 'known'
  | 'self'
  | Permission
  | ((c: Ctx, route: string) => readonly Permission[]);

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options', 'all'] as const;
type Register = (path: string, ...handlers: Handler<Env>[]) => App;
type Registers = Record<(typeof METHODS)[number], Register>;

/** The way in to an app: routes are registered under what they need, or answer nobody. */
export type Door = {
  /** The app, for routes that need this; whether those that write take `dry_run`. */
  under(need: Need, writes?: 'takes dry_run'): App;
};

/** What each route needs, as `GET /path`; a route that is missing is denied to all. */
const needs = new WeakMap<App, Map<string, Need>>();
export const needsOf = (app: App): ReadonlyMap<string, Need> => needs.get(app) ?? new Map();

const NO_NEED = refuse(
  'FORBIDDEN',
  'nobody may do this: the route does not say what it needs (register it under a need)',
);

/** What a program says counts before what a browser sends along by itself. */
const credentialsOf = (c: Ctx): Credentials => {
  const authorization = c.req.header('authorization');
  const apiKey = c.req.header('x-api-key');
  if (authorization !== undefined || apiKey !== undefined) return { authorization, apiKey };
  return { session: sessionTokenOf(c) };
};

const deniedBy = (access: Access, who: Principal, permission: Permission): Refusal => {
  const roles = Object.keys(access.roles).filter((role) =>
    grants(access.roles, { ...who, roles: [role] }, permission),
  );
  const said = who.roles.length === 0 ? 'in no role' : who.roles.join(', ');
  return refuse(
    'FORBIDDEN',
    `this needs the permission "${permission}", which comes with ${roles.join(', ') || 'no role'}; you are ${said}`,
    { details: { permission, roles } },
  );
};

/** Somebody who may do what a route needs; null when it is open to all. */
type Let = { readonly who: Principal | null } | Refusal;

const letIn = async (
  access: Access,
  credentials: Credentials,
  { need, c, route }: { readonly need: Need; readonly c: Ctx; readonly route: string },
): Promise<Let & { readonly known?: Principal }> => {
  if (need === 'open') return { who: null };
  const who = await access.authenticate(credentials);
  if (isRefusal(who)) return who;
  if (need === 'known' || need === 'self') return { who };
  const wanted = typeof need === 'function' ? need(c, route) : [need];
  const missing = wanted.find((one) => !grants(access.roles, who, one));
  return missing === undefined ? { who } : { ...deniedBy(access, who, missing), known: who };
};

/**
 * Put a door before the routes of an app. A handler is wrapped where it is registered, as for
 * counting: no route can be forgotten, since one that names no need is denied to everybody.
 * Without `access` there is no door: everything is open.
 */
export const guarded = (app: App, http: Http, denials: Denials): Door => {
  const { access } = http;
  const known = new Map<string, Need>();
  needs.set(app, known);
  const registers = app as unknown as Registers;
  const originals = Object.fromEntries(
    METHODS.map((method) => [method, registers[method].bind(app)]),
  ) as Registers;

  type Behind = { readonly need: Need; readonly route: string; readonly takesDryRun: boolean };
  const behind = ({ need, route, takesDryRun }: Behind, handler: Handler<Env>): Handler<Env> => {
    if (!access || need === 'open') return handler;
    return async (c, next) => {
      c.set('context', { ...requestContext(c), headers: FOR_ONE });
      const credentials = credentialsOf(c);
      const { session } = credentials;
      const crossing = session === undefined ? undefined : refusedAsCrossSite(c);
      const ask = { need, c, route };
      const allowed: Awaited<ReturnType<typeof letIn>> =
        crossing ?? (await letIn(access, credentials, ask));
      if (!isRefusal(allowed)) {
        const revalidate = async (): Promise<Refusal | undefined> => {
          const again = await letIn(access, credentials, ask);
          return isRefusal(again) ? again : undefined;
        };
        if (allowed.who) {
          const { who } = allowed;
          const may: RequestContext['may'] = (...oneOf) => {
            if (oneOf.some((one) => grants(access.roles, who, one))) return undefined;
            const refusal = deniedBy(access, who, oneOf[0]);
            denials.keep(c, refusal, { who, takesDryRun });
            return refusal;
          };
          c.set('context', { ...requestContext(c), who, may, revalidate });
        }
        return handler(c, next);
      }
      const { known: who, ...refusal } = allowed;
      const { apiKey, authorization } = credentials;
      if (who && takesDryRun) await deniedUnread(c, refusal);
      const given = apiKey !== undefined || authorization !== undefined;
      if (need !== 'self' || given || session !== undefined)
        denials.keep(c, refusal, { who, takesDryRun });
      return denials.answer(c, refusal, given);
    };
  };

  for (const method of METHODS)
    registers[method] = (path, ...handlers) =>
      originals[method](path, ...(access ? [(c: Ctx) => problem(c, NO_NEED)] : handlers));
  const under: Door['under'] = (need, writes) => {
    const takesDryRun = writes === 'takes dry_run';
    const view = Object.create(app) as Registers;
    for (const method of METHODS)
      view[method] = (path, ...handlers) => {
        known.set(`${method.toUpperCase()} ${path}`, need);
        return originals[method](
          path,
          ...handlers.map((one) => behind({ need, route: path, takesDryRun }, one)),
        );
      };
    return view as unknown as App;
  };
  return { under };
};
