import { problemIn, SteleProblem } from './problem.js';

/** How often a request is sent again, and how long it is waited for in between. */
export const RETRIES = 5;
const PAUSE_MS = 100;
const PAUSE_MAX_MS = 5_000;
/** How long one answer may take. */
const ANSWER_WITHIN_MS = 60_000;
/** Not now: too many requests, or the node or its stores are not there. */
const NOT_NOW: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Said by the answer itself, and no reason to send the same again. */
const FINAL: ReadonlySet<string> = new Set(['ALERT_NOT_DELIVERED']);

export type ClientOptions = {
  /** Where a node is: `https://stele.example.org`. */
  readonly url: string;
  /** An API key. */
  readonly key?: string;
  /** A bearer token, or what gives a fresh one. */
  readonly token?: string | (() => string | Promise<string>);
  /** Who asks, where callers are not known by a key or a token. */
  readonly actor?: string;
  readonly retries?: number;
  /** Default: the one of the platform. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
};

export type Asked = {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** The answer goes on for long: only its beginning is waited for. */
  readonly streams?: true;
};

/** Wait, or end at once with the signal's reason. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });

/** Longer after each attempt, and not for all clients at the same time. */
export const pauseAfter = (attempt: number): number =>
  Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** attempt) * (0.5 + Math.random() / 2);

const told = (response: Response): number => {
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) ? Math.min(PAUSE_MAX_MS, seconds * 1_000) : 0;
};

/** HTTP as the client uses it: what could not be done now is sent again, word for word. */
export class Transport {
  readonly retries: number;
  readonly #options: ClientOptions;
  readonly #base: string;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#base = options.url.replace(/\/+$/, '');
    this.retries = options.retries ?? RETRIES;
  }

  /**
   * The answer, once it is one.
   * @throws SteleProblem when it was refused; what `fetch` throws when nobody answered
   */
  async ask(asked: Asked): Promise<Response> {
    for (let attempt = 0; ; attempt++) {
      const last = attempt >= this.retries;
      let wait = pauseAfter(attempt);
      try {
        const response = await this.#once(asked);
        if (response.ok) return response;
        const problem = await problemIn(response);
        if (last || !NOT_NOW.has(response.status) || FINAL.has(problem.code)) throw problem;
        wait = Math.max(wait, told(response));
      } catch (error) {
        if (last || error instanceof SteleProblem || asked.signal?.aborted) throw error;
      }
      await pause(wait, asked.signal);
    }
  }

  async json<T>(asked: Asked): Promise<T> {
    const response = await this.ask(asked);
    return (await response.json()) as T;
  }

  async #once({ method = 'GET', path, body, headers, signal, streams }: Asked): Promise<Response> {
    const { fetch: send = globalThis.fetch, key, token } = this.#options;
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(new Error(`no answer within ${ANSWER_WITHIN_MS} ms: ${method} ${path}`)),
      ANSWER_WITHIN_MS,
    );
    try {
      const response = await send(`${this.#base}${path}`, {
        method,
        headers: {
          accept: streams ? 'text/event-stream' : 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(key !== undefined && { 'x-api-key': key }),
          ...(token !== undefined && {
            authorization: `Bearer ${typeof token === 'string' ? token : await token()}`,
          }),
          ...headers,
        },
        signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (streams) return response;
      // The whole answer counts, also what breaks off on its way.
      const text = await response.text();
      const { status, headers: answered } = response;
      return new Response(text === '' ? null : text, { status, headers: answered });
    } finally {
      clearTimeout(timer);
    }
  }
}
