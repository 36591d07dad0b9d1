import type { Principal, Roles } from '../core/access.js';
import { type Refusal, refuse } from '../core/refusal.js';

/** What a request says of who sends it, as it came. */
export type Credentials = {
  /** The header `Authorization`. */
  readonly authorization?: string | undefined;
  /** The header `X-Api-Key`. */
  readonly apiKey?: string | undefined;
};

/** Who may come in, and what each role allows. */
export type Access = {
  readonly roles: Roles;
  /**
   * Who sends something, or UNAUTHENTICATED with what is wrong, or IDENTITY_PROVIDER_UNAVAILABLE.
   * May be asked again about the same credentials: they may have been revoked or expired since.
   */
  authenticate(credentials: Credentials): Promise<Principal | Refusal>;
};

/** A way to recognize somebody by one text. */
export type Recognize = (text: string) => Promise<Principal | Refusal> | Principal | Refusal;

/** One answer for all that is wrong with credentials. Never says anything about others' keys. */
export const unauthenticated = (message: string): Refusal => refuse('UNAUTHENTICATED', message);
