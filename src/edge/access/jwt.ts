import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { ANY_TEAM, type Principal } from '../../core/access.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import { over, type Recognize, unauthenticated } from './access.js';
import { issuerKeys } from './issuer-keys.js';

/** Whose tokens count, and where the facts stand in them. */
export type JwtSettings = {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  /** Paths of claims; a dot leads into an object: `realm_access.roles`. */
  readonly actorClaim: string;
  readonly rolesClaim: string;
  readonly teamsClaim: string;
};

/** With a shared secret whoever can check a token could also make one. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** How far the clocks of issuer and node may differ. */
const CLOCK_TOLERANCE_S = 5;
/** That no keys can be had is logged this often at most: anybody can send tokens. */
const SAID_EVERY_MS = 1_000;
const TEXT_MAX = 255;
const NAMES_MAX = 100;
const UNKNOWN_ROLES_MAX = 100;
/** The last moment that a date can name, milliseconds since 1970. */
const LAST_MOMENT_MS = 8.64e15;

const claimAt = (payload: JWTPayload, path: string): unknown => {
  // A claim may itself have dots in its name: https://stele.example/roles
  if (Object.hasOwn(payload, path)) return payload[path];
  let at: unknown = payload;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return at;
};

/** A list of names; one text holds several separated by spaces, as `scope` does. */
const namesIn = (claim: unknown, separator: string | null): readonly string[] => {
  const list = typeof claim !== 'string' ? claim : separator ? claim.split(separator) : [claim];
  if (!Array.isArray(list)) return [];
  return list
    .filter((one): one is string => typeof one === 'string' && one.trim() !== '')
    .slice(0, NAMES_MAX)
    .map((one) => one.trim().slice(0, TEXT_MAX));
};

const EXPIRED = 'the token has expired: ask its issuer for a new one';

const wrongClaim = (claim: string, { issuer, audience }: JwtSettings): Refusal => {
  if (claim === 'iss')
    return unauthenticated(`the token is not from the issuer that counts here: ${issuer}`);
  if (claim === 'aud')
    return unauthenticated(`the token is not meant for this audience: ${audience}`);
  if (claim === 'nbf') return unauthenticated('the token does not count yet');
  return unauthenticated(`the claim "${claim}" of the token is missing or not right`);
};

/** What is wrong with a token; undefined when the keys of the issuer could not be had. */
const whatIsWrong = (error: unknown, settings: JwtSettings): Refusal | undefined => {
  // Looked at last: it is signed, and all else in it is right.
  if (error instanceof errors.JWTExpired) return over(EXPIRED);
  if (error instanceof errors.JWTClaimValidationFailed) return wrongClaim(error.claim, settings);
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported)
    return unauthenticated('the token must be signed with an asymmetric key, such as RS256');
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  )
    return unauthenticated(`the token is not signed by a key of ${settings.issuer}`);
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid)
    return unauthenticated('this is no signed token (a JWT has three parts between dots)');
  return undefined;
};

/** Whether a token says of itself that it is over. */
const saysItIsOver = (token: string, now: number): boolean => {
  try {
    const { exp } = decodeJwt(token);
    return exp !== undefined && (exp + CLOCK_TOLERANCE_S) * 1_000 <= now;
  } catch {
    return false; // told apart below
  }
};

const untilOf = (exp: number): string =>
  new Date(Math.min(exp * 1_000, LAST_MOMENT_MS)).toISOString();

/** How somebody is told who came with a token. */
export const jwtCredential = (issuer: string): string => `jwt:${issuer}`;

export type JwtOptions = {
  readonly settings: JwtSettings;
  readonly knownRoles: readonly string[];
  readonly clock: () => number;
  /** Milliseconds of a monotonic clock. */
  readonly elapsed?: () => number;
  readonly log: { warn(what: object, message: string): void };
};

/** Recognize people by the tokens of one issuer (OpenID Connect access tokens and the like). */
export const jwtRecognizer = ({
  settings,
  knownRoles,
  clock,
  elapsed = () => performance.now(),
  log,
}: JwtOptions): Recognize => {
  const { issuer, audience, jwksUrl, actorClaim, rolesClaim, teamsClaim } = settings;
  const keys = issuerKeys(jwksUrl, elapsed);
  let saidAt = Number.NEGATIVE_INFINITY;
  const strange = new Set<string>();

  const known = (role: string): boolean => {
    if (knownRoles.includes(role)) return true;
    if (!strange.has(role) && strange.size < UNKNOWN_ROLES_MAX) {
      strange.add(role);
      log.warn(
        { role, claim: rolesClaim },
        'a token names a role that there is not; it is ignored',
      );
    }
    return false;
  };

  const principalOf = (payload: JWTPayload): Principal | Refusal => {
    const actor = claimAt(payload, actorClaim);
    if (typeof actor !== 'string' || actor.trim() === '' || actor.length > TEXT_MAX)
      return unauthenticated(`the token does not say who it is for: the claim "${actorClaim}"`);
    return {
      actor: actor.trim(),
      actor_type: 'user',
      roles: namesIn(claimAt(payload, rolesClaim), ' ').filter(known),
      // The name of a team may have spaces. A group that somebody called "*" is not all of them.
      teams: namesIn(claimAt(payload, teamsClaim), null).filter((team) => team !== ANY_TEAM),
      credential: jwtCredential(issuer),
      ...(payload.exp !== undefined && { until: untilOf(payload.exp) }),
    };
  };

  return async (token) => {
    const now = clock();
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(now),
      });
      return principalOf(payload);
    } catch (error) {
      const wrong = whatIsWrong(error, settings);
      if (wrong) return wrong;
      if (saysItIsOver(token, now)) return unauthenticated(EXPIRED);
      if (elapsed() - saidAt >= SAID_EVERY_MS) {
        saidAt = elapsed();
        log.warn({ err: error, jwks: jwksUrl }, 'the keys of the issuer of tokens cannot be had');
      }
      return refuse(
        'IDENTITY_PROVIDER_UNAVAILABLE',
        'the token cannot be checked: the keys of its issuer cannot be had now; try again, or send an API key',
      );
    }
  };
};
