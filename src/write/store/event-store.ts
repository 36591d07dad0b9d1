import type { CommandJournal } from './command-journal.js';
import type { EventFeeds } from './event-feeds.js';
import type { EventLog } from './event-log.js';
import type { Snapshots } from './snapshots.js';

/** Where everything that is written lives: an engine gives all of it, and who uses it asks for a part. */
export type EventStore = EventLog &
  EventFeeds &
  Snapshots &
  CommandJournal & {
    /** Whether the store can be written to right now. */
    ready(): Promise<boolean>;
    /** Write what waits, then let go. */
    close(): Promise<void>;
  };
