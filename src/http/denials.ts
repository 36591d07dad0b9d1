import { isOver } from '../access/index.js';
import type { Principal } from '../core/access.js';
import type { Refusal } from '../core/refusal.js';
import { PerSecond } from '../edge/per-second.js';
import { problem } from './answer.js';
import { askedOf } from './asked.js';
import type { Ctx, Http } from './http.js';
import { UNKNOWN_CALLERS_JOURNALLED_PER_S } from './limits.js';

/** Names of schemes and quotes are for programs (RFC 9110 and 6750). */
const challenge = ({ message }: Refusal, given: boolean): string => {
  const text = message.replaceAll(/[^\x20-\x7e]|["\\]/g, "'");
  const why = given ? `, error="invalid_token", error_description="${text}"` : '';
  return `Bearer realm="stele"${why}, ApiKey realm="stele"`;
};

/** Says no, and keeps it for the audit. Callers nobody knows cannot fill the log: some a second are kept. */
export class Denials {
  readonly #http: Http;
  readonly #unknown = new PerSecond(UNKNOWN_CALLERS_JOURNALLED_PER_S);

  constructor(http: Http) {
    this.#http = http;
  }

  keep(c: Ctx, refusal: Refusal, who: Principal | undefined): void {
    const { clock, store, log } = this.#http;
    const { refused: code } = refusal;
    const now = clock();
    const { method, path } = c.req;
    const { requestId: request_id } = askedOf(c);
    if (!who && !this.#unknown.lets(now)) return;
    if (!who) log.warn({ code, method, path, request_id }, 'a request of nobody known was refused');
    store.journal({
      received_at: new Date(now).toISOString(),
      ...{ via: 'http', outcome: 'refused', duration_ms: 0, code },
      message: `${method} ${path}: ${refusal.message}`,
      ...(who && { actor: who.actor, actor_type: who.actor_type }),
    });
  }

  /** The answer. `given`: whether there were credentials, which then were not right. */
  answer(c: Ctx, refusal: Refusal, given: boolean): Response {
    if (isOver(refusal)) c.set('asked', { ...askedOf(c), over: true });
    const headers = { 'www-authenticate': challenge(refusal, given) };
    return problem(c, refusal, refusal.refused === 'UNAUTHENTICATED' ? headers : {});
  }
}
