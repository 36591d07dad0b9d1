import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const SECRET_BYTES = 32;
const ID_BYTES = 6;
/** How a key reads; secret scanners find it by this. */
const TEXT = /^stele_([a-z0-9]{1,32})_([0-9a-f]{64})$/;
export const KEY_ID = /^[a-z0-9]{1,32}$/;
/** What every key begins with. */
export const KEY_PREFIX = 'stele_';

/** What is kept of an API key: everything but its secret. */
export const ApiKey = z.object({
  id: z.string(),
  /** SHA-256 of the secret, hex. 256 random bits need no salt and no slow hash. */
  hash: z.string(),
  /** The secret before the last rotation, and until when it still counts. */
  previous: z.object({ hash: z.string(), until: z.string() }).nullable(),
  actor: z.string(),
  actor_type: z.enum(['user', 'service', 'system']),
  /** The person whose key it is, as tokens name them; null = the actor. */
  subject: z.string().nullable().default(null),
  roles: z.array(z.string()),
  teams: z.array(z.string()),
  created_at: z.string(),
  created_by: z.string(),
  rotated_at: z.string().nullable(),
  expires_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
});
export type ApiKey = z.output<typeof ApiKey>;

export const digest = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Takes as long whatever the difference is. */
export const sameDigest = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one, 'hex'), Buffer.from(other, 'hex')];
  return a.length === b.length && timingSafeEqual(a, b);
};

export const newId = (): string => randomBytes(ID_BYTES).toString('hex');
export const newSecret = (): string => randomBytes(SECRET_BYTES).toString('hex');

/** The text that its owner sends; the only place where the secret stands. */
export const keyText = (id: string, secret: string): string => `${KEY_PREFIX}${id}_${secret}`;

export const readKeyText = (
  text: string,
): { readonly id: string; readonly secret: string } | undefined => {
  const [, id, secret] = TEXT.exec(text) ?? [];
  return id !== undefined && secret !== undefined ? { id, secret } : undefined;
};

export const past = (time: string | null, now: number): boolean =>
  time !== null && Date.parse(time) <= now;

export const stateOf = (key: ApiKey, now: number): 'active' | 'expired' | 'revoked' => {
  if (key.revoked_at !== null) return 'revoked';
  return past(key.expires_at, now) ? 'expired' : 'active';
};

/** Whether this is the digest of the secret of a key, or of the one before that still counts. */
export const fits = ({ hash, previous }: ApiKey, given: string, now: number): boolean => {
  const current = sameDigest(given, hash);
  const before = previous !== null && sameDigest(given, previous.hash);
  return current || (before && !past(previous.until, now));
};
