import { command, defineAggregate, personal, refuse } from 'stele';
import { z } from 'zod';

const Title = z.string().trim().min(1).max(255);
const Shelfmark = z.string().regex(/^[A-Z]{2} \d{1,4}$/, 'expected a shelf mark, such as QA 76');
const Borrower = personal(z.string().trim().min(1).max(128));
const Day = z.iso.date({ error: 'expected a date, such as 2026-02-01' });

const DAY_MS = 86_400_000;
const daysAfter = (due: string, now: string): number =>
  Math.max(0, Math.floor((Date.parse(now) - Date.parse(due)) / DAY_MS));

/** One copy of a book, on the shelf or lent. */
export const Book = defineAggregate({
  name: 'Book',
  summary: 'One copy of a book, on the shelf or lent.',

  commands: {
    AcquireBook: command({
      summary: 'Put a new copy on the shelf.',
      data: z.object({ title: Title, shelfmark: Shelfmark }),
      emits: ['BookAcquired'],
      roles: ['librarian'],
    }),
    LendBook: command({
      summary: 'Hand the copy to a borrower until a day.',
      data: z.object({ borrower: Borrower, due: Day }),
      emits: ['BookLent'],
      roles: ['librarian'],
    }),
    ReturnBook: command({
      summary: 'Take the copy back.',
      data: z.object({}),
      emits: ['BookReturned'],
      roles: ['librarian'],
    }),
    DiscardBook: command({
      summary: 'Remove the copy for good.',
      data: z.object({ reason: z.string().trim().min(1).max(2000) }),
      emits: ['BookDiscarded'],
      roles: ['librarian'],
      sensitive: true,
    }),
  },

  events: {
    BookAcquired: z.object({ title: Title, shelfmark: Shelfmark }),
    BookLent: z.object({ borrower: Borrower, due: Day }),
    BookReturned: z.object({ borrower: Borrower, days_late: z.int().min(0) }),
    BookDiscarded: z.object({ reason: z.string() }),
  },

  data: z.object({
    title: z.string().default(''),
    shelfmark: z.string().default(''),
    borrower: Borrower.nullable().default(null),
    due: Day.nullable().default(null),
  }),

  chart: {
    initial: 'absent',
    states: {
      absent: { on: { BookAcquired: 'on_shelf' } },
      on_shelf: { on: { BookLent: 'lent', BookDiscarded: 'discarded' } },
      lent: { on: { BookReturned: 'on_shelf' } },
      discarded: { kind: 'deleted' },
    },
  },

  claims: {
    shelfmark: {
      key: ({ data }) => data.shelfmark,
      taken: 'SHELFMARK_TAKEN',
      what: 'the shelf mark',
    },
  },

  evolve: {
    BookAcquired: (_, { title, shelfmark }) => ({ title, shelfmark }),
    BookLent: (_, { borrower, due }) => ({ borrower, due }),
    BookReturned: () => ({ borrower: null, due: null }),
    BookDiscarded: null,
  },

  decide: {
    AcquireBook: (_, acquired) => [{ type: 'BookAcquired', data: acquired }],
    LendBook: (_, { borrower, due }, { now }) =>
      due < now.slice(0, due.length)
        ? refuse('DUE_IN_THE_PAST', `${due} is over: lend it until today or later`)
        : [{ type: 'BookLent', data: { borrower, due } }],
    ReturnBook: ({ data: { borrower, due } }, _, { now }) => [
      { type: 'BookReturned', data: { borrower: borrower!, days_late: daysAfter(due!, now) } },
    ],
    DiscardBook: (_, { reason }) => [{ type: 'BookDiscarded', data: { reason } }],
  },
});
