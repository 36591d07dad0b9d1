import type { Principal, Roles } from '../../core/access.js';
import { type Refusal, refuse } from '../../core/refusal.js';

/** What a request says of who sends it, as it came. */
export type Credentials = {
  /** The header `Authorization`. */
  readonly authorization?: string | undefined;
  /** The header `X-Api-Key`. */
  readonly apiKey?: string | undefined;
  /** The token of a session, from a cookie; looked at only where neither header is there. */
  readonly session?: string | undefined;
};

/** Who may come in, and what each role allows. */
export type Access = {
  readonly roles: Roles;
  /**
   * Who sends something, or UNAUTHENTICATED with what is wrong, or
   * IDENTITY_PROVIDER_UNAVAILABLE or STORE_UNAVAILABLE when that cannot be told now.
   * May be asked again about the same credentials: they may have been revoked or expired since.
   */
  authenticate(credentials: Credentials): Promise<Principal | Refusal>;
  /** Sessions of browsers; without it nobody signs in. */
  readonly sessions?: Sessions;
};

/** What somebody signs in with: a code that counts once, or an API key or a token as text. */
export type SignIn = { readonly code: string } | { readonly credential: string };

/** Somebody who signed in. The token is kept nowhere: whoever shows it is them. */
export type SignedIn = { readonly token: string; readonly who: Principal & { until: string } };

export type Sessions = {
  /** @throws Fault STORE_UNAVAILABLE when it cannot be kept; a code is then used up. */
  begin(by: SignIn): Promise<SignedIn | Refusal>;
  /**
   * It counts no more, on any node; or why that cannot be told now.
   * @throws Fault STORE_UNAVAILABLE
   */
  end(token: string): Promise<Refusal | undefined>;
  /** A code that lets somebody sign in, once and soon. @throws Fault STORE_UNAVAILABLE */
  codeFor(who: CodeFor): Promise<string>;
};

/** Whom a code is for. */
export type CodeFor = Pick<Principal, 'actor' | 'actor_type' | 'roles' | 'teams'>;

/** A way to recognize somebody by one text. */
export type Recognize = (text: string) => Promise<Principal | Refusal> | Principal | Refusal;

/** One answer for all that is wrong with credentials. Never says anything about others' keys. */
export const unauthenticated = (message: string): Refusal => refuse('UNAUTHENTICATED', message);

/** What was right and counts no more: whoever shows it guesses nothing, and needs another one. */
export const over = (message: string): Refusal =>
  refuse('UNAUTHENTICATED', message, { details: { over: true } });
export const isOver = ({ details }: Refusal): boolean => details?.over === true;
