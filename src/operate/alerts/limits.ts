/** A node that raises alerts says so this often, to the others. */
export const LEASE_RENEW_MS = 2_000;
/** Another takes over when nothing was said for so long. Longer than a renewal and its time-out. */
export const LEASE_LOST_MS = 8_000;
export const LEASE_TIMEOUT_MS = 3_000;

/** Events read at once while raising; so many alerts are written together at most. */
export const RAISE_BATCH = 200;
/** How often it is written down how far alerts were raised and delivered. */
export const SAVE_EVERY_MS = 1_000;
/** How long writing one alert may take. */
export const PUBLISH_TIMEOUT_MS = 5_000;
/** Pauses between two attempts at something that must succeed in the end. */
export const RETRY_FIRST_MS = 100;
export const RETRY_MOST_MS = 5_000;
/** Bytes kept free in a message for its headers. */
export const HEADERS_ROOM = 2_048;
/** The same trouble is logged once in so long. */
export const NOTE_EVERY_MS = 30_000;

/** Alerts on their way to the receiver at a time, per node. */
export const DELIVERIES_MAX = 4;
/** Alerts that were handed to a node and are not settled yet, over all nodes. */
export const UNSETTLED_MAX = 1_000;
/** An alert that a node took and neither delivered nor gave back is handed out again after this. */
export const SETTLE_WITHIN_MS = 60_000;
/** How long one request for the next alert stays open. */
export const NEXT_WITHIN_MS = 1_000;
/** How long the receiver may take to answer. */
export const ANSWER_WITHIN_MS = 15_000;
/** Pauses after a failed delivery; one more failure and the alert is given up: 16 hours. */
export const RETRY_AFTER_MS: readonly number[] = [
  5_000,
  30_000,
  2 * 60_000,
  10 * 60_000,
  30 * 60_000,
  3_600_000,
  2 * 3_600_000,
  4 * 3_600_000,
  8 * 3_600_000,
];
/** Each pause is longer or shorter by up to this part of it. */
export const JITTER = 0.2;
/** Pauses of all deliveries while the receiver is away, doubled each time. */
export const AWAY_FIRST_MS = 1_000;
export const AWAY_MOST_MS = 60_000;
/** The longest `Retry-After` that is respected. */
export const RETRY_AFTER_MAX_MS = 3_600_000;
/** How often the consumer of the deliveries is looked after. */
export const TEND_EVERY_MS = 5_000;
/** Alerts that were given up in one answer. */
export const FAILED_PAGE = 100;
