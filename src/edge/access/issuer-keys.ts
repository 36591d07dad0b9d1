import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';

const KEYS_WITHIN_MS = 3_000;
const KEYS_KEPT_MS = 10 * 60_000;
/** A key that nobody knows makes the keys be fetched anew, this often at most. */
const KEYS_ASKED_AGAIN_MS = 30_000;
/** After they could not be had they are asked for again, this often at most. */
export const KEYS_TRIED_AGAIN_MS = 1_000;
/** Longest answer with keys. */
export const KEYS_MAX_BYTES = 1024 * 1024;

const bodyOf = async ({ body }: Response): Promise<string> => {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.byteLength;
    // Leaving the loop cancels what is still to come.
    if (bytes > KEYS_MAX_BYTES)
      throw new Error(`the answer with the keys is longer than ${KEYS_MAX_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
};

/** Keys as they came, read as far as they may reach and as keys. */
const fetchKeys: typeof fetch = async (url, init) => {
  const response = await fetch(url, init);
  if (response.status !== 200) {
    await response.body?.cancel().catch(() => {});
    throw new Error(`the address of the keys answered ${response.status}`);
  }
  const text = await bodyOf(response);
  createLocalJWKSet(JSON.parse(text));
  return new Response(text);
};

/**
 * The public keys of an issuer, fetched when they are needed. Anybody can send a token that names a
 * key nobody knows: while the issuer does not give its keys, strangers do not make this node ask it
 * again and again.
 *
 * @param elapsed milliseconds of a monotonic clock
 */
export const issuerKeys = (url: string, elapsed: () => number): JWTVerifyGetKey => {
  let failed: { readonly at: number; readonly error: unknown } | undefined;
  const resting: typeof fetch = async (...asked) => {
    if (failed && elapsed() - failed.at < KEYS_TRIED_AGAIN_MS) throw failed.error;
    failed = undefined;
    try {
      return await fetchKeys(...asked);
    } catch (error) {
      failed = { at: elapsed(), error };
      throw error;
    }
  };
  return createRemoteJWKSet(new URL(url), {
    timeoutDuration: KEYS_WITHIN_MS,
    cacheMaxAge: KEYS_KEPT_MS,
    cooldownDuration: KEYS_ASKED_AGAIN_MS,
    [customFetch]: resting,
  });
};
