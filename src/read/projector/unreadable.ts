import type { Message } from './feeds.js';
import type { Log } from './projector-context.js';

/** Tell of messages that no program can read: they are passed over. */
export const tellUnreadable = (log: Log, who: object, messages: readonly Message[]): void => {
  for (const one of messages)
    if ('unreadable' in one)
      log.error(
        { ...who, sequence: one.sequence, subject: one.unreadable },
        'a message that is no event was passed over; run "stele doctor"',
      );
};
