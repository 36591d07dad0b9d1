import { getCookie } from 'hono/cookie';
import type { Ctx } from './http.js';

/** Where sessions begin, are looked at and end. */
export const SESSION_PATH = '/session';
const NAME = 'stele_session';
/** What no token is longer than. */
const TOKEN_MAX = 255;

/** The token of a session that a request brings; one that cannot be any is none. */
export const sessionTokenOf = (c: Ctx): string | undefined => {
  if (c.req.header('cookie') === undefined) return undefined;
  const token = getCookie(c, NAME);
  return token !== undefined && token !== '' && token.length <= TOKEN_MAX ? token : undefined;
};

/** Whether the browser speaks TLS, to us or to whoever stands before us. */
const isSecure = (c: Ctx): boolean => {
  const [forwarded] = (c.req.header('x-forwarded-proto') ?? '').split(',');
  return c.req.url.startsWith('https:') || forwarded?.trim().toLowerCase() === 'https';
};

const cookie = (c: Ctx, value: string, seconds: number): string =>
  `${NAME}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Strict${isSecure(c) ? '; Secure' : ''}`;

/** No script may read it, and no page of another site makes the browser send it. */
export const sessionCookie = (c: Ctx, token: string, lastsMs: number): string =>
  cookie(c, token, Math.ceil(lastsMs / 1_000));
export const noSessionCookie = (c: Ctx): string => cookie(c, '', 0);
