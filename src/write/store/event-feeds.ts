import type { StoredEvent } from '../../core/event.js';
import type { JournalEntry } from './command-journal.js';
import type { Kind, LogEntry } from './event-log.js';

/** What a feed brings: messages that follow one another, and how many more wait behind them. */
export type Fed<T> = { readonly entries: readonly T[]; readonly pending: number };

/**
 * Messages of one stream, in order, from a sequence on and then live, a batch at a time. The next
 * batch is fetched ahead, boundedly. Behind it stands a durable consumer that is made anew where
 * it is missing, was rewound, or fell silent: what is brought always continues where the last
 * batch ended. Only what was asked for by `from` decides where it begins. It rejects when another
 * message stands where it took one: the stream was restored from an older copy and written on.
 */
export type Feed<T> = AsyncIterable<Fed<T>> & {
  /** What was taken for good up to here: so that operators see it on the consumer. */
  ack(sequence: number): void;
};

export type FeedOptions = {
  /** Name of the durable consumer. */
  readonly name: string;
  /** First sequence wanted. */
  readonly from: number;
  readonly signal: AbortSignal;
  /** Most messages of one batch. */
  readonly batch: number;
};

/** One message of the journal: many entries. */
export type JournalMessage = {
  readonly sequence: number;
  readonly entries: readonly JournalEntry[];
};

/** Streams to follow. */
export type EventFeeds = {
  /**
   * Events of a whole type from a sequence on, then live, until the signal; nothing else. It ends
   * or rejects before when the store fell silent: whoever follows begins again where it was. Given
   * a definition, events come in the form of today; given its name and slug alone, as stored.
   */
  follow(kind: Kind, from: number, signal: AbortSignal): AsyncIterable<StoredEvent>;
  /** Events and claims of a type as a projector takes them. */
  feed(kind: Kind, options: FeedOptions): Feed<LogEntry>;
  /** The journal as a projector takes it. */
  feedJournal(options: FeedOptions): Feed<JournalMessage>;
  /** Remove the durable consumer of a feed that nobody needs any more. */
  dropFeed(source: Kind | 'journal', name: string): Promise<void>;
};
