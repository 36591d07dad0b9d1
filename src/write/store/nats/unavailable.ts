import { Fault } from '../../../core/refusal.js';

/** Errors of the client that mean that the server was not reached, not that something is wrong. */
const UNREACHED: ReadonlySet<string> = new Set([
  'TimeoutError',
  'NoRespondersError',
  'RequestError',
  'ConnectionError',
  'ClosedConnectionError',
  'DrainingConnectionError',
  'JetStreamNotEnabled',
]);

/** Do something with the client of NATS. @throws Fault STORE_UNAVAILABLE when NATS is not there */
export const reaching = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    const { name, message } = cause as Error;
    if (!UNREACHED.has(name)) throw cause;
    throw new Fault('STORE_UNAVAILABLE', `the event store does not answer (${message})`, { cause });
  }
};
