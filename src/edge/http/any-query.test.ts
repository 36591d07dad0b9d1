import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, type ReadSide, startReadSide } from '../../../test/support/read-side.js';

let side: ReadSide;
beforeAll(async () => {
  side = await startReadSide();
  for (const [id, parent_id] of [['top'], ['below', 'top']] as const)
    await side.tell(`/capabilities/${id}/commands/create-capability`, {
      name: id,
      ...(parent_id && { parent_id }),
    });
  for (let n = 0; n < 12; n++)
    await side.tell(`/applications/a${n}/commands/create-application`, {
      name: `App ${n}`,
      owner: `team-${n % 3}`,
      lifecycle: n % 2 ? 'active' : 'planned',
      data_classification: 'internal',
      capability_id: n % 4 ? 'below' : 'top',
    });
  side.later(1);
});
afterAll(() => side.close());

/** Whatever is asked: an answer or a problem with a code, never a 5xx, never a stack. */
const sane = (
  path: string,
  { status, headers, text, json }: Awaited<ReturnType<ReadSide['ask']>>,
) => {
  expect(status, `${path}: ${text}`).toBeLessThan(500);
  expect(text).not.toMatch(/\.[jt]s:\d/);
  if (status === 200) return;
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(json.code).toMatch(/^[A-Z_]+$/);
};

const names = [
  'page',
  'limit',
  'sort',
  'search',
  'cursor',
  'group_by',
  'include_deleted',
  'as_of',
  'effective_at',
  'min_position',
  'min_position_timeout_ms',
  'from',
  'to',
  'clock',
  'version',
  'owner',
  'owner.gt',
  'name.lte',
  'created_at.gte',
  'owner_changes.lt',
  'owner_changes',
  'capability_id.within',
  'parent_id.within',
  'tags',
  'lifecycle',
  'in_production',
  'depth',
  'root',
  'overlap_above',
  'per',
  'bogus',
  '__proto__',
  'deleted',
  'constructor',
];
const name = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, fc.string());
const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer().map(String),
  fc.double().map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    'null',
    'true',
    'name',
    '-owner,+name',
    'owner',
    'now',
    '2026-03-01',
    'recorded',
    '\0',
    'application:3',
    'journal:1',
    'application:99999',
    '1',
    '10',
    'top',
    'effective',
    'month',
    '2026-03-01T09:00:00Z',
    '9999-12-31',
    '0000-01-01',
    '-000001-01-01',
    '1e308',
    '1e999',
  ),
);
const query = fc.array(fc.tuple(name, value), { maxLength: 5 });
const path = fc.constantFrom(
  '/applications',
  '/capabilities',
  '/servers',
  '/audit',
  '/views/commands',
  '/views/application-portfolio',
  '/views/application-portfolio/diff',
  '/views/capability-map/diff',
  '/views/capability-map/tree',
  '/views/sunset-roadmap/roadmap',
  '/views/commands/rejections',
  '/views/audit-log/diff',
  '/applications/a1',
  '/views',
  '/views/audit-log/documents/x',
  '/views/application-portfolio/documents/a1',
);

test.prop([path, query], { numRuns: 700 })(
  'any query',
  async (at, pairs) => {
    // Waiting for a position that will not come is not what is tested here.
    const asked = [...pairs.filter(([one]) => one !== 'min_position_timeout_ms')];
    const url = `${at}?${new URLSearchParams([...asked, ['min_position_timeout_ms', '0']])}`;
    sane(url, await side.ask(url));
    const without = `${at}?${new URLSearchParams(asked)}`;
    if (!without.includes('min_position')) sane(without, await side.ask(without));
  },
  60_000,
);

/** Pairs that mean something, so that what is behind the parsing is reached, too. */
const right = fc.constantFrom<readonly [string, string]>(
  ...([
    ['owner', 'team-1'],
    ['owner', 'null'],
    ['sort', '-owner,name'],
    ['limit', '3'],
    ['page', '2'],
    ['search', 'app'],
    ['group_by', 'owner'],
    ['include_deleted', 'true'],
    ['as_of', 'application:3'],
    ['as_of', '2026-03-01T10:00:00Z'],
    ['effective_at', '2026-03-01'],
    ['from', '2026-02-01'],
    ['to', 'now'],
    ['clock', 'effective'],
    ['capability_id.within', 'top'],
    ['depth', '1'],
    ['from', 'application:4'],
    ['per', 'month'],
    ['min_position', 'application:2'],
  ] as [string, string][]),
);
let answered = 0;
test.prop([path, fc.uniqueArray(right, { maxLength: 4, selector: ([one]) => one })], {
  numRuns: 500,
})(
  'any query that is nearly right',
  async (at, pairs) => {
    const url = `${at}?${new URLSearchParams(Object.fromEntries(pairs))}`;
    const told = await side.ask(url);
    if (told.status === 200) answered++;
    sane(url, told);
  },
  60_000,
);
it('answered many of them', () => {
  expect(answered).toBeGreaterThan(50);
});

test.prop([path, fc.string({ unit: fc.constantFrom(...'%&=+;?a0.Ã©,:-') })], { numRuns: 300 })(
  'any text behind the question mark',
  async (at, text) => {
    sane(text, await side.ask(`${at}?${text}`));
  },
  60_000,
);

test.prop([fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('documents', 'parked')], {
  numRuns: 200,
})('any key', async (key, where) => {
  const encoded = encodeURIComponent(key);
  const at =
    where === 'documents'
      ? `/views/application-portfolio/documents/${encoded}`
      : `/projections/audit-log/parked/application/${encoded}/retry`;
  const told = await side.ask(at, { method: where === 'parked' ? 'POST' : 'GET' });
  sane(at, told);
});

describe('a walk by cursor', () => {
  type Step = { readonly add?: number; readonly remove?: number };
  const step = fc.record(
    { add: fc.integer({ min: 0, max: 400 }), remove: fc.integer({ min: 0, max: 400 }) },
    { requiredKeys: [] },
  );
  const columns = fc.constantFrom(
    '',
    'owner',
    '-owner,name',
    'criticality,-name',
    '-in_production',
  );

  let run = 0;
  test.prop([fc.array(step, { maxLength: 20 }), columns, fc.integer({ min: 1, max: 7 })], {
    numRuns: 60,
  })(
    'shows nothing twice and misses nothing that stayed',
    async (steps: Step[], sort, limit) => {
      const { store, slot } = await side.projections.reading('application-portfolio');
      const definition = side.projections.definitions.find(
        (one) => one.name === 'application-portfolio',
      )!;
      const mark = `walk-${run++}`;
      const key = (n: number): string => `${mark}-${n}`;
      const write = (n: number, there: boolean) => {
        const document = {
          ...definition.initial,
          id: key(n),
          version: 1,
          deleted: false,
          name: `N${n % 13}`,
          owner: `${n % 5}`,
          tags: [mark],
          criticality: n % 3 ? 'high' : null,
          in_production: n % 2 === 0,
        };
        return store.commit(slot, {
          documents: [{ key: key(n), document: there ? document : null }],
          advance: null,
          folds: [],
          park: [],
          unpark: [],
          discard: [],
        });
      };
      const there = new Set<number>();
      for (let n = 0; n < 25; n++) {
        const one = n * 16;
        there.add(one);
        await write(one, true);
      }
      const stayed = new Set(there);
      const seen: string[] = [];
      const changes = [...steps];
      let cursor: unknown = '';
      for (;;) {
        const at = `/applications?tags=${mark}&limit=${limit}${sort && `&sort=${sort}`}${cursor && `&cursor=${cursor}`}`;
        const { json } = await side.ask(at);
        seen.push(...(json.items as Json[]).map(({ id }) => id as string));
        cursor = json.next_cursor;
        if (cursor === null) break;
        const change = changes.shift();
        if (change?.add !== undefined && !stayed.has(change.add)) await write(change.add, true);
        if (change?.remove !== undefined) {
          stayed.delete(change.remove);
          await write(change.remove, false);
        }
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect([...stayed].map(key).filter((one) => !seen.includes(one))).toEqual([]);
    },
    120_000,
  );

  it('would notice pages that are counted', async () => {
    // The same walk by number loses a document when one before it goes: that is why there are cursors.
    const first = await side.ask('/applications?sort=name&limit=5');
    await side.approve();
    await side.tell('/applications/a0/commands/delete-application', { reason: 'to show it' });
    const second = await side.ask('/applications?sort=name&limit=5&page=2');
    const ids = [...(first.json.items as Json[]), ...(second.json.items as Json[])];
    const byCursor = await side.ask(
      `/applications?sort=name&limit=5&cursor=${first.json.next_cursor}`,
    );
    const more = [...(first.json.items as Json[]), ...(byCursor.json.items as Json[])];
    expect(new Set(ids.map(({ id }) => id)).size).toBe(10);
    expect((byCursor.json.items as Json[])[0]?.id).not.toBe((second.json.items as Json[])[0]?.id);
    expect(new Set(more.map(({ id }) => id)).size).toBe(10);
  });
});
