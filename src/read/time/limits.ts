/** Every bound of time travel that a deployment may change. */
export type TimeLimits = {
  /** Answers at a moment that are kept for the next question. */
  readonly readingsMax: number;
  /** Documents in all of them together. */
  readonly documentsMax: number;
  /** Decoded events kept, over all sources, so that another moment costs no reading. */
  readonly eventsKept: number;
  /** How long a question waits for an answer that is being made. */
  readonly answerWithinMs: number;
};

export const TIME_LIMITS: TimeLimits = {
  readingsMax: 32,
  documentsMax: 200_000,
  eventsKept: 100_000,
  answerWithinMs: 10_000,
};

/** Events of one aggregate read at once on the way to a moment. */
export const READ_PAGE = 200;
/** A snapshot over so many events, with the ids of their commands, costs as much as reading one. */
export const EVENTS_PER_EVENT_IN_SNAPSHOT = 125;
/** Answers made at the same time; others wait for them. */
export const BUILDS_AT_ONCE = 2;
/** Answers that may wait to be made. */
export const BUILDS_WAITING_MAX = 64;
/** Of them of one who asks. */
export const BUILDS_WAITING_OF_ONE_MAX = 16;
/** Documents written to a read store at once. */
export const DOCUMENTS_AT_ONCE = 1_000;
/** Messages put behind an answer in the world; where there are more it is made anew. */
export const GROWTH_MAX = 10_000;
/** Messages handled before everybody else gets a turn. */
export const MESSAGES_AT_ONCE = 500;
/** A moment this long ago is over for every node: no clock is so late that it still adds to it. */
export const SETTLED_AFTER_MS = 60_000;
/** How long the store of a dropped answer stays for those who still read it. */
export const DISPOSE_AFTER_MS = 5_000;
