import { JOURNAL_STREAM, JOURNAL_SUBJECT } from '../../../core/subjects.js';
import type { JournalEntry } from '../command-journal.js';
import type { Reader } from './reader.js';

/** What became of commands, in one message; nothing when it cannot be read. */
export const entriesIn = (body: string): readonly JournalEntry[] => {
  try {
    return JSON.parse(body) as JournalEntry[];
  } catch {
    return [];
  }
};

/** Entries of the journal from a sequence on, oldest first. See `EventStore.readJournal`. */
export async function* readJournal(
  reader: Reader,
  from: number,
  most?: number,
): AsyncGenerator<JournalEntry & { readonly sequence: number }> {
  const wanted = { stream: JOURNAL_STREAM, subject: JOURNAL_SUBJECT, from, most };
  for await (const { body, sequence } of reader.messages(wanted))
    for (const entry of entriesIn(body)) yield { ...entry, sequence };
}
