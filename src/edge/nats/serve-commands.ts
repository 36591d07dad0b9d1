import { type ServiceMsg, Svcm } from '@nats-io/services';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import type { Principal } from '../../core/access.js';
import { sha256 } from '../../core/canonical.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { FoundCommand, Registry } from '../../core/registry.js';
import { schemasOf } from '../../core/schema.js';
import { commandGroup, commandSubject } from '../../core/subjects.js';
import type { Log } from '../../write/runtime/log.js';
import type { Runtime } from '../../write/runtime/runtime.js';
import { type Access, claimedBy, type Found, Guesses, isOver } from '../access/index.js';
import { fittingJson } from '../wire/fitting-json.js';
import { whereJsonBreaks } from '../wire/json-break.js';
import { JSON_DEPTH_MAX, JSON_VALUES_MAX, tooMuchJson } from '../wire/json-size.js';
import { LoggedRarely } from '../wire/logged-rarely.js';
import { problemOf } from '../wire/problem.js';
import { type Trace, traceOf } from '../wire/trace.js';
import { Admission, type Entry, type Seen } from './admission.js';
import { headerBytes } from './header-bytes.js';
import type { NodeNumbers } from './node-numbers.js';
import { BODY_MAX, isNoRequest } from './request-bytes.js';
import { type RequestHeaders, readHeaders } from './request-headers.js';
import { SERVICE } from './service.js';
import { serviceRequests } from './service-requests.js';
import { shownBy } from './shown-by.js';

/**
 * Wrong credentials within a minute, on one node. Over NATS nobody says where a message comes from:
 * those that claim to be one key have a budget, and so have all together that claim to be none.
 */
const FAILURES_PER_MINUTE = 60;

/** What the headers of an answer take, bytes. */
const ANSWER_HEADERS_BYTES = 4_096;
/** What a server lets pass that does not say how much, bytes. */
const PAYLOAD_MAX = 1024 * 1024;
const payloadMax = ({ info }: NatsConnection): number => info?.max_payload ?? PAYLOAD_MAX;

/** A micro service must have a semantic version; what has none says so. */
const SEMVER = /^\d+\.\d+\.\d+/;
const NO_VERSION = '0.0.0';

/** What stands behind the endpoints: the id of this node among all that serve. */
type Served = {
  readonly id: string;
  /** Requests that got no answer: more came of those whom nobody knows than can be told. */
  dropped(): number;
  close(): Promise<void>;
};
/** A request with what is read of its headers. */
type Request = { readonly msg: ServiceMsg; readonly hdrs: RequestHeaders };
type Body = Readonly<Record<string, unknown>>;
/** What a client sent, wrapped: it may hold any key. */
type Sent = { readonly body: Body };

const TOO_MUCH = {
  depth: refuse('MALFORMED_COMMAND', `the request nests deeper than ${JSON_DEPTH_MAX} levels`),
  values: refuse(
    'PAYLOAD_TOO_LARGE',
    `the request holds more than ${JSON_VALUES_MAX} keys and members of lists`,
    { details: { max_values: JSON_VALUES_MAX } },
  ),
};

/** The body of a request as an object, or why it is none. */
const readBody = (msg: ServiceMsg): Sent | Refusal => {
  if (msg.data.length > BODY_MAX)
    return refuse(
      'PAYLOAD_TOO_LARGE',
      `a command may have ${BODY_MAX} bytes, this one has ${msg.data.length}`,
    );
  const text = msg.string();
  const tooMuch = tooMuchJson(text);
  if (tooMuch) return TOO_MUCH[tooMuch];
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body))
      return { body: body as Body };
    return refuse('MALFORMED_COMMAND', 'the request must be a JSON object: the command envelope');
  } catch {
    return refuse(
      'MALFORMED_COMMAND',
      `the request is not JSON: it breaks at character ${whereJsonBreaks(text)}`,
    );
  }
};

const tooManyGuesses = (seconds: number): Refusal =>
  refuse(
    'RATE_LIMITED',
    `credentials like this one were wrong too often: one that is new is looked at again in ${seconds} s`,
    { details: { retry_after_s: seconds } },
  );

const foundOf = (who: Principal | Refusal): Found => {
  if (!isRefusal(who)) return 'right';
  if (isOver(who)) return 'over';
  return who.refused === 'UNAUTHENTICATED' ? 'wrong' : 'unknown';
};

/** Who sends a request, by the headers that are the same over HTTP; undefined where all is open. */
const callerOf = async (
  { apiKey, authorization }: RequestHeaders,
  access: Access | undefined,
  guesses: Guesses,
): Promise<Principal | Refusal | undefined> => {
  if (!access) return undefined;
  const text = apiKey ?? authorization;
  if (text === undefined) return access.authenticate({});
  const credentials = { authorization, apiKey };
  const source = claimedBy(credentials);
  if (source === undefined) return access.authenticate(credentials);
  const attempt = guesses.begin({ source, digest: sha256(text) });
  if ('retryAfterS' in attempt) return tooManyGuesses(attempt.retryAfterS);
  let found: Found = 'unknown';
  try {
    const who = await access.authenticate(credentials);
    found = foundOf(who);
    return who;
  } finally {
    attempt.end(found);
  }
};

const seenAs = (by: Principal | Refusal | undefined): Seen => {
  if (!by || !isRefusal(by)) return 'right';
  return by.refused === 'UNAUTHENTICATED' ? 'wrong' : 'unknown';
};

const namesOf = ({ definition, type }: FoundCommand) => ({
  command_type: type,
  aggregate_type: definition.name,
});

/** The envelope of a request: the subject says the types, what else may be left out is filled in. */
const completed = (
  registry: Registry,
  { definition, type }: FoundCommand,
  { body }: Sent,
  trace: Trace | undefined,
): Sent | Refusal => {
  const said = { aggregate_type: definition.name, command_type: type };
  const { aggregate_type = said.aggregate_type, command_type = said.command_type } = body;
  const meant = {
    aggregate_type:
      typeof aggregate_type === 'string' ? registry.aggregate(aggregate_type)?.name : undefined,
    command_type:
      typeof command_type === 'string'
        ? registry.command(definition, command_type)?.type
        : undefined,
  };
  for (const field of ['aggregate_type', 'command_type'] as const)
    if (meant[field] !== said[field])
      return refuse(
        'MALFORMED_COMMAND',
        `${field} differs from the subject, which says ${said[field]}`,
        { errors: [{ field, message: `the subject says ${said[field]}`, rule: 'FORMAT' }] },
      );
  const { metadata = {} } = body;
  const filled =
    typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)
      ? { ...(trace && { traceparent: trace.traceparent }), ...metadata, ip_address: undefined }
      : metadata;
  const envelope = {
    command_id: crypto.randomUUID(),
    actor_type: 'user',
    source: 'api',
    command_timestamp: new Date().toISOString(),
    ...body,
    ...said,
    // Where it came from NATS does not tell, and the sender is not asked.
    metadata: filled,
  };
  return { body: envelope };
};

const traced = ({ traceparent }: Pick<Trace, 'traceparent'>): MsgHdrs => {
  const hdrs = headers();
  hdrs.set('traceparent', traceparent);
  return hdrs;
};

const firstEndpoint = ({ definitions }: Registry): string | undefined =>
  definitions.flatMap(({ slug, commands }) =>
    Object.keys(commands).map((type) => commandSubject(slug, type)),
  )[0];

/**
 * Every command as an endpoint of a NATS micro service (ADR-32), `cmd.<type>.<Command>`, found with
 * `nats micro info stele` and called with `nats req`. The request is the command envelope of
 * requirement 000 §4 without what the subject says; command id, actor type, source and time may be
 * left out. The answer is the same JSON as over HTTP; an error also stands in the headers
 * `Nats-Service-Error` and `Nats-Service-Error-Code`. Who asks is said by the headers `X-Api-Key`
 * or `Authorization`. A request whose answer should go anywhere but to an inbox is not answered.
 */
export const serveCommands = async (
  nc: NatsConnection,
  runtime: Runtime,
  {
    name = SERVICE,
    version = NO_VERSION,
    access,
    report,
    onTooLarge = () => {},
    log,
  }: {
    readonly name?: string;
    readonly version?: string;
    readonly access?: Access;
    /** What this node says of itself to whoever asks for statistics. */
    readonly report?: () => NodeNumbers;
    /** Called once, when a message comes that no request can be: somebody may send too much. */
    readonly onTooLarge?: (bytes: number) => void;
    readonly log: Log;
  },
): Promise<Served> => {
  const first = firstEndpoint(runtime.registry);
  const unanswered = new LoggedRarely(log, 'a request over NATS got no answer: a bug');
  const failed = (error: unknown): void => unanswered.say(error);
  const service = await new Svcm(serviceRequests(nc, failed)).add({
    name,
    version: SEMVER.test(version) ? version : NO_VERSION,
    description: 'Commands of Stele: each becomes events or is refused with a reason',
    queue: name,
    // One endpoint carries what is said of the whole node.
    statsHandler: async ({ subject }) => (report && subject === first ? report() : null),
  });

  const guesses = new Guesses(FAILURES_PER_MINUTE);
  const admission = new Admission();

  let wasTooLarge = false;
  const noteSize = (msg: ServiceMsg): void => {
    const bytes = headerBytes(msg) + msg.data.length;
    if (wasTooLarge || !isNoRequest(bytes)) return;
    wasTooLarge = true;
    onTooLarge(bytes);
  };

  const enter = (hdrs: RequestHeaders): Entry => {
    if (!access) return admission.enterOpen();
    const shown = shownBy(hdrs);
    return shown ? admission.enter(shown) : admission.enterStranger();
  };

  /** Let a request in and work on it, unless it is one too many. */
  const take = (found: FoundCommand, msg: ServiceMsg): void => {
    noteSize(msg);
    const hdrs = readHeaders(msg);
    if (isRefusal(hdrs)) {
      if (admission.tells()) tell(found, msg, hdrs);
      return;
    }
    const entry = enter(hdrs);
    if (entry === 'dropped') return;
    if ('refusal' in entry) {
      tell(found, msg, entry.refusal);
      return;
    }
    let seen: Seen = 'unknown';
    const tells = (by: Principal | Refusal | undefined): boolean => {
      seen = seenAs(by);
      return seen === 'right' || entry.isTold || admission.tells();
    };
    answer(found, { msg, hdrs }, tells)
      .catch(failed)
      .finally(() => entry.leave(seen));
  };

  const answer = async (
    found: FoundCommand,
    { msg, hdrs }: Request,
    tells: (by: Principal | Refusal | undefined) => boolean,
  ): Promise<void> => {
    const { traceparent: incoming } = hdrs;
    const trace = traceOf(incoming);
    try {
      const by = await callerOf(hdrs, access, guesses);
      if (!tells(by)) return;
      if (by && isRefusal(by)) {
        runtime.refused(by, 'nats', namesOf(found));
        return fail(msg, by, trace);
      }
      const body = readBody(msg);
      const sent = runtime.mayNone(by, [found]) ?? body;
      const envelope = isRefusal(sent)
        ? sent
        : completed(runtime.registry, found, sent, incoming ? trace : undefined);
      const result = isRefusal(envelope)
        ? runtime.refused(
            envelope,
            'nats',
            {
              ...namesOf(found),
              dry_run: !isRefusal(body) && body.body.dry_run,
            },
            by,
          )
        : await runtime.dispatch(envelope.body, 'nats', by);
      if (isRefusal(result)) return fail(msg, result, trace);
      const text = fittingJson(result, payloadMax(nc) - ANSWER_HEADERS_BYTES);
      msg.respond(text, incoming ? { headers: traced(trace) } : {});
    } catch (error) {
      fail(msg, error, trace);
    }
  };

  const fail = (msg: ServiceMsg, cause: unknown, { traceId, traceparent }: Trace): void => {
    const problem = problemOf(cause, traceId);
    msg.respondError(problem.status, problem.code, JSON.stringify(problem), {
      headers: traced({ traceparent }),
    });
  };

  const tell = (found: FoundCommand, msg: ServiceMsg, refusal: Refusal): void =>
    fail(msg, runtime.refused(refusal, 'nats', namesOf(found)), traceOf(undefined));

  for (const definition of runtime.registry.definitions) {
    const group = service.addGroup(commandGroup(definition.slug));
    const { commands } = schemasOf(definition);
    for (const [type, spec] of Object.entries(definition.commands))
      for (const called of [type, ...(spec.aliases ?? [])])
        group.addEndpoint(called, {
          metadata: {
            ...(called === type
              ? { schema: JSON.stringify(commands[type]!.data) }
              : { alias_of: type }),
            summary: spec.summary ?? '',
            roles: spec.roles.join(','),
            needs: [spec.sensitive && 'business_justification', spec.approval && 'approval_id']
              .filter(Boolean)
              .join(','),
          },
          handler: (error, msg) => {
            if (error) return;
            try {
              take({ definition, type, spec }, msg);
            } catch (thrown) {
              failed(thrown);
            }
          },
        });
  }
  await nc.flush(); // whoever asks from now on is heard
  return {
    id: service.info().id,
    dropped: () => admission.dropped,
    close: async () => {
      await service.stop();
    },
  };
};
