import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Permission, Principal } from '../../core/access.js';
import type { Epochs } from '../../core/given-up.js';
import type { Refusal } from '../../core/refusal.js';
import type { Alerts } from '../../operate/alerts/alerts.js';
import type { Imports } from '../../operate/importing/imports.js';
import type { HttpMeter, Metrics, Readiness } from '../../operate/metrics/index.js';
import type { Projections } from '../../read/projector/projections.js';
import type { TimeTravel } from '../../read/time/time-travel.js';
import type { Log } from '../../write/runtime/log.js';
import type { LogReads } from '../../write/runtime/log-reads.js';
import type { Runtime } from '../../write/runtime/runtime.js';
import type { EventStore } from '../../write/store/event-store.js';
import type { Access } from '../access/index.js';
import type { Operation } from '../openapi/index.js';
import type { Trace } from '../wire/trace.js';
import type { ConsoleFiles } from './console-files.js';
import type { Gate } from './gate.js';
import type { FairTurns } from './hardening/fair-turns.js';
import type { HttpLimits } from './limits.js';
import type { Operations } from './operations.js';

/** What this program calls itself. */
export type Info = { readonly name: string; readonly version: string };

/** Who asked, where it is known, and whether a route that writes takes `dry_run`. */
export type Denied = { readonly who: Principal | undefined; readonly takesDryRun: boolean };

/** Says no. */
export type Deny = {
  /** Keep it for the audit. */
  readonly keep: (c: Ctx, refusal: Refusal, denied: Denied) => void;
  /** The answer. `given`: whether there were credentials, which then were not right. */
  readonly answer: (c: Ctx, refusal: Refusal, given: boolean) => Response;
};

/** What the routes work with. */
export type Http = {
  readonly runtime: Runtime;
  readonly store: EventStore;
  /** The read side; without it there are no queries. */
  readonly projections?: Projections;
  readonly time?: TimeTravel;
  /** What was given up of the logs; without it nothing ever is. */
  readonly epochs?: Epochs;
  readonly alerts?: Alerts;
  /** Who may come in; without it everything is open. */
  readonly access?: Access;
  /** Models that are brought in; without it nothing is imported over HTTP. */
  readonly imports?: Imports;
  /** Lets in so many exports of lists at a time. */
  readonly exports: Gate;
  /** Reads of an embedded store keep the event loop: each who asks gets a turn. */
  readonly turns: FairTurns;
  /** Histories of aggregates come from the log itself, a few at a time. */
  readonly logReads: LogReads;
  /** What operators look at; without it there is nothing behind those routes. */
  readonly operations?: Operations;
  readonly meter: HttpMeter;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  /** The files of the console, as it was built. */
  readonly files: ConsoleFiles;
  /** Says no, and keeps it for the audit. */
  readonly denials: Deny;
  /** What is said of the routes to those who use them. */
  readonly described: () => Iterable<Operation>;
  readonly log: Log;
  readonly info: Info;
  readonly limits: HttpLimits;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Where a request came from, as far as the connection and trusted proxies tell. */
  readonly addressOf: (c: Ctx) => string | undefined;
};

/** How a request is found again in logs: its trace, and the id it came with or was given. */
export type RequestContext = Trace & {
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
  readonly revalidate?: () => Promise<Refusal | undefined>;
};

/**
 * On a socket there are Node's request and response, and `stopping`, which ends what never ends by
 * itself. A test that calls `app.request` has no environment at all: read it with `c.env?.`.
 */
export type Env = {
  Bindings: Partial<HttpBindings> & { readonly stopping?: AbortSignal };
  Variables: { context: RequestContext };
};
export type Ctx = Context<Env>;
