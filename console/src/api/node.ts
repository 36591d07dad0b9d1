import { actorHeader } from '../../../src/client/actor-header.js';
import { Session } from '../../../src/client/session.js';
import { SteleProblem } from '../../../src/client/stele-problem.js';
import type { Request } from '../../../src/client/transport.js';
import { actorName } from './actor-name.js';

/** How long one answer may take before the screen says that it is slow and asks again. */
const ANSWER_WITHIN_MS = 20_000;
/** A read waits for what was written here for this long after it was. */
const REMEMBERED_MS = 60_000;
const UNAUTHENTICATED = 401;
/** Where one asks who one is, and says it. */
const SESSION = '/session';

export const isUnknownCaller = (error: unknown): boolean =>
  error instanceof SteleProblem && error.status === UNAUTHENTICATED;

const strangers = new Set<() => void>();
/** Be told when the server does not know who asks; returns how to stop. */
export const onUnknownCaller = (tell: () => void): (() => void) => {
  strangers.add(tell);
  return () => strangers.delete(tell);
};

/** Whoever is in the console signs in there: how programs say who they are is no help. */
const sayEnded = (): Response => {
  for (const tell of strangers) tell();
  const message = 'your session has ended: sign in again, then try once more';
  return Response.json({ code: 'UNAUTHENTICATED', message }, { status: UNAUTHENTICATED });
};

/** The cookie of the session goes with it by itself. */
const send = async (path: string, init: RequestInit): Promise<Response> => {
  const actor = actorName.read();
  const headers = { ...(init.headers as Record<string, string>), ...(actor && actorHeader(actor)) };
  const response = await fetch(path, { ...init, headers });
  return response.status === UNAUTHENTICATED && path !== SESSION ? sayEnded() : response;
};

/** How something is asked besides its address. */
export type How = Omit<Request, 'path'>;

/** The node that serves the console. Screens ask again by themselves. */
export const node = new Session(
  { url: '', retries: 0, withinMs: ANSWER_WITHIN_MS, fetch: send },
  REMEMBERED_MS,
);

/**
 * The answer as JSON. The shape is the server's contract; nothing is checked twice.
 * @throws SteleProblem with what the server said; status 0 when nobody answered
 */
export const ask = <T>(path: string, how: How = {}): Promise<T> =>
  node.transport.json<T>({ ...how, path });
