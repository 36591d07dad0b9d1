import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Book } from '../../examples/library/lending.js';
import { defineProjection, type View } from '../core/projection.js';
import { commands } from '../read/projections/commands.js';
import { givenEvents } from './index.js';
import { arrivals, project } from './projections.js';

const entry = { journal: { outcome: 'accepted' } };
const odd = (document: (before: View) => View) =>
  defineProjection({
    name: 'odd-documents',
    summary: 'Documents that are not as they should be.',
    view: z.object({ count: z.number().default(0), list: z.array(z.string()).default([]) }),
    indexed: [],
    from: [],
    on: {},
    journal: { documentIds: () => 'one', on: (before) => document(before) as never },
  });

describe('a sentence about documents', () => {
  const given = givenEvents(commands, entry);

  it('is wrong when a field is another, a document is missing, or one is there', () => {
    expect(() => given.then({ '1-0': { outcome: 'refused' } })).toThrow('accepted');
    expect(() => given.then({ '2-0': { outcome: 'accepted' } })).toThrow('got null');
    expect(() => given.then({ '1-0': null })).toThrow('"1-0": null');
    expect(() => given.then({ '1-0': { outcome: 'accepted' }, '2-0': null })).not.toThrow();
  });

  it('is wrong when it is about what there is not', () => {
    expect(() => given.report('acceptances')).toThrow('commands has no report acceptances');
    expect(() => given.show('9-9')).toThrow('commands has no document 9-9');
    expect(given.show('1-0')).toMatchObject({ outcome: 'accepted' });
  });
});

describe('documents of a test', () => {
  it('have to be as the view says, and JSON', () => {
    expect(() =>
      givenEvents(
        odd(() => ({ count: 'many' })),
        entry,
      ),
    ).toThrow('not as its view says');
    expect(() =>
      givenEvents(
        odd(() => ({ count: 1, more: 1, list: [] })),
        entry,
      ),
    ).toThrow('not plain JSON in the form of its view');
  });

  it('are made as a running projection makes them: what it would park is thrown', () => {
    const nothing = odd(() => ({ count: undefined, list: [] }));
    expect(() => givenEvents(nothing, entry)).toThrow(
      'would hold something that is no JSON at "count"',
    );
    const { documents } = givenEvents(
      odd((before) => before),
      entry,
    );
    expect(documents.size).toBe(0);
  });

  it('cannot be changed by a handler', () => {
    const pushing = odd((before) => {
      (before.list as string[]).push('x');
      return before;
    });
    expect(() => givenEvents(pushing, entry)).toThrow(TypeError);
  });
});

describe('events of a test', () => {
  it('have to be of a type and an event that there is', () => {
    const strange = { type: 'Book', id: 'b', event: 'BookBurnt', data: {} };
    expect(() => arrivals(commands, [strange])).toThrow('commands takes no events of Book');
    const books = defineProjection({
      name: 'books',
      summary: 'All books.',
      view: z.object({}),
      indexed: [],
      from: [Book],
      on: { Book: { '*': () => null } },
    });
    expect(() => arrivals(books, [strange])).toThrow('Book has no event BookBurnt');
  });

  it('count per source', () => {
    expect(arrivals(commands, [entry, entry])).toMatchObject([
      { unit: '1-0', sequence: 1, entry: { entry_id: '1-0', sequence: 1 } },
      { unit: '2-0', sequence: 2, entry: { entry_id: '2-0', sequence: 2 } },
    ]);
    expect(project(commands, arrivals(commands, [entry, entry])).size).toBe(2);
  });
});
