import { Hono } from 'hono';
import type { Epochs } from '../../core/given-up.js';
import type { Alerts } from '../../operate/alerts/alerts.js';
import type { Imports } from '../../operate/importing/imports.js';
import { createMetrics, createReadiness, type Measured } from '../../operate/metrics/index.js';
import type { Projections } from '../../read/projector/projections.js';
import type { TimeTravel } from '../../read/time/time-travel.js';
import { Failures } from '../../write/runtime/failures.js';
import type { Log } from '../../write/runtime/log.js';
import type { Runtime } from '../../write/runtime/runtime.js';
import type { EventStore } from '../../write/store/event-store.js';
import type { Access } from '../access/index.js';
import { problemOf } from '../wire/problem.js';
import { problem } from './answer.js';
import { answerUnknown } from './answer-unknown.js';
import { type App, appOf } from './app.js';
import { BrokenHistories } from './broken-histories.js';
import { ConsoleFiles } from './console-files.js';
import { countUnmatched } from './count-requests.js';
import { Denials } from './denials.js';
import { Gate } from './gate.js';
import { addressesBy } from './hardening/address.js';
import { allowOrigins } from './hardening/allow-origins.js';
import { compressReads } from './hardening/compress-reads.js';
import { FairTurns } from './hardening/fair-turns.js';
import { trustedProxies } from './hardening/trusted-proxies.js';
import type { Env, Http, Info } from './http.js';
import { EXPORTS_AT_ONCE, EXPORTS_OF_ONE_MAX, HTTP_LIMITS, type HttpLimits } from './limits.js';
import type { Operations } from './operations.js';
import { operationsOf } from './operations-of.js';
import { checkPaths, pluralsOf } from './plurals.js';
import { requestChain } from './request-chain.js';
import { requestContext } from './request-context.js';
import { routesOf } from './routes-of.js';

/** Said once by who found it: every command would say it again, on a disk that may be full. */
const SAID_BY_THE_STORE: ReadonlySet<string> = new Set([
  'STORE_FULL',
  'LOG_TRUNCATED',
  'READ_STORE_FOREIGN',
]);

export type HttpOptions = {
  readonly runtime: Runtime;
  readonly store: EventStore;
  readonly projections?: Projections;
  readonly time?: TimeTravel;
  /** What was given up of the logs; without it nothing ever is. */
  readonly epochs?: Epochs;
  readonly alerts?: Alerts;
  /** Who may come in, and what they may see; without it everything is open to everybody. */
  readonly access?: Access;
  /** Models that are brought in; without it nothing is imported over HTTP. */
  readonly imports?: Imports;
  /** What operators look at, on a node that stands on NATS. */
  readonly operations?: Operations;
  /** Whether the read store answers, for `/readyz`. */
  readonly readStore?: () => Promise<boolean>;
  /** What is worth knowing of an event store that is there, for `/readyz`. */
  readonly storeNote?: () => string | null;
  /** What is the matter with the streams beside the events, for `/readyz`. */
  readonly beside?: () => string | null;
  /** The code of why nothing may be written now, known at once, for `/readyz`. */
  readonly storeShut?: () => string | undefined;
  /** Whose numbers `/metrics` shows beside those of the runtime and of HTTP itself. */
  readonly meters?: Pick<Measured, 'store' | 'connection' | 'alerts' | 'connections'>;
  readonly log: Log;
  readonly info: Info;
  readonly limits?: Partial<HttpLimits>;
  /** Where the files of the console stand; else where the build puts them. */
  readonly consoleDir?: string;
  /** Origins whose pages may ask: `https://console.example`, or `*`. */
  readonly origins?: readonly string[];
  /** Addresses and networks of proxies whose word counts for where a request came from. */
  readonly proxies?: readonly string[];
  readonly clock?: () => number;
};

/**
 * Everything over HTTP, derived from the definitions: routes, each in the chain of what a request
 * meets before it.
 *
 * @throws TypeError when two definitions or projections share a path, or a proxy is no address.
 */
export const createHttp = ({
  limits,
  meters,
  readStore,
  storeNote,
  beside,
  storeShut,
  consoleDir,
  origins = [],
  proxies = [],
  ...given
}: HttpOptions): App => {
  const { runtime, store, projections, info, clock = Date.now } = given;
  const histories = new BrokenHistories();
  const statuses = projections && { projections: () => projections.status() };
  const readiness = createReadiness({
    draining: () => runtime.draining,
    eventStore: () => store.ready(),
    ...(readStore && { readStore }),
    storeNote: () =>
      [storeNote?.(), histories.note].filter((one) => one != null).join('; ') || null,
    ...(beside && { beside }),
    ...(storeShut && { storeShut }),
    ...statuses,
  });
  const metrics = createMetrics({ info, runtime, readiness, ...meters, ...statuses });
  const { http: meter } = metrics;
  const exports = new Gate(EXPORTS_AT_ONCE, EXPORTS_OF_ONE_MAX);
  const trusted = trustedProxies(proxies);
  if (!trusted) throw new TypeError(`proxies: no addresses and networks: ${proxies.join(', ')}`);
  const definitions = { definitions: runtime.registry.definitions };
  const routes = routesOf({ ...definitions, projections: projections?.definitions ?? [] });
  const addressOf = addressesBy(trusted);
  const http: Http = {
    ...given,
    clock,
    meter,
    metrics,
    readiness,
    exports,
    files: new ConsoleFiles(consoleDir),
    denials: new Denials({ clock, runtime, log: given.log, addressOf }),
    described: () => operationsOf(routes),
    turns: new FairTurns(),
    logReads: runtime.logReads,
    limits: { ...HTTP_LIMITS, ...limits },
    addressOf,
  };
  const plurals = pluralsOf(runtime.registry);
  checkPaths(projections?.definitions ?? [], plurals);
  const chain = requestChain(http);
  const hono = new Hono<Env>();
  for (const route of routes) hono.on(route.method, route.path, chain(route));
  hono.notFound(countUnmatched(meter, answerUnknown(routes, plurals)));
  const failures = new Failures(http.log, 'a request failed');
  hono.onError((err, c) => {
    const { traceId: trace_id, requestId: request_id } = requestContext(c);
    histories.meet(err);
    const { code, status } = problemOf(err, trace_id);
    if (SAID_BY_THE_STORE.has(code)) return problem(c, err);
    failures.say(code, { err, code, trace_id, request_id }, status >= 500 ? 'error' : 'warn');
    return problem(c, err);
  });
  return appOf(allowOrigins(origins, compressReads(hono.fetch)), routes);
};
