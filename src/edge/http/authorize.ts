import { grants, type Permission, type Principal } from '../../core/access.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { Access, Credentials } from '../access/index.js';
import { FOR_ONE } from './answer.js';
import { refusedAsCrossSite } from './hardening/cross-site.js';
import type { Ctx, Http, RequestContext } from './http.js';
import { deniedUnread } from './read-json.js';
import { requestContext } from './request-context.js';
import type { Requirement, Shell } from './route.js';
import { sessionTokenOf } from './session-cookie.js';

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

/** Somebody who may do what a route needs, null when it is open to all; or who may not, and why. */
type Decision = { readonly who: Principal | null } | (Refusal & { readonly known?: Principal });

/** What is asked for, by a request of a route. */
type Question = { readonly needs: Requirement; readonly c: Ctx; readonly path: string };

const decide = async (
  access: Access,
  credentials: Credentials,
  { needs, c, path }: Question,
): Promise<Decision> => {
  if (needs === 'open') return { who: null };
  const who = await access.authenticate(credentials);
  if (isRefusal(who)) return who;
  if (needs === 'known' || needs === 'self') return { who };
  const wanted = typeof needs === 'function' ? needs(c, path) : [needs];
  const missing = wanted.find((one) => !grants(access.roles, who, one));
  return missing === undefined ? { who } : { ...deniedBy(access, who, missing), known: who };
};

/**
 * Let in who may do what a route needs, and tell the handler who that is. Without `access`
 * everything is open.
 */
export const authorize = ({ access, denials }: Http): Shell => {
  if (!access) return (_, next) => next;
  return ({ needs, path, takesDryRun = false }, next) => {
    if (needs === 'open') return next;
    const mayOf =
      (c: Ctx, who: Principal): NonNullable<RequestContext['may']> =>
      (...oneOf) => {
        if (oneOf.some((one) => grants(access.roles, who, one))) return undefined;
        const refusal = deniedBy(access, who, oneOf[0]);
        denials.keep(c, refusal, { who, takesDryRun });
        return refusal;
      };
    return async (c) => {
      c.set('context', { ...requestContext(c), headers: FOR_ONE });
      const credentials = credentialsOf(c);
      const { session, apiKey, authorization } = credentials;
      const crossing = session === undefined ? undefined : refusedAsCrossSite(c);
      const question = { needs, c, path };
      const decided: Decision = crossing ?? (await decide(access, credentials, question));
      if (!isRefusal(decided)) {
        const { who } = decided;
        const revalidate = async (): Promise<Refusal | undefined> => {
          const again = await decide(access, credentials, question);
          return isRefusal(again) ? again : undefined;
        };
        if (who) c.set('context', { ...requestContext(c), who, may: mayOf(c, who), revalidate });
        return next(c);
      }
      const { known: who, ...refusal } = decided;
      if (who && takesDryRun) await deniedUnread(c, refusal);
      const given = apiKey !== undefined || authorization !== undefined;
      if (needs !== 'self' || given || session !== undefined)
        denials.keep(c, refusal, { who, takesDryRun });
      return denials.answer(c, refusal, given);
    };
  };
};
