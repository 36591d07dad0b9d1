import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { refuse } from '../../../core/refusal.js';
import { problem } from '../answer.js';
import type { Ctx, Http } from '../http.js';
import { RATE_WINDOW_S } from '../limits.js';
import { requestContext } from '../request-context.js';
import type { Handle, Shell } from '../route.js';
import { networkOf } from './address.js';

/** Who looks after the node asks at any time. */
const EXEMPT: readonly string[] = ['/healthz', '/readyz', '/metrics'];

type Budget = { readonly name: string; readonly most: number; readonly limiter: RateLimiterMemory };

const budget = (name: string, most: number): Budget | undefined =>
  most === 0
    ? undefined
    : { name, most, limiter: new RateLimiterMemory({ points: most, duration: RATE_WINDOW_S }) };

/** What is left, whether or not there was enough. */
const spend = async (
  { limiter }: Budget,
  key: string,
): Promise<RateLimiterRes & { ok: boolean }> => {
  try {
    return Object.assign(await limiter.consume(key), { ok: true });
  } catch (spent) {
    if (spent instanceof RateLimiterRes) return Object.assign(spent, { ok: false });
    throw spent;
  }
};

/** A key has its own budget, wherever it is used; who has none shares that of the address. */
const keyOf = (c: Ctx, { addressOf }: Http): string => {
  const { who } = requestContext(c);
  return who ? `${who.credential ?? ''}/${who.actor}` : networkOf(addressOf(c));
};

const limit =
  (
    http: Http,
    budgets: { readonly reads: Budget | undefined; readonly commands: Budget | undefined },
    next: Handle,
  ): Handle =>
  async (c) => {
    const reads = c.req.method === 'GET' || c.req.method === 'HEAD';
    const of = reads ? budgets.reads : budgets.commands;
    if (!of) return next(c);
    const { ok, remainingPoints, msBeforeNext } = await spend(of, keyOf(c, http));
    const seconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
    const headers = {
      ...requestContext(c).headers,
      'ratelimit-policy': `"${of.name}";q=${of.most};w=${RATE_WINDOW_S}`,
      ratelimit: `"${of.name}";r=${remainingPoints};t=${seconds}`,
    };
    c.set('context', { ...requestContext(c), headers });
    if (ok) return next(c);
    const refusal = refuse(
      'RATE_LIMITED',
      `more than ${of.most} ${of.name} within ${RATE_WINDOW_S} s; nothing was done, come again in ${seconds} s`,
      { details: { limit: of.most, window_s: RATE_WINDOW_S, retry_after_s: seconds } },
    );
    http.runtime.count({
      aggregate_type: undefined,
      command_type: undefined,
      outcome: 'refused',
      code: refusal.refused,
    });
    return problem(c, refusal);
  };

/**
 * Give everybody a budget of commands and one of reads, once it is known who they are. An event
 * stream is one read. Without limits nothing stands before a handler.
 */
export const limitRates = (http: Http): Shell => {
  const { commandsPerMinute, readsPerMinute } = http.limits;
  const budgets = {
    commands: budget('commands', commandsPerMinute),
    reads: budget('reads', readsPerMinute),
  };
  if (!budgets.commands && !budgets.reads) return (_, next) => next;
  return ({ path }, next) => (EXEMPT.includes(path) ? next : limit(http, budgets, next));
};
