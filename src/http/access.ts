import type { Handler } from 'hono';
import type { Access, Credentials } from '../access/index.js';
import { grants, type Permission, type Principal } from '../core/access.js';
import { isRefusal, type Refusal, refuse } from '../core/refusal.js';
import { PerSecond } from '../edge/per-second.js';
import { problem } from './answer.js';
import { askedOf } from './asked.js';
import type { App, Ctx, Env, Http } from './http.js';
import { UNKNOWN_CALLERS_JOURNALLED_PER_S } from './limits.js';

/**
 * What a route asks of whoever comes: `open` nothing, `known` only to be somebody (the runtime
 * decides by roles), else permissions, which may depend on what is asked for.
 */
export type Need =
  | 'open'
  | 'known'
  | Permission
  | ((c: Ctx, route: string) => readonly Permission[]);

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options', 'all'] as const;
type Register = (path: string, ...handlers: Handler<Env>[]) => App;
type Registers = Record<(typeof METHODS)[number], Register>;

/** The way in to an app: routes are registered under what they need, or answer nobody. */
export type Door = {
  /** The app, for routes that need this. */
  under(need: Need): App;
};

/** What each route needs, as `GET /path`; a route that is missing is denied to all. */
const needs = new WeakMap<App, Map<string, Need>>();
export const needsOf = (app: App): ReadonlyMap<string, Need> => needs.get(app) ?? new Map();

const NO_NEED = refuse(
  'FORBIDDEN',
  'nobody may do this: the route does not say what it needs (register it under a need)',
);

const credentialsOf = (c: Ctx): Credentials => ({
  authorization: c.req.header('authorization'),
  apiKey: c.req.header('x-api-key'),
});

/** Names of schemes and quotes are for programs (RFC 9110 and 6750). */
const challenge = ({ message }: Refusal, given: boolean): string => {
  const text = message.replaceAll(/[^\x20-\x7e]|["\\]/g, "'");
  const why = given ? `, error="invalid_token", error_description="${text}"` : '';
  return `Bearer realm="stele"${why}, ApiKey realm="stele"`;
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

/** Keeps a denial for the audit. Callers nobody knows cannot fill the log: some a second are kept. */
class Denials {
  readonly #http: Http;
  readonly #unknown = new PerSecond(UNKNOWN_CALLERS_JOURNALLED_PER_S);

  constructor(http: Http) {
    this.#http = http;
  }

  keep(c: Ctx, refusal: Refusal, who: Principal | undefined): void {
    const { clock, store, log } = this.#http;
    const { refused: code } = refusal;
    const now = clock();
    const { method, path } = c.req;
    const { requestId: request_id } = askedOf(c);
    if (!who && !this.#unknown.lets(now)) return;
    if (!who) log.warn({ code, method, path, request_id }, 'a request of nobody known was refused');
    store.journal({
      received_at: new Date(now).toISOString(),
      ...{ via: 'http', outcome: 'refused', duration_ms: 0, code },
      message: `${method} ${path}: ${refusal.message}`,
      ...(who && { actor: who.actor, actor_type: who.actor_type }),
    });
  }
}

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
  if (need === 'known') return { who };
  const wanted = typeof need === 'function' ? need(c, route) : [need];
  const missing = wanted.find((one) => !grants(access.roles, who, one));
  return missing === undefined ? { who } : { ...deniedBy(access, who, missing), known: who };
};

/**
 * Put a door before the routes of an app. A handler is wrapped where it is registered, as for
 * counting: no route can be forgotten, since one that names no need is denied to everybody.
 * Without `access` there is no door: everything is open.
 */
export const guarded = (app: App, http: Http): Door => {
  const { access } = http;
  const known = new Map<string, Need>();
  needs.set(app, known);
  const denials = new Denials(http);
  const registers = app as unknown as Registers;
  const originals = Object.fromEntries(
    METHODS.map((method) => [method, registers[method].bind(app)]),
  ) as Registers;

  const behind = (need: Need, route: string, handler: Handler<Env>): Handler<Env> => {
    if (!access || need === 'open') return handler;
    return async (c, next) => {
      const credentials = credentialsOf(c);
      const ask = { need, c, route };
      const allowed = await letIn(access, credentials, ask);
      if (!isRefusal(allowed)) {
        const standing = async (): Promise<Refusal | undefined> => {
          const again = await letIn(access, credentials, ask);
          return isRefusal(again) ? again : undefined;
        };
        if (allowed.who) c.set('asked', { ...askedOf(c), who: allowed.who, standing });
        return handler(c, next);
      }
      const { known: who, ...refusal } = allowed;
      denials.keep(c, refusal, who);
      const given = credentials.apiKey !== undefined || credentials.authorization !== undefined;
      const headers = { 'www-authenticate': challenge(refusal, given) };
      return problem(c, refusal, refusal.refused === 'UNAUTHENTICATED' ? headers : {});
    };
  };

  for (const method of METHODS)
    registers[method] = (path, ...handlers) =>
      originals[method](path, ...(access ? [(c: Ctx) => problem(c, NO_NEED)] : handlers));
  const under = (need: Need): App => {
    const view = Object.create(app) as Registers;
    for (const method of METHODS)
      view[method] = (path, ...handlers) => {
        known.set(`${method.toUpperCase()} ${path}`, need);
        return originals[method](path, ...handlers.map((one) => behind(need, path, one)));
      };
    return view as unknown as App;
  };
  return { under };
};
