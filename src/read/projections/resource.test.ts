import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Book } from '../../../examples/library/lending.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { personal, secret } from '../../core/marks.js';
import { command } from '../../core/message.js';
import { defineProjection } from '../../core/projection.js';
import { givenEvents } from '../../testing/index.js';
import { completeProjections } from './index.js';
import { resourceOf } from './resource.js';

const Account = defineAggregate({
  name: 'Account',
  summary: 'An account.',
  events: {
    AccountOpened: z.object({
      owner: personal(z.string()),
      kind: z.enum(['current', 'savings']),
      expires_at: z.iso.datetime().optional(),
    }),
    AccountClosed: z.object({}),
  },
  commands: {
    OpenAccount: command({
      data: z.object({}),
      emits: ['AccountOpened', 'AccountClosed'],
      roles: ['clerk'],
    }),
  },
  data: z.object({
    owner: personal(z.string().default('')),
    kind: z.enum(['current', 'savings']).default('current'),
    token: secret(z.string().default('')),
    balance: z.number().default(0),
    frozen: z.boolean().default(false),
    labels: z.array(z.string()).default([]),
    note: z.string().nullable().default(null),
    status: z.string().default('odd'),
    limit: z.number().default(0),
    expires_at: z.iso.datetime().nullable().default(null),
    history: z.array(z.object({ at: z.string() })).default([]),
  }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { AccountOpened: 'open' } },
      open: { on: { AccountClosed: 'closed' } },
      closed: { kind: 'deleted' },
    },
  },
  evolve: { AccountOpened: (_, { expires_at = null, ...opened }) => ({ ...opened, expires_at }) },
  decide: { OpenAccount: () => [] },
});

const opened = {
  type: 'Account',
  id: 'a',
  event: 'AccountOpened',
  data: { owner: 'Ann', kind: 'savings' },
  at: '2026-02-01T10:00:00.000Z',
  effective_at: '2020-01-01T00:00:00Z',
  actor: 'ann',
};
const accounts = resourceOf(Account);

describe('the resource of a type', () => {
  it('shows status, data and who changed it when', () => {
    givenEvents(accounts, opened, {
      type: 'Account',
      id: 'a',
      event: 'AccountClosed',
      data: {},
      at: '2026-03-01T10:00:00.000Z',
      actor: 'bob',
    }).then({
      a: {
        id: 'a',
        status: 'closed',
        deleted: true,
        version: 2,
        owner: 'Ann',
        kind: 'savings',
        balance: 0,
        labels: [],
        created_at: '2026-02-01T10:00:00.000Z',
        created_by: 'ann',
        updated_at: '2026-03-01T10:00:00.000Z',
        updated_by: 'bob',
        since: '2020-01-01T00:00:00.000Z',
        occurred_at: '2026-03-01T10:00:00.000Z',
      },
    });
  });

  it('shows the times of its data in the form that lists compare', () => {
    givenEvents(accounts, {
      ...opened,
      data: { ...opened.data, expires_at: '2027-01-01T00:00:00Z' },
    }).then({ a: { expires_at: '2027-01-01T00:00:00.000Z' } });
  });

  it('shows no secret, and gives way where a field is called like one of its own', () => {
    const { documents } = givenEvents(accounts, opened);
    expect(documents.get('a')).not.toHaveProperty('token');
    expect(documents.get('a')).toMatchObject({ status: 'open', data_status: 'odd' });
  });

  it('has a column for what can be one and is nobody’s own affair', () => {
    const columns = Object.fromEntries(accounts.columns.map(({ name, type }) => [name, type]));
    expect(columns).toMatchObject({
      id: 'text',
      status: 'text',
      deleted: 'boolean',
      kind: 'text',
      balance: 'number',
      frozen: 'boolean',
      labels: 'list',
      note: 'text',
      data_status: 'text',
    });
    for (const field of ['owner', 'token', 'history', 'limit', 'version'])
      expect(columns).not.toHaveProperty(field);
    expect(accounts.search).toEqual(['note', 'data_status']);
  });

  it('answers for its type', () => {
    expect(accounts).toMatchObject({
      name: 'accounts',
      path: 'views/accounts',
      resource: 'Account',
      deleted: 'deleted',
      withState: true,
      perAggregate: true,
    });
  });
});

describe('all projections of a program', () => {
  const base = {
    name: 'books-at-hand',
    summary: 'Books that can be lent.',
    view: z.object({ parent: z.string().nullable().default(null), count: z.number().default(0) }),
    indexed: ['parent', 'count'],
    from: [Book],
    on: { Book: { '*': <V>(view: V) => view } },
  } as const;
  const define = (change: object = {}) => defineProjection({ ...base, ...change } as typeof base);
  const names = (...listed: ReturnType<typeof define>[]) =>
    completeProjections([Book, Account], listed).map(({ name }) => name);

  it('are those listed, the resources nobody wrote, the audit log and the commands', () => {
    expect(names()).toEqual(['books', 'accounts', 'audit-log', 'lifecycles', 'commands']);
    expect(names(define())).toEqual([
      'books-at-hand',
      'books',
      'accounts',
      'audit-log',
      'lifecycles',
      'commands',
    ]);
    expect(names(define({ resource: 'Book' }))).toEqual([
      'books-at-hand',
      'accounts',
      'audit-log',
      'lifecycles',
      'commands',
    ]);
  });

  const other = { name: 'other-books' };
  it.each([
    ['are both called "books-at-hand"', [{}, { path: 'elsewhere' }]],
    ['are both called "audit-log"', [{ name: 'audit-log', path: 'elsewhere' }]],
    ['are both reached at "shelf"', [{ path: 'shelf' }, { ...other, path: 'shelf' }]],
    ['are both reached at "audit"', [{ path: 'audit' }]],
    ['are both reached at "accounts"', [{ path: 'accounts' }]],
    ['are both the resource of "Book"', [{ resource: 'Book' }, { ...other, resource: 'Book' }]],
    [
      '"parent" is a place in the tree of shelves, but there is no such projection',
      [{ within: { parent: { projection: 'shelves', parent: 'parent' } } }],
    ],
    [
      '"parent" is a place in the tree of books-at-hand, but "count" is no text column there',
      [{ within: { parent: { projection: 'books-at-hand', parent: 'count' } } }],
    ],
  ])('have to agree: %s', (sentence, changes) => {
    const complete = () => names(...changes.map(define));
    expect(complete).toThrow(TypeError);
    expect(complete).toThrow(sentence);
  });

  it('have to be of the program', () => {
    const complete = () => completeProjections([Account], [define({ resource: 'Book' })]);
    expect(complete).toThrow('the resource of Book, but there is no such definition');
  });

  it('may point into their own tree', () => {
    const within = { parent: { projection: 'books-at-hand', parent: 'parent' } };
    expect(names(define({ within }))).toContain('books-at-hand');
  });
});
