import { expect, it } from 'vitest';
import { examineJournal } from './examine-journal.js';
import type { Finding } from './finding.js';

const examine = async (there: readonly number[], last: number) => {
  const findings: Finding[] = [];
  const store = {
    async *journal() {
      for (const sequence of there) yield { sequence, entries: 2, positions: [] };
    },
  };
  const journal = await examineJournal({ store }, last, { findings, positions: new Map() });
  return { journal, found: findings.map(({ code, what }) => `${code}: ${what}`) };
};

it('says which messages of the journal are gone, at its beginning, among the others, and at its end', async () => {
  expect(await examine([1, 2, 3], 3)).toEqual({
    journal: { messages: 3, entries: 6 },
    found: [],
  });
  expect((await examine([2, 3, 7], 9)).found).toEqual([
    'JOURNAL_INCOMPLETE: message 1 is not there',
    'JOURNAL_INCOMPLETE: messages 4 to 6 are not there',
    'JOURNAL_INCOMPLETE: messages 8 to 9 are not there',
  ]);
});
