import type { Handler } from 'hono';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { sha256 } from '../../core/canonical.js';
import { refuse } from '../../core/refusal.js';
import { problem } from '../answer.js';
import { askedOf } from '../asked.js';
import type { App, Ctx, Env, Http } from '../http.js';
import { KNOWN_CREDENTIALS_MAX, RATE_WINDOW_S } from '../limits.js';
import { SESSION_PATH } from '../session-cookie.js';
import { networkOf } from './address.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'all'] as const;
type Register = (path: string, ...handlers: Handler<Env>[]) => App;

/**
 * What is tried. The token of a session is not among it: nobody guesses 256 random bits, and an old
 * page that asks again and again must not keep its neighbours from signing in.
 */
const credentialOf = (c: Ctx): string | undefined =>
  c.req.header('x-api-key') ?? c.req.header('authorization');

/** Credentials that were right before: whoever has them is not shut out by a neighbour who guesses. */
class Known {
  readonly #digests = new Set<string>();

  add(digest: string): void {
    if (this.#digests.has(digest)) return;
    if (this.#digests.size >= KNOWN_CREDENTIALS_MAX)
      for (const oldest of this.#digests) {
        this.#digests.delete(oldest);
        break;
      }
    this.#digests.add(digest);
  }
  forget(digest: string): void {
    this.#digests.delete(digest);
  }
  has(digest: string): boolean {
    return this.#digests.has(digest);
  }
}

/**
 * What is being tried from each address, until it is known who it is. Without it all that is sent at
 * once would be checked before the first failure counts.
 */
class Trying {
  readonly #tries = new Map<string, Map<Ctx, string>>();

  /** How many are tried besides this one; many requests with one credential are one try. */
  others(address: string, digest: string): number {
    const texts = new Set<string | Ctx>();
    for (const [c, text] of this.#tries.get(address) ?? [])
      if (!askedOf(c).who && (text === '' || text !== digest)) texts.add(text || c);
    return texts.size;
  }
  begin(address: string, c: Ctx, digest: string): void {
    const tries = this.#tries.get(address) ?? new Map<Ctx, string>();
    this.#tries.set(address, tries.set(c, digest));
  }
  end(address: string, c: Ctx): void {
    const tries = this.#tries.get(address);
    tries?.delete(c);
    if (tries?.size === 0) this.#tries.delete(address);
  }
}

/**
 * Bound how often credentials are tried from one address. Stands before the door: what is too much
 * is refused before anything is checked, so that a right guess looks like all the others.
 */
export const withBoundedGuesses = (app: App, http: Http): App => {
  const { failuresPerMinute: points } = http.limits;
  if (!http.access || points === 0) return app;
  const failures = new RateLimiterMemory({ points, duration: RATE_WINDOW_S });
  /** Each wrong credential of an address counts once: whoever repeats one guesses nothing more. */
  const different = new RateLimiterMemory({ points: 1, duration: RATE_WINDOW_S });
  const isNew = (address: string, digest: string): Promise<boolean> =>
    different.consume(`${address} ${digest}`).then(
      () => true,
      () => false,
    );
  const known = new Known();
  const trying = new Trying();
  const tooMany = (c: Ctx, ms: number): Response => {
    const seconds = Math.max(1, Math.ceil(ms / 1_000));
    const refusal = refuse(
      'RATE_LIMITED',
      `credentials from this address were wrong ${points} times within ${RATE_WINDOW_S} s: come again in ${seconds} s`,
      { details: { retry_after_s: seconds } },
    );
    return problem(c, refusal, { 'retry-after': String(seconds) });
  };
  type Try = { readonly c: Ctx; readonly digest: string; readonly address: string };
  const judged = async <T>(response: T, { c, digest, address }: Try): Promise<T> => {
    if (response instanceof Response && response.status === 401) {
      known.forget(digest);
      const { over, tried = digest } = askedOf(c);
      const counted = !over && (await isNew(address, tried)) && failures.penalty(address);
      trying.end(address, c);
      await counted;
    } else if (digest !== '' && askedOf(c).who) known.add(digest);
    return response;
  };
  /** `signsIn`: what is tried stands in the body, and it is not known from before. */
  const wrap =
    (handler: Handler<Env>, signsIn: boolean): Handler<Env> =>
    async (c, next) => {
      const credential = signsIn ? undefined : credentialOf(c);
      if (credential === undefined && !signsIn) return handler(c, next);
      const digest = credential === undefined ? '' : sha256(credential);
      const address = networkOf(http.addressOf(c));
      if (known.has(digest)) return judged(await handler(c, next), { c, digest, address });
      // Looked at in one turn: a try is among the others until it is among the failures.
      const others = trying.others(address, digest);
      const looked = failures.get(address);
      trying.begin(address, c, digest);
      try {
        const spent = await looked;
        if ((spent?.consumedPoints ?? 0) + others < points)
          return await judged(await handler(c, next), { c, digest, address });
        return tooMany(c, spent?.msBeforeNext ?? 0);
      } finally {
        trying.end(address, c);
      }
    };
  const registers = app as unknown as Record<(typeof METHODS)[number], Register>;
  for (const method of METHODS) {
    const register = registers[method].bind(app);
    registers[method] = (path, ...handlers) => {
      const signsIn = method === 'post' && path === SESSION_PATH;
      return register(path, ...handlers.map((one) => wrap(one, signsIn)));
    };
  }
  return app;
};
