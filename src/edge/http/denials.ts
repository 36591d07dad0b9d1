import type { Refusal } from '../../core/refusal.js';
import { shortened } from '../../core/shortened.js';
import { isOver } from '../access/index.js';
import { PerSecond } from '../wire/per-second.js';
import { problem } from './answer.js';
import type { Ctx, Denied, Deny, Http } from './http.js';
import { isDryRun } from './is-dry-run.js';
import { PATH_SHOWN_MAX, UNKNOWN_CALLERS_LOGGED_PER_S } from './limits.js';
import { requestContext } from './request-context.js';

/** Names of schemes and quotes are for programs (RFC 9110 and 6750). */
const challenge = ({ message }: Refusal, given: boolean): string => {
  const text = message.replaceAll(/[^\x20-\x7e]|["\\]/g, "'");
  const why = given ? `, error="invalid_token", error_description="${text}"` : '';
  return `Bearer realm="stele"${why}, ApiKey realm="stele"`;
};

const isWriting = ({ req: { method } }: Ctx): boolean => method !== 'GET' && method !== 'HEAD';

/** What keeps a denial. */
type Kept = Pick<Http, 'clock' | 'runtime' | 'log' | 'addressOf'>;

/** Says no, and keeps it for the audit. Of callers nobody knows some a second are logged. */
export class Denials implements Deny {
  readonly #http: Kept;
  readonly #unknown = new PerSecond(UNKNOWN_CALLERS_LOGGED_PER_S);

  constructor(http: Kept) {
    this.#http = http;
  }

  keep(c: Ctx, refusal: Refusal, { who, takesDryRun }: Denied): void {
    const { clock, runtime, log, addressOf } = this.#http;
    const { refused: code } = refusal;
    const { method } = c.req;
    const path = shortened(c.req.path, PATH_SHOWN_MAX);
    const { requestId: request_id } = requestContext(c);
    if (!who && this.#unknown.lets(clock()))
      log.warn({ code, method, path, request_id }, 'a request of nobody known was refused');
    const message = `${method} ${path}: ${refusal.message}`;
    const address = addressOf(c);
    const dryRun = who !== undefined && takesDryRun && isWriting(c) && isDryRun(c);
    runtime.denied({ ...refusal, message }, 'http', { by: who, dryRun, address });
  }

  answer(c: Ctx, refusal: Refusal, given: boolean): Response {
    if (isOver(refusal)) c.set('context', { ...requestContext(c), over: true });
    const headers = { 'www-authenticate': challenge(refusal, given) };
    return problem(c, refusal, refusal.refused === 'UNAUTHENTICATED' ? headers : {});
  }
}
