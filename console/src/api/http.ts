import { problemIn, SteleProblem } from '../../../src/client/problem.js';

export { SteleProblem };

/** How long one answer may take before the screen says that it is slow and asks again. */
const ANSWER_WITHIN_MS = 20_000;
/** Nobody answered: the node is down, or the way to it. */
const UNREACHABLE = 'UNREACHABLE';
const TOO_SLOW = 'TOO_SLOW';
const UNAUTHENTICATED = 401;
/** Where one asks who one is, and says it. */
const SESSION = '/session';
/** Worth asking again by itself: nothing is wrong with the question. */
const NOT_NOW: ReadonlySet<number> = new Set([0, 429, 502, 503, 504]);

export const isNotNow = (error: unknown): boolean =>
  error instanceof SteleProblem && NOT_NOW.has(error.status);
export const isUnknownCaller = (error: unknown): boolean =>
  error instanceof SteleProblem && error.status === UNAUTHENTICATED;

export type Ask = {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly withinMs?: number;
};

const ACTOR = 'stele.actor';
/** Who one says to be on a node that asks nobody for a key. */
export const saidActor = (): string | null => localStorage.getItem(ACTOR);
export const sayActor = (name: string): void => localStorage.setItem(ACTOR, name);

const strangers = new Set<() => void>();
/** Be told when the server does not know who asks; returns how to stop. */
export const onUnknownCaller = (tell: () => void): (() => void) => {
  strangers.add(tell);
  return () => strangers.delete(tell);
};

/** Whoever is in the console signs in there: how programs say who they are is no help. */
const sessionEnded = (): SteleProblem => {
  for (const tell of strangers) tell();
  const message = 'your session has ended: sign in again, then try once more';
  return new SteleProblem({ code: 'UNAUTHENTICATED', status: UNAUTHENTICATED, message });
};

const unanswered = (code: string, message: string): SteleProblem =>
  new SteleProblem({ code, status: 0, message });

const send = async (path: string, { withinMs = ANSWER_WITHIN_MS, ...ask }: Ask) => {
  const late = AbortSignal.timeout(withinMs);
  const actor = saidActor();
  try {
    return await fetch(path, {
      method: ask.method ?? 'GET',
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(ask.body !== undefined && { 'content-type': 'application/json' }),
        ...(actor && { 'x-actor': actor }),
        ...ask.headers,
      },
      signal: ask.signal ? AbortSignal.any([ask.signal, late]) : late,
      ...(ask.body !== undefined && { body: JSON.stringify(ask.body) }),
    });
  } catch (error) {
    if (ask.signal?.aborted) throw error;
    if (late.aborted)
      throw unanswered(TOO_SLOW, `the server did not answer within ${withinMs / 1_000} seconds`);
    throw unanswered(UNREACHABLE, 'the server cannot be reached: it is down, or the way to it is');
  }
};

/**
 * Ask the node that serves the console.
 * @throws SteleProblem with what the server said; status 0 when nobody answered
 */
export const request = async (path: string, ask: Ask = {}): Promise<Response> => {
  const response = await send(path, ask);
  if (response.status === UNAUTHENTICATED && path !== SESSION) throw sessionEnded();
  if (!response.ok) throw await problemIn(response);
  return response;
};

/** The answer as JSON. The shape is the server's contract; nothing is checked twice. */
export const ask = async <T>(path: string, how: Ask = {}): Promise<T> => {
  const response = await request(path, how);
  return (response.status === 204 ? undefined : await response.json()) as T;
};

export type Query = Readonly<
  Record<string, string | number | boolean | readonly string[] | null | undefined>
>;

/** `/applications` and `{ lifecycle: ['active'] }` as one address; what is undefined is left out. */
export const address = (path: string, query: Query = {}): string => {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) params.append(name, String(one));
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
};

/** A segment of a path. */
export const seg = encodeURIComponent;
