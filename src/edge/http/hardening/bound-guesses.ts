import { sha256 } from '../../../core/canonical.js';
import { refuse } from '../../../core/refusal.js';
import { type Found, GUESSES_WINDOW_S, Guesses } from '../../access/index.js';
import { problem } from '../answer.js';
import type { Ctx, Http } from '../http.js';
import { requestContext } from '../request-context.js';
import type { Shell } from '../route.js';
import { SESSION_PATH } from '../session-cookie.js';
import { networkOf } from './address.js';

/**
 * What is tried. The token of a session is not among it: nobody guesses 256 random bits, and an old
 * page that asks again and again must not keep its neighbours from signing in.
 */
const credentialOf = (c: Ctx): string | undefined =>
  c.req.header('x-api-key') ?? c.req.header('authorization');

const foundBy = (c: Ctx, { status }: Response): Found => {
  const { who, over } = requestContext(c);
  if (status === 401) return over ? 'over' : 'wrong';
  return who ? 'right' : 'unknown';
};

/**
 * Bound how often credentials are tried from one address. Stands before it is found out who asks:
 * what is too much is refused before anything is checked, so that a right guess looks like all the
 * others.
 */
export const boundGuesses = (http: Http): Shell => {
  const { failuresPerMinute: most } = http.limits;
  if (!http.access || most === 0) return (_, next) => next;
  const guesses = new Guesses(most);
  const tooMany = (c: Ctx, seconds: number): Response => {
    const refusal = refuse(
      'RATE_LIMITED',
      `credentials from this address were wrong ${most} times within ${GUESSES_WINDOW_S} s: come again in ${seconds} s`,
      { details: { retry_after_s: seconds } },
    );
    return problem(c, refusal);
  };
  return ({ method, path }, next) => {
    // What is tried stands in the body, and it is not known from before.
    const signsIn = method === 'POST' && path === SESSION_PATH;
    return async (c) => {
      const credential = signsIn ? undefined : credentialOf(c);
      if (credential === undefined && !signsIn) return next(c);
      const attempt = guesses.begin({
        source: networkOf(http.addressOf(c)),
        digest: credential === undefined ? undefined : sha256(credential),
        isKnown: () => requestContext(c).who !== undefined,
      });
      if ('retryAfterS' in attempt) return tooMany(c, attempt.retryAfterS);
      let found: Found = 'unknown';
      try {
        const response = await next(c);
        found = foundBy(c, response);
        return response;
      } finally {
        attempt.end(found, requestContext(c).tried);
      }
    };
  };
};
