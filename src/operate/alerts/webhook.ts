import { createHmac } from 'node:crypto';
import { RETRY_AFTER_MAX_MS } from './limits.js';

/** Where alerts are sent to, and the key they are signed with. */
export type Receiver = { readonly url: string; readonly secret: string };

/** What became of one attempt. */
export type Posted =
  | { readonly delivered: true }
  | {
      readonly delivered: false;
      /** For people; the receiver's own words are not repeated. */
      readonly why: string;
      /** The receiver is not there or overloaded: others would fare no better. */
      readonly away: boolean;
      /** The receiver says that it wants nothing any more. */
      readonly gone: boolean;
      /** It said when to come again; 0 when not. */
      readonly retryAfterMs: number;
    };

const SECRET = /^(?:whsec_)?([A-Za-z0-9+/]+={0,2})$/;
const SECRET_BYTES_MIN = 24;
const SECRET_BYTES_MAX = 64;
const GONE = 410;
/** The receiver, or what stands before it, cannot take anything now. */
const AWAY: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The key in a secret such as `whsec_…`, or undefined when it is none (24 to 64 bytes, base64). */
export const keyOf = (secret: string): Buffer | undefined => {
  const [, base64] = SECRET.exec(secret) ?? [];
  if (base64 === undefined) return undefined;
  const key = Buffer.from(base64, 'base64');
  return key.length >= SECRET_BYTES_MIN && key.length <= SECRET_BYTES_MAX ? key : undefined;
};

/** The headers of Standard Webhooks 1.0 for one attempt; `at` in seconds since 1970. */
export const signed = (
  key: Buffer,
  { id, at, body }: { readonly id: string; readonly at: number; readonly body: string },
): Readonly<Record<string, string>> => ({
  'webhook-id': id,
  'webhook-timestamp': String(at),
  'webhook-signature': `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`,
});

/** Seconds, or a date (RFC 9110), as milliseconds from now; 0 when it says neither. */
export const retryAfterMs = (header: string | null, now: number): number => {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS);
};

const reasonOf = (error: unknown): string => {
  const { name, message, cause } = error as Error & { cause?: { code?: string } };
  return name === 'TimeoutError' ? 'it did not answer in time' : (cause?.code ?? message);
};

/** One attempt to hand an alert over. Never throws; redirects are not followed. */
export const post = async (
  { url, secret }: Receiver,
  { id, body }: { readonly id: string; readonly body: string },
  { withinMs, signal }: { readonly withinMs: number; readonly signal: AbortSignal },
): Promise<Posted> => {
  const failed = { delivered: false, gone: false, retryAfterMs: 0 } as const;
  try {
    const at = Math.floor(Date.now() / 1_000);
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'stele',
        ...signed(keyOf(secret)!, { id, at, body }),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
    });
    // What it says besides is not wanted, and may be endless.
    await response.body?.cancel().catch(() => {});
    const { status } = response;
    if (response.ok) return { delivered: true };
    return {
      ...failed,
      why: `it answered ${status}`,
      away: AWAY.has(status),
      gone: status === GONE,
      retryAfterMs: retryAfterMs(response.headers.get('retry-after'), Date.now()),
    };
  } catch (error) {
    return { ...failed, why: reasonOf(error), away: true };
  }
};
