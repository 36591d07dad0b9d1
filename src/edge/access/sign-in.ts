import type { Principal } from '../../core/access.js';
import { SESSION_LASTS_MS } from '../../core/buckets.js';
import { Fault, isRefusal, type Refusal } from '../../core/refusal.js';
import { type Recognize, type Sessions, type SignIn, unauthenticated } from './access.js';
import { digest, readKeyText, sameDigest } from './api-key.js';
import { jwtCredential } from './jwt.js';
import type { KnownKeys } from './known-keys.js';
import type { KnownSessions } from './known-sessions.js';
import { adminProof, type From, nameOf, newToken, type Session } from './session.js';
import type { SignInCodes } from './sign-in-codes.js';
import { SignIns } from './sign-ins.js';

const OVER = unauthenticated(
  'what you sign in with ends at this moment: ask for a new key or a new token',
);
const NO_ADMIN = unauthenticated(
  'the session was begun with STELE_ADMIN_KEY, which is another one now: sign in again',
);
const NO_TOKENS = unauthenticated(
  'the session was begun with a token of an issuer that does not count here any more: sign in again',
);

export type SignInOptions = {
  readonly sessions: KnownSessions;
  readonly codes: SignInCodes;
  readonly keys: KnownKeys;
  /** The key of the configuration and whom it stands for. */
  readonly admin: { readonly key: string; readonly who: Principal } | null;
  readonly issuer: string | null;
  /** Who shows a key or a token as text. */
  readonly recognize: Recognize;
  readonly clock: () => number;
};

type Begun = { readonly who: Principal; readonly from: (token: string) => From };

const away = (cause: unknown): Fault =>
  new Fault('STORE_UNAVAILABLE', 'NATS does not answer: sessions neither begin nor end now', {
    cause,
  });

const earlier = (one: string, other: string | undefined): string =>
  other !== undefined && Date.parse(other) < Date.parse(one) ? other : one;

/** Sessions hang on what they were begun with: they end when that counts no more. */
export const signIn = (options: SignInOptions): Sessions & { readonly recognize: Recognize } => {
  const { sessions, codes, keys, admin, issuer, clock } = options;
  const signIns = new SignIns();

  const byCode = async (text: string): Promise<Begun | Refusal> => {
    const taken = await codes.take(text);
    if (isRefusal(taken)) return taken;
    const { actor, actor_type, roles, teams } = taken.code;
    const id = nameOf(taken.id);
    const who = { actor, actor_type, roles, teams, credential: `code:${id}` };
    return { who, from: () => ({ kind: 'code', id }) };
  };

  const byCredential = async (text: string): Promise<Begun | Refusal> => {
    const who = await options.recognize(text);
    if (isRefusal(who)) return who;
    if (admin && who === admin.who)
      return { who, from: (token) => ({ kind: 'admin', proof: adminProof(token, admin.key) }) };
    const key = readKeyText(text);
    if (key) return { who, from: () => ({ kind: 'key', id: key.id, hash: digest(key.secret) }) };
    return { who, from: () => ({ kind: 'jwt', issuer: issuer ?? '' }) };
  };

  const begin = async (by: SignIn) => {
    const begun = await ('code' in by
      ? byCode(by.code.trim())
      : byCredential(by.credential.trim()));
    if (isRefusal(begun)) return begun;
    const { actor, actor_type, roles, teams, until } = begun.who;
    const now = clock();
    const expires_at = earlier(new Date(now + SESSION_LASTS_MS).toISOString(), until);
    if (Date.parse(expires_at) <= now) return OVER;
    const tooOften = signIns.one(begun.who);
    if (tooOften) return tooOften;
    const token = newToken();
    const session: Session = {
      from: begun.from(token),
      actor,
      actor_type,
      roles: [...roles],
      teams: [...teams],
      created_at: new Date(now).toISOString(),
      expires_at,
    };
    await sessions.add(token, session).catch((cause: unknown) => {
      throw away(cause);
    });
    return { token, who: { ...begun.who, until: expires_at } };
  };

  /** Who stands behind a session by now. */
  const standing = (session: Session, token: string): Principal | Refusal => {
    const { from, actor, actor_type, roles, teams } = session;
    const who = { actor, actor_type, roles, teams };
    switch (from.kind) {
      case 'key':
        return keys.standing(from.id, from.hash);
      case 'admin':
        return admin && sameDigest(adminProof(token, admin.key), from.proof) ? admin.who : NO_ADMIN;
      case 'jwt':
        if (from.issuer !== issuer) return NO_TOKENS;
        return { ...who, credential: jwtCredential(from.issuer) };
      case 'code':
        return { ...who, credential: `code:${from.id}` };
    }
  };

  return {
    begin,
    end: (token) =>
      sessions.end(token).catch((cause: unknown) => {
        throw away(cause);
      }),
    codeFor: (who) => codes.make(who),
    recognize: async (token) => {
      const session = await sessions.find(token);
      if (isRefusal(session)) return session;
      const who = standing(session, token);
      return isRefusal(who) ? who : { ...who, until: earlier(session.expires_at, who.until) };
    },
  };
};
