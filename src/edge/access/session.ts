import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { digest } from './api-key.js';

/** Sessions of one person at a time; one more ends the oldest. */
export const SESSIONS_OF_ONE_MAX = 50;
const TOKEN_BYTES = 32;
/** Characters by which something is named that is kept under a digest. */
const NAME_CHARS = 12;

/** What a session hangs on: without it, it counts no more. */
const From = z.discriminatedUnion('kind', [
  /** The digest of the secret that was shown: a session does not outlive a rotation. */
  z.object({ kind: z.literal('key'), id: z.string(), hash: z.string() }),
  /** Proves, to whoever holds token and key alone, which admin key it was. */
  z.object({ kind: z.literal('admin'), proof: z.string() }),
  z.object({ kind: z.literal('jwt'), issuer: z.string() }),
  z.object({ kind: z.literal('code'), id: z.string() }),
]);
export type From = z.output<typeof From>;

/** What is kept of a session, under the digest of its token. */
export const Session = z.object({
  from: From,
  actor: z.string(),
  actor_type: z.enum(['user', 'service', 'system']),
  roles: z.array(z.string()),
  teams: z.array(z.string()),
  created_at: z.string(),
  expires_at: z.string(),
});
export type Session = z.output<typeof Session>;

/** 256 random bits, for a cookie. */
export const newToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** Where a session, or a code, is kept. */
export const digestOf = (token: string): string => digest(token);
/** What it is called where it is told of: no way leads back to the token. */
export const nameOf = (id: string): string => id.slice(0, NAME_CHARS);

/**
 * That a session was begun with this admin key. The digest of the key alone would let whoever reads
 * the bucket try words: an admin key is chosen by people. The token is not in the bucket.
 */
export const adminProof = (token: string, adminKey: string): string =>
  digest(`${token}:${adminKey}`);
