import type { State } from '../../core/aggregate.js';
import type { Column, View } from '../../core/projection.js';
import type { TimeUnit } from '../../core/time-units.js';

/** What a read store needs to know of a projection to keep its documents. */
export type SlotSpec = {
  readonly projection: string;
  readonly version: number;
  /** Hash of the definition that builds it. */
  readonly hash: string;
  readonly columns: readonly Column[];
  readonly search: readonly string[];
};

/**
 * One set of documents of a projection. A rebuild fills a new one beside the old one.
 * `live` is asked by queries; `building` is being filled and goes live when it has caught up; a
 * `candidate` is filled too, and waits for an operator; `previous` was live before and can be again.
 */
export type Slot = SlotSpec & {
  /** 1 for the first; counts up per projection. */
  readonly generation: number;
  readonly role: 'live' | 'building' | 'candidate' | 'previous';
  /** ISO 8601 UTC. */
  readonly created_at: string;
  /** How many commits it had seen when it was looked at; see `Checkpoints.revision`. */
  readonly revision: number;
};

/** A store that was put back or emptied gives a generation again. */
export const isSameSlot = (one: Slot, other: Slot): boolean =>
  one.generation === other.generation && one.created_at === other.created_at;

/** How far one source was taken into a slot. */
export type Checkpoint = {
  readonly source: string;
  /** Sequence of the last message taken, 0 for none. */
  readonly sequence: number;
  /** Server time of the last event taken, null for none. */
  readonly at: string | null;
  /** The epoch of the log that it was taken in, where that is asked for and was noted. */
  readonly epoch?: number;
};

/** The state of one aggregate as a projection with folds keeps it. */
export type Fold = { readonly state: State; readonly version: number };

/** An aggregate whose events wait, for one projection, from the one that failed on. */
export type Parked = {
  readonly source: string;
  readonly aggregate_id: string;
  /** The event that failed; it and all later ones of this aggregate wait in the log. */
  readonly sequence: number;
  readonly event_type: string;
  readonly error: string;
  /** How often it was tried, retries by hand among them. */
  readonly attempts: number;
  /** Events that wait, this one included. */
  readonly waiting: number;
  readonly parked_at: string;
  readonly last_tried_at: string;
};

/** An event that an operator decided to leave out of a projection. */
export type Discarded = {
  readonly source: string;
  readonly aggregate_id: string;
  readonly sequence: number;
  readonly event_type: string;
  readonly error: string;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
};

/** Values of the columns are taken from the document by the names of the columns. */
export type DocumentWrite = {
  readonly key: string;
  readonly document: View | null;
  /**
   * The document that is there, null = none, where that is sure: with the `revision` at which it was
   * read. What is the same in both is then left alone.
   */
  readonly before?: View | null | undefined;
};
export type FoldWrite = {
  readonly source: string;
  readonly aggregate_id: string;
  readonly fold: Fold;
};

/** Everything that one batch changes, written together or not at all. */
export type Commit = {
  /**
   * `Checkpoints.revision` as it was when the documents were read: else somebody else wrote to the
   * slot since, from whichever source, and nothing is written. Not given: not asked.
   */
  readonly revision?: number;
  /** The checkpoint before and after; null when only parked events are settled. */
  readonly advance: {
    readonly source: string;
    /** Sequence the checkpoint must have now: else somebody else moved it and nothing is written. */
    readonly expected: number;
    readonly sequence: number;
    readonly at: string | null;
  } | null;
  readonly documents: readonly DocumentWrite[];
  readonly folds: readonly FoldWrite[];
  /** Aggregates to park, or whose numbers changed. */
  readonly park: readonly Parked[];
  /** Aggregates that wait no more. */
  readonly unpark: readonly { readonly source: string; readonly aggregate_id: string }[];
  readonly discard: readonly Discarded[];
};

export type Scalar = string | number | boolean;
/** Texts from one on and before another. */
export type Span = { readonly from: string; readonly before: string };
/** A condition on one column; several are joined by AND. On a list: any member. */
export type Condition =
  /** One of these, or within one of these spans; null among them = or not set. */
  | {
      readonly column: string;
      readonly op: 'in';
      readonly values: readonly (Scalar | null)[];
      readonly spans?: readonly Span[];
    }
  | {
      readonly column: string;
      readonly op: 'gt' | 'gte' | 'lt' | 'lte';
      readonly value: Scalar;
    };

export type SortKey = { readonly column: string; readonly descending: boolean };
/** The place after which a page begins: the sort values of the last document seen, and its key. */
export type After = { readonly values: readonly (Scalar | null)[]; readonly key: string };

export type ViewQuery = {
  readonly where: readonly Condition[];
  /** Case-insensitive substring of any searched column. */
  readonly search?: string;
  /** By these columns, then by key, so that the order is total. Nothing (null) comes last. */
  readonly sort: readonly SortKey[];
  readonly limit: number;
  readonly offset?: number;
  readonly after?: After;
};

export type Document = { readonly key: string; readonly document: View };
export type Page = { readonly documents: readonly Document[]; readonly total: number };
export type Group = { readonly value: Scalar | null; readonly count: number };
/** A group, and the least and the most that another column has in it; null where it has nothing. */
export type RangedGroup = Group & { readonly least: Scalar | null; readonly most: Scalar | null };

/** The log that documents are made from. */
export type OfLog = {
  /** When each of its streams was made, per source: no other log has a stream of that moment. */
  readonly made: ReadonlyMap<string, string>;
  /** Whether any of these was taken from it: the event that it was taken at stands there. */
  readonly holds: (taken: readonly Checkpoint[]) => Promise<boolean>;
};

/** The documents of a slot: for whoever answers, or compares. */
export type Documents = {
  documents(slot: Slot, keys: readonly string[]): Promise<ReadonlyMap<string, View>>;
  /** One page and how many there are, of one moment. */
  find(slot: Slot, query: ViewQuery): Promise<Page>;
  /** What `find` finds, without the total: to walk over everything that meets a question. */
  page(slot: Slot, query: ViewQuery): Promise<readonly Document[]>;
  /**
   * How many documents there are per value of a column, by value; a document counts once per list
   * member. With a unit, per year, day, … of the times that a text column holds: no time is null.
   */
  group(
    slot: Slot,
    column: string,
    query: Pick<ViewQuery, 'where' | 'search'> & { readonly unit?: TimeUnit },
  ): Promise<readonly Group[]>;
  /** `group` by one column, with what another one ranges over in each. */
  groupRanged(
    slot: Slot,
    column: string,
    query: Pick<ViewQuery, 'where' | 'search'> & { readonly of: string },
  ): Promise<readonly RangedGroup[]>;
  /** All documents by key, from `after` on (exclusive), at most `limit`. */
  pageByKey(slot: Slot, after: string | null, limit: number): Promise<readonly Document[]>;
  count(slot: Slot): Promise<number>;
};

/** Which sets of documents there are: for whoever fills, switches and removes them. */
export type SlotStore = {
  /** All slots of all projections. */
  slots(): Promise<readonly Slot[]>;
  /** A new, empty slot with the next generation, as it is filled fastest: see `index`. */
  createSlot(spec: SlotSpec, role: Slot['role']): Promise<Slot>;
  /**
   * Make the indexes of a slot: queries are right without them, and slow. May be called again. It
   * rejects soon after the signal; those that were made stay.
   */
  index(slot: Slot, signal?: AbortSignal): Promise<void>;
  /**
   * Make one slot live, the one that was becomes `previous`, together. It rejects when that is not
   * `from` any more: another node switched since it was looked at.
   */
  switchTo(slot: Slot, from: Slot | undefined): Promise<void>;
  /**
   * Remove a slot and its documents; it rejects when that is live by now. Whoever reads them still
   * in a read transaction may go on: they are cleared away at a later removal then.
   */
  dropSlot(slot: Slot): Promise<void>;
};

/** How far a slot is, and what moves it on: for whoever takes events into it. */
export type Checkpoints = {
  /** The streams of the log that documents are made from, and when each was made; none if unknown. */
  log(): Promise<ReadonlyMap<string, string>>;
  /** How far the live documents of all projections were taken; the same of several only once. */
  taken(): Promise<readonly Checkpoint[]>;
  /** Note in which epoch of each log a slot is from now on; an earlier one than was noted is not. */
  noteEpochs(slot: Slot, epochs: ReadonlyMap<string, number>): Promise<void>;
  checkpoints(slot: Slot): Promise<readonly Checkpoint[]>;
  /** How many commits a slot has seen; null when it is gone. Each commit adds one. */
  revision(slot: Slot): Promise<number | null>;
  /** One document, and the revision of its slot at that moment; undefined when either is not there. */
  documentAt(
    slot: Slot,
    key: string,
  ): Promise<{ readonly document: View; readonly revision: number } | undefined>;
  folds(
    slot: Slot,
    source: string,
    aggregateIds: readonly string[],
  ): Promise<ReadonlyMap<string, Fold>>;
  /** Write a batch. False = the checkpoint was elsewhere, or the slot is gone: nothing was written. */
  commit(slot: Slot, commit: Commit): Promise<boolean>;
};

/** What is not in the documents of a slot: it waits, or an operator left it out. */
export type ParkedEvents = {
  parked(slot: Slot): Promise<readonly Parked[]>;
  discarded(slot: Slot): Promise<readonly Discarded[]>;
};

/** Which node moves which projection. */
export type Leads = {
  /** Whether a projection's checkpoint may be moved by this node; taken anew when it was lost. */
  lead(projection: string): Promise<boolean>;
  /** Whether it is switched off on purpose; kept in the store, so that it stays so after a restart. */
  stopped(): Promise<ReadonlySet<string>>;
  setStopped(projection: string, stopped: boolean): Promise<void>;
};

/** What is read for one answer: documents, which of them are live, and how far they are. */
export type DocumentReads = Documents & Pick<SlotStore, 'slots'> & Pick<Checkpoints, 'checkpoints'>;

/**
 * The documents of all projections as they were when it began, whoever writes meanwhile. It lasts a
 * bounded time: afterwards it rejects with Fault READ_STORE_UNAVAILABLE, as it does when it has ended.
 */
export type ReadTransaction = DocumentReads & {
  /** Let go of it. May be called again. */
  end(): Promise<void>;
};

/** Documents that cannot be trusted, or with null what all projections share. */
export type Damage = {
  readonly slot: Pick<Slot, 'projection' | 'generation'> | null;
  readonly what: string;
};

/**
 * Where documents live: each part of it for another user. Every method rejects with Fault
 * READ_STORE_UNAVAILABLE when the store is not there; nothing is lost then: the projector tries
 * again from its checkpoint. One that is opened for a log rejects with Fault READ_STORE_FOREIGN
 * while it holds the documents of another one.
 */
export type ViewStore = Documents &
  SlotStore &
  Checkpoints &
  ParkedEvents &
  Leads & {
    readonly engine: 'sqlite' | 'postgresql';
    /**
     * Whoever reads more than once for one answer reads in one of these, and ends it. `who` = who
     * asks: of one there are so many that others find room.
     */
    readTransaction(who?: string): Promise<ReadTransaction>;
    /**
     * What is damaged in the file of the store, slot by slot; it reads all of it. Nothing where the
     * database looks after that itself.
     */
    damage(): Promise<readonly Damage[]>;
    /** What is the matter with its file, as an answer since this was asked last told; a sentence. */
    takeBroken(): string | undefined;
    /** Resolves when the store answers. @throws Fault READ_STORE_UNAVAILABLE that says why not */
    ready(): Promise<void>;
    close(): Promise<void>;
  };
