import { pause, pauseAfter } from './pause.js';
import { foreignProblem, isNotNow, problemIn } from './stele-problem.js';
import { Unreachable } from './unreachable.js';

/** How often a request is sent again. */
export const RETRIES = 5;
/** How long one answer may take. */
const ANSWER_WITHIN_MS = 60_000;

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
  /** How long one answer may take; default: a minute. */
  readonly withinMs?: number;
  /** Default: the one of the platform. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
};

export type Request = {
  readonly method?: string;
  readonly path: string;
  /** Sent as JSON, a form as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** How long the answer may take; default: as the client says. */
  readonly withinMs?: number;
  /** The answer goes on for long: only its beginning is waited for. */
  readonly streams?: true;
  /** How often it is sent again; default: as the client does. */
  readonly retries?: number;
  /** Told why it is sent again. */
  readonly onRetry?: (why: string) => void;
};

/** HTTP as the client uses it: what could not be done now is sent again, word for word. */
export class Transport {
  readonly url: string;
  readonly retries: number;
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.url = options.url.replace(/\/+$/, '');
    this.retries = options.retries ?? RETRIES;
  }

  /** Whether the server knows by itself who asks. */
  get isKnown(): boolean {
    return this.#options.key !== undefined || this.#options.token !== undefined;
  }

  /**
   * The answer, once it is one.
   * @throws SteleProblem when it was refused, Unreachable when nobody answered
   */
  async ask(request: Request): Promise<Response> {
    const { retries = this.retries, signal, onRetry } = request;
    for (let attempt = 0; ; attempt++) {
      let saidMs = 0;
      try {
        const response = await this.#once(request);
        if (response.ok) return response;
        saidMs = saidPause(response);
        throw await problemIn(response);
      } catch (error) {
        if (attempt >= retries || !isNotNow(error)) throw error;
        onRetry?.(error instanceof Unreachable ? error.reason : error.code);
      }
      await pause(pauseAfter(attempt, saidMs), signal);
    }
  }

  /** The answer as JSON; undefined where there is nothing to say. */
  async json<T>(request: Request): Promise<T> {
    const response = await this.ask(request);
    const text = await response.text();
    try {
      return (text === '' ? undefined : JSON.parse(text)) as T;
    } catch {
      throw foreignProblem(response.status);
    }
  }

  async #once(request: Request): Promise<Response> {
    const { fetch: send = globalThis.fetch, withinMs: usual = ANSWER_WITHIN_MS } = this.#options;
    const { path, signal, withinMs = usual, streams } = request;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), withinMs);
    try {
      const response = await send(`${this.url}${path}`, {
        method: request.method ?? 'GET',
        headers: await this.#headersOf(request),
        signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
        ...bodyOf(request),
      });
      if (streams && response.ok) return response;
      // The whole answer counts, also what breaks off on its way.
      const text = await response.text();
      const { status, headers } = response;
      return new Response(text === '' ? null : text, { status, headers });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Unreachable(this.url, error, late.signal.aborted ? withinMs : undefined);
    } finally {
      clearTimeout(timer);
    }
  }

  async #headersOf({ body, headers, streams }: Request): Promise<Record<string, string>> {
    const { key, token } = this.#options;
    const isJson = body !== undefined && !(body instanceof FormData);
    return {
      accept: streams ? 'text/event-stream' : 'application/json',
      ...(isJson && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'x-api-key': key }),
      ...(token !== undefined && {
        authorization: `Bearer ${typeof token === 'string' ? token : await token()}`,
      }),
      ...headers,
    };
  }
}

const bodyOf = ({ body }: Request): Pick<RequestInit, 'body'> => {
  if (body === undefined) return {};
  return { body: body instanceof FormData ? body : JSON.stringify(body) };
};

/** How long the answer says that it takes until the server can do it. */
const saidPause = (response: Response): number => {
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) ? seconds * 1_000 : 0;
};
