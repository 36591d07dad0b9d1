import type { Handler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { refuse } from '../../../core/refusal.js';
import type { Door } from '../access.js';
import { problem } from '../answer.js';
import type { App, Ctx, Env, Http } from '../http.js';
import { RATE_WINDOW_S } from '../limits.js';
import { requestContext } from '../request-context.js';
import { networkOf } from './address.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'all'] as const;
type Register = (path: string, ...handlers: Handler<Env>[]) => App;
type Registers = Record<(typeof METHODS)[number], Register>;

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
    handler: Handler<Env>,
  ): Handler<Env> =>
  async (c, next) => {
    const reads = c.req.method === 'GET' || c.req.method === 'HEAD';
    const of = reads ? budgets.reads : budgets.commands;
    if (!of) return handler(c, next);
    const { ok, remainingPoints, msBeforeNext } = await spend(of, keyOf(c, http));
    const seconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
    const headers = {
      ...requestContext(c).headers,
      'ratelimit-policy': `"${of.name}";q=${of.most};w=${RATE_WINDOW_S}`,
      ratelimit: `"${of.name}";r=${remainingPoints};t=${seconds}`,
    };
    c.set('context', { ...requestContext(c), headers });
    if (ok) return handler(c, next);
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
 * stream is one read. Without limits the door is as it was: nothing stands before a handler.
 */
export const withRateLimits = (door: Door, http: Http): Door => {
  const { commandsPerMinute, readsPerMinute } = http.limits;
  const budgets = {
    commands: budget('commands', commandsPerMinute),
    reads: budget('reads', readsPerMinute),
  };
  if (!budgets.commands && !budgets.reads) return door;
  return {
    under: (need, writes) => {
      const app = door.under(need, writes) as unknown as Registers;
      const view = Object.create(app) as Registers;
      for (const method of METHODS)
        view[method] = (path, ...handlers) =>
          app[method](
            path,
            ...(EXEMPT.includes(path)
              ? handlers
              : handlers.map((one) => limit(http, budgets, one))),
          );
      return view as unknown as App;
    },
  };
};
