import { grants, PERMISSIONS, type Principal } from '../../core/access.js';
import { sha256 } from '../../core/canonical.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { SignIn } from '../access/index.js';
import { answer, headersFor, problem } from './answer.js';
import { readJson } from './body.js';
import type { Denials } from './denials.js';
import { CROSS_SITE, pageOf } from './hardening/cross-site.js';
import type { Http } from './http.js';
import { SIGN_IN_MAX_BYTES } from './limits.js';
import { badQuery } from './query.js';
import { requestContext } from './request-context.js';
import type { Routes } from './route-list.js';
import { noSessionCookie, SESSION_PATH, sessionCookie, sessionTokenOf } from './session-cookie.js';

const WAYS = ['code', 'credential'] as const;
const NO_STORE = { 'cache-control': 'no-store' };
const NO_SESSIONS = refuse(
  'NOT_FOUND',
  'nobody signs in here: send an API key as X-Api-Key with each request',
);

/** What somebody signs in with, read from a body. */
export const signInOf = (json: unknown): SignIn | Refusal => {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return badQuery('(body)', 'expected an object with "code" or "credential"', 'FORMAT');
  const given = new Map<string, unknown>(Object.entries(json));
  for (const name of given.keys())
    if (!WAYS.some((way) => way === name))
      return badQuery(name, 'there is no such field', 'UNKNOWN');
  if (given.size !== 1)
    return badQuery('code', 'give either "code", from a link, or "credential"', 'REQUIRED');
  for (const [name, value] of given)
    if (typeof value !== 'string' || value.trim() === '')
      return badQuery(name, 'expected a text', 'FORMAT');
  const code = given.get('code');
  return typeof code === 'string' ? { code } : { credential: String(given.get('credential')) };
};

/** Who asks and what they may see; where everything is open, nobody in particular and all of it. */
const shown = ({ access, info }: Http, who: Principal | undefined) => ({
  open: !access,
  actor: who?.actor ?? null,
  actor_type: who?.actor_type ?? null,
  roles: who?.roles ?? [],
  teams: who?.teams ?? [],
  permissions: PERMISSIONS.filter((one) => !access || (who && grants(access.roles, who, one))),
  expires_at: who?.until ?? null,
  name: info.name,
  version: info.version,
});

type Doors = {
  /** Routes that anybody may ask. */
  readonly open: Routes;
  /** Routes that only need somebody. */
  readonly self: Routes;
};

/** `/session`: browsers sign in, ask who they are, and sign out. */
export const sessionRoutes = ({ open, self }: Doors, http: Http, denials: Denials): void => {
  const { access, clock } = http;

  open.post(SESSION_PATH, async (c) => {
    // Nobody is signed in by somebody else's page: they would work under another's name.
    if (pageOf(c) === 'foreign') return problem(c, CROSS_SITE);
    const body = await readJson(c, SIGN_IN_MAX_BYTES);
    const by = isRefusal(body) ? body : signInOf(body.json);
    if (isRefusal(by)) return problem(c, by);
    if (!access) return answer(c, 200, shown(http, undefined), NO_STORE);
    if (!access.sessions) return problem(c, NO_SESSIONS);
    const tried = sha256('code' in by ? by.code : by.credential);
    c.set('context', { ...requestContext(c), tried });
    const begun = await access.sessions.begin(by);
    if (isRefusal(begun)) {
      denials.keep(c, begun, { who: undefined, takesDryRun: false });
      return denials.answer(c, begun, true);
    }
    const before = sessionTokenOf(c);
    // It would end by itself; who signed in is not turned away for that.
    if (before !== undefined) await access.sessions.end(before).catch(() => {});
    const lasts = Date.parse(begun.who.until) - clock();
    const cookie = { 'set-cookie': sessionCookie(c, begun.token, lasts) };
    return answer(c, 200, shown(http, begun.who), { ...NO_STORE, ...cookie });
  });

  self.get(SESSION_PATH, (c) => answer(c, 200, shown(http, requestContext(c).who), NO_STORE));

  open.delete(SESSION_PATH, async (c) => {
    const token = sessionTokenOf(c);
    if (token !== undefined && pageOf(c) !== 'own') return problem(c, CROSS_SITE);
    const refused = token === undefined ? undefined : await access?.sessions?.end(token);
    if (refused) return problem(c, refused);
    const { 'content-type': _, ...headers } = headersFor(c, '');
    return new Response(null, {
      status: 204,
      headers: { ...headers, ...NO_STORE, 'set-cookie': noSessionCookie(c) },
    });
  });
};
