import { sha256 } from '../../core/canonical.js';
import type { ProjectionSource } from '../../core/projection.js';
import type { Feed, FeedOptions, JournalMessage } from '../../write/store/event-feeds.js';
import type { LogEntry } from '../../write/store/event-log.js';
import type { EventStore } from '../../write/store/event-store.js';
import type { Slot } from '../views/port.js';

/** What a feed of any source brings. */
export type Message = LogEntry | JournalMessage;

/** The name of the durable consumers of a slot: no two read stores share one. */
export const feedName = ({ projection, generation, created_at }: Slot): string =>
  `${projection}-g${generation}-${sha256(created_at).slice(0, 8)}`;

export const feedOf = (
  store: EventStore,
  { definition }: ProjectionSource,
  options: FeedOptions,
): Feed<Message> => (definition ? store.feed(definition, options) : store.feedJournal(options));

/** Let the consumers go that nobody needs; the server forgets them by itself, later. */
export const dropFeeds = (
  store: EventStore,
  sources: readonly ProjectionSource[],
  name: string,
): void => {
  for (const { definition } of sources)
    void store.dropFeed(definition ?? 'journal', name).catch(() => {});
};
