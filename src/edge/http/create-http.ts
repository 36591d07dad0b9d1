import { Hono } from 'hono';
import type { Alerts } from '../../operate/alerts/alerts.js';
import type { Imports } from '../../operate/importing/imports.js';
import { createMetrics, createReadiness, type Measured } from '../../operate/metrics/index.js';
import type { Projections } from '../../read/projector/projections.js';
import type { TimeTravel } from '../../read/time/time-travel.js';
import { Failures } from '../../write/runtime/failures.js';
import type { Log, Runtime } from '../../write/runtime/runtime.js';
import type { EventStore } from '../../write/store/port.js';
import type { Access } from '../access/index.js';
import { problemOf } from '../wire/problem.js';
import { guarded } from './access.js';
import { alertRoutes } from './alerts.js';
import { problem } from './answer.js';
import { commandRoutes } from './commands.js';
import { consoleRoutes } from './console.js';
import { ConsoleFiles } from './console-files.js';
import { Denials } from './denials.js';
import { descriptionRoutes } from './descriptions.js';
import { eventLogRoutes } from './event-log.js';
import { eventStreamRoutes } from './event-stream.js';
import { frontPage } from './front-page.js';
import { Gate } from './gate.js';
import { addressesBy } from './hardening/address.js';
import { withCompression } from './hardening/compression.js';
import { withCors } from './hardening/cors.js';
import { FairTurns } from './hardening/fair-turns.js';
import { withBoundedGuesses } from './hardening/guesses.js';
import { LogReads } from './hardening/log-reads.js';
import { withRateLimits } from './hardening/rate-limits.js';
import { trustedProxies } from './hardening/trusted-proxies.js';
import { healthRoutes } from './health.js';
import type { App, Env, Http, Info } from './http.js';
import { importRoutes } from './imports.js';
import { EXPORTS_AT_ONCE, EXPORTS_OF_ONE_MAX, HTTP_LIMITS, type HttpLimits } from './limits.js';
import { machineRoutes } from './machines.js';
import { metered } from './metered.js';
import { metricsRoutes } from './metrics.js';
import { alertsNeed, resourcesNeed, viewsNeed } from './needs.js';
import { operationRoutes } from './operation-routes.js';
import type { Operations } from './operations.js';
import { checkPaths, pluralsOf } from './plurals.js';
import { possibleRoutes } from './possible.js';
import { projectionRoutes } from './projections.js';
import { requestContext } from './request-context.js';
import { resourceRoutes } from './resources.js';
import { schemaRoutes } from './schemas.js';
import { sessionRoutes } from './session.js';
import { timeRoutes } from './time.js';
import { unknownRoutes } from './unknown.js';
import { viewRoutes } from './views.js';
import { writingRoutes } from './writing/index.js';

/** Said once by who found it: every command would say it again, on a disk that may be full. */
const SAID_BY_THE_STORE: ReadonlySet<string> = new Set(['STORE_FULL', 'LOG_TRUNCATED']);

export type HttpOptions = {
  readonly runtime: Runtime;
  readonly store: EventStore;
  readonly projections?: Projections;
  readonly time?: TimeTravel;
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
 * Everything over HTTP, derived from the definitions. There is no middleware on purpose: a request
 * meets one handler, which is what the command routes need to be fast.
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
  const statuses = projections && { projections: () => projections.status() };
  const readiness = createReadiness({
    draining: () => runtime.draining,
    eventStore: () => store.ready(),
    ...(readStore && { readStore }),
    ...(storeNote && { storeNote }),
    ...(beside && { beside }),
    ...(storeShut && { storeShut }),
    ...statuses,
  });
  const metrics = createMetrics({ info, runtime, readiness, ...meters, ...statuses });
  const { http: meter } = metrics;
  const exports = new Gate(EXPORTS_AT_ONCE, EXPORTS_OF_ONE_MAX);
  const trusted = trustedProxies(proxies);
  if (!trusted) throw new TypeError(`proxies: no addresses and networks: ${proxies.join(', ')}`);
  const http: Http = {
    ...given,
    clock,
    meter,
    exports,
    turns: new FairTurns(),
    logReads: new LogReads(),
    limits: { ...HTTP_LIMITS, ...limits },
    addressOf: addressesBy(trusted),
  };
  const plurals = pluralsOf(http.runtime.registry);
  checkPaths(projections?.definitions ?? [], plurals);
  const app: App = withBoundedGuesses(metered(new Hono<Env>(), meter), http);
  // Routes are registered under what they need; one that says nothing is denied to everybody.
  const denials = new Denials(http);
  const { under } = withRateLimits(guarded(app, http, denials), http);
  const resources = under(resourcesNeed(http, plurals), 'takes dry_run');
  commandRoutes(under('known', 'takes dry_run'), http, plurals);
  eventStreamRoutes(under('events'), http);
  alertRoutes(under(alertsNeed), http);
  eventLogRoutes(under('events'), http, plurals);
  possibleRoutes(resources, http, plurals);
  timeRoutes(resources, http, plurals);
  resourceRoutes(resources, http, plurals);
  writingRoutes(resources, http, plurals);
  viewRoutes(under(viewsNeed(http)), http);
  importRoutes(under('import', 'takes dry_run'), http);
  projectionRoutes(under('operate'), http);
  operationRoutes(under, http);
  machineRoutes(under('open'), http);
  schemaRoutes(under('open'), http);
  healthRoutes(under('open'), readiness);
  metricsRoutes(under('operate'), metrics);
  descriptionRoutes(under('open'), http);
  sessionRoutes({ open: under('open'), self: under('self') }, http, denials);
  const files = new ConsoleFiles(consoleDir);
  consoleRoutes(under('open'), files);
  frontPage(under('open'), { ...http, files }, plurals);
  unknownRoutes(app, plurals);
  const failures = new Failures(http.log, 'a request failed');
  app.onError((err, c) => {
    const { traceId: trace_id, requestId: request_id } = requestContext(c);
    const { code, status } = problemOf(err, trace_id);
    if (SAID_BY_THE_STORE.has(code)) return problem(c, err);
    failures.say(code, { err, code, trace_id, request_id }, status >= 500 ? 'error' : 'warn');
    return problem(c, err);
  });
  return withCors(withCompression(app), origins);
};
