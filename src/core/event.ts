import { canonical, sha256 } from './canonical.js';
import { canonicalInstant } from './instant.js';

/** Which fields the hash of an event covers and how; stored with each event. */
export const HASH_RECIPE = 1;

/**
 * An event as it is stored. Times are ISO 8601 UTC, of old ones in whatever form they came in: they
 * stand under the hash. Hashes are SHA-256 in hexadecimal.
 */
export type EventRecord = {
  readonly event_id: string;
  readonly event_type: string;
  /** Version of the event's schema. */
  readonly event_version: number;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  /** 1 for the first event of the aggregate, without gaps. */
  readonly aggregate_version: number;
  /** Server time; never goes backwards within an aggregate. */
  readonly event_timestamp: string;
  readonly actor: string;
  readonly actor_type: string;
  readonly source: string;
  /** The command id. */
  readonly causation_id: string;
  /** SHA-256 of what was asked: the command, or the request that it was a part of. */
  readonly command_hash: string;
  readonly correlation_id: string | null;
  readonly business_justification: string | null;
  readonly approval_id: string | null;
  /** When it was true in the world, if an import said so. */
  readonly effective_at: string | null;
  readonly traceparent: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly hash_recipe: number;
  /** Hash of the aggregate's event before this one; null for the first. */
  readonly previous_hash: string | null;
  readonly hash: string;
};

/** An event with its place in its stream: `sequence` counts over all aggregates of the type. */
export type StoredEvent = EventRecord & { readonly sequence: number };

const text = (value: string | null): string => JSON.stringify(value);

/**
 * The canonical JSON (RFC 8785) of an event without its hash. The field names are known, so they
 * stand here in their canonical order: five times faster than sorting them for every event. A
 * property test compares this with the library's.
 */
export const canonicalEvent = (event: Omit<EventRecord, 'hash'>): string =>
  `{"actor":${text(event.actor)},"actor_type":${text(event.actor_type)},"aggregate_id":${text(event.aggregate_id)},"aggregate_type":${text(event.aggregate_type)},"aggregate_version":${event.aggregate_version},"approval_id":${text(event.approval_id)},"business_justification":${text(event.business_justification)},"causation_id":${text(event.causation_id)},"command_hash":${text(event.command_hash)},"correlation_id":${text(event.correlation_id)},"data":${canonical(event.data)},"effective_at":${text(event.effective_at)},"event_id":${text(event.event_id)},"event_timestamp":${text(event.event_timestamp)},"event_type":${text(event.event_type)},"event_version":${event.event_version},"hash_recipe":${event.hash_recipe},"previous_hash":${text(event.previous_hash)},"source":${text(event.source)},"traceparent":${text(event.traceparent)}}`;

/** The hash of an event: SHA-256 over the canonical JSON of all its other fields. */
export const hashOf = (event: Omit<EventRecord, 'hash'>): string => sha256(canonicalEvent(event));

/** Complete a record with its hash. */
export const seal = (event: Omit<EventRecord, 'hash' | 'hash_recipe'>): EventRecord => {
  // Field by field: a spread of this many costs more than the hash.
  const whole = {
    event_id: event.event_id,
    event_type: event.event_type,
    event_version: event.event_version,
    aggregate_type: event.aggregate_type,
    aggregate_id: event.aggregate_id,
    aggregate_version: event.aggregate_version,
    event_timestamp: event.event_timestamp,
    actor: event.actor,
    actor_type: event.actor_type,
    source: event.source,
    causation_id: event.causation_id,
    command_hash: event.command_hash,
    correlation_id: event.correlation_id,
    business_justification: event.business_justification,
    approval_id: event.approval_id,
    effective_at: event.effective_at,
    traceparent: event.traceparent,
    data: event.data,
    hash_recipe: HASH_RECIPE,
    previous_hash: event.previous_hash,
    hash: '',
  };
  whole.hash = hashOf(whole);
  return whole;
};

/** Where a chain of events stands: the version and the hash of the last one. */
export type ChainHead = { readonly version: number; readonly hash: string | null };
export const CHAIN_START: ChainHead = { version: 0, hash: null };

/** What is wrong with the link between a chain and the event that should follow, or undefined. */
export const linkBreak = (head: ChainHead, event: EventRecord): string | undefined => {
  const version = head.version + 1;
  if (event.aggregate_version !== version)
    return `version ${event.aggregate_version} where ${version} was expected`;
  if (event.previous_hash !== head.hash)
    return `version ${version} does not carry the hash of version ${version - 1}`;
  return undefined;
};

/** The same, and the event's own hash computed again. */
export const chainBreak = (head: ChainHead, event: EventRecord): string | undefined => {
  const version = head.version + 1;
  const broken = linkBreak(head, event);
  if (broken) return broken;
  if (event.hash_recipe !== HASH_RECIPE)
    return `version ${version} was hashed by recipe ${event.hash_recipe}, which this program does not know`;
  if (hashOf(event) !== event.hash) return `version ${version} does not match its own hash`;
  return undefined;
};

/**
 * When an event became true in the world: what an import said, else when it was recorded. In the one
 * form that instants are compared in.
 */
export const occurredAt = (event: Pick<EventRecord, 'effective_at' | 'event_timestamp'>): string =>
  canonicalInstant(event.effective_at ?? event.event_timestamp);

/** Where an event stands: `application:42` is the 42nd message of the stream of applications. */
export const position = (slug: string, sequence: number): string => `${slug}:${sequence}`;

/** An event as it is shown everywhere: the JSON of requirement 000 §4, then what REQ-019 adds. */
export type EventJson = Readonly<Record<string, unknown>>;

export const eventJson = (
  event: EventRecord & { readonly sequence?: number },
  slug: string,
  sequence: number | undefined = event.sequence,
): EventJson => ({
  event_id: event.event_id,
  event_type: event.event_type,
  aggregate_id: event.aggregate_id,
  aggregate_type: event.aggregate_type,
  aggregate_version: event.aggregate_version,
  event_timestamp: event.event_timestamp,
  actor: event.actor,
  actor_type: event.actor_type,
  source: event.source,
  causation_id: event.causation_id,
  correlation_id: event.correlation_id,
  business_justification: event.business_justification,
  approval_id: event.approval_id,
  ...(event.effective_at === null ? {} : { effective_at: event.effective_at }),
  event_version: event.event_version,
  data: event.data,
  metadata: {
    ...(sequence === undefined ? {} : { position: position(slug, sequence) }),
    previous_hash: event.previous_hash,
    hash: event.hash,
    ...(event.traceparent === null ? {} : { traceparent: event.traceparent }),
  },
});
