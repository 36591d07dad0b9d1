import type { Permission, Principal } from '../../core/access.js';
import type { Refusal } from '../../core/refusal.js';
import { type Trace, traceOf } from '../wire/trace.js';
import type { Ctx } from './http.js';

const REQUEST_ID = /^[\w.:/+=@-]{1,128}$/;

/** How a request is found again in logs: its trace, and the id it came with or was given. */
export type Asked = Trace & {
  readonly requestId: string;
  /** What every answer to it carries besides. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Who asks; nobody where everything is open. */
  readonly who?: Principal;
  /** The body says that it only asks what would happen. */
  readonly dryRun?: true;
  /** The digest of what somebody signs in with, once it was read. */
  readonly tried?: string;
  /** What they came with was right once: they guessed nothing. */
  readonly over?: true;
  /** Why they may not do what a handler found out to be asked for; where all is open, missing. */
  readonly may?: (...oneOf: readonly [Permission, ...Permission[]]) => Refusal | undefined;
  /** Why they may no longer ask this, as it is by now: a key is revoked, a token expires. */
  readonly standing?: () => Promise<Refusal | undefined>;
};

/** The same for every call within one request. */
export const askedOf = (c: Ctx): Asked => {
  const known = c.get('asked');
  if (known) return known;
  const trace = traceOf(c.req.header('traceparent'));
  const given = c.req.header('x-request-id');
  const requestId = given !== undefined && REQUEST_ID.test(given) ? given : trace.traceId;
  const asked: Asked = { ...trace, requestId };
  c.set('asked', asked);
  return asked;
};
