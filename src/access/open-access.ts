import type { NatsConnection } from '@nats-io/transport-node';
import { ANY_TEAM, type Principal, type Roles } from '../core/access.js';
import type { Refusal } from '../core/refusal.js';
import { type Access, type Credentials, type Recognize, unauthenticated } from './access.js';
import { digest, KEY_PREFIX, sameDigest } from './api-key.js';
import { type JwtSettings, jwtRecognizer } from './jwt.js';
import { KeyBucket } from './key-bucket.js';
import { KnownKeys } from './known-keys.js';
import { makeKey } from './make-key.js';

/** Two nodes that start together make one first key: it has this id on both. */
const FIRST_ID = 'admin';
const ADMIN = 'admin';

const NOBODY = unauthenticated(
  'nobody knows who you are: send an API key as X-Api-Key, or a token as Authorization: Bearer',
);
const BOTH = unauthenticated(
  'X-Api-Key and Authorization came together, and it is not clear which counts: send one of them',
);
const NO_BEARER = unauthenticated('Authorization: expected "Bearer" and a token or an API key');
const NO_TOKENS = unauthenticated('tokens are not taken here: send an API key as X-Api-Key');

export type AccessSettings = {
  /** A key that always counts, with every role; null = keys from the bucket alone. */
  readonly adminKey: string | null;
  readonly jwt: JwtSettings | null;
};

export type OpenAccessOptions = {
  readonly nc: NatsConnection;
  readonly roles: Roles;
  readonly settings: AccessSettings;
  readonly replicas: number;
  readonly log: { warn(what: object, message: string): void };
  readonly clock?: () => number;
  /** Told the text of the first key ever, which nobody can tell again. Without it none is made. */
  readonly onFirstKey?: (text: string) => void;
};

export type OpenedAccess = Access & { close(): Promise<void> };

const BEARER = /^bearer +(\S+)$/i;

/** Find out who somebody is: by the admin's key, an API key or a token. */
export const authenticator = (by: {
  readonly admin: Recognize | null;
  readonly key: Recognize;
  readonly jwt: Recognize | null;
}) => {
  const byKey: Recognize = async (text) => {
    const admin = by.admin && (await by.admin(text));
    return admin && !('refused' in admin) ? admin : by.key(text);
  };
  return async ({ authorization, apiKey }: Credentials): Promise<Principal | Refusal> => {
    if (apiKey !== undefined && authorization !== undefined) return BOTH;
    if (apiKey !== undefined) return byKey(apiKey.trim());
    if (authorization === undefined) return NOBODY;
    const token = BEARER.exec(authorization.trim())?.[1];
    if (token === undefined) return NO_BEARER;
    // Many programs can send a bearer token and nothing else: a key is taken there, too.
    if (token.startsWith(KEY_PREFIX)) return byKey(token);
    if (by.jwt) return by.jwt(token);
    const admin = by.admin && (await by.admin(token));
    return admin && !('refused' in admin) ? admin : NO_TOKENS;
  };
};

/** The key from the configuration: always valid, whatever stands in the bucket. */
const adminRecognizer = (key: string, roles: Roles): Recognize => {
  const known = digest(key);
  const who: Principal = Object.freeze({
    ...{ actor: ADMIN, actor_type: 'user', credential: 'key:STELE_ADMIN_KEY' },
    teams: [ANY_TEAM],
    roles: Object.keys(roles),
  });
  return (text) => (sameDigest(digest(text), known) ? who : NOBODY);
};

const makeFirstKey = async (
  bucket: KeyBucket,
  { roles, settings, onFirstKey, clock = Date.now }: OpenAccessOptions,
): Promise<void> => {
  if (!onFirstKey || settings.adminKey !== null || settings.jwt !== null) return;
  if (!(await bucket.isEmpty())) return;
  const { key, text } = makeKey(
    { actor: ADMIN, roles: Object.keys(roles), teams: [ANY_TEAM], created_by: 'stele serve' },
    { now: clock(), id: FIRST_ID },
  );
  if (await bucket.create(key)) onFirstKey(text);
};

/** Read the keys and follow them; make the first one where there is no other way in. */
export const openAccess = async (options: OpenAccessOptions): Promise<OpenedAccess> => {
  const { nc, roles, settings, replicas, log, clock = Date.now } = options;
  const bucket = await KeyBucket.open(nc, replicas);
  await makeFirstKey(bucket, options);
  const keys = new KnownKeys({ nc, bucket, clock, log });
  await keys.begin();
  const knownRoles = Object.keys(roles);
  return {
    roles,
    authenticate: authenticator({
      admin: settings.adminKey === null ? null : adminRecognizer(settings.adminKey, roles),
      key: (text) => keys.recognize(text),
      jwt: settings.jwt && jwtRecognizer({ settings: settings.jwt, knownRoles, clock, log }),
    }),
    close: () => keys.close(),
  };
};
