import { JOURNAL_STREAM } from '../../core/subjects.js';
import { ShowsLess } from '../../write/store/prove-reads.js';
import { cut } from './examine.js';
import { type Told, told } from './examine-tail.js';
import { type Finding, finding } from './finding.js';
import type { Pace } from './pace.js';
import type { ReadingStore } from './reading-store.js';

export type JournalExamination = {
  readonly store: Pick<ReadingStore, 'journal'>;
  readonly pace?: Pace;
};

/** The journal up to a message: whether all of it is there and can be read, and what it tells of the log. */
export const examineJournal = async (
  { store, pace }: JournalExamination,
  last: number,
  { findings, positions }: { readonly findings: Finding[]; readonly positions: Told },
) => {
  const journal = { messages: 0, entries: 0 };
  let next = 1; // it is never purged
  const passOver = (to: number): void => {
    if (to < next) return;
    const which = to === next ? `message ${next} is` : `messages ${next} to ${to} are`;
    const about = { stream: JOURNAL_STREAM, sequence: next };
    findings.push(finding('JOURNAL_INCOMPLETE', `${which} not there`, about));
  };
  try {
    for await (const { sequence, entries, positions: written } of store.journal(last)) {
      journal.messages += 1;
      passOver(sequence - 1);
      next = sequence + 1;
      told(written, sequence, positions);
      if (typeof entries === 'number') journal.entries += entries;
      else
        findings.push(finding('JOURNAL_UNREADABLE', entries, { stream: JOURNAL_STREAM, sequence }));
      const rest = pace?.();
      if (rest) await rest;
    }
    passOver(last);
  } catch (error) {
    if (!(error instanceof ShowsLess)) throw error;
    findings.push(cut(JOURNAL_STREAM, error));
  }
  return journal;
};
