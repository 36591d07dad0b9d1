import { expect, it } from 'vitest';
import { JOURNAL_STREAM, JOURNAL_SUBJECT } from '../../../core/subjects.js';
import { entriesIn, readJournal } from './read-journal.js';
import type { Reader, Wanted } from './reader.js';

const bodies = ['[{"via":"http"},{"via":"nats"}]', 'no entries', '[{"via":"cli"}]'];

it('the journal is read entry by entry, each with the sequence of its message', async () => {
  const wanted: Wanted[] = [];
  const reader = {
    messages: async function* (one: Wanted) {
      wanted.push(one);
      for (const [index, body] of bodies.entries()) yield { body, sequence: 7 + index };
    },
  } as unknown as Reader;
  const entries = [];
  for await (const entry of readJournal(reader, 7, 3)) entries.push(entry);
  expect(entries).toEqual([
    { via: 'http', sequence: 7 },
    { via: 'nats', sequence: 7 },
    { via: 'cli', sequence: 9 },
  ]);
  expect(wanted).toEqual([{ stream: JOURNAL_STREAM, subject: JOURNAL_SUBJECT, from: 7, most: 3 }]);
});

it('a message that cannot be read has no entries', () => {
  expect(entriesIn('<html>')).toEqual([]);
});
