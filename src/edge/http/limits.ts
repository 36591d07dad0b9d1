/** Every bound of the HTTP side that a deployment may change. */
export type HttpLimits = {
  /** Bytes of a request body. */
  readonly bodyMax: number;
  /** Bytes of the files of one import. */
  readonly importMax: number;
  /** Event streams open at a time, of all and of one who asks. */
  readonly streamsMax: number;
  readonly streamsOfOneMax: number;
  /** How often an event stream shows that it lives. */
  readonly heartbeatMs: number;
  /** An event stream whose client takes nothing for this long is cut. */
  readonly stalledAfterMs: number;
  /** Of one key, or of one address where nobody has a key; 0 = any number. */
  readonly commandsPerMinute: number;
  readonly readsPerMinute: number;
  /** Wrong credentials from one address; 0 = any number. */
  readonly failuresPerMinute: number;
  /** Connections open at a time, of all and of one address that is no trusted proxy. */
  readonly connectionsMax: number;
  readonly connectionsOfOneMax: number;
  /** A connection that asks nothing for this long is closed. */
  readonly keepAliveMs: number;
  /** How long a request may take to arrive, its body and all. */
  readonly requestWithinMs: number;
  /** A connection whose client takes nothing of its answer for this long is closed, late by as much. */
  readonly unreadAfterMs: number;
  /** Bytes that wait to be taken, on all connections; beyond it those that stand still are closed. */
  readonly unreadMax: number;
};

export const HTTP_LIMITS: HttpLimits = {
  bodyMax: 1024 * 1024,
  importMax: 16 * 1024 * 1024,
  streamsMax: 2_000,
  streamsOfOneMax: 100,
  heartbeatMs: 15_000,
  stalledAfterMs: 30_000,
  commandsPerMinute: 0,
  readsPerMinute: 0,
  failuresPerMinute: 60,
  connectionsMax: 5_000,
  connectionsOfOneMax: 2_000,
  keepAliveMs: 75_000,
  requestWithinMs: 60_000,
  unreadAfterMs: 60_000,
  unreadMax: 256 * 1024 * 1024,
};

/** Over what rates are counted. */
export const RATE_WINDOW_S = 60;

/** How often it is looked whether the client of an event stream may still read it. */
export const STANDING_EVERY_MS = 1_000;
/** Requests of nobody known that are logged. */
export const UNKNOWN_CALLERS_LOGGED_PER_S = 10;
/** Characters of a path that logs and the journal show. */
export const PATH_SHOWN_MAX = 200;
/** Bytes of what somebody signs in with. */
export const SIGN_IN_MAX_BYTES = 16_384;
/** How long the path and the headers of a request may take to arrive. */
export const HEADERS_WITHIN_MS = 20_000;
/** How often it is looked for requests that do not arrive, and for answers that nobody takes. */
export const LOOK_EVERY_MS = 1_000;
/** How long a client that was cut has to take the reason. */
export const CUT_WITHIN_MS = 1_000;
/** The path with its query and all headers of a request together. */
export const HEADERS_MAX_BYTES = 16_384;
/** Bytes of the answer to what was accepted; a longer one leaves its events out. */
export const ANSWER_BYTES_MAX = 32 * 1024 * 1024;
/** Events of one aggregate in one answer. */
export const EVENTS_PAGE = 200;
export const EVENTS_PAGE_MAX = 1_000;
/** Changes in one answer of the history of an aggregate. */
export const HISTORY_PAGE = 50;
export const HISTORY_PAGE_MAX = 200;
/** Changes of status of one aggregate in one answer; the latest ones. */
export const STATUSES_MAX = 1_000;
/** Events between two moments that a difference lists; all are counted in its changes. */
export const EVENTS_BETWEEN_MAX = 200;
/** Documents in one answer of a list, or of a difference between two moments. */
export const PAGE_SIZE = 50;
export const PAGE_SIZE_MAX = 200;
/** How far pages are counted; a cursor goes on beyond. */
export const PAGES_MAX = 1_000_000;
/** Columns that a list is sorted by. */
export const SORT_COLUMNS_MAX = 8;
/** Parameters of one query; with more it is refused before any of them is looked at. */
export const PARAMETERS_MAX = 500;
/** Values of all filters of one query together, and characters of a value or of a search. */
export const FILTER_VALUES_MAX = 200;
export const FILTER_TEXT_MAX = 1_000;
/** Documents of a tree that one query takes as being within branches. */
export const WITHIN_MAX = 5_000;
/** Values that an answer with `group_by` lists. */
export const GROUPS_MAX = 1_000;
/** Documents that a report, or a difference between two moments, looks at. */
export const REPORT_DOCUMENTS_MAX = 200_000;
/** Documents read at once on that way. */
export const DOCUMENTS_PAGE = 1_000;
/** Exports under way at the same time; one more is `BUSY`. */
export const EXPORTS_AT_ONCE = 8;
/** Of them of one who asks; one more is `RATE_LIMITED`. */
export const EXPORTS_OF_ONE_MAX = 4;
/** Reports and differences computed at the same time; one more is `BUSY`. */
export const REPORTS_AT_ONCE = 8;
/** Of them of one who asks; one more is `RATE_LIMITED`. */
export const REPORTS_OF_ONE_MAX = 6;
/** How long a query waits for what this node wrote itself. */
export const OWN_WRITES_WAIT_MS = 1_000;
/** A projection that is further behind than this is not waited for. */
export const OWN_WRITES_LAG_MAX = 10_000;
/** How long a query waits for `min_position` unless asked otherwise, and at most. */
export const MIN_POSITION_WAIT_MS = 5_000;
export const MIN_POSITION_WAIT_MAX_MS = 30_000;
/** Comparisons and verifications under way at the same time; one more is `BUSY`. */
export const COMPARISONS_AT_ONCE = 2;
/** Of them of one who asks; one more is `RATE_LIMITED`. */
export const COMPARISONS_OF_ONE_MAX = 1;
/** How long a comparison or a verification may take when nobody follows its progress. */
export const COMPARE_WITHIN_MS = 600_000;
/** How often the progress of a verification is told; also when there is none. */
export const PROGRESS_EVERY_MS = 250;
export const PROGRESS_AGAIN_MS = 5_000;
/** Parked aggregates, or discarded events, in one answer; all are counted. */
export const PARKED_SHOWN_MAX = 1_000;
/** Messages of a stream in one answer. */
export const MESSAGES_PAGE = 50;
export const MESSAGES_PAGE_MAX = 100;
/** Keys of a bucket in one answer. */
export const KEYS_PAGE = 100;
export const KEYS_PAGE_MAX = 1_000;
/** Actors in one answer, those used last. */
export const ACTORS_PAGE = 50;
export const ACTORS_PAGE_MAX = 500;
/** Aggregates examined at the same time; one more is `BUSY`. */
export const EXAMINATIONS_AT_ONCE = 4;
/** Of them of one who asks; one more is `RATE_LIMITED`. */
export const EXAMINATIONS_OF_ONE_MAX = 2;
/** How long a server that closes waits for the requests under way. */
export const CLOSE_WITHIN_MS = 10_000;
/** Routes named to somebody who asked for one that does not exist. */
export const CLOSE_ROUTES_MAX = 3;
/** Bytes of bodies that are being read, of all and of one who asks. */
export const BODIES_BYTES_MAX = 256 * 1024 * 1024;
export const BODIES_BYTES_OF_ONE_MAX = 64 * 1024 * 1024;
/** Answers compressed at a time, and bytes of them; what is more travels as it is. */
export const COMPRESSIONS_AT_ONCE = 8;
export const COMPRESSIONS_BYTES_MAX = 32 * 1024 * 1024;
