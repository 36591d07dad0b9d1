import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { Application } from '../actors/application/application.js';
import { defineProjection, report } from '../src/core/projection.js';
import { DOCUMENTS_PAGE } from '../src/edge/http/limits.js';
import { postgresViews, sqliteViews } from '../src/read/views/index.js';
import { PATIENTLY } from './support/patience.js';
import { NO_POSTGRES, startTestPostgres, type TestPostgres } from './support/postgres.js';
import { type Json, type ReadSide, startReadSide } from './support/read-side.js';

/** More than one read brings, so that others may write between the first and the last. */
const SHELVES = 2 * DOCUMENTS_PAGE + 100;
const ROUNDS = 15;
const MOVER = 'mover';
const FIRST = 's00000';
const LAST = `s${String(SHELVES - 1).padStart(5, '0')}`;

/** Whether a tag of the mover, such as `n17`, says that what is moved comes to its other place. */
const isOdd = (tags: readonly string[]): boolean => Number(tags[0]?.slice(1)) % 2 === 1;

/** Shelves, on one of which is a book. A cupboard in a tree of cupboards moves with it. */
const shelves = defineProjection({
  name: 'shelves',
  summary: 'Where the one book is.',
  view: z.object({
    id: z.string().default(''),
    books: z.number().default(0),
    /** Where the event stands that it was changed by last. */
    at: z.number().default(0),
    parent: z.string().nullable().default(null),
  }),
  indexed: ['books', 'parent'],
  from: [Application],
  within: { parent: { projection: 'shelves', parent: 'parent' } },
  documentIds: {
    Application: ({ event_type, aggregate_id }) => {
      if (aggregate_id !== MOVER) return [];
      if (event_type === 'TagsAdded') return [FIRST, LAST, 'cupboard'];
      if (event_type !== 'ApplicationCreated') return [];
      const all = Array.from({ length: SHELVES }, (_, n) => `s${String(n).padStart(5, '0')}`);
      return [...all, 'house', 'floor', 'room', 'corner', 'cupboard', 'drawer'];
    },
  },
  on: {
    Application: {
      ApplicationCreated: (view, { sequence: at }, id) => {
        const above: Readonly<Record<string, string>> = {
          floor: 'house',
          room: 'floor',
          corner: 'room',
          cupboard: 'floor',
          drawer: 'cupboard',
        };
        return { ...view, id, at, books: id === FIRST ? 1 : 0, parent: above[id] ?? null };
      },
      TagsAdded: (view, { data, sequence: at }, id) => {
        const odd = isOdd(data.tags);
        if (id === 'cupboard') return { ...view, at, parent: odd ? 'corner' : 'floor' };
        return { ...view, at, books: odd === (id === LAST) ? 1 : 0 };
      },
    },
  },
  reports: {
    books: report({
      summary: 'How many books there are.',
      params: z.object({}),
      answer: (documents: readonly { readonly books: number }[]) =>
        documents.reduce((sum, { books }) => sum + books, 0),
    }),
    latest: report({
      summary: 'Where the event stands that changed anything last.',
      params: z.object({}),
      answer: (documents: readonly { readonly at: number }[]) =>
        Math.max(...documents.map(({ at }) => at)),
    }),
  },
});

describe.each([
  { engine: 'SQLite in memory', missing: false },
  { engine: 'SQLite in a file', missing: false },
  { engine: 'PostgreSQL', missing: NO_POSTGRES },
])(
  'answers from $engine that are made of many reads, while others write',
  ({ engine, missing }) => {
    let dir: string;
    let postgres: TestPostgres | undefined;
    let side: ReadSide;
    beforeAll(async () => {
      if (missing) return;
      dir = mkdtempSync(join(tmpdir(), 'stele-moment-'));
      postgres = engine === 'PostgreSQL' ? await startTestPostgres() : undefined;
      const url = await postgres?.database();
      side = await startReadSide([shelves], () => {
        if (url) return postgresViews(url);
        return sqliteViews(engine === 'SQLite in memory' ? ':memory:' : join(dir, 'views.sqlite'));
      });
      await side.tell(`/applications/${MOVER}/commands/create-application`, {
        name: 'The mover',
        owner: 'library',
        data_classification: 'internal',
        lifecycle: 'planned',
      });
      // From here on there is one book, always.
      const counted = async () => (await side.ask('/views/shelves/books')).json.answer;
      const counts = async () => expect(await counted()).toBe(1);
      await vi.waitFor(counts, PATIENTLY);
    });
    afterAll(async () => {
      await side?.close();
      await postgres?.stop();
      if (dir) rmSync(dir, { recursive: true, force: true });
    });

    let moves = 0;
    /** Moves the book and the cupboard until the test ends. */
    const moving = (): { readonly moved: () => number } => {
      const before = moves;
      let over = false;
      const moved = (async () => {
        while (!over) {
          moves++;
          await side.tell(`/applications/${MOVER}/commands/add-tags`, { tags: [`n${moves}`] });
          await side.tell(`/applications/${MOVER}/commands/remove-tags`, { tags: [`n${moves}`] });
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      onTestFinished(async () => {
        over = true;
        await moved;
      });
      return { moved: () => moves - before };
    };
    const answers = async <T>(path: string, of: (text: string, json: Json) => T): Promise<T[]> => {
      const { moved } = moving();
      const found: T[] = [];
      while (found.length < ROUNDS || moved() < ROUNDS) {
        const { status, text, json } = await side.ask(path);
        expect(status, text.slice(0, 300)).toBe(200);
        found.push(of(text, json));
      }
      return [...new Set(found)];
    };

    it.skipIf(missing)('a report counts what is moved once', async () => {
      expect(await answers('/views/shelves/books', (_, { answer }) => answer)).toEqual([1]);
    });

    it.skipIf(missing)('a report says how far the documents are that it is made from', async () => {
      // Every other event, which takes a tag away, changes nothing.
      const beyond = await answers('/views/shelves/latest', (_, { answer, position }) => {
        const [, sequence] = String(position).split(':');
        return Number(sequence) - Number(answer);
      });
      expect(beyond.filter((more) => more !== 0 && more !== 1)).toEqual([]);
    });

    it.skipIf(missing)('an export has what is moved once', async () => {
      const booksIn = (text: string): number =>
        text
          .trim()
          .split('\n')
          .reduce((sum, line) => sum + Number((JSON.parse(line) as Json).books), 0);
      expect(await answers('/views/shelves?format=jsonl', booksIn)).toEqual([1]);
    });

    it.skipIf(missing)('a difference of now and now finds none', async () => {
      const changed = await answers('/views/shelves/diff?from=now&to=now', (_, { totals }) =>
        JSON.stringify(totals),
      );
      expect(changed).toEqual([
        JSON.stringify({ added: 0, removed: 0, changed: 0, unchanged: SHELVES + 6 }),
      ]);
    });

    it.skipIf(missing)('a branch of a tree has what is moved within it', async () => {
      const path = '/views/shelves?parent.within=house';
      const found = await answers(path, (_, { items }) =>
        (items as Json[]).map(({ id }) => id).join(' '),
      );
      expect(found).toEqual(['corner cupboard drawer floor room']);
    });
  },
);
