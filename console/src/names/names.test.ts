import { describe, expect, it } from 'vitest';
import { SteleProblem } from '../../../src/client/stele-problem.js';
import { nameIn } from '../../../src/core/name-in.js';
import type { View } from '../api/types.js';
import { findNames, type Names, type Reference } from './find-names.js';
import { gathering } from './gathering.js';
import { isId, piecesOf } from './pieces-of.js';
import { referentOfField, referentsOf } from './referent.js';

const view = (more: Partial<View> & { readonly name: string; plural: string }): View => ({
  summary: '',
  resource: null,
  sources: [],
  search: ['name'],
  sort: 'name',
  reports: [],
  deleted: 'deleted',
  fields: [field('id')],
  links: { document: `/${more.plural}/{id}` },
  ...more,
});
const field = (name: string) => ({ name, type: 'text' as const, values: null });
const kinds = ['Shed', 'GardenTool', 'Loan'].map((type) => ({
  type,
  summary: '',
  plural: `${type.replace(/(.)T/, '$1-T').toLowerCase()}s`,
}));
const referents = referentsOf(kinds, [
  ...kinds.map(({ type, plural }) => view({ name: plural, plural, resource: type })),
  view({
    name: 'shed-shelves',
    plural: 'shelves',
    fields: ['id', 'name', 'shed_id'].map(field),
  }),
  view({ name: 'audit-log', plural: 'audit', fields: [field('event_id')] }),
]);

const SHED = '11111111-0000-4000-8000-000000000001';
const LISTS: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  '/sheds': [{ id: SHED, name: 'North shed' }],
  '/garden-tools': [
    { id: 'spade', name: 'Spade' },
    { id: 'rake', name: 'Rake' },
  ],
  '/loans': [
    { id: 'l1', tool_id: 'spade', shed_id: SHED, loan_type: 'is_kept_in' },
    { id: 'l2', from_id: 'rake', from_type: 'garden_tool', shed_id: SHED },
    { id: 'l3', shed_id: 'nowhere' },
  ],
  '/shelves': [{ id: 'top', name: 'Top shelf', shed_id: SHED }],
  '/views/lifecycles': [
    { aggregate_id: SHED, aggregate_type: 'Shed' },
    { aggregate_id: 'l2', aggregate_type: 'Loan' },
  ],
};

/** A server that answers lists by their ids, and remembers what it was asked. */
const served = () => {
  const asked: string[] = [];
  const page: Names['page'] = async (path) => {
    const { pathname, searchParams } = new URL(path, 'http://stele.test');
    asked.push(pathname);
    const by = pathname === '/views/lifecycles' ? 'aggregate_id' : 'id';
    const wanted = searchParams.getAll(by);
    const items = LISTS[pathname]?.filter((one) => wanted.includes(String(one[by]))) ?? [];
    return { items: items.slice(0, Number(searchParams.get('limit'))) };
  };
  return { asked, names: { referents, page } };
};
const nameOf = async (one: Reference) => (await findNames(served().names, [one]))(one)?.name;

describe('the name of what an id means', () => {
  it('is asked for a list at a time, however many ids there are', async () => {
    const { asked, names } = served();
    const all = [
      { type: 'Shed', id: SHED },
      { id: SHED },
      { type: 'garden_tool', id: 'spade' },
      { type: 'GardenTool', id: 'rake' },
      { type: 'GardenTool', id: 'hoe' },
    ];
    const found = await findNames(names, all);
    expect(all.map((one) => found(one)?.name)).toEqual([
      'North shed',
      'North shed',
      'Spade',
      'Rake',
      undefined,
    ]);
    expect(asked.toSorted()).toEqual(['/garden-tools', '/sheds', '/views/lifecycles']);
  });
  it('asks for no more ids at once than an address holds', async () => {
    const { asked, names } = served();
    const many = Array.from({ length: 250 }, (_, nth) => ({ type: 'Shed', id: `${nth}` }));
    await findNames(names, many);
    expect(asked).toHaveLength(3);
  });
  it('is, of what has none, that of what it connects, with the word between them', async () => {
    expect(await nameOf({ type: 'Loan', id: 'l1' })).toBe('Spade is kept in North shed');
    expect(await nameOf({ id: 'l2' })).toBe('Rake → North shed');
    expect(await nameOf({ type: 'Loan', id: 'l3' })).toBe('l3');
  });
  it('goes without a list that refuses the question, and waits for one that will answer', async () => {
    const { names } = served();
    const refusing = (status: number): Names => ({
      ...names,
      page: async (path) => {
        if (!path.startsWith('/sheds')) return names.page(path);
        throw new SteleProblem({ status, code: 'NO', message: 'no' });
      },
    });
    const all = [
      { type: 'Shed', id: SHED },
      { type: 'GardenTool', id: 'rake' },
    ];
    const found = await findNames(refusing(422), all);
    expect(all.map((one) => found(one)?.name)).toEqual([undefined, 'Rake']);
    await expect(findNames(refusing(503), all)).rejects.toThrow();
  });
  it('is not asked of a list that cannot be filtered by ids', async () => {
    const { asked, names } = served();
    const unkeyed = referentsOf(kinds, [
      ...kinds.map(({ type, plural }) =>
        view({ name: plural, plural, resource: type, fields: [field('name')] }),
      ),
    ]);
    await findNames({ ...names, referents: unkeyed }, [{ type: 'Shed', id: SHED }]);
    expect(asked).toEqual([]);
  });
  it('of a part leads to the whole', async () => {
    const top = { type: 'shed_shelve', id: 'top' };
    const untyped = { id: 'top' };
    const found = await findNames(served().names, [top, untyped]);
    expect(found(untyped)).toMatchObject({ name: 'Top shelf', href: `/things/sheds/${SHED}` });
    expect(found({ id: 'unknown' })).toBeUndefined();
  });
  it('goes without saying where a document tells it', () => {
    expect(nameIn({ id: 'x', hostname: 'eks', title: 'Cluster' })).toBe('Cluster');
    expect(nameIn({ id: 'x', name: '', hostname: 'eks' })).toBe('eks');
    expect(nameIn({ id: 'x', name: 7 })).toBeUndefined();
  });
});

describe('what a field names by id', () => {
  const types = ['Server', 'BusinessCapability', 'Shed'].map((type) => ({ type }));
  it.each([
    ['server_id', 'Server'],
    ['capability_ids', 'BusinessCapability'],
    ['business_capability_id', 'BusinessCapability'],
    ['replacement_shed_id', 'Shed'],
    ['owner', undefined],
    ['correlation_id', undefined],
  ])('%s → %s', (name, type) => {
    expect(referentOfField(types, name)?.type).toBe(type);
  });
  it('is said by the field beside it', () => {
    const beside = (name: string) => (name === 'source_type' ? 'business_capability' : undefined);
    expect(referentOfField(types, 'source_id', beside)?.type).toBe('BusinessCapability');
  });
});

describe('questions that come together', () => {
  it('are one, and each gets its own answer', async () => {
    const asked: (readonly number[])[] = [];
    const double = gathering<number, number>(async (keys) => {
      asked.push(keys);
      return (key) => key * 2;
    });
    expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6]);
    expect(await double(4)).toBe(8);
    expect(asked).toEqual([[1, 2, 3], [4]]);
  });
  it('fail together', async () => {
    const failing = gathering<number, number>(() => Promise.reject(new Error('down')));
    const all = await Promise.allSettled([1, 2].map(failing));
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

describe('a sentence with ids in it', () => {
  it('is cut into what is an id and what is not', () => {
    expect(piecesOf(`the shed ${SHED} is shut`)).toEqual([
      { text: 'the shed ', isId: false },
      { text: SHED, isId: true },
      { text: ' is shut', isId: false },
    ]);
    expect([isId(SHED), isId(`${SHED}.`), isId('spade')]).toEqual([true, false, false]);
  });
});
