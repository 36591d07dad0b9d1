/** What can go wrong with the server, by stable code. */
export type NatsServerFaultCode =
  /** No source had a fit binary; the message lists each and why. */
  | 'SERVER_NOT_FOUND'
  /** `NATS_SERVER_BIN` names something that cannot be used. */
  | 'SERVER_BIN_UNFIT'
  /** The process ended, or did not answer in time, before it was ready. */
  | 'SERVER_START_FAILED'
  /** A server of ours holds the data directory but does not answer. */
  | 'SERVER_UNRESPONSIVE'
  /** The server died again and again; supervision has stopped. */
  | 'SERVER_GIVEN_UP'
  /** Another live process runs on this data directory. */
  | 'DATA_DIR_IN_USE'
  /** The data directory cannot be made, or not be written to. */
  | 'DATA_DIR_UNWRITABLE';

/** The machine is wrong, not the request: carries a stable `code`. */
export class NatsServerFault extends Error {
  override readonly name = 'NatsServerFault';

  constructor(
    readonly code: NatsServerFaultCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
