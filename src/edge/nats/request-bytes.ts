/** Longest command, bytes; the same as over HTTP. */
export const BODY_MAX = 1024 * 1024;
/** As over HTTP: a key or a token fits, and what else commands are sent with. */
export const HEADERS_MAX = 16 * 1024;
/** The largest message that can be a request: who sends commands needs to be let send no more. */
export const REQUEST_MAX = BODY_MAX + HEADERS_MAX;
/** A server puts a header of its own into what comes from another account, bytes at most. */
const ADDED_MAX = 1024;

/** Whether a message cannot be a request, by its bytes as they came. */
export const isNoRequest = (bytes: number): boolean => bytes > REQUEST_MAX + ADDED_MAX;

/** What the log says of one. */
export const tooLargeRequest = (bytes: number): string =>
  `a message of ${bytes} bytes came as a command, and none has more than ${REQUEST_MAX}. Have the servers let who sends commands send no more, as deploy/nats-accounts.conf does: a few such messages, and they cut off a node that cannot read as fast`;
