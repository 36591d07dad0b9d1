import type { Projection } from '../../core/projection.js';
import type { Refusal } from '../../core/refusal.js';
import type { Discarded, DocumentReads, Parked, Slot, ViewStore } from '../views/port.js';
import type { FailedEvent } from './parking.js';

/** Sequence of the last event taken, per source. */
export type Vector = ReadonlyMap<string, number>;

/**
 * - `running`: it follows the log; `waiting`: another node moves it
 * - `stopped`: switched off by an operator
 * - `stalled`: it is behind and did not move for a while
 * - `log_truncated`: its checkpoint is ahead of the log, which lost its tail: it stands still until
 *   an operator has looked
 * - `store_unavailable`: the read store does not answer
 */
export type ProjectionState =
  | 'starting'
  | 'running'
  | 'waiting'
  | 'stopped'
  | 'stalled'
  | 'log_truncated'
  | 'store_unavailable';

export type SourceStatus = {
  readonly source: string;
  /** Last sequence taken, and last sequence of the stream. */
  readonly sequence: number;
  readonly end: number;
  /** `end - sequence`: messages of the stream not taken yet. */
  readonly lag_events: number;
  /** Age of the oldest event not taken yet, 0 when there is none. */
  readonly lag_seconds: number;
};

/** A slot that is being filled. */
export type BuildStatus = {
  readonly generation: number;
  readonly version: number;
  readonly started_at: string;
  /** Messages taken and to be taken, over all sources. */
  readonly done: number;
  readonly total: number;
  readonly events_per_second: number;
  /** null while it cannot be said. */
  readonly eta_seconds: number | null;
  readonly caught_up: boolean;
  /** Whether it goes live by itself when it has caught up. */
  readonly switch_when_ready: boolean;
};

export type ProjectionStatus = {
  readonly name: string;
  readonly summary: string;
  readonly state: ProjectionState;
  /** Why it is not running, as a sentence; null when it is. */
  readonly reason: string | null;
  readonly version: number;
  readonly generation: number;
  readonly documents: number;
  readonly sources: readonly SourceStatus[];
  readonly lag_events: number;
  readonly lag_seconds: number;
  readonly parked_aggregates: number;
  readonly parked_events: number;
  readonly discarded_events: number;
  readonly build: BuildStatus | null;
  /** The slot that can be switched back to. */
  readonly previous: { readonly generation: number; readonly version: number } | null;
};

/** Two sets of documents, key by key. At most DIFFERENCES_SHOWN_MAX are listed, all are counted. */
export type Comparison = {
  readonly equal: boolean;
  readonly documents: number;
  readonly only_in_first: number;
  readonly only_in_second: number;
  readonly different: number;
  readonly differences: readonly {
    readonly key: string;
    readonly first: unknown;
    readonly second: unknown;
  }[];
  /** The position both were compared at: `application:42,server:7`. */
  readonly position: string;
};

/** The documents that a query reads, and how far they have come. */
export type Reading<S extends DocumentReads = ViewStore> = {
  readonly projection: Projection;
  readonly store: S;
  readonly slot: Slot;
  readonly positions: Vector;
  /**
   * Where the positions are what this node remembers: how many commits the slot has seen then. One
   * with fewer was put back since, and is behind them.
   */
  readonly revision?: number;
};

/** The live documents of all projections as they were when it began; see `ReadTransaction`. */
export type ReadingTransaction = {
  /** @throws Fault READ_STORE_UNAVAILABLE */
  reading(name: string): Promise<Reading<DocumentReads>>;
  end(): Promise<void>;
};

/** Who does something to a projection and why; kept with what was discarded and in the log. */
export type By = { readonly by: string; readonly reason: string };

/** All projections of a node. Operations answer with a Refusal when they are not possible now. */
export type Projections = {
  readonly definitions: readonly Projection[];
  status(): readonly ProjectionStatus[];
  /** @throws Fault READ_STORE_UNAVAILABLE */
  reading(name: string): Promise<Reading>;
  /**
   * For an answer that is made of several reads, for whoever asks.
   * @throws Fault READ_STORE_UNAVAILABLE
   */
  readTransaction(who?: string): Promise<ReadingTransaction>;
  /**
   * Wait until a projection has taken everything up to these sequences, at most `ms`.
   * True = it has; false = it gave up.
   */
  waitForPosition(name: string, vector: Vector, ms: number): Promise<boolean>;
  /** Last sequence that this node itself wrote, per source: what its own callers expect to read. */
  written(): Vector;
  /** Tell that this node wrote an event; called for each accepted command. */
  wrote(source: string, sequence: number): void;
  /** A part of a log was given up: what follows it looks whether it stands on what is left. */
  givenUp(source: string): void;

  stop(name: string): Promise<ProjectionStatus | Refusal>;
  start(name: string): Promise<ProjectionStatus | Refusal>;
  /** Build a new slot beside the live one. */
  rebuild(
    name: string,
    options: { readonly switchWhenReady: boolean },
  ): Promise<ProjectionStatus | Refusal>;
  cancelBuild(name: string): Promise<ProjectionStatus | Refusal>;
  /** Live against the slot being built, or against the previous one, at the same position. */
  compare(name: string): Promise<Comparison | Refusal>;
  /** Make the built slot live. Refused before it has caught up. */
  switch(name: string): Promise<ProjectionStatus | Refusal>;
  /** Make the previous slot live again, once it has caught up. */
  switchBack(name: string): Promise<ProjectionStatus | Refusal>;
  /** Compute the documents anew from the log, in memory, and compare them with the live ones (AC-008). */
  verify(
    name: string,
    onProgress?: (done: number, total: number) => void,
  ): Promise<Comparison | Refusal>;

  parked(name: string): Promise<readonly Parked[] | Refusal>;
  discarded(name: string): Promise<readonly Discarded[] | Refusal>;
  /** Try the events of one parked aggregate, or of all, again, in order. */
  retry(
    name: string,
    which: { readonly source: string; readonly aggregate_id: string } | 'all',
  ): Promise<{ readonly drained: number; readonly still_parked: number } | Refusal>;
  /**
   * Leave the event that failed out, for this projection, and go on with the next one. With a
   * `sequence` only that event: meanwhile another one may be what fails.
   */
  discard(
    name: string,
    which: FailedEvent,
    by: By,
  ): Promise<{ readonly drained: number; readonly still_parked: number } | Refusal>;

  close(): Promise<void>;
};
