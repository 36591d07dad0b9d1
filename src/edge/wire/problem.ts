import { Hole } from '../../core/history-broken.js';
import { ERRORS_MAX, MESSAGE_CHARS_MAX } from '../../core/mistakes.js';
import { Fault, type FieldError, type Refusal } from '../../core/refusal.js';

/**
 * Which HTTP status a code becomes, over HTTP and in the error header of a NATS answer.
 * A code that is not here is a rule of the domain: 409 when another holds what was claimed, else 422.
 */
const STATUS: Readonly<Record<string, number>> = {
  MALFORMED_COMMAND: 400,
  UNKNOWN_AGGREGATE_TYPE: 400,
  UNKNOWN_COMMAND: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  CROSS_SITE: 403,
  NOT_FOUND: 404,
  ROUTE_NOT_FOUND: 404,
  UNKNOWN_PROJECTION: 404,
  NOT_PARKED: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  ALREADY_EXISTS: 409,
  NAME_TAKEN: 409,
  NO_CHANGE: 409,
  CONCURRENCY_CONFLICT: 409,
  COMMAND_ID_REUSED: 409,
  HAS_DEPENDENTS: 409,
  PROJECTION_STOPPED: 409,
  PROJECTION_ELSEWHERE: 409,
  BUILD_UNDER_WAY: 409,
  BUILD_NEEDED: 409,
  NO_BUILD: 409,
  BUILD_BEHIND: 409,
  DISCARD_LOST: 409,
  NO_PREVIOUS: 409,
  PREVIOUS_OUTDATED: 409,
  PREVIOUS_BEHIND: 409,
  NOTHING_TO_COMPARE: 409,
  DELETED: 410,
  EVENTS_GIVEN_UP: 410,
  PAYLOAD_TOO_LARGE: 413,
  EVENT_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  HEADERS_TOO_LARGE: 431,
  ALERT_NOT_DELIVERED: 502,
  BUSY: 503,
  APPEND_QUEUE_FULL: 503,
  SHUTTING_DOWN: 503,
  IDENTITY_PROVIDER_UNAVAILABLE: 503,
  OUTCOME_UNKNOWN: 503,
  STORE_UNAVAILABLE: 503,
  STORE_REFUSED: 503,
  STORE_FULL: 503,
  LOG_TRUNCATED: 503,
  STREAM_UNFIT: 503,
  READ_STORE_UNAVAILABLE: 503,
  READ_STORE_FOREIGN: 503,
  PROJECTION_NOT_READY: 503,
  PARKED: 503,
  VERIFY_STUCK: 503,
  AS_OF_BUILDING: 503,
};
/** Characters of the name of a field that somebody may have made up. */
const FIELD_CHARS_MAX = 200;
/** Characters of what is said of all fields of one answer together; one is always named. */
const ERRORS_CHARS_MAX = 32_768;
/** Characters of what would help to go on; more is left out. */
const DETAILS_CHARS_MAX = 65_536;

const bounded = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)} …` : text;

/** As many mistakes as an answer names, with as much of each as it tells. */
const named = (errors: readonly FieldError[]): readonly FieldError[] => {
  const told: FieldError[] = [];
  let chars = 0;
  for (const { field, message, rule } of errors.slice(0, ERRORS_MAX)) {
    const one = {
      field: bounded(field, FIELD_CHARS_MAX),
      message: bounded(message, MESSAGE_CHARS_MAX),
      rule,
    };
    chars += one.field.length + one.message.length;
    if (told.length > 0 && chars > ERRORS_CHARS_MAX) break;
    told.push(one);
  }
  return told;
};

type Details = Readonly<Record<string, unknown>>;

/** What would help to go on, and how many mistakes are not named. */
const detailsOf = ({ errors = [], details }: Partial<Refusal>, shown: number) => {
  const most = DETAILS_CHARS_MAX;
  const fits = details === undefined || JSON.stringify(details).length <= most;
  const told: Details | undefined = fits ? details : { details_left_out: true };
  const left = errors.length - shown;
  if (left === 0) return told && { details: told };
  const before = details?.errors_left_out;
  const counted = typeof before === 'number' ? before : 0;
  return { details: { ...told, errors_left_out: left + counted } };
};

const DOMAIN_RULE = 422;
const CONFLICT = 409;
const INTERNAL = 500;

/** Problem details (RFC 9457) with a stable `code` for programs and a `trace_id` for support. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly message: string;
  readonly trace_id: string;
  readonly errors: readonly FieldError[];
  /** What would help to go on: allowed targets, the actual version, who holds the name. */
  readonly details?: Readonly<Record<string, unknown>>;
};

/** `NAME_TAKEN` → `Name taken`. */
const titleOf = (code: string): string =>
  code.charAt(0) + code.slice(1).toLowerCase().replaceAll('_', ' ');

/** Faults whose message is meant for callers; of any other only the code and the trace id leave. */
const SPEAKING = new Set([
  'OUTCOME_UNKNOWN',
  'STORE_UNAVAILABLE',
  'STORE_FULL',
  'LOG_TRUNCATED',
  'READ_STORE_FOREIGN',
  'STREAM_UNFIT',
  'EVENT_TOO_LARGE',
  'APPEND_QUEUE_FULL',
]);

/** What callers are told of faults whose own message is for those who run the node. */
const SPOKEN: Readonly<Record<string, string>> = {
  READ_STORE_UNAVAILABLE:
    'the read store does not answer, and nothing is lost: ask again in a moment',
};

/** A refusal, or anything that was thrown, as problem details. Never a stack trace. */
export const problemOf = (cause: Refusal | unknown, traceId: string): Problem => {
  const refusal =
    typeof cause === 'object' && cause !== null && 'refused' in cause
      ? (cause as Refusal)
      : undefined;
  const code = refusal?.refused ?? (cause instanceof Fault ? cause.code : 'INTERNAL');
  const otherwise = refusal?.conflict ? CONFLICT : refusal ? DOMAIN_RULE : INTERNAL;
  const status = STATUS[code] ?? otherwise;
  const message = bounded(
    refusal?.message ??
      (SPEAKING.has(code) || cause instanceof Hole ? (cause as Fault).message : SPOKEN[code]) ??
      `something is wrong on our side, not with the request; tell support the trace_id ${traceId}`,
    MESSAGE_CHARS_MAX,
  );
  const errors = named(refusal?.errors ?? []);
  return {
    type: `urn:stele:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: titleOf(code),
    status,
    detail: message,
    code,
    message,
    trace_id: traceId,
    errors,
    ...detailsOf(refusal ?? {}, errors.length),
  };
};
