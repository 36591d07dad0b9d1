import { type Refusal, refuse } from '../../../core/refusal.js';
import type { Ctx } from '../http.js';

const SAFE: readonly string[] = ['GET', 'HEAD'];

export const CROSS_SITE: Refusal = refuse(
  'CROSS_SITE',
  'a browser sent this with the cookie of a session, and it does not say that a page of this server asked for it: nothing was done; programs send an API key as X-Api-Key',
);

const hostOf = (url: string): string | undefined =>
  URL.canParse(url) ? new URL(url).host : undefined;

/** Whose page makes a browser send this; programs say nothing of it. */
export const pageOf = (c: Ctx): 'own' | 'foreign' | 'unsaid' => {
  const site = c.req.header('sec-fetch-site');
  // "none": typed, or from a bookmark.
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'own' : 'foreign';
  const origin = c.req.header('origin');
  if (origin === undefined) return 'unsaid';
  return hostOf(origin) === hostOf(c.req.url) ? 'own' : 'foreign';
};

/**
 * Why a request that is recognized by a cookie alone may not change anything: browsers send cookies
 * for whatever page asks. SameSite keeps those of other sites back, not those of other ports.
 */
export const refusedAsCrossSite = (c: Ctx): Refusal | undefined =>
  SAFE.includes(c.req.method) || pageOf(c) === 'own' ? undefined : CROSS_SITE;
