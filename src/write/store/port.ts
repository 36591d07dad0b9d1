import type { Aggregate, State } from '../../core/aggregate.js';
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

/**
 * A message of a stream as a boundary reads it: an event, a claim that was touched, or something
 * that is no event of the aggregate its subject names. Only that aggregate suffers from it.
 */
export type LogEntry =
  | { readonly sequence: number; readonly event: StoredEvent }
  | { readonly sequence: number; readonly claim: ClaimKey }
  | { readonly sequence: number; readonly unreadable: string };

/** A folded state at a version, to start from instead of the first event. */
export type Snapshot = {
  readonly state: State;
  readonly version: number;
  /** Sequence and hash of the event it includes last. */
  readonly sequence: number;
  readonly head: string;
  readonly timestamp: string;
  /**
   * The commands it accepted, packed (`AcceptedCommands`). What a later snapshot of the same history
   * holds begins with it.
   */
  readonly accepted: Uint8Array;
  /** SHA-256 of `accepted`. */
  readonly accepted_hash: string;
  /** Hash of the definition that folded it. */
  readonly definition: string;
  /** SHA-256 over the canonical JSON of `state`. */
  readonly state_hash: string;
};

/** A snapshot to tell of the past from: no command is decided on it. */
export type PastSnapshot = Omit<Snapshot, 'accepted' | 'accepted_hash'>;

/** What became of one command. */
export type JournalEntry = {
  readonly received_at: string;
  readonly via: string;
  /** With a code, a dry run is one that would have been refused. */
  readonly outcome: 'accepted' | 'replayed' | 'refused' | 'unknown' | 'failed' | 'dry_run';
  readonly duration_ms: number;
  readonly code?: string;
  readonly message?: string;
  /** How many there were, where one entry stands for several; left out, it is one. */
  readonly times?: number;
  readonly command_id?: string;
  readonly command_type?: string;
  readonly aggregate_type?: string;
  readonly aggregate_id?: string;
  readonly actor?: string;
  readonly actor_type?: string;
  readonly source?: string;
  readonly correlation_id?: string | null;
  readonly business_justification?: string | null;
  readonly approval_id?: string | null;
  readonly ip_address?: string | null;
  /** How whoever sent it was recognized: `key:<id>`. */
  readonly credential?: string;
  readonly command_timestamp?: string;
  readonly version?: number;
  readonly position?: string;
  /** The command's data without secret and personal fields. */
  readonly data?: unknown;
};

/** What a feed brings: messages that follow one another, and how many more wait behind them. */
export type Fed<T> = { readonly entries: readonly T[]; readonly pending: number };

/**
 * Messages of one stream, in order, from a sequence on and then live, a batch at a time. The next
 * batch is fetched ahead, boundedly. Behind it stands a durable consumer that is made anew where
 * it is missing, was rewound, or fell silent: what is brought always continues where the last
 * batch ended. Only what was asked for by `from` decides where it begins. It rejects when another
 * message stands where it took one: the stream was restored from an older copy and written on.
 */
export type Feed<T> = AsyncIterable<Fed<T>> & {
  /** What was taken for good up to here: so that operators see it on the consumer. */
  ack(sequence: number): void;
};

export type FeedOptions = {
  /** Name of the durable consumer. */
  readonly name: string;
  /** First sequence wanted. */
  readonly from: number;
  readonly signal: AbortSignal;
  /** Most messages of one batch. */
  readonly batch: number;
};

/** One message of the journal: many entries. */
export type JournalMessage = {
  readonly sequence: number;
  readonly entries: readonly JournalEntry[];
};

/** Where a stream begins and ends now. `created` tells a stream from another of the same name. */
export type StreamEnds = {
  readonly first: number;
  readonly last: number;
  readonly created: string;
  /** Time of the last message, ISO 8601 UTC; null when empty. */
  readonly last_at: string | null;
};

/**
 * Where events live. Safety rests on `append` alone: what is read may be outdated the moment it is
 * there, and an append that was decided on outdated facts is refused.
 *
 * Whatever is read is whole: all that was acknowledged before it was asked for is in it, whichever
 * copy of a stream answers. Where that cannot be proved, reading rejects with Fault
 * STORE_UNAVAILABLE. Snapshots alone may be old ones.
 */
export type EventStore = {
  /**
   * Write durably. Settles once the outcome is known: a conflict, STORE_REFUSED, EVENT_TOO_LARGE,
   * APPEND_TOO_LARGE and APPEND_QUEUE_FULL say that nothing was written and never will be.
   * @throws Fault OUTCOME_UNKNOWN when it could not be found out in time (retry the command: it
   * is harmless).
   */
  append(append: Append): Promise<Appended | Conflict>;
  /**
   * Events of one aggregate from a sequence on (inclusive), in order, at most `most` if given.
   * @throws Fault HISTORY_BROKEN when something else stands on its subject.
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
   * @throws Fault HISTORY_BROKEN when a sequence is missing
   */
  scan(kind: Kind, from: number, most?: number): AsyncIterable<LogEntry>;
  /**
   * Events of a whole type from a sequence on, then live, until the signal; nothing else. It ends
   * or rejects before when the store fell silent: whoever follows begins again where it was. Given
   * a definition, events come in the form of today; given its name and slug alone, as stored.
   */
  follow(kind: Kind, from: number, signal: AbortSignal): AsyncIterable<StoredEvent>;
  /** The claims asked for, in the same order. */
  claims(kind: Kind, keys: readonly ClaimKey[]): Promise<readonly Claim[]>;
  /** Sequence of the last message of a type's stream, 0 when empty. */
  last(kind: Kind): Promise<number>;
  /** Where the stream of a type, or of the journal, begins and ends. */
  ends(source: Kind | 'journal'): Promise<StreamEnds>;
  /** Events and claims of a type as a projector takes them. */
  feed(kind: Kind, options: FeedOptions): Feed<LogEntry>;
  /** The journal as a projector takes it. */
  feedJournal(options: FeedOptions): Feed<JournalMessage>;
  /** Remove the durable consumer of a feed that nobody needs any more. */
  dropFeed(source: Kind | 'journal', name: string): Promise<void>;
  snapshot(kind: Kind, id: string): Promise<Snapshot | undefined>;
  /** The snapshots of one aggregate, newest first, as far back as they are kept. */
  snapshots(kind: Kind, id: string): AsyncIterable<PastSnapshot>;
  saveSnapshot(kind: Kind, id: string, snapshot: Snapshot): Promise<void>;
  /**
   * Add to the journal, or to what is kept for a while only. Never rejects for want of a server: it
   * keeps a bounded number waiting.
   */
  journal(entry: JournalEntry, kept?: 'for a while'): void;
  /** Journal entries from a sequence on, for reports. */
  readJournal(
    from: number,
    /** Messages at most; one holds many entries. */
    most?: number,
  ): AsyncIterable<JournalEntry & { readonly sequence: number }>;
  /** Whether the store can be written to right now. */
  ready(): Promise<boolean>;
  /** Write what waits, then let go. */
  close(): Promise<void>;
};
