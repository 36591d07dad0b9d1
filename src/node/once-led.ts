import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../core/refusal.js';

/** As long as a server of our own may take to be there. */
const LED_WITHIN_MS = 60_000;
const ASK_AGAIN_AFTER_MS = 500;
/** JetStream says so while its servers elect who leads. */
const TEMPORARILY_UNAVAILABLE = 10008;

/** What tells that nobody leads, however it was reported; undefined when it is something else. */
const leaderlessIn = (error: unknown): Error | undefined => {
  if (!(error instanceof Error)) return undefined;
  const { name, cause, code } = error as Error & { code?: unknown };
  const isSaid = code === TEMPORARILY_UNAVAILABLE || (code === 'STORE_UNAVAILABLE' && !cause);
  // A server without JetStream, or a subject that is denied, is told by another name.
  return name === 'TimeoutError' || isSaid ? error : leaderlessIn(cause);
};

export type OnceLedOptions = {
  /** What is opened, for people: `the event store`. */
  readonly what: string;
  readonly log: { warn(what: object, message: string): void };
  readonly withinMs?: number;
};

/**
 * Opens something on JetStream, and again while nobody there leads: a cluster that just started, or
 * lost a server, elects for some seconds. `open` leaves nothing behind when it fails.
 * @throws Fault STORE_UNAVAILABLE when nobody leads in time; anything else at once
 */
export const onceLed = async <T>(
  open: () => Promise<T>,
  { what, log, withinMs = LED_WITHIN_MS }: OnceLedOptions,
): Promise<T> => {
  const until = performance.now() + withinMs;
  for (let attempt = 1; ; attempt++)
    try {
      return await open();
    } catch (cause) {
      const leaderless = leaderlessIn(cause);
      if (!leaderless) throw cause;
      const { message } = leaderless;
      if (performance.now() + ASK_AGAIN_AFTER_MS > until)
        throw new Fault(
          'STORE_UNAVAILABLE',
          `${what} could not be opened within ${withinMs / 1_000} s: JetStream does not answer (${message}); see whether its servers have a leader with \`nats server report jetstream\``,
          { cause },
        );
      if (attempt === 1)
        log.warn(
          { reason: message },
          `${what} is awaited: JetStream does not answer, it may elect a leader`,
        );
      await pause(ASK_AGAIN_AFTER_MS);
    }
};
