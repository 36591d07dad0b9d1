/** Every bound of the projector. Tests may change some; none is infinite. */
export type ProjectorLimits = {
  /** Messages that are applied together and written in one transaction. */
  readonly batch: number;
  /** Documents kept in memory per slot, so that what changes often is not read each time. */
  readonly documentsCachedMax: number;
  /** States of aggregates kept in memory per slot. */
  readonly foldsCachedMax: number;
  /** How long what shows no resource gathers messages before its next batch, while nobody waits. */
  readonly lingerMs: number;
  /** A checkpoint that moved over messages that change nothing is written after this long. */
  readonly checkpointAfterMs: number;
  /** How often the ends of the streams, the leadership and the progress are looked at. */
  readonly lookEveryMs: number;
  /** Behind and without progress for so long = stalled. */
  readonly stalledAfterMs: number;
  /** The same of what another node moves, which has that long to be replaced by one that does. */
  readonly stalledElsewhereAfterMs: number;
  /** Pauses before the retries of an event that failed; after the last one it waits for a person. */
  readonly retryAfterMs: readonly number[];
  /** Pauses before following is tried again after a failure: the first, and the longest. */
  readonly againFirstMs: number;
  readonly againMostMs: number;
  /** How long two slots may take to come to the same position, for a comparison or a switch. */
  readonly meetWithinMs: number;
};

export const PROJECTOR_LIMITS: ProjectorLimits = {
  batch: 500,
  documentsCachedMax: 20_000,
  foldsCachedMax: 20_000,
  lingerMs: 10,
  checkpointAfterMs: 200,
  lookEveryMs: 500,
  stalledAfterMs: 4_000,
  stalledElsewhereAfterMs: 12_000,
  retryAfterMs: [50, 200, 800],
  againFirstMs: 50,
  againMostMs: 1_000,
  meetWithinMs: 30_000,
};

/** Events of a parked aggregate that are read and written together when it is tried again. */
export const DRAIN_EVENTS_MAX = 500;
/** Documents read together when two sets are compared. */
export const COMPARE_PAGE = 1_000;
/** Differences that a comparison lists; all are counted. */
export const DIFFERENCES_SHOWN_MAX = 20;
/** Characters of an error that are kept with a parked event. */
export const ERROR_LENGTH_MAX = 1_000;
/** Messages before a checkpoint that are searched for the event it stands at. */
export const CHECKPOINT_LOOK_BACK = 20;
/** How often documents are counted, for the status: it is not free where there are many. */
export const COUNT_EVERY_MS = 1_000;
/** How often a node that only reads asks how far the leading one has come, while somebody waits. */
export const FOLLOWER_LOOK_MS = 50;
/** Batches that are applied at the same time: one where the read store works in this thread. */
export const TURNS_AT_ONCE = { sqlite: 1, postgresql: 4 } as const;
