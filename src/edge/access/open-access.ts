import type { NatsConnection } from '@nats-io/transport-node';
import { ANY_TEAM, type Principal, type Roles } from '../../core/access.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import {
  type Access,
  type Credentials,
  type Recognize,
  type Sessions,
  unauthenticated,
} from './access.js';
import { digest, KEY_PREFIX, sameDigest } from './api-key.js';
import { type JwtSettings, jwtRecognizer } from './jwt.js';
import { KeyBucket } from './key-bucket.js';
import { KnownKeys, type KnownKeysOptions, NONE_ANY_MORE } from './known-keys.js';
import { KnownSessions } from './known-sessions.js';
import { makeKey } from './make-key.js';
import { ofPeople } from './of-people.js';
import { signIn } from './sign-in.js';
import { SignInCodes } from './sign-in-codes.js';

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
  /** Where the bucket of keys is removed it is made anew, empty: nobody else sees to this server. */
  readonly makeAnew?: boolean;
  /** Whether anything was ever asked of the store by somebody known. */
  readonly wasUsed: () => Promise<boolean>;
  readonly log: KnownKeysOptions['log'];
  readonly clock?: () => number;
  /** Told the text of the first key ever, which nobody can tell again. Without it none is made. */
  readonly onFirstKey?: (text: string) => void;
};

export type OpenedAccess = Access & {
  readonly sessions: Sessions;
  /** What is the matter with where API keys are kept, as a sentence. */
  trouble(): string | null;
  close(): Promise<void>;
};

const BEARER = /^bearer +(\S+)$/i;

type Ways = {
  readonly admin: Recognize | null;
  readonly key: Recognize;
  readonly jwt: Recognize | null;
};

const isAdmin = async ({ admin }: Ways, text: string): Promise<Principal | undefined> => {
  const who = admin && (await admin(text));
  return who && !isRefusal(who) ? who : undefined;
};

/** Find out who shows a text alone: the admin's key, an API key or a token. */
const byText =
  (by: Ways): Recognize =>
  async (text) => {
    const admin = await isAdmin(by, text);
    if (admin) return admin;
    // What is no key is a token only where tokens are taken.
    return by.jwt && !text.startsWith(KEY_PREFIX) ? by.jwt(text) : by.key(text);
  };

/** Find out who somebody is: by the admin's key, an API key, a token or a session. */
const authenticator = (by: Ways & { readonly session: Recognize }) => {
  const byKey: Recognize = async (text) => (await isAdmin(by, text)) ?? by.key(text);
  return async (given: Credentials): Promise<Principal | Refusal> => {
    const { authorization, apiKey, session } = given;
    if (apiKey !== undefined && authorization !== undefined) return BOTH;
    if (apiKey !== undefined) return byKey(apiKey.trim());
    if (authorization === undefined) return session === undefined ? NOBODY : by.session(session);
    const token = BEARER.exec(authorization.trim())?.[1];
    if (token === undefined) return NO_BEARER;
    // Many programs can send a bearer token and nothing else: a key is taken there, too.
    if (token.startsWith(KEY_PREFIX)) return byKey(token);
    if (by.jwt) return by.jwt(token);
    return (await isAdmin(by, token)) ?? NO_TOKENS;
  };
};

/** Whom the key from the configuration stands for: it is always valid, whatever is in the bucket. */
const adminOf = (roles: Roles): Principal =>
  Object.freeze({
    actor: ADMIN,
    actor_type: 'user',
    credential: 'key:STELE_ADMIN_KEY',
    teams: [ANY_TEAM],
    roles: Object.keys(roles),
  });

const adminRecognizer = (key: string, who: Principal): Recognize => {
  const known = digest(key);
  return (text) => (sameDigest(digest(text), known) ? who : NOBODY);
};

/** Whether there must have been keys: without one, nobody is let in who writes the journal. */
const wereKeys = async (
  bucket: KeyBucket,
  { settings, wasUsed }: OpenAccessOptions,
): Promise<boolean> => {
  if ((await bucket.state()).last > 0) return true;
  return settings.adminKey === null && settings.jwt === null && (await wasUsed());
};

const makeFirstKey = async (
  bucket: KeyBucket,
  { roles, settings, onFirstKey, clock = Date.now }: OpenAccessOptions,
): Promise<void> => {
  if (!onFirstKey || settings.adminKey !== null || settings.jwt !== null) return;
  const { key, text } = makeKey(
    { actor: ADMIN, roles: Object.keys(roles), teams: [ANY_TEAM], created_by: 'stele serve' },
    { now: clock(), id: FIRST_ID },
  );
  if (await bucket.create(key)) onFirstKey(text);
};

type Closed = { close(): Promise<void> };

/** Both or none: what was opened is closed again when the other one fails. */
const both = async <A extends Closed, B extends Closed>(
  one: Promise<A>,
  other: Promise<B>,
): Promise<[A, B]> => {
  try {
    return await Promise.all([one, other]);
  } catch (error) {
    const close = (opened: Closed): Promise<void> => opened.close();
    await Promise.allSettled([one.then(close), other.then(close)]);
    throw error;
  }
};

/** Read keys and sessions and follow them; make the first key where there is no other way in. */
export const openAccess = async (options: OpenAccessOptions): Promise<OpenedAccess> => {
  const { nc, roles, settings, replicas, log, makeAnew = false, clock = Date.now } = options;
  const { adminKey, jwt } = settings;
  const openKeys = async (): Promise<KnownKeys> => {
    const bucket = await KeyBucket.open(nc, replicas);
    const isEmpty = await bucket.isEmpty();
    const were = await wereKeys(bucket, options);
    if (isEmpty && were) log.error({}, NONE_ANY_MORE);
    else if (isEmpty) await makeFirstKey(bucket, options);
    const keys = new KnownKeys({ nc, bucket, clock, makeAnew, wereKeys: were, log });
    await keys.begin();
    return keys;
  };
  const [keys, known] = await both(openKeys(), KnownSessions.begin({ nc, replicas, clock, log }));
  const admin = adminKey === null ? null : { key: adminKey, who: adminOf(roles) };
  const ways: Ways = {
    admin: admin && adminRecognizer(admin.key, admin.who),
    key: ofPeople((text) => keys.recognize(text)),
    jwt:
      jwt && ofPeople(jwtRecognizer({ settings: jwt, knownRoles: Object.keys(roles), clock, log })),
  };
  const { recognize, ...sessions } = signIn({
    sessions: known,
    keys,
    admin,
    clock,
    issuer: jwt?.issuer ?? null,
    codes: new SignInCodes({ nc, replicas, clock }),
    recognize: byText(ways),
  });
  return {
    roles,
    authenticate: authenticator({ ...ways, session: ofPeople(recognize) }),
    sessions,
    trouble: () => keys.trouble,
    close: async () => {
      await Promise.all([keys.close(), known.close()]);
    },
  };
};
