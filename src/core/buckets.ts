import {
  ACCESS_CODES_BUCKET,
  ACCESS_KEYS_BUCKET,
  ACCESS_SESSIONS_BUCKET,
  ALERTING_BUCKET,
  FAILED_ALERTS_BUCKET,
  HEADS_BUCKET,
} from './subjects.js';

/** How long alerts that were given up are kept. */
const FAILED_ALERTS_KEPT_MS = 90 * 24 * 3_600_000;
/** How long a session lasts at most. */
export const SESSION_LASTS_MS = 12 * 3_600_000;
/** How long a code counts that begins one. */
export const CODE_LASTS_MS = 10 * 60_000;

/** How a bucket is made. */
export type BucketSettings = {
  /** Values that are kept of each key. */
  readonly history: number;
  /** Milliseconds that a value is kept; 0 = for ever. */
  readonly ttl: number;
  /** Whether any copy answers, also one that lags, or the leader alone. */
  readonly allow_direct: boolean;
};

/** The buckets that there is one of; those of snapshots follow from the definitions. */
export const BUCKETS = {
  // Accepted losses and what stood before them can be looked up.
  [HEADS_BUCKET]: { history: 20, ttl: 0, allow_direct: false },
  [ALERTING_BUCKET]: { history: 1, ttl: 0, allow_direct: false },
  [FAILED_ALERTS_BUCKET]: { history: 1, ttl: FAILED_ALERTS_KEPT_MS, allow_direct: false },
  // A copy that lags must not let in what was revoked.
  [ACCESS_KEYS_BUCKET]: { history: 10, ttl: 0, allow_direct: false },
  [ACCESS_SESSIONS_BUCKET]: { history: 1, ttl: SESSION_LASTS_MS, allow_direct: false },
  [ACCESS_CODES_BUCKET]: { history: 1, ttl: CODE_LASTS_MS, allow_direct: false },
} as const satisfies Record<string, BucketSettings>;
