import type { State } from '../../core/aggregate.js';
import type { Kind } from './event-log.js';

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

/** Folded states that were kept. They may be old ones, and are proved by the log before they count. */
export type Snapshots = {
  snapshot(kind: Kind, id: string): Promise<Snapshot | undefined>;
  /** The snapshots of one aggregate, newest first, as far back as they are kept. */
  snapshots(kind: Kind, id: string): AsyncIterable<PastSnapshot>;
  saveSnapshot(kind: Kind, id: string, snapshot: Snapshot): Promise<void>;
};
