import { readFileSync } from 'node:fs';
import { Option } from 'commander';
import type { z } from 'zod';
import { EXIT, Stop } from './exit.js';
import type { Io, Paint } from './io.js';
import { exitOf, ProblemJson, problemBlock } from './problem.js';

const REQUEST_TIMEOUT_MS = 30_000;
/** How often one command is sent before giving up, and the pauses between. */
const ATTEMPTS_MAX = 5;
const FIRST_PAUSE_MS = 200;
const UNAVAILABLE = 503;

export const DEFAULT_SERVER = 'http://127.0.0.1:3000';

/** What a server said: never an exception, whatever the status. */
export type Answer = { readonly status: number; readonly body: unknown };

/** Nothing came back: the server is not there, or the connection broke; a retry is harmless. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** `--server`, or STELE_URL, or the default. */
export const serverOption = (): Option =>
  new Option('-s, --server <url>', 'the Stele to talk to')
    .env('STELE_URL')
    .default(DEFAULT_SERVER)
    .argParser(serverUrl);

/** `--server`, or STELE_URL, or none: for what also works without a server. */
export const nodeOption = (what = 'a node to ask too whether it is ready'): Option =>
  new Option('-s, --server <url>', what).env('STELE_URL').argParser(serverUrl);

/** `--key`; STELE_KEY is better, since others on this machine see command lines. */
export const keyOption = (): Option =>
  new Option('-k, --key <key>', 'the API key to send; better in STELE_KEY or STELE_KEY_FILE');

/** The key to send: `--key`, STELE_KEY, or what the file STELE_KEY_FILE holds. */
const keyFrom = (given: string | undefined, env: NodeJS.ProcessEnv): string | undefined => {
  const key = given ?? (env.STELE_KEY || undefined);
  if (key !== undefined || !env.STELE_KEY_FILE) return key;
  try {
    return readFileSync(env.STELE_KEY_FILE, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Stop(`STELE_KEY_FILE: ${env.STELE_KEY_FILE} cannot be read (${code})`, EXIT.config);
  }
};

/** A client of the server, and with the key, that a command line names. */
export const clientFor = (
  { server, key }: { readonly server: string; readonly key?: string },
  { env }: Pick<Io, 'env'>,
): Client => new Client(server, keyFrom(key, env));

const serverUrl = (text: string): string => {
  if (URL.canParse(text) && /^https?:/.test(text)) return text.replace(/\/+$/, '');
  throw new Stop(`--server: "${text}" is not an http:// or https:// URL`, EXIT.usage);
};

export const noServer = (server: string, error: Unreachable): Stop =>
  new Stop(
    `no Stele answers at ${server}: start one with \`npx stele serve\` or name it with --server / STELE_URL (${error.message})`,
    EXIT.failed,
    { cause: error },
  );

const reasonOf = (error: unknown): string => {
  const { cause, message, name } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') return 'no answer in time';
  return cause?.code ?? cause?.message ?? message;
};

/** Requests to one server; connections are kept alive between them. */
export class Client {
  constructor(
    readonly server: string,
    readonly key?: string,
  ) {}

  /** @throws Unreachable */
  async open(path: string, init: RequestInit): Promise<Response> {
    try {
      const headers = new Headers(init.headers);
      if (this.key !== undefined) headers.set('x-api-key', this.key);
      return await fetch(`${this.server}${path}`, { ...init, headers });
    } catch (error) {
      throw new Unreachable(reasonOf(error), { cause: error });
    }
  }

  /** @throws Unreachable */
  async ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const signal = init.signal ?? AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const response = await this.open(path, { ...init, signal });
    let text: string;
    try {
      text = await response.text();
    } catch (error) {
      throw new Unreachable(reasonOf(error), { cause: error });
    }
    try {
      return { status: response.status, body: JSON.parse(text) as unknown };
    } catch {
      throw new Stop(
        `what answers at ${this.server} is not a Stele: HTTP ${response.status} without JSON`,
      );
    }
  }

  /** @throws Unreachable */
  post(path: string, body: unknown): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return this.ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** A read that must succeed: a problem ends the command. */
  async read<S extends z.ZodType>(path: string, schema: S, paint: Paint): Promise<z.output<S>> {
    const answer = await this.ask(path).catch((error: unknown) => {
      throw error instanceof Unreachable ? noServer(this.server, error) : error;
    });
    if (answer.status >= 400) throw problemStop(answer, paint);
    return schema.parse(answer.body);
  }
}

/** The problem in an answer; a body that is none says its status. */
export const problemIn = ({ status, body }: Answer): ProblemJson => {
  const parsed = ProblemJson.safeParse(body);
  return parsed.success ? parsed.data : ProblemJson.parse({ code: `HTTP_${status}` });
};

const TODO: Readonly<Record<number, string>> = {
  401: 'Send an API key: --key, or STELE_KEY in the environment. `stele key create` makes one where NATS can be reached; `stele key list` shows what became of yours.',
  403: 'Who you are is known, and your roles do not allow this: `stele key list` shows the roles of your key; ask an administrator for one with another role.',
};

/** A problem answer as the end of a command. */
export const problemStop = (answer: Answer, paint: Paint): Stop => {
  const todo = TODO[answer.status];
  const block = problemBlock(problemIn(answer), paint);
  return new Stop(todo ? `${block}\n  ${todo}` : block, exitOf(answer.status));
};

export const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

/**
 * Ask until the server can say yes or no; the command id in the body makes that safe.
 * @throws Unreachable when the last attempt met nobody.
 */
export const askSurely = async (
  ask: () => Promise<Answer>,
  onRetry: (why: string) => void,
  pause: (ms: number) => Promise<void> = sleep,
): Promise<Answer> => {
  for (let attempt = 1; ; attempt++) {
    const last = attempt === ATTEMPTS_MAX;
    let why: string;
    try {
      const answer = await ask();
      if (answer.status !== UNAVAILABLE || last) return answer;
      why = problemIn(answer).code;
    } catch (error) {
      if (!(error instanceof Unreachable) || last) throw error;
      why = error.message;
    }
    onRetry(why);
    await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
  }
};
