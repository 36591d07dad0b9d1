import { type ApiKey, digest, keyText, newId, newSecret } from './api-key.js';

/** Whom a new key is for. */
export type KeyFor = Pick<ApiKey, 'actor' | 'roles' | 'created_by'> &
  Partial<Pick<ApiKey, 'actor_type' | 'subject' | 'teams' | 'expires_at'>>;

/** A key, and the text that is shown once. */
export type MadeKey = { readonly key: ApiKey; readonly text: string };

export const makeKey = (
  wanted: KeyFor,
  { now, id = newId() }: { readonly now: number; readonly id?: string },
): MadeKey => {
  const secret = newSecret();
  const key: ApiKey = {
    actor_type: 'user',
    subject: null,
    teams: [],
    expires_at: null,
    ...wanted,
    id,
    hash: digest(secret),
    previous: null,
    created_at: new Date(now).toISOString(),
    rotated_at: null,
    revoked_at: null,
  };
  return { key, text: keyText(id, secret) };
};

/** A new secret in place of the old one, which may count for a while beside it. */
export const rotated = (
  old: ApiKey,
  { now, overlapMs }: { readonly now: number; readonly overlapMs: number },
): MadeKey => {
  const secret = newSecret();
  const until = new Date(now + overlapMs).toISOString();
  const key: ApiKey = {
    ...old,
    hash: digest(secret),
    previous: overlapMs > 0 ? { hash: old.hash, until } : null,
    rotated_at: new Date(now).toISOString(),
  };
  return { key, text: keyText(old.id, secret) };
};

/** A key that counts no more. Revoking it again changes nothing. */
export const revoked = (key: ApiKey, now: number): ApiKey => ({
  ...key,
  revoked_at: key.revoked_at ?? new Date(now).toISOString(),
});
