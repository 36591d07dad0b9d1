import type { Distribution } from '../../core/distribution.js';
import { counter, type Family, gauge, histogram } from './family.js';

/** What a store that writes to a server measures; a store in memory has nothing to say. */
export type StoreMeters = {
  /** Per slug of an aggregate type. */
  appendMeters(): ReadonlyMap<
    string,
    {
      /** How long the server took to answer a write, seconds. */
      readonly seconds: Distribution;
      readonly messages: Distribution;
      readonly conflicts: number;
      readonly waiting: number;
    }
  >;
  appendStats(): {
    readonly singles: number;
    readonly batches: number;
    readonly messages: number;
    readonly refusedBatches: number;
    readonly uncertain: number;
  };
  journalDropped(): number;
  journalWaiting(): number;
};

/** What the server of the log answered, asked at each scrape. */
export type Connection = {
  /** Seconds of one round trip; null when there was no answer in time. */
  readonly roundTrip: () => Promise<number | null>;
  /** Room where events are kept, bytes; undefined when nobody tells. */
  readonly room?: () => Room | undefined;
  /** The same of each stream that somebody gave a limit. */
  readonly streams?: () => ReadonlyMap<string, Room>;
  /** How often the connection that takes commands was lost. */
  readonly cuts?: () => number;
  /** Requests on it that got no answer. */
  readonly dropped?: () => number;
};
type Room = { readonly free: number; readonly size: number };

/** Writing to the log. */
export const ofStore = (store: StoreMeters): Family[] => {
  const meters = [...store.appendMeters()].map(
    ([aggregate_type, meters]) => [{ aggregate_type }, meters] as const,
  );
  const stats = store.appendStats();
  return [
    histogram(
      'stele_append_duration_seconds',
      'From sending events to the answer that they are on disk',
      meters.map(([labels, { seconds }]) => [labels, seconds]),
    ),
    histogram(
      'stele_append_batch_messages',
      'Messages (events and claims) written together',
      meters.map(([labels, { messages }]) => [labels, messages]),
    ),
    counter(
      'stele_append_conflicts_total',
      'Writes refused because the log had moved',
      meters.map(([labels, { conflicts }]) => [labels, conflicts]),
    ),
    gauge(
      'stele_append_queue',
      'Appends that wait for a batch',
      meters.map(([labels, { waiting }]) => [labels, waiting]),
    ),
    counter('stele_append_messages_total', 'Messages sent to the log', stats.messages),
    counter('stele_append_writes_total', 'Writes by kind: alone, or as an atomic batch', [
      [{ kind: 'single' }, stats.singles],
      [{ kind: 'batch' }, stats.batches],
    ]),
    counter('stele_append_retries_total', 'Writes tried again, by why', [
      [{ reason: 'batch_refused' }, stats.refusedBatches],
      [{ reason: 'outcome_unknown' }, stats.uncertain],
    ]),
    gauge(
      'stele_journal_waiting_entries',
      'Entries of the journal, and of the one of strangers, not written yet',
      store.journalWaiting(),
    ),
    counter(
      'stele_journal_dropped_entries_total',
      'Entries of both lost because too many waited',
      store.journalDropped(),
    ),
  ];
};

/** The connection to the server of the log. */
export const ofConnection = async ({
  roundTrip,
  room,
  streams,
  cuts,
  dropped,
}: Connection): Promise<Family[]> => {
  const seconds = await roundTrip();
  const left = room?.();
  const limited = [...(streams?.() ?? [])].map(([stream, of]) => [{ stream }, of] as const);
  return [
    gauge('stele_nats_connected', '1 when NATS answers', seconds === null ? 0 : 1),
    gauge(
      'stele_nats_round_trip_seconds',
      'One round trip to NATS',
      seconds === null ? [] : [[{}, seconds]],
    ),
    gauge(
      'stele_store_free_bytes',
      'Room left where events are kept: the disk of a server of our own, else what the account may store',
      left ? [[{}, left.free]] : [],
    ),
    gauge('stele_store_size_bytes', 'All of that room', left ? [[{}, left.size]] : []),
    gauge(
      'stele_stream_free_bytes',
      'What a stream may still hold that somebody gave a limit',
      limited.map(([labels, { free }]) => [labels, free]),
    ),
    gauge(
      'stele_stream_size_bytes',
      'All that it may hold',
      limited.map(([labels, { size }]) => [labels, size]),
    ),
    counter(
      'stele_nats_commands_cuts_total',
      'How often the connection that takes commands over NATS was lost',
      cuts?.() ?? 0,
    ),
    counter(
      'stele_nats_commands_dropped_total',
      'Requests over NATS that got no answer: more came of strangers than are told',
      dropped?.() ?? 0,
    ),
  ];
};
