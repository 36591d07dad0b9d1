import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { JOURNAL_STREAM } from '../../core/subjects.js';
import type { JournalEntry } from '../port.js';

/** Entries of the journal from a sequence on, oldest first. See `EventStore.readJournal`. */
export async function* readJournal(
  nc: NatsConnection,
  from: number,
): AsyncGenerator<JournalEntry & { readonly sequence: number }> {
  const jsm = await jetstreamManager(nc);
  const { state } = await jsm.streams.info(JOURNAL_STREAM);
  for (let seq = Math.max(from, state.first_seq); seq <= state.last_seq; seq++) {
    const stored = await jsm.direct.getMessage(JOURNAL_STREAM, { seq });
    for (const entry of stored?.json<JournalEntry[]>() ?? []) yield { ...entry, sequence: seq };
  }
}
