import type { Aggregate } from '../../core/aggregate.js';
import type { EventRecord, StoredEvent } from '../../core/event.js';

/** What a store needs to know of an aggregate type. */
export type Kind = Pick<Aggregate, 'name' | 'slug'>;

/** A key held across aggregates of one type. `key` is a digest; `label` is what a person reads. */
export type ClaimKey = { readonly scope: string; readonly key: string };

/**
 * A claim to write beside events. `expected` is the sequence of the claim's last message, 0 when
 * it was never written: the append is refused when it is another by then.
 */
export type ClaimWrite = ClaimKey & {
  readonly label: string;
  /** Who holds it from now on; null = nobody. */
  readonly holder: string | null;
  readonly expected: number;
};

/** Who holds a claim, and the sequence of its last message (0 = never written). */
export type Claim = { readonly sequence: number; readonly holder: string | null };

/** Events of one aggregate and claims, written together or not at all. */
export type Append = {
  readonly kind: Kind;
  readonly aggregate_id: string;
  /** Sequence of the aggregate's last event in its stream, 0 for none. */
  readonly expected: number;
  readonly events: readonly EventRecord[];
  readonly claims: readonly ClaimWrite[];
};

/** The sequence of the first message; the others follow without gaps, claims after events. */
export type Appended = { readonly first: number };
/** Something expected was not so: nothing was written. Read again and decide again. */
export type Conflict = { readonly conflict: true };
export const CONFLICT: Conflict = { conflict: true };
export const isConflict = (result: Appended | Conflict): result is Conflict => 'conflict' in result;

/** A message that is gone from among the others of a stream. */
export type Lost = {
  readonly sequence: number;
  /** Whose event it was, where that is known. */
  readonly aggregate_id: string | null;
  /** What happened, where that is known. */
  readonly event_type: string | null;
  /** Whether an operator decided to go on without. */
  readonly isGivenUp: boolean;
};

/**
 * A message of a stream as a boundary reads it: an event, a claim that was touched, something that
 * is no event of the aggregate its subject names, or one that is gone. Only that aggregate suffers.
 */
export type LogEntry =
  | { readonly sequence: number; readonly event: StoredEvent }
  | { readonly sequence: number; readonly claim: ClaimKey }
  | { readonly sequence: number; readonly unreadable: string }
  | { readonly sequence: number; readonly lost: Lost };

/** Where a stream begins and ends now. `created` tells a stream from another of the same name. */
export type StreamEnds = {
  readonly first: number;
  readonly last: number;
  readonly created: string;
  /** Time of the last message, ISO 8601 UTC; null when empty. */
  readonly last_at: string | null;
};

/**
 * The events and claims of all types. Safety rests on `append` alone: what is read may be outdated
 * the moment it is there, and an append that was decided on outdated facts is refused.
 *
 * Whatever is read is whole: all that was acknowledged before it was asked for is in it, whichever
 * copy of a stream answers. Where that cannot be proved, reading rejects with Fault
 * STORE_UNAVAILABLE.
 */
export type EventLog = {
  /**
   * Write durably. Settles once the outcome is known: a conflict, STORE_REFUSED, EVENT_TOO_LARGE,
   * APPEND_TOO_LARGE and APPEND_QUEUE_FULL say that nothing was written and never will be.
   * @throws Fault OUTCOME_UNKNOWN when it could not be found out in time (retry the command: it
   * is harmless).
   */
  append(append: Append): Promise<Appended | Conflict>;
  /**
   * Events of one aggregate from a sequence on (inclusive), in order, at most `most` if given.
   * @throws Fault HISTORY_BROKEN when something else stands on its subject, or some of it is gone
   */
  read(kind: Kind, id: string, from: number, most?: number): Promise<readonly StoredEvent[]>;
  /** The same with what is no event among them, for those who go on behind it. */
  entries(kind: Kind, id: string, from: number, most?: number): Promise<readonly LogEntry[]>;
  /**
   * Sequence of the last event of one aggregate as the leader of its stream knows it, 0 for none:
   * who has read up to here has missed nothing that was written before it asked.
   */
  head(kind: Kind, id: string): Promise<number>;
  /**
   * Events and claims of a whole type from a sequence on, up to what is there now, in order, at
   * most `most` if given.
   * @throws Hole when a sequence is missing of which nothing is known
   */
  scan(kind: Kind, from: number, most?: number): AsyncIterable<LogEntry>;
  /** The claims asked for, in the same order. */
  claims(kind: Kind, keys: readonly ClaimKey[]): Promise<readonly Claim[]>;
  /** Sequence of the last message of a type's stream, 0 when empty. */
  last(kind: Kind): Promise<number>;
  /** Where the stream of a type, or of the journal, begins and ends. */
  ends(source: Kind | 'journal'): Promise<StreamEnds>;
};
