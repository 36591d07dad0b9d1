/** Every bound of the HTTP side that a deployment may change. */
export type HttpLimits = {
  /** Bytes of a request body. */
  readonly bodyMax: number;
  /** Event streams open at a time. */
  readonly streamsMax: number;
  /** How often an event stream shows that it lives. */
  readonly heartbeatMs: number;
  /** An event stream whose client takes nothing for this long is cut. */
  readonly stalledAfterMs: number;
};

export const HTTP_LIMITS: HttpLimits = {
  bodyMax: 1024 * 1024,
  streamsMax: 256,
  heartbeatMs: 15_000,
  stalledAfterMs: 30_000,
};

/** Objects and lists within one another that a body may hold. */
export const JSON_DEPTH_MAX = 100;
/** Events of one aggregate in one answer. */
export const EVENTS_PAGE = 200;
export const EVENTS_PAGE_MAX = 1_000;
/** How long a server that closes waits for the requests under way. */
export const CLOSE_WITHIN_MS = 10_000;
/** Routes named to somebody who asked for one that does not exist. */
export const CLOSE_ROUTES_MAX = 3;
