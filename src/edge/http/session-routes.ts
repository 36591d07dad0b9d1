import { z } from 'zod';
import { grants, PERMISSIONS, type Principal } from '../../core/access.js';
import { sha256 } from '../../core/canonical.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { SignIn } from '../access/index.js';
import { answerSchema, json } from '../openapi/index.js';
import { answer, headersFor, problem } from './answer.js';
import { CROSS_SITE, pageOf } from './hardening/cross-site.js';
import type { Ctx, Http } from './http.js';
import { SIGN_IN_MAX_BYTES } from './limits.js';
import { badQuery } from './query.js';
import { readJson } from './read-json.js';
import { requestContext } from './request-context.js';
import type { Route } from './route.js';
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
const sessionOf = ({ access, info }: Http, who: Principal | undefined) => ({
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

const Session = z.object({
  open: z.boolean().meta({ description: 'Everybody may do everything; nobody signs in.' }),
  actor: z.string().nullable().meta({ description: 'What stands in the log.' }),
  actor_type: z.enum(['user', 'service', 'system']).nullable(),
  roles: z.array(z.string()),
  teams: z.array(z.string()).meta({ description: '"*" is every team.' }),
  permissions: z.array(z.enum(PERMISSIONS)).meta({ description: 'What the roles let see.' }),
  expires_at: z.string().nullable().meta({ description: 'null: never by itself.' }),
  name: z.string(),
  version: z.string(),
});
const SESSION = answerSchema('Session', Session);
const SIGN_IN = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: {
    code: { type: 'string', description: 'From a link; it counts once.' },
    credential: { type: 'string', description: 'An API key or a token.' },
  },
} as const;

const signIn = async (c: Ctx, http: Http): Promise<Response> => {
  const { access, clock, denials } = http;
  // Nobody is signed in by somebody else's page: they would work under another's name.
  if (pageOf(c) === 'foreign') return problem(c, CROSS_SITE);
  const body = await readJson(c, SIGN_IN_MAX_BYTES);
  const by = isRefusal(body) ? body : signInOf(body.json);
  if (isRefusal(by)) return problem(c, by);
  if (!access) return answer(c, 200, sessionOf(http, undefined), NO_STORE);
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
  return answer(c, 200, sessionOf(http, begun.who), { ...NO_STORE, ...cookie });
};

const signOut = async (c: Ctx, { access }: Http): Promise<Response> => {
  const token = sessionTokenOf(c);
  if (token !== undefined && pageOf(c) !== 'own') return problem(c, CROSS_SITE);
  const refused = token === undefined ? undefined : await access?.sessions?.end(token);
  if (refused) return problem(c, refused);
  const { 'content-type': _, ...headers } = headersFor(c, '');
  return new Response(null, {
    status: 204,
    headers: { ...headers, ...NO_STORE, 'set-cookie': noSessionCookie(c) },
  });
};

const ROUTE = { path: SESSION_PATH, tag: 'Session' } as const;

/** `/session`: browsers sign in, ask who they are, and sign out. */
export const sessionRoutes: readonly Route[] = [
  {
    ...ROUTE,
    method: 'POST',
    needs: 'open',
    id: 'session.begin',
    summary: 'Sign in with a code, an API key or a token.',
    description: 'The answer sets the cookie `stele_session`.',
    body: { required: true, content: { 'application/json': { schema: SIGN_IN } } },
    answers: { 200: json('Who signed in.', SESSION) },
    refusals: {
      name: 'signing-in',
      codes: [
        'VALIDATION_ERROR',
        'UNAUTHENTICATED',
        'CROSS_SITE',
        'NOT_FOUND',
        'PAYLOAD_TOO_LARGE',
        'UNSUPPORTED_MEDIA_TYPE',
        'STORE_UNAVAILABLE',
        'IDENTITY_PROVIDER_UNAVAILABLE',
      ],
    },
    handler: signIn,
  },
  {
    ...ROUTE,
    method: 'GET',
    needs: 'self',
    id: 'session.get',
    summary: 'Who asks, and what they may see.',
    answers: { 200: json('Who asks.', SESSION) },
    refusals: { name: 'session', codes: ['STORE_UNAVAILABLE'] },
    handler: (c, http) => answer(c, 200, sessionOf(http, requestContext(c).who), NO_STORE),
  },
  {
    ...ROUTE,
    method: 'DELETE',
    needs: 'open',
    id: 'session.end',
    summary: 'Sign out, on every node.',
    answers: { 204: { description: 'There is no session any more.' } },
    refusals: { name: 'signing-out', codes: ['CROSS_SITE', 'STORE_UNAVAILABLE'] },
    handler: signOut,
  },
];
