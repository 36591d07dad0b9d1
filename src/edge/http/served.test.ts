import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dimmed, kinds, Lamp, Pen, placed } from '../../../test/support/lamps.js';
import {
  caughtUp,
  startTestProjections,
  statusOf,
  until,
} from '../../../test/support/projecting.js';
import { defineProjection, type Projection, report } from '../../core/projection.js';
import type { Projections } from '../../read/projector/projections.js';
import { createTimeTravel } from '../../read/time/create-time-travel.js';
import type { ViewStore } from '../../read/views/port.js';
import { sqliteViews } from '../../read/views/sqlite.js';
import { Runtime } from '../../write/runtime/runtime.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { createHttp } from './create-http.js';

const LOG = [placed('a', 'red'), placed('b', 'blue'), dimmed('a', 5)];
const log = { warn: () => {}, error: () => {} };

/** Lamps as the program before showed them. */
const lampsBefore = defineProjection({
  name: 'lamps',
  summary: 'Lamps.',
  version: 1,
  view: z.object({ house: z.string().default(''), level: z.string().default('') }),
  indexed: ['house', 'level'],
  from: [Lamp],
  on: {
    Lamp: {
      LampPlaced: (view, { data }) => ({ ...view, house: data.house }),
      LampDimmed: (view, { data }) => ({ ...view, level: `${data.level}` }),
    },
  },
});

/** With a field more and one of another type, in another order, searched, and with a report. */
const lampsNow = defineProjection({
  name: 'lamps',
  summary: 'Lamps.',
  version: 2,
  view: z.object({
    house: z.string().default(''),
    level: z.number().default(0),
    dims: z.array(z.number()).default([]),
    is_on: z.boolean().default(false),
  }),
  indexed: ['house', 'level', 'is_on'],
  search: ['house'],
  sort: '-is_on,-house',
  from: [Lamp],
  on: {
    Lamp: {
      LampPlaced: (view, { data }) => ({ ...view, house: data.house }),
      LampDimmed: (view, { data: { level } }) => ({
        ...view,
        level,
        dims: [...view.dims, level],
        is_on: level > 0,
      }),
    },
  },
  reports: {
    dims: report({
      summary: 'How often lamps were dimmed.',
      params: z.object({}),
      answer: (documents: readonly { readonly dims?: readonly number[] }[]) =>
        documents.reduce((sum, { dims }) => sum + (dims?.length ?? 0), 0),
    }),
  },
});

const open: Projections[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A node with the new program over documents that the program before has made. */
const given = async (
  change: (views: ViewStore) => Partial<ViewStore>,
  projection: Projection = lampsNow,
) => {
  const store = memoryStore();
  const real = await sqliteViews(':memory:');
  await new Pen().writeAll(store, LOG);
  const before = startTestProjections({ definitions: [lampsBefore], store, views: real });
  await caughtUp(before, 'lamps', store);
  await before.close();
  const views = { ...real, ...change(real) };
  const projections = startTestProjections({ definitions: [projection], store, views });
  open.push(projections);
  await until(
    () => statusOf(projections, 'lamps').generation,
    (generation) => generation === 1,
  );
  const runtime = new Runtime({ definitions: kinds, store, log });
  const info = { name: 'stele', version: '1.2.3' };
  const time = createTimeTravel({ store, projections, ephemeral: () => sqliteViews(':memory:') });
  const app = createHttp({ runtime, store, projections, time, log, info });
  const ask = async (query: string) => {
    const response = await app.request(`/views/lamps${query}`);
    const text = await response.text();
    const json = text.startsWith('{"') ? JSON.parse(text.split('\n')[0]!) : {};
    return { status: response.status, text, json, retry: response.headers.get('retry-after') };
  };
  return { ask, projections, store };
};

/** What is asked for and is not there yet. */
const ABSENT: readonly (readonly [string, readonly string[]])[] = [
  ['?is_on=true', ['is_on']],
  ['?sort=is_on', ['is_on']],
  ['?group_by=is_on', ['is_on']],
  ['?level.gt=3', ['level']],
  ['?sort=-level,house', ['level']],
  ['?search=red', ['house']],
  ['?is_on=true&format=csv', ['is_on']],
  ['?format=jsonl&sort=is_on', ['is_on']],
  ['/diff?from=now&is_on=true', ['is_on']],
];

describe.each([
  {
    where: 'while its new version is built',
    change: (real: ViewStore): Partial<ViewStore> => ({
      index: async (slot) => {
        if (slot.generation > 1) throw new Error('not yet');
        await real.index(slot);
      },
    }),
  },
  { where: 'while another node leads', change: () => ({ lead: async () => false }) },
])('a projection of another version, $where', ({ change }) => {
  it('answers what the documents have that are served', async () => {
    const { ask } = await given(change);
    const all = await ask('');
    expect(all.status, all.text).toBe(200);
    expect(all.json).toMatchObject({
      items: [
        { house: 'red', level: '5' },
        { house: 'blue', level: '' },
      ],
      total: 2,
    });
    expect((await ask('?house=red')).json).toMatchObject({ total: 1 });
    expect((await ask('?sort=house')).json.items).toMatchObject([{ house: 'blue' }, {}]);
    expect((await ask('?group_by=house')).json).toMatchObject({ total: 2 });
    expect((await ask('?format=jsonl')).text.trim().split('\n')).toHaveLength(2);
    expect((await ask('/documents/a')).json).toMatchObject({ house: 'red' });
  });

  it('goes on behind the last page in the order that it has', async () => {
    const { ask } = await given(change);
    const first = await ask('?limit=1');
    expect(first.json).toMatchObject({ items: [{ house: 'red' }], has_more: true });
    const next = await ask(`?limit=1&cursor=${first.json.next_cursor}`);
    expect(next.json).toMatchObject({ items: [{ house: 'blue' }], has_more: false });
  });

  it.each(ABSENT)('says of %s that it is not ready for that', async (query, fields) => {
    const { ask } = await given(change);
    const { status, json, retry } = await ask(query);
    expect({ status, code: json.code, details: json.details }).toEqual({
      status: 503,
      code: 'PROJECTION_NOT_READY',
      details: { fields, version: 2, served: 1 },
    });
    expect(retry).toBe('1');
  });

  it.each([
    ['a report', '/dims'],
    ['a difference to what was then', '/diff?from=2020-01-01'],
    ['a difference from then', '/diff?from=2020-01-01&to=now'],
  ])('is not ready for %s, which its own documents are needed for', async (_, query) => {
    const { ask } = await given(change);
    const { status, json } = await ask(query);
    expect({ status, code: json.code, details: json.details }).toMatchObject({
      status: 503,
      code: 'PROJECTION_NOT_READY',
      details: { version: 2, served: 1 },
    });
  });

  it('is compared with itself', async () => {
    const { ask } = await given(change);
    expect((await ask('/diff?from=now&to=now')).status).toBe(200);
  });
});

it('answers everything once its new version is built', async () => {
  let ready = false;
  const { ask, projections } = await given((real) => ({
    index: async (slot) => {
      if (!ready && slot.generation > 1) throw new Error('not yet');
      await real.index(slot);
    },
  }));
  ready = true;
  await until(
    () => statusOf(projections, 'lamps').generation,
    (generation) => generation === 2,
  );
  for (const [query] of ABSENT.filter(([one]) => !one.startsWith('/diff')))
    expect((await ask(query)).status).toBe(200);
  expect((await ask('/dims')).json).toMatchObject({ answer: 1 });
});

describe('what is shown of documents that another definition made', () => {
  const showing = (show: (document: { readonly dims?: readonly number[] }) => object) =>
    given(
      (real) => ({
        index: async (slot) => {
          if (slot.generation > 1) throw new Error('not yet');
          await real.index(slot);
        },
      }),
      defineProjection({
        name: 'lamps',
        summary: 'Lamps.',
        version: 2,
        view: z.object({ house: z.string().default(''), dims: z.array(z.number()).default([]) }),
        indexed: ['house'],
        from: [Lamp],
        on: { Lamp: { LampPlaced: (view, { data }) => ({ ...view, house: data.house }) } },
        show: (document) => ({ ...document, ...show(document) }),
      }),
    );

  it('is what they have', async () => {
    const { ask } = await showing(() => ({ seen: true }));
    const { json } = await ask('');
    expect(json).toMatchObject({ items: [{ house: 'red', seen: true }, { house: 'blue' }] });
  });

  it('is not ready where it needs what they do not have', async () => {
    const { ask } = await showing(({ dims }) => ({ dimmed: dims?.length ?? 0 }));
    expect(await ask('')).toMatchObject({ status: 503, json: { code: 'PROJECTION_NOT_READY' } });
  });
});
