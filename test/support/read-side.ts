import { actors } from '../../actors/index.js';
import type { Projection } from '../../src/core/projection.js';
import { createHttp } from '../../src/edge/http/create-http.js';
import { completeProjections } from '../../src/read/projections/index.js';
import { startProjections } from '../../src/read/projector/start-projections.js';
import { createTimeTravel } from '../../src/read/time/create-time-travel.js';
import type { ViewStore } from '../../src/read/views/port.js';
import { sqliteViews } from '../../src/read/views/sqlite.js';
import { Runtime } from '../../src/write/runtime/runtime.js';
import { memoryStore } from '../../src/write/store/memory-store.js';
import { projections as streams } from '../../streams/index.js';
import { approved } from './commands.js';

export type Json = Record<string, unknown>;
export type Told = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Json;
  readonly code: unknown;
};

const HEADERS = {
  'content-type': 'application/json',
  'x-actor': 'ada',
  'x-business-justification': 'the board said so',
  'x-approval-id': 'chg-7',
};
const DAY_MS = 86_400_000;

/** Completed once: many tests start many read sides of the same projections. */
const completed = new WeakMap<readonly Projection[], readonly Projection[]>();
const complete = (listed: readonly Projection[]): readonly Projection[] => {
  const all = completed.get(listed) ?? completeProjections(actors, listed);
  completed.set(listed, all);
  return all;
};

/**
 * The whole read side in this process, over a log in memory and real SQLite unless another read
 * store is given: the definitions and
 * projections of the domain, behind HTTP, without a socket. Its clock stands still unless moved.
 */
export const startReadSide = async (
  listed: readonly Projection[] = streams,
  open: () => Promise<ViewStore> = () => sqliteViews(':memory:'),
) => {
  const time = { ms: Date.parse('2026-03-01T10:00:00.000Z') };
  const clock = (): number => time.ms;
  const logged: Json[] = [];
  const keep = (what: object): void => void logged.push(what as Json);
  const log = { info: () => {}, warn: keep, error: keep };
  const store = memoryStore();
  const views = await open();
  // Its watchdog measures with a clock that does not leap over days.
  const projections = startProjections({
    definitions: complete(listed),
    store,
    views,
    log,
    limits: { lookEveryMs: 50, retryAfterMs: [5] },
  });
  const travel = createTimeTravel({
    store,
    projections,
    clock,
    ephemeral: () => sqliteViews(':memory:'),
  });
  const runtime = new Runtime({
    definitions: actors,
    store,
    log,
    clock,
    onAppended: projections.wrote,
  });
  const app = createHttp({
    runtime,
    store,
    projections,
    time: travel,
    log,
    clock,
    info: { name: 'stele', version: '1.2.3' },
  });
  const ask = async (path: string, init: RequestInit = {}): Promise<Told> => {
    const response = await app.request(path, init);
    const text = await response.text();
    const isJson = /json$/.test(response.headers.get('content-type')?.replace('ndjson', '') ?? '');
    const json = isJson && text !== '' ? (JSON.parse(text) as Json) : {};
    return { status: response.status, headers: response.headers, text, json, code: json.code };
  };
  const post = (path: string, body: object = {}, headers: Record<string, string> = {}) =>
    ask(path, {
      method: 'POST',
      headers: { ...HEADERS, ...headers },
      body: JSON.stringify(body),
    });
  /** A command that must be accepted. */
  const tell = async (path: string, data: object): Promise<Told> => {
    const told = await post(path, data);
    if (told.status >= 300) throw new Error(`${path}: ${told.text}`);
    return told;
  };
  /** Let somebody approve the deletions that `chg-7` names. */
  const approve = async (): Promise<void> => {
    for (const one of approved('chg-7', 'Application/DeleteApplication'))
      await runtime.dispatch(one, 'test');
  };
  const close = async (): Promise<void> => {
    await runtime.drain();
    await projections.close();
    await travel.close();
    await views.close();
  };
  return {
    app,
    store,
    views,
    projections,
    runtime,
    logged,
    ask,
    post,
    tell,
    approve,
    close,
    /** Let days pass. */
    later: (days: number): void => {
      time.ms += days * DAY_MS;
    },
    now: (): string => new Date(time.ms).toISOString(),
  };
};
export type ReadSide = Awaited<ReturnType<typeof startReadSide>>;
