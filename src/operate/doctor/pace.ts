import { setTimeout as pause } from 'node:timers/promises';

/** How long an examination may keep the event loop, and how long it leaves it to others then. */
const WORK_MS = 8;
const REST_MS = 8;

/** Asked between two steps of long work: a promise when it is time to rest. */
export type Pace = () => Promise<void> | undefined;

/**
 * Lets commands and queries of the same process through: at least half of the time is theirs.
 * Throws the reason once the signal is aborted.
 */
export const paceUntil = (signal: AbortSignal): Pace => {
  let since = performance.now();
  let resting: Promise<void> | undefined;
  const rest = async (): Promise<void> => {
    await pause(REST_MS);
    [since, resting] = [performance.now(), undefined];
    signal.throwIfAborted();
  };
  return () => {
    signal.throwIfAborted();
    if (!resting && performance.now() - since < WORK_MS) return undefined;
    resting ??= rest(); // all who work at the same time rest together
    return resting;
  };
};
