import { LoggedRarely } from '../edge/wire/logged-rarely.js';
import type { Log } from '../write/runtime/log.js';

const UNHEARD = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * The last net under a node that serves: what was thrown where nobody catches is said, and the node
 * goes on. Whoever can make one node throw can make each of them, and what ends with the process is
 * the work of all others; what is written was acknowledged by the log, which judges every write, and
 * every wait for something ends.
 */
export const goOnAfterBugs = async <T>(log: Log, serve: () => Promise<T>): Promise<T> => {
  const bugs = new LoggedRarely(
    log,
    'a bug: nobody caught this; the node goes on, please report it',
  );
  const heard = (error: unknown): void => bugs.say(error);
  for (const event of UNHEARD) process.on(event, heard);
  try {
    return await serve();
  } finally {
    for (const event of UNHEARD) process.off(event, heard);
  }
};
