/** Every bound of the runtime. A deployment may change some; none is infinite. */
export type Limits = {
  /** Commands that may wait for one aggregate; one more is refused with BUSY. */
  readonly inboxMax: number;
  /** Commands of one aggregate that are decided and written together. */
  readonly turnMax: number;
  /** Actors kept in memory; the least recently used go first. Those that are at work stay. */
  readonly residentsMax: number;
  /** An actor that had nothing to do for this long leaves memory. */
  readonly passivateAfterMs: number;
  /** A snapshot every so many events (REQ-034). */
  readonly snapshotEvery: number;
  /** One in so many loads from a snapshot is checked against a replay from the first event. */
  readonly verifyOneIn: number;
};

export const LIMITS: Limits = {
  inboxMax: 1_000,
  turnMax: 200,
  residentsMax: 100_000,
  passivateAfterMs: 10 * 60_000,
  snapshotEvery: 100,
  verifyOneIn: 100,
};

/** How often a command is decided anew because the log moved, before it is refused with BUSY. */
export const ATTEMPTS_MAX = 50;
/** Longest pause between two attempts; it grows from zero, with chance, so that rivals part. */
export const ATTEMPT_PAUSE_MAX_MS = 50;
/** Events one turn may write: well under the 1,000 messages of an atomic batch. */
export const TURN_EVENTS_MAX = 300;
/** How many commands can be decided together. */
export const TOGETHER_MAX = 100;
/** Share of the residents that leave together when there are too many. */
export const ROOM_AT_ONCE = 0.02;
/** How often actors are looked through for idle ones. */
export const SWEEP_EVERY_MS = 15_000;
/** Command ids remembered over all aggregates, to notice one that is used for two of them. */
export const RECENT_COMMANDS_MAX = 50_000;
/** Characters of what the journal says to people. */
export const JOURNAL_MESSAGE_MAX = 1_000;
/** Refusals of what was no command, to one caller and while, that the journal keeps each. */
export const REFUSALS_EACH_MAX = 20;
/** How long such a while is, and that of all whom nobody knows together. */
export const REFUSALS_WINDOW_MS = 60_000;
export const STRANGERS_WINDOW_MS = 5 * 60_000;
/** Callers that are told apart in it. */
export const REFUSED_CALLERS_MAX = 10_000;
/** Histories read from the log at the same time; what waits for that, at all and of one who asks. */
export const LOG_READS_AT_ONCE = 4;
export const LOG_READS_WAITING_MAX = 2_000;
export const LOG_READS_WAITING_OF_ONE_MAX = 200;
/** Earlier states of aggregates that are kept for whoever asks for them again, and how long. */
export const FORMER_STATES_MAX = 16;
export const FORMER_STATES_KEPT_MS = 10_000;
