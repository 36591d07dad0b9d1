import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Column, View } from '../../src/core/projection.js';
import type { ViewLimits } from '../../src/read/views/limits.js';
import type {
  After,
  Commit,
  Document,
  OfLog,
  Slot,
  SlotSpec,
  ViewQuery,
  ViewStore,
} from '../../src/read/views/port.js';
import { type Known, matching, naiveFind, naiveGroup, naivePeriods } from './naive-views.js';

export const COLUMNS: readonly Column[] = [
  { name: 'name', type: 'text' },
  { name: 'owner', type: 'text', order: 'people' },
  { name: 'cost', type: 'number' },
  { name: 'critical', type: 'boolean' },
  { name: 'tags', type: 'list' },
];

let made = 0;
export const spec = (more: Partial<SlotSpec> = {}): SlotSpec => ({
  projection: `things-${++made}`,
  version: 1,
  hash: 'h',
  columns: COLUMNS,
  search: ['name', 'owner'],
  ...more,
});

export const commit = (more: Partial<Commit>): Commit => ({
  advance: null,
  documents: [],
  folds: [],
  park: [],
  unpark: [],
  discard: [],
  ...more,
});

export const advance = (expected: number, sequence: number, source = 'thing') => ({
  source,
  expected,
  sequence,
  at: '2026-01-01T00:00:00.000Z',
});

export const put = async (
  views: ViewStore,
  slot: Slot,
  documents: Readonly<Record<string, View | null>>,
): Promise<void> => {
  const writes = Object.entries(documents).map(([key, document]) => ({ key, document }));
  expect(await views.commit(slot, commit({ documents: writes }))).toBe(true);
};

const RUNS = 60;

/** Texts that engines find hard: NUL, half a surrogate pair, quotes, wildcards, other alphabets. */
const hardText = fc.oneof(
  fc.constantFrom('', 'a', 'A', 'b', 'ä', 'Ä', 'é', 'ß', 'Σ', 'ς', '%', '_', '\\', "'", '"', '\n'),
  fc.constantFrom('\0', '\u0001', '\u00011', 'a\0', 'a\u0001', '\uffff', '\u{10000}', '😀', 'İ'),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({ unit: 'grapheme-ascii', minLength: 300, maxLength: 1500 }),
);
const number = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  // -0 is no JSON.
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);
/** Words that people sort otherwise than code points do. */
const words = fc.constantFrom(
  'o1',
  'o2',
  'O1',
  'o10',
  'Web portal',
  'account-api',
  'Ärzte',
  'arzt',
  'Straße',
  'STRASSE',
  '',
  '\0',
  '\u0001|',
  'x\u0001',
  'ı',
  'Łódź',
  '007',
  '7',
  'a b',
  'a_b',
  'ab',
);
const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null, freq: 4 });
const view: fc.Arbitrary<View> = fc.record({
  name: optional(hardText),
  owner: optional(words),
  cost: optional(number),
  critical: optional(fc.boolean()),
  tags: optional(fc.array(fc.oneof(fc.constantFrom('x', 'y', 'z'), hardText), { maxLength: 3 })),
  more: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value))),
});
const known: fc.Arbitrary<Known> = fc
  .uniqueArray(fc.tuple(hardText, view), { selector: ([key]) => key, maxLength: 25 })
  .map((entries) => new Map(entries));

/** Conditions over values that documents have, and over some that they do not. */
const conditions = fc.array(
  fc.oneof(
    fc.record({
      column: fc.constantFrom('name', 'tags'),
      op: fc.constant('in' as const),
      values: fc.array(optional(hardText), { maxLength: 3 }),
      spans: fc.array(fc.record({ from: hardText, before: hardText }), { maxLength: 2 }),
    }),
    fc.record({
      column: fc.constantFrom('owner', 'tags'),
      op: fc.constant('in' as const),
      values: fc.array(optional(fc.oneof(words, fc.constantFrom('x', 'y'))), { maxLength: 3 }),
    }),
    fc.record({
      column: fc.constant('cost'),
      op: fc.constant('in' as const),
      values: fc.array(optional(number), { maxLength: 3 }),
    }),
    fc.record({
      column: fc.constant('critical'),
      op: fc.constant('in' as const),
      values: fc.array(optional(fc.boolean()), { maxLength: 2 }),
    }),
    fc.record({
      column: fc.constantFrom('name', 'owner', 'tags'),
      op: fc.constantFrom('gt' as const, 'gte' as const, 'lt' as const, 'lte' as const),
      value: hardText,
    }),
    fc.record({
      column: fc.constant('cost'),
      op: fc.constantFrom('gt' as const, 'gte' as const, 'lt' as const, 'lte' as const),
      value: number,
    }),
  ),
  { maxLength: 2 },
);
const sort = fc.uniqueArray(
  fc.record({
    column: fc.constantFrom('name', 'owner', 'cost', 'critical'),
    descending: fc.boolean(),
  }),
  { selector: ({ column }) => column, maxLength: 3 },
);
const search = fc.option(fc.oneof(hardText, fc.constantFrom('A', 'o1', 'ss')), {
  nil: undefined,
  freq: 1,
});
const asked: fc.Arbitrary<Pick<ViewQuery, 'where' | 'sort' | 'search'>> = fc
  .record({ where: conditions, sort, search })
  .map(({ search: text, ...rest }) => (text === undefined ? rest : { ...rest, search: text }));

const placeOf = (document: Document, query: Pick<ViewQuery, 'sort'>): After => ({
  key: document.key,
  values: query.sort.map(({ column }) => (document.document[column] ?? null) as string | null),
});

/** Opens what is kept in one place: several times one after another, where it is kept at all. */
type Open = (options?: {
  readonly limits?: Partial<ViewLimits> | undefined;
  readonly log?: OfLog;
}) => Promise<ViewStore>;

/** What every read store does, whatever its engine. `place` answers an empty place of its own. */
export const viewStoreContract = (
  name: string,
  place: () => Promise<Open>,
  { skip, isKept = true }: { readonly skip?: string | undefined; readonly isKept?: boolean } = {},
): void => {
  const open = async (limits?: Partial<ViewLimits>) => (await place())({ limits });
  describe.skipIf(skip)(`${name}${skip ? `: NOT TESTED, ${skip}` : ''}`, () => {
    let views: ViewStore;
    beforeAll(async () => {
      views = await open();
    });
    afterAll(() => views?.close());
    const live = (more?: Partial<SlotSpec>) => views.createSlot(spec(more), 'live');
    const keys = async (slot: Slot, query: Partial<ViewQuery>) => {
      const page = await views.find(slot, { where: [], sort: [], limit: 100, ...query });
      return page.documents.map(({ key }) => key);
    };

    describe('slots', () => {
      it('are known with all that was said of them', async () => {
        const wanted = spec();
        const slot = await views.createSlot(wanted, 'live');
        expect(slot).toMatchObject({ ...wanted, generation: 1, role: 'live' });
        expect(await views.slots()).toContainEqual(slot);
        expect(await views.count(slot)).toBe(0);
      });

      it('have generations that never come again', async () => {
        const wanted = spec();
        await views.createSlot(wanted, 'live');
        const second = await views.createSlot(wanted, 'building');
        expect(second.generation).toBe(2);
        await views.dropSlot(second);
        expect((await views.createSlot(wanted, 'building')).generation).toBe(3);
      });

      it('keep their documents apart, and switch together', async () => {
        const wanted = spec();
        const first = await views.createSlot(wanted, 'live');
        const second = await views.createSlot({ ...wanted, hash: 'h2' }, 'building');
        await put(views, first, { a: { name: 'old' } });
        await put(views, second, { a: { name: 'new' }, b: { name: 'new' } });
        await views.switchTo(second, first);
        const roles = (await views.slots())
          .filter((slot) => slot.projection === wanted.projection)
          .map((slot) => slot.role);
        expect(roles).toEqual(['previous', 'live']);
        expect(await views.count(first)).toBe(1);
        await views.switchTo(first, second);
        await views.dropSlot(second);
        expect(await keys(first, {})).toEqual(['a']);
      });

      it('are live one at a time, also when two nodes begin at once', async () => {
        const wanted = spec();
        const made = await Promise.allSettled([
          views.createSlot(wanted, 'live'),
          views.createSlot(wanted, 'live'),
        ]);
        expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      });

      it('that are gone take nothing and answer a fault', async () => {
        const slot = await views.createSlot(spec(), 'candidate');
        await put(views, slot, { a: {} });
        await views.dropSlot(slot);
        await views.dropSlot(slot);
        expect(await views.commit(slot, commit({ documents: [{ key: 'a', document: {} }] }))).toBe(
          false,
        );
        expect(await views.revision(slot)).toBeNull();
        const gone = { name: 'Fault', code: 'READ_STORE_UNAVAILABLE' };
        await expect(views.find(slot, { where: [], sort: [], limit: 1 })).rejects.toMatchObject(
          gone,
        );
        await expect(views.switchTo(slot, undefined)).rejects.toMatchObject(gone);
      });

      it('are switched from the one that was live when it was decided, and no other', async () => {
        const first = await live();
        const again = { ...spec(), projection: first.projection };
        const second = await views.createSlot(again, 'building');
        const third = await views.createSlot(again, 'building');
        await views.switchTo(second, first);
        // Whoever decided before that was stopped meanwhile.
        await expect(views.switchTo(third, first)).rejects.toThrow('look again');
        await expect(views.switchTo(third, undefined)).rejects.toThrow('look again');
        const roles = (await views.slots()).filter((one) => one.projection === first.projection);
        expect(roles.map(({ role }) => role)).toEqual(['previous', 'live', 'building']);
      });

      it('are not removed while they are live', async () => {
        const first = await live();
        const second = await views.createSlot(
          { ...spec(), projection: first.projection },
          'building',
        );
        await put(views, second, { a: {} });
        await views.switchTo(second, first);
        await expect(views.dropSlot(second)).rejects.toThrow('look again');
        expect(await views.count(second)).toBe(1);
      });

      it('take names and columns of any length', async () => {
        const projection = `a${'-very-long-name'.repeat(10)}`;
        const columns: Column[] = [
          { name: 'x'.repeat(100), type: 'text' },
          { name: `${'x'.repeat(100)}y`, type: 'number' },
          { name: 'Select', type: 'boolean' },
          { name: 'select', type: 'text' },
          { name: 'key', type: 'text' },
          { name: 'Straße; drop table', type: 'text' },
        ];
        const slot = await live({ projection, columns, search: [] });
        const other = await live({ projection: `${projection}-too`, columns, search: [] });
        await put(views, slot, { a: { key: 'k', Select: true, select: 'no' } });
        expect(
          await keys(slot, { where: [{ column: 'Select', op: 'in', values: [true] }] }),
        ).toEqual(['a']);
        expect(await views.count(other)).toBe(0);
      });

      it('are called in kebab-case and nothing else', async () => {
        await expect(live({ projection: 'x; drop table stele_slot' })).rejects.toThrow(TypeError);
      });
    });

    describe('a commit', () => {
      it('moves the checkpoint with the documents, from where it was only', async () => {
        const slot = await live();
        const step = (expected: number, sequence: number, value: number) =>
          views.commit(
            slot,
            commit({
              advance: advance(expected, sequence),
              documents: [{ key: 'a', document: { cost: value } }],
            }),
          );
        expect(await step(0, 5, 1)).toBe(true);
        expect(await step(0, 7, 2)).toBe(false);
        expect(await step(4, 7, 2)).toBe(false);
        expect((await views.documents(slot, ['a'])).get('a')).toEqual({ cost: 1 });
        expect(await step(5, 9, 3)).toBe(true);
        expect((await views.documents(slot, ['a'])).get('a')).toEqual({ cost: 3 });
        expect(await views.checkpoints(slot)).toEqual([
          { source: 'thing', sequence: 9, at: '2026-01-01T00:00:00.000Z' },
        ]);
      });

      it('knows the latest epoch that was noted of what is live', async () => {
        const slot = await live();
        const source = `log-${slot.projection}`;
        await views.commit(slot, commit({ advance: advance(0, 5, source) }));
        const epochs = async () =>
          (await views.taken()).flatMap((one) => (one.source === source ? [one.epoch] : []));
        expect(await epochs()).toEqual([undefined]);
        for (const [epoch, known] of [
          [0, 0],
          [2, 2],
          [1, 2],
        ] as const) {
          await views.noteEpochs(slot, new Map([[source, epoch]]));
          expect(await epochs()).toEqual([known]);
        }
      });

      it('may begin from a checkpoint of 0 again', async () => {
        const slot = await live();
        expect(await views.commit(slot, commit({ advance: { ...advance(0, 0), at: null } }))).toBe(
          true,
        );
        expect(await views.commit(slot, commit({ advance: advance(0, 3) }))).toBe(true);
        expect(await views.commit(slot, commit({ advance: advance(0, 4) }))).toBe(false);
      });

      it('lets one of two writers through', async () => {
        const slot = await live();
        const tries = await Promise.all(
          [1, 2, 3, 4].map((cost) =>
            views.commit(
              slot,
              commit({
                advance: advance(0, cost),
                documents: [{ key: 'a', document: { cost } }],
              }),
            ),
          ),
        );
        expect(tries.filter(Boolean)).toHaveLength(1);
        const [checkpoint] = await views.checkpoints(slot);
        expect((await views.documents(slot, ['a'])).get('a')).toEqual({
          cost: checkpoint?.sequence,
        });
      });

      it('sees what others wrote, from whichever source, by the revision', async () => {
        const slot = await live();
        const revision = (await views.revision(slot)) ?? -1;
        const write = (source: string, by: number) =>
          views.commit(slot, commit({ revision: by, advance: advance(0, 1, source) }));
        expect(await write('one', revision)).toBe(true);
        expect(await write('two', revision)).toBe(false);
        expect(await views.checkpoints(slot)).toHaveLength(1);
        expect(await write('two', revision + 1)).toBe(true);
        expect(await views.revision(slot)).toBe(revision + 2);
      });

      it('tells a document with the revision at which it was so', async () => {
        const slot = await live();
        await put(views, slot, { a: { tags: ['x'] } });
        const before = (await views.revision(slot))!;
        const { document, revision } = (await views.documentAt(slot, 'a'))!;
        expect([document.tags, revision]).toEqual([['x'], before]);
        await put(views, slot, { b: {} });
        expect((await views.documentAt(slot, 'a'))!.revision).toBe(before + 1);
        expect(await views.documentAt(slot, 'c')).toBeUndefined();
        const other = { ...slot, created_at: '2000-01-01T00:00:00.000Z' };
        expect(await views.documentAt(other, 'a')).toBeUndefined();
      });

      it('leaves nothing of itself when it fails', async () => {
        const slot = await live();
        await put(views, slot, { a: { tags: ['x'] } });
        const before = await views.revision(slot);
        const circle: Record<string, unknown> = {};
        circle.self = circle;
        await expect(
          views.commit(
            slot,
            commit({
              advance: advance(0, 5),
              documents: [{ key: 'a', document: null }],
              folds: [
                {
                  source: 'thing',
                  aggregate_id: '1',
                  fold: { version: 1, state: { status: 's', data: circle } },
                },
              ],
            }),
          ),
        ).rejects.toThrow();
        expect(await views.checkpoints(slot)).toEqual([]);
        expect(await views.revision(slot)).toBe(before);
        expect(await keys(slot, { where: [{ column: 'tags', op: 'in', values: ['x'] }] })).toEqual([
          'a',
        ]);
      });

      it('removes documents, from the lists too', async () => {
        const slot = await live();
        await put(views, slot, { a: { tags: ['x', 'y'] }, b: { tags: ['x'] } });
        await put(views, slot, { a: null, b: { tags: ['y', 'y'] } });
        expect(await views.group(slot, 'tags', { where: [] })).toEqual([{ value: 'y', count: 1 }]);
        expect(await views.count(slot)).toBe(1);
      });

      it('takes the last of two writes to one key', async () => {
        const slot = await live();
        const documents = [{ cost: 1 }, null, { cost: 2 }].map((document) => ({
          key: 'a',
          document,
        }));
        const fold = (version: number) => ({
          source: 'thing',
          aggregate_id: '1',
          fold: { version, state: { status: 's', data: { version } } },
        });
        await views.commit(slot, commit({ documents, folds: [fold(1), fold(2)] }));
        expect(await views.documents(slot, ['a', 'b'])).toEqual(new Map([['a', { cost: 2 }]]));
        expect(await views.folds(slot, 'thing', ['1', '2'])).toEqual(
          new Map([['1', { version: 2, state: { status: 's', data: { version: 2 } } }]]),
        );
        expect(await views.folds(slot, 'other', ['1'])).toEqual(new Map());
      });

      it('parks, unparks and discards', async () => {
        const slot = await live();
        const parked = {
          source: 'thing',
          aggregate_id: '1',
          sequence: 7,
          event_type: 'ThingBroken',
          error: 'NUL \0 and half a pair \ud800',
          attempts: 3,
          waiting: 1,
          parked_at: '2026-01-01T00:00:00.000Z',
          last_tried_at: '2026-01-01T00:00:00.000Z',
        };
        const discarded = {
          source: 'thing',
          aggregate_id: '1',
          sequence: 7,
          event_type: 'ThingBroken',
          error: 'broken',
          by: 'operator',
          reason: 'of no use',
          at: '2026-01-01T00:00:00.000Z',
        };
        await views.commit(slot, commit({ park: [parked] }));
        await views.commit(slot, commit({ park: [{ ...parked, waiting: 2 }] }));
        expect(await views.parked(slot)).toEqual([{ ...parked, waiting: 2 }]);
        await views.commit(
          slot,
          commit({ unpark: [{ source: 'thing', aggregate_id: '1' }], discard: [discarded] }),
        );
        expect(await views.parked(slot)).toEqual([]);
        expect(await views.discarded(slot)).toEqual([discarded]);
      });

      it('keeps what was discarded of one message apart, in the order of the log', async () => {
        const slot = await live();
        const discarded = (sequence: number, aggregate_id: string) => ({
          source: 'journal',
          aggregate_id,
          sequence,
          event_type: 'accepted',
          error: 'broken',
          by: 'operator',
          reason: 'of no use',
          at: '2026-01-01T00:00:00.000Z',
        });
        const all = [discarded(9, '9-0'), discarded(10, '10-0'), discarded(10, '10-1')];
        for (const one of all.toReversed()) await views.commit(slot, commit({ discard: [one] }));
        const found = await views.discarded(slot);
        expect(found.map(({ sequence }) => sequence)).toEqual([9, 10, 10]);
        expect(new Set(found.map(({ aggregate_id }) => aggregate_id))).toEqual(
          new Set(['9-0', '10-0', '10-1']),
        );
      });

      it('takes thousands of documents at once', async () => {
        const slot = await live();
        const many = Array.from({ length: 3001 }, (_, n) => [
          `k${n}`,
          { cost: n, tags: ['x', `t${n % 7}`] },
        ]);
        await put(views, slot, Object.fromEntries(many));
        expect(await views.count(slot)).toBe(3001);
        const found = await views.documents(
          slot,
          many.map(([key]) => key as string),
        );
        expect([...found]).toHaveLength(3001);
        expect(await views.group(slot, 'tags', { where: [] })).toContainEqual({
          value: 'x',
          count: 3001,
        });
      });
    });

    describe('a query', () => {
      it('finds text in any case of any alphabet, and takes wildcards as they are', async () => {
        const slot = await live();
        await put(views, slot, {
          a: { name: 'Straße der ÄRZTE' },
          b: { name: 'ΟΔΟΣ', owner: '100% sure' },
          c: { name: 'under_score', owner: 'Łódź' },
          d: { name: null, owner: null },
        });
        const found = (text: string) => keys(slot, { search: text });
        expect(await found('ärzte')).toEqual(['a']);
        expect(await found('STRASSE')).toEqual(['a']);
        expect(await found('οδος')).toEqual(['b']);
        expect(await found('0%')).toEqual(['b']);
        expect(await found('%')).toEqual(['b']);
        expect(await found('_')).toEqual(['c']);
        expect(await found('łÓ')).toEqual(['c']);
        expect(await found('under_scoreŁ')).toEqual([]);
        expect(await found('')).toEqual(['a', 'b', 'c', 'd']);
        expect(await found('x'.repeat(60_000))).toEqual([]);
      });

      it('puts nothing last, upwards and downwards', async () => {
        const slot = await live();
        await put(views, slot, { a: {}, b: { cost: 1 }, c: { cost: null }, d: { cost: 2 } });
        const by = (descending: boolean) => keys(slot, { sort: [{ column: 'cost', descending }] });
        expect(await by(false)).toEqual(['b', 'd', 'a', 'c']);
        expect(await by(true)).toEqual(['d', 'b', 'a', 'c']);
      });

      it('takes a value of another type for one that is not there, not for nothing', async () => {
        const slot = await live();
        await put(views, slot, { a: {}, b: { cost: 1 }, c: { cost: 'text' } });
        const where = (values: (string | null)[]) =>
          keys(slot, { where: [{ column: 'cost', op: 'in', values }] });
        expect(await where(['text'])).toEqual([]);
        expect(await where(['text', null])).toEqual(['a', 'c']);
      });

      it('refuses fields that have no column, and lists as an order', async () => {
        const slot = await live();
        const ask = (query: Partial<ViewQuery>) => keys(slot, query);
        await expect(
          ask({ where: [{ column: 'nothing', op: 'in', values: [null] }] }),
        ).rejects.toThrow(TypeError);
        await expect(ask({ sort: [{ column: 'tags', descending: false }] })).rejects.toThrow(
          TypeError,
        );
      });

      it('tells what another column ranges over in each group', async () => {
        const slot = await live();
        await put(views, slot, {
          a: { owner: 'x', name: 'b', cost: 2 },
          b: { owner: 'x', name: 'Ä', cost: 10 },
          c: { owner: 'y', name: '\0', critical: true },
          d: { name: 'a' },
          e: { owner: 'z', name: 'a', critical: false },
        });
        const where = [{ column: 'name', op: 'in', values: ['b', 'Ä', '\0', null, 'a'] }] as const;
        const by = (of: string) => views.groupRanged(slot, 'owner', { where, of });
        const range = (value: string | null, count: number, least: unknown, most: unknown) => ({
          value,
          count,
          least,
          most,
        });
        expect(await by('cost')).toEqual([
          range('x', 2, 2, 10),
          range('y', 1, null, null),
          range('z', 1, null, null),
          range(null, 1, null, null),
        ]);
        expect(await by('critical')).toEqual([
          range('x', 2, null, null),
          range('y', 1, true, true),
          range('z', 1, false, false),
          range(null, 1, null, null),
        ]);
        expect(await by('name')).toMatchObject([
          { least: expect.any(String) },
          { least: '\0', most: '\0' },
          { least: 'a' },
          {},
        ]);
        await expect(by('tags')).rejects.toThrow(TypeError);
      });

      it('groups by value, nothing last', async () => {
        const slot = await live();
        await put(views, slot, {
          a: { owner: 'x', critical: true, tags: ['p', 'q'], cost: 0.1 },
          b: { owner: 'x', critical: false, tags: [], cost: 0.1 },
          c: { tags: ['q'] },
        });
        const by = (column: string) => views.group(slot, column, { where: [] });
        expect(await by('owner')).toEqual([
          { value: 'x', count: 2 },
          { value: null, count: 1 },
        ]);
        expect(await by('critical')).toEqual([
          { value: false, count: 1 },
          { value: true, count: 1 },
          { value: null, count: 1 },
        ]);
        expect(await by('tags')).toEqual([
          { value: 'p', count: 1 },
          { value: 'q', count: 2 },
          { value: null, count: 1 },
        ]);
        expect(await by('cost')).toEqual([
          { value: 0.1, count: 2 },
          { value: null, count: 1 },
        ]);
      });
    });

    it('groups by year, month, day, hour and minute, by time, nothing last', async () => {
      const slot = await live();
      const instant = fc
        .date({ min: new Date('1969-12-30'), max: new Date('2031-01-02'), noInvalidDate: true })
        .map((date) => date.toISOString());
      const time = fc.oneof(
        instant,
        instant.map((text) => text.replace(/\.\d+/, '')),
        instant.map((text) => text.slice(0, '2019-05-01'.length)),
        hardText,
        fc.constantFrom(null, '2019', '2019-5-1', '20190501', '2019-05-01T1', '12019-05-01'),
      );
      const times = fc.array(fc.record({ name: time, owner: fc.constantFrom('o1', 'o2') }), {
        maxLength: 25,
      });
      const wheres = fc.constantFrom<ViewQuery['where']>(
        [],
        [{ column: 'owner', op: 'in', values: ['o1'] }],
        [{ column: 'name', op: 'gte', value: '2000-06' }],
      );
      await fc.assert(
        fc.asyncProperty(times, wheres, async (all, where) => {
          const documents = new Map<string, View>(all.map((one, n) => [`k${n}`, one]));
          await replaceAll(views, slot, documents);
          for (const unit of ['year', 'month', 'day', 'hour', 'minute'] as const)
            expect(await views.group(slot, 'name', { where, unit })).toEqual(
              naivePeriods(COLUMNS, documents, { column: 'name', where, unit }),
            );
        }),
        { numRuns: RUNS / 2 },
      );
      for (const column of ['cost', 'critical', 'tags'])
        await expect(views.group(slot, column, { where: [], unit: 'day' })).rejects.toThrow(
          TypeError,
        );
    });

    it('keeps any JSON document and any key as they are', async () => {
      const slot = await live();
      const json = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());
      const anyKey = fc.oneof(hardText, fc.constantFrom('\ud800', '\udc00\ud800', '\ud8001'));
      await fc.assert(
        fc.asyncProperty(fc.dictionary(anyKey, json, { maxKeys: 5 }), async (documents) => {
          await put(views, slot, documents);
          const found = await views.documents(slot, Object.keys(documents));
          for (const [key, document] of Object.entries(documents)) {
            const same = JSON.parse(JSON.stringify(document));
            expect(found.get(key)).toEqual(same);
          }
          expect(found.size).toBe(Object.keys(documents).length);
        }),
        { numRuns: RUNS },
      );
      const all = await views.pageByKey(slot, null, 100_000);
      expect(new Set(all.map(({ key }) => key)).size).toBe(await views.count(slot));
    });

    it.each([
      { indexes: 'without indexes', calls: 0 },
      { indexes: 'with indexes, made twice', calls: 2 },
    ])('answers as one would by hand, $indexes', async ({ calls }) => {
      const slot = await live();
      for (let n = 0; n < calls; n++) await views.index(slot);
      await fc.assert(
        fc.asyncProperty(
          known,
          asked,
          fc.nat(5),
          fc.integer({ min: 1, max: 30 }),
          async (documents, query, offset, limit) => {
            await replaceAll(views, slot, documents);
            const page = await views.find(slot, { ...query, offset, limit });
            expect(page).toEqual(
              naiveFind(COLUMNS, ['name', 'owner'], documents, { ...query, offset, limit }),
            );
            for (const { name: column } of COLUMNS) {
              const groups = await views.group(slot, column, query);
              expect(groups).toEqual(
                naiveGroup(COLUMNS, ['name', 'owner'], documents, { ...query, column }),
              );
            }
          },
        ),
        { numRuns: RUNS },
      );
    });

    it('has what was written, whether or not it was told what stood there before', async () => {
      const slot = await live();
      await views.index(slot);
      const there = new Map<string, View>();
      // Half of it is as it was: some fields change and others do not.
      const part = fc.subarray(['name', 'owner', 'cost', 'critical', 'tags', 'more']);
      const write = fc.record({
        key: fc.constantFrom('a', 'b', 'c'),
        next: fc.option(fc.tuple(view, part), { nil: null, freq: 4 }),
        told: fc.boolean(),
      });
      const writes = fc.uniqueArray(write, { selector: ({ key }) => key });
      await fc.assert(
        fc.asyncProperty(writes, async (all) => {
          const documents = all.map(({ key, next, told }) => {
            const before = there.get(key) ?? null;
            if (!next) return { key, document: null, ...(told && { before }) };
            const changes = next[1].map((field) => [field, next[0][field]]);
            const document: View = { ...before, ...Object.fromEntries(changes) };
            return { key, document, ...(told && { before }) };
          });
          expect(await views.commit(slot, commit({ documents }))).toBe(true);
          for (const { key, document } of documents)
            if (document) there.set(key, document);
            else there.delete(key);
          const query = { where: [], sort: [], offset: 0, limit: 10 };
          const searched = ['name', 'owner'];
          expect(await views.find(slot, query)).toEqual(naiveFind(COLUMNS, searched, there, query));
          const some = { ...query, search: 'a' };
          expect(await views.find(slot, some)).toEqual(naiveFind(COLUMNS, searched, there, some));
          for (const { name: column } of COLUMNS)
            expect(await views.group(slot, column, query)).toEqual(
              naiveGroup(COLUMNS, searched, there, { ...query, column }),
            );
        }),
        { numRuns: 2 * RUNS },
      );
    });

    it('pages over every document once, whatever the size of the pages', async () => {
      const slot = await live();
      const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 4 }));
      await fc.assert(
        fc.asyncProperty(known, asked, sizes, async (documents, query, limits) => {
          await replaceAll(views, slot, documents);
          const seen: Document[] = [];
          let after: After | undefined;
          for (const limit of limits) {
            const asking = { ...query, limit, ...(after && { after }) };
            const page = await views.find(slot, asking);
            expect(await views.page(slot, asking)).toEqual(page.documents);
            expect(page.total).toBe(matching(COLUMNS, ['name', 'owner'], documents, query).length);
            seen.push(...page.documents);
            const last = page.documents.at(-1);
            if (!last) break;
            after = placeOf(last, query);
          }
          const whole = naiveFind(COLUMNS, ['name', 'owner'], documents, { ...query, limit: 1000 });
          expect(seen).toEqual(whole.documents);
          const byKey: Document[] = [];
          for (let key: string | null = null; ; ) {
            const page: readonly Document[] = await views.pageByKey(slot, key, 3);
            byKey.push(...page);
            key = page.at(-1)?.key ?? null;
            if (key === null) break;
          }
          expect(byKey).toEqual(
            naiveFind(COLUMNS, [], documents, { where: [], sort: [], limit: 1000 }).documents,
          );
        }),
        { numRuns: RUNS / 2 },
      );
    });

    it('meets a document once on a page, also one that gets its value meanwhile', async () => {
      const slot = await live();
      const set = (cost: number | null) => put(views, slot, { a: { cost: 1 }, b: { cost } });
      await set(null);
      let writing = true;
      const writes = (async () => {
        for (let round = 0; writing; round++) await set(round % 2 ? null : 2);
      })();
      onTestFinished(() => {
        writing = false;
      });
      const sort = [{ column: 'cost', descending: false }];
      for (let round = 0; round < 100; round++) {
        const page = await views.page(slot, { where: [], sort, limit: 10 });
        expect(page.map(({ key }) => key)).toEqual(['a', 'b']);
      }
      writing = false;
      await writes;
    });

    describe('a read transaction', () => {
      const query = { where: [], sort: [{ column: 'cost', descending: true }], limit: 10 };
      const begin = async (of = views) => {
        const reads = await of.readTransaction();
        onTestFinished(() => reads.end()); // also where it fails: the store waits for it to close
        return reads;
      };

      it('shows everything as it was when it began, while others write', async () => {
        const slot = await live();
        await put(views, slot, { a: { cost: 1, tags: ['x'] }, b: { cost: 2, tags: ['x'] } });
        await views.commit(slot, commit({ advance: advance(0, 7) }));
        const before = await begin();
        await put(views, slot, { a: { cost: 3, tags: ['y'] }, b: null, c: { cost: 4 } });
        await views.commit(slot, commit({ advance: advance(7, 9) }));
        const next = await views.createSlot({ ...spec(), projection: slot.projection }, 'building');
        await views.switchTo(next, slot);
        const documents = [
          { key: 'b', document: { cost: 2, tags: ['x'] } },
          { key: 'a', document: { cost: 1, tags: ['x'] } },
        ];
        for (let again = 0; again < 2; again++) {
          expect(await before.find(slot, query)).toEqual({ documents, total: 2 });
          expect(await before.page(slot, query)).toEqual(documents);
          expect(await before.pageByKey(slot, null, 10)).toEqual(documents.toReversed());
          expect(await before.documents(slot, ['b', 'c'])).toEqual(
            new Map([['b', { cost: 2, tags: ['x'] }]]),
          );
          expect(await before.group(slot, 'tags', { where: [] })).toEqual([
            { value: 'x', count: 2 },
          ]);
          expect(await before.count(slot)).toBe(2);
          expect(await before.checkpoints(slot)).toMatchObject([{ sequence: 7 }]);
          const lives = (await before.slots()).filter(({ role }) => role === 'live');
          expect(lives).toContainEqual({ ...slot, revision: 2 });
          await put(views, slot, { d: { cost: again } });
        }
        await before.end();
        const after = await begin();
        expect(await after.count(slot)).toBe(3);
        await after.end();
      });

      it('walks over documents that move between pages, and meets each once', async () => {
        const slot = await live();
        const keys = Array.from({ length: 60 }, (_, n) => `k${String(n).padStart(2, '0')}`);
        // Whoever is the first goes to the end, and the other way round.
        const write = (round: number) =>
          put(
            views,
            slot,
            Object.fromEntries(keys.map((key, n) => [key, { cost: (n + round * 7) % 60 }])),
          );
        await write(0);
        let writing = true;
        const writes = (async () => {
          for (let round = 1; writing; round++) await write(round);
        })();
        onTestFinished(() => {
          writing = false;
        });
        for (let round = 0; round < 10; round++) {
          const reads = await begin();
          const found: string[] = [];
          let after: After | undefined;
          for (;;) {
            const page = await reads.page(slot, { ...query, ...(after && { after }), limit: 7 });
            found.push(...page.map(({ key }) => key));
            if (page.length < 7) break;
            after = placeOf(page.at(-1)!, query);
          }
          expect(found.toSorted()).toEqual(keys);
          await reads.end();
        }
        writing = false;
        await writes;
      });

      it('keeps nobody from removing what it reads', async () => {
        const { projection } = await live();
        const slot = await views.createSlot({ ...spec(), projection }, 'candidate');
        await put(views, slot, { a: { cost: 1 } });
        const reads = await begin();
        expect(await reads.count(slot)).toBe(1);
        await views.dropSlot(slot);
        expect(await views.slots()).not.toContainEqual(slot);
        expect(await views.revision(slot)).toBeNull();
        expect(await views.commit(slot, commit({}))).toBe(false);
        expect(await reads.find(slot, query)).toMatchObject({ total: 1 });
      });

      it('answers nothing once it has ended', async () => {
        const slot = await live();
        const reads = await begin();
        await Promise.all([reads.end(), reads.end()]);
        await expect(reads.count(slot)).rejects.toThrow('has ended');
      });

      it('lasts a bounded time', async () => {
        const short = await open({ readTransactionMs: 50 });
        const slot = await short.createSlot(spec(), 'live');
        const reads = await begin(short);
        expect(await reads.count(slot)).toBe(0);
        await expect
          .poll(() => reads.count(slot).catch((error: Error) => error.message))
          .toMatch(/longer than 0.05 s/);
        await short.close();
      });

      it('is one of a bounded number: one more waits, and not for ever', async () => {
        const narrow = await open({ readTransactionsMax: 2, readTransactionWaitMs: 100 });
        const [one, other] = await Promise.all([
          narrow.readTransaction(),
          narrow.readTransaction(),
        ]);
        await expect(narrow.readTransaction()).rejects.toThrow('2 read transactions are under way');
        const third = narrow.readTransaction();
        await one.end();
        await (await third).end();
        await other.end();
        await (await narrow.readTransaction()).end();
        await narrow.close();
      });

      it('is given to each who asks before anybody has another one', async () => {
        const narrow = await open({ readTransactionsMax: 1 });
        const given: string[] = [];
        const read = async (who: string): Promise<void> => {
          const reads = await narrow.readTransaction(who);
          given.push(who);
          await reads.end();
        };
        await Promise.all(['ada', 'ada', 'ada', 'ada', 'bob'].map(read));
        expect(given).toEqual(['ada', 'ada', 'bob', 'ada', 'ada']);
        await narrow.close();
      });

      it('is never one of so many of one who asks that others find no room', async () => {
        const narrow = await open({ readTransactionsOfOneMax: 1, readTransactionWaitMs: 100 });
        const first = await narrow.readTransaction('ada');
        const second = narrow.readTransaction('ada');
        await (await narrow.readTransaction('bob')).end();
        await expect(second).rejects.toThrow('1 read transactions of one who asks are under way');
        const third = narrow.readTransaction('ada');
        await first.end();
        await (await third).end();
        await narrow.close();
      });

      it('keeps a store that is closed until it has ended', async () => {
        const other = await open();
        const slot = await other.createSlot(spec(), 'live');
        await put(other, slot, { a: {} });
        const reads = await begin(other);
        const closed = other.close();
        expect(await reads.count(slot)).toBe(1);
        await reads.end();
        await closed;
      });
    });

    it('remembers what is stopped, and lets itself lead', async () => {
      const { projection } = await live();
      expect((await views.stopped()).has(projection)).toBe(false);
      await views.setStopped(projection, true);
      await views.setStopped('never-built', true);
      expect([...(await views.stopped())]).toEqual(
        expect.arrayContaining([projection, 'never-built']),
      );
      await views.setStopped(projection, false);
      expect((await views.stopped()).has(projection)).toBe(false);
      expect(
        (await views.createSlot({ ...spec(), projection: 'never-built' }, 'live')).generation,
      ).toBe(1);
      expect(await views.lead(projection)).toBe(true);
      expect(await views.lead(projection)).toBe(true);
      await views.ready();
    });

    it('tells how far the live documents were taken, the same of several once', async () => {
      const other = await open();
      const slots = [
        await other.createSlot(spec(), 'live'),
        await other.createSlot(spec(), 'live'),
      ];
      const [first] = slots as [Slot];
      const candidate = await other.createSlot(
        { ...spec(), projection: first.projection },
        'candidate',
      );
      expect(await other.taken()).toEqual([]);
      for (const slot of slots) await other.commit(slot, commit({ advance: advance(0, 5) }));
      await other.commit(candidate, commit({ advance: advance(0, 9, 'thing') }));
      const { expected: _, ...at } = advance(0, 5);
      expect(await other.taken()).toEqual([at]);
      await other.switchTo(candidate, first);
      const sequences = (await other.taken()).map(({ sequence }) => sequence);
      expect(sequences.sort()).toEqual([5, 9]);
      await other.close();
    });

    describe('the log that it is of', () => {
      const holds = vi.fn<OfLog['holds']>();
      const logOf = (installation: string): OfLog => ({
        made: new Map(['thing', 'person'].map((source) => [source, `${installation} ${source}`])),
        holds: holds.mockClear().mockResolvedValue(false),
      });
      const opened = async (at: Open, installation?: string): Promise<ViewStore> => {
        const store = await at(installation === undefined ? {} : { log: logOf(installation) });
        onTestFinished(() => store.close());
        return store;
      };
      /** A place where the documents of one installation are, and the slot that they are in. */
      const filled = async () => {
        const at = await place();
        const ours = await opened(at, 'ours');
        const slot = await ours.createSlot(spec(), 'live');
        const documents = [{ key: 'a', document: { name: 'ours' } }];
        await ours.commit(slot, commit({ advance: advance(0, 5), documents }));
        await ours.close();
        return { at, slot };
      };

      it('is noted at the first question, and not at all where it is not said', async () => {
        const at = await place();
        expect(await (await opened(at)).log()).toEqual(new Map());
        const ours = await opened(await place(), 'ours');
        await ours.slots();
        expect(await ours.log()).toEqual(logOf('ours').made);
      });

      it.runIf(isKept)('is the only one that it answers and takes anything of', async () => {
        const { at, slot } = await filled();
        const theirs = await opened(at, 'theirs');
        for (const ask of [
          () => theirs.slots(),
          () => theirs.taken(),
          () => theirs.ready(),
          () => theirs.lead(slot.projection),
          () => theirs.documents(slot, ['a']),
          () => theirs.readTransaction(),
          () => theirs.createSlot(spec(), 'live'),
          () => theirs.dropSlot(slot),
          () => theirs.setStopped(slot.projection, true),
          () => theirs.commit(slot, commit({ documents: [{ key: 'a', document: null }] })),
        ])
          await expect(ask()).rejects.toMatchObject({ code: 'READ_STORE_FOREIGN' });
        expect(await theirs.log()).toEqual(logOf('ours').made);
        await theirs.close();
        const ours = await opened(at, 'ours');
        expect(await ours.documents(slot, ['a'])).toEqual(new Map([['a', { name: 'ours' }]]));
        expect((await ours.slots()).map(({ role }) => role)).toEqual(['live']);
        expect(await ours.stopped()).toEqual(new Set());
      });

      it.runIf(isKept)('is the same with a stream made anew, and with one more', async () => {
        const { at } = await filled();
        const made = new Map([...logOf('ours').made, ['thing', 'anew'], ['house', 'later']]);
        const ours = await at({ log: { made, holds } });
        onTestFinished(() => ours.close());
        expect(await ours.slots()).toHaveLength(1);
        expect(await ours.log()).toEqual(made);
        expect(holds).not.toHaveBeenCalled();
      });

      it.runIf(isKept)('is known on other servers by its events, an older copy not', async () => {
        const { at } = await filled();
        // What was taken last stands in no copy from before.
        const older = await opened(at, 'moved');
        await expect(older.slots()).rejects.toMatchObject({ code: 'READ_STORE_FOREIGN' });
        await older.close();
        const moved = await opened(at, 'moved');
        holds.mockResolvedValue(true);
        expect(await moved.slots()).toHaveLength(1);
        const { expected: _, ...taken } = advance(0, 5);
        expect(holds).toHaveBeenCalledWith([taken]);
        expect(await moved.log()).toEqual(logOf('moved').made);
      });
    });

    it('is closed once and for all', async () => {
      const other = await open();
      await Promise.all([other.slots(), other.close(), other.close()]);
      await expect(other.ready()).rejects.toMatchObject({ code: 'READ_STORE_UNAVAILABLE' });
      await expect(other.slots()).rejects.toMatchObject({ code: 'READ_STORE_UNAVAILABLE' });
    });
  });
};

const replaceAll = async (views: ViewStore, slot: Slot, documents: Known): Promise<void> => {
  const old = await views.pageByKey(slot, null, 1000);
  const writes = [
    ...old.map(({ key }) => ({ key, document: null })),
    ...[...documents].map(([key, document]) => ({ key, document })),
  ];
  expect(await views.commit(slot, commit({ documents: writes }))).toBe(true);
};
