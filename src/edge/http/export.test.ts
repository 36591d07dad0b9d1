import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { Application } from '../../../actors/application/application.js';
import { actors } from '../../../actors/index.js';
import { roles } from '../../../actors/roles.js';
import { projections as streams } from '../../../streams/index.js';
import { type Json, type ReadSide, startReadSide } from '../../../test/support/read-side.js';
import { defineProjection } from '../../core/projection.js';
import { refuse } from '../../core/refusal.js';
import { completeProjections } from '../../read/projections/index.js';
import type { Access } from '../access/index.js';
import { createHttp } from './create-http.js';
import { fieldsOf, writingOf } from './export-lines.js';
import { EXPORTS_AT_ONCE } from './limits.js';
import { type Served, serveHttp } from './serve-http.js';

const LINES = 5_000;
const TEXT_CHARS = 3_000;
/** Much is read and sent, on machines that may have other things to do. */
const CREATED = 'bulk';

/** One event makes thousands of documents. */
const lines = defineProjection({
  name: 'lines',
  summary: 'Many lines.',
  view: z.object({
    n: z.number().default(0),
    even: z.boolean().default(false),
    group: z.string().nullable().default(null),
    text: z.string().default(''),
    nested: z.array(z.object({ of: z.string() })).default([]),
  }),
  indexed: ['n', 'even', 'group'],
  sort: '-even,n',
  from: [Application],
  documentIds: {
    Application: ({ event_type, aggregate_id }) =>
      event_type === 'ApplicationCreated' && aggregate_id === CREATED
        ? Array.from({ length: LINES }, (_, n) => `k${n}`)
        : [],
  },
  on: {
    Application: {
      ApplicationCreated: (view, _, key) => {
        const n = Number(key.slice(1));
        const group = n % 3 === 0 ? null : `g${n % 3}`;
        return { ...view, n, even: n % 2 === 0, group, text: 'x'.repeat(TEXT_CHARS), nested: [] };
      },
    },
  },
});

let side: ReadSide;
let served: Served;
const rows = (text: string): Record<string, string>[] => parse(text, { columns: true });
const jsonOf = (text: string): Json[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Json);
const create = (id: string, more: object) =>
  side.tell(`/applications/${id}/commands/create-application`, {
    name: id,
    owner: 'finance',
    data_classification: 'internal',
    lifecycle: 'planned',
    ...more,
  });

beforeAll(async () => {
  side = await startReadSide([...streams, lines]);
  const hard = ['=1+1', '+1', '-1', '@x', 'a "b", c\nd', 'é'];
  for (const [n, name] of hard.entries()) await create(`hard-${n}`, { name: `${name} ${n}` });
  side.later(1);
  await side.tell('/applications/hard-0/commands/add-tags', { tags: ['old', 'core'] });
  await side.tell('/applications/hard-1/commands/set-owner', { owner: 'hr' });
  await create(CREATED, { name: 'The one that makes many' });
  served = await serveHttp({ app: side.app, host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await served.close();
  await side.close();
});

/** A client that reads nothing of its answer. */
const silent = async (url: string, path: string): Promise<Socket> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.pause();
  socket.on('error', () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`);
  return socket;
};
const settled = async (look: () => number): Promise<number> => {
  let before = -1;
  await expect
    .poll(
      () => {
        const same = look() === before;
        before = look();
        return same && before > 0;
      },
      { interval: 100 },
    )
    .toBe(true);
  return before;
};

type Page = ReadSide['views']['page'];
/** How many pages exports have read from here on; `as` is done instead. */
const pagesRead = (as: (page: Page) => Page = (page) => page) => {
  const begin = side.views.readTransaction.bind(side.views);
  let pages = 0;
  const spy = vi.spyOn(side.views, 'readTransaction').mockImplementation(async () => {
    const reads = await begin();
    const page = as(reads.page);
    return {
      ...reads,
      page: (...asked) => {
        pages++;
        return page(...asked);
      },
    };
  });
  return { count: () => pages, restore: () => spy.mockRestore() };
};

describe('an export', () => {
  it('is the whole list as CSV, in its order, with a name for the file', async () => {
    const { status, headers, text } = await side.ask('/applications?format=csv&sort=id');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toBe(
      'attachment; filename="application-portfolio-2026-03-02.csv"',
    );
    expect(headers.get('stele-position')).toMatch(/^application:\d+,relation:0$/);
    expect(headers.get('vary')).toMatch(/Accept,/);
    const [first, ...rest] = rows(text);
    expect(first).toMatchObject({ id: CREATED, in_production: 'false', owner_changes: '0' });
    expect(first).toMatchObject({ capability_id: '', capability_name: '', tags: '[]' });
    expect(rest.map(({ name }) => name)).toEqual([
      "'=1+1 0",
      "'+1 1",
      "'-1 2",
      "'@x 3",
      'a "b", c\nd 4',
      'é 5',
    ]);
    expect(rest[0]).toMatchObject({ tags: '["old","core"]', updated_at: side.now() });
  });

  it('says the same as the pages, as JSON lines', async () => {
    const { headers, text } = await side.ask('/applications?format=jsonl');
    expect(headers.get('content-type')).toBe('application/x-ndjson');
    expect(headers.get('content-disposition')).toMatch(/"application-portfolio-.*\.jsonl"$/);
    expect(jsonOf(text)).toEqual((await side.ask('/applications?limit=200')).json.items);
  });

  it.each<[string, string]>([
    ['text/csv', 'text/csv; charset=utf-8'],
    ['application/json;q=0.5, text/csv', 'text/csv; charset=utf-8'],
    ['application/x-ndjson', 'application/x-ndjson'],
    ['Application/JSONL', 'application/x-ndjson'],
    ['text/html,application/xml;q=0.9,*/*;q=0.8', 'application/json'],
    ['text/csv;q=0', 'application/json'],
    ['application/json, text/csv', 'application/json'],
    ['nonsense;;q=,', 'application/json'],
    ['constructor', 'application/json'],
    ['__proto__, toString', 'application/json'],
  ])('goes by Accept: %s', async (accept, type) => {
    const { headers } = await side.ask('/audit', { headers: { accept } });
    expect(headers.get('content-type')).toBe(type);
  });

  it('goes by the parameter rather than by Accept', async () => {
    const told = await side.ask('/audit?format=json', { headers: { accept: 'text/csv' } });
    expect(told.headers.get('content-type')).toBe('application/json');
  });

  it('keeps to filters and to a moment', async () => {
    const { text } = await side.ask('/applications?format=csv&owner=hr');
    expect(rows(text)).toMatchObject([{ id: 'hard-1' }]);
    const before = await side.ask('/applications?format=jsonl&as_of=2026-03-01&owner=finance');
    expect(jsonOf(before.text)).toHaveLength(6);
    expect(before.headers.get('stele-as-of')).toBe('2026-03-01T23:59:59.999Z');
    expect(before.headers.get('content-disposition')).toContain('-2026-03-01.jsonl');
  });

  it('says what is called how that a document refers to, parts and later names among it', async () => {
    const offer = { service_id: 'pay', name: 'Payment' };
    await side.tell('/applications/hard-2/commands/offer-service', offer);
    await side.tell('/integrations/flow/commands/create-integration', {
      source_app_id: 'hard-0',
      target_app_id: 'hard-1',
      protocol: 'rest',
    });
    const related = (relation_type: string, target_type: string, target_id: string) =>
      side.tell('/relations/commands/create-relation', {
        source_type: 'application',
        source_id: 'hard-0',
        relation_type,
        target_type,
        target_id,
        confidence: 1,
      });
    await related('uses', 'application_service', 'pay');
    await related('calls', 'application', 'hard-5');
    const [flow] = rows((await side.ask('/integrations?format=csv')).text);
    expect(flow).toMatchObject({
      source_app_id: 'hard-0',
      source_app_name: "'=1+1 0",
      target_app_id: 'hard-1',
      target_app_name: "'+1 1",
    });
    const relations = jsonOf((await side.ask('/relations?format=jsonl')).text);
    expect(relations.map(({ source_name, target_name }) => [source_name, target_name])).toEqual(
      expect.arrayContaining([
        ['=1+1 0', 'Payment'],
        ['=1+1 0', 'é 5'],
      ]),
    );
    const head = (await side.ask('/relations?format=csv&relation_type=owns')).text
      .trim()
      .split(',');
    for (const end of ['source', 'target'])
      expect(head[head.indexOf(`${end}_id`) + 1]).toBe(`${end}_name`);
    // What a list tells by itself is told once.
    const { text } = await side.ask('/applications?format=csv&limit=1');
    expect(text.match(/capability_name/g)).toBeNull();
  });

  it('has a header row even when it is empty', async () => {
    const none = await side.ask('/applications?format=csv&owner=nobody');
    const { text } = await side.ask('/applications?format=csv');
    expect(none.text).toBe(text.slice(0, text.indexOf('\n') + 1));
    expect((await side.ask('/applications?format=jsonl&owner=nobody')).text).toBe('');
  });

  it('is asked for by HEAD as by GET', async () => {
    const head = await side.ask('/audit?format=csv', { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.get('content-disposition')).toContain('audit-log-2026-03-02.csv');
  });

  it.each<[string, string, RegExp]>([
    ['format=csv&page=1', 'page', /does not go with csv/],
    ['format=jsonl&limit=10', 'limit', /does not go with jsonl/],
    ['format=csv&cursor=x', 'cursor', /everything that meets the filters/],
    ['format=csv&group_by=owner', 'group_by', /does not go with csv/],
    ['format=xls', 'format', /json, csv, jsonl/],
    ['format=csv&format=csv', 'format', /more than once/],
    ['format=csv&ownr=x', 'ownr', /did you mean "owner"/],
  ])('refuses ?%s', async (query, field, message) => {
    const { status, code, json } = await side.ask(`/applications?${query}`);
    expect([status, code]).toEqual([422, 'VALIDATION_ERROR']);
    const [error] = json.errors as { field: string; message: string }[];
    expect(error).toMatchObject({ field });
    expect(error?.message).toMatch(message);
  });

  it('has a column for every field that any document shows', async () => {
    for (const projection of completeProjections(actors, streams)) {
      const path = `/views/${projection.name}?${projection.deleted ? 'include_deleted=true&' : ''}`;
      const [lines, table] = [
        await side.ask(`${path}format=jsonl`),
        await side.ask(`${path}format=csv`),
      ];
      const fields = new Set(jsonOf(lines.text).flatMap((one) => Object.keys(one)));
      const [columns = []] = parse(table.text, { to_line: 1 }) as string[][];
      expect(columns).toEqual(expect.arrayContaining([...fields]));
    }
  });
});

it('writes text that a spreadsheet would run so that it does not, and numbers as they are', () => {
  const { page } = writingOf('csv', fieldsOf(lines, side.now()));
  const texts = ['=1', '+1', '-1', '@a', '\ta', '\ra', "'a", ' =1', '', null];
  const told = parse(
    page(texts.map((text) => ({ id: 'k', n: -1, even: true, text }))),
  ) as string[][];
  expect(told.map((row) => row[4])).toEqual([
    "'=1",
    "'+1",
    "'-1",
    "'@a",
    "'\ta",
    "'\ra",
    "'a",
    ' =1',
    '',
    '',
  ]);
  expect(told[0]).toEqual(['k', '-1', 'true', '', "'=1", '']);
});

describe('an export of thousands', () => {
  it('has each of them once, over a socket, in their order', async () => {
    const response = await fetch(`${served.url}/views/lines?format=csv`, {
      headers: { 'accept-encoding': 'gzip' },
    });
    const all = rows(await response.text());
    const ns = all.map(({ n }) => Number(n));
    const even = Array.from({ length: LINES / 2 }, (_, n) => 2 * n);
    expect(ns).toEqual([...even, ...even.map((n) => n + 1)]);
    const some = await fetch(`${served.url}/views/lines?format=jsonl&group=null&sort=-group,n`);
    expect(jsonOf(await some.text()).map(({ n }) => n)).toEqual(
      ns.filter((n) => n % 3 === 0).sort((a, b) => a - b),
    );
  });

  it('reads no further for a client that does not read, and stops when it goes', async () => {
    const { count, restore } = pagesRead();
    try {
      const socket = await silent(served.url, '/views/lines?format=jsonl');
      expect(await settled(count)).toBeLessThan(LINES / 1_000);
      const before = count();
      socket.destroy();
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(count()).toBeLessThanOrEqual(before + 1); // one may be under way
    } finally {
      restore();
    }
  });

  it('is one of a few at a time, and lets others in when clients have gone', async () => {
    const path = '/views/lines?format=csv';
    const { count, restore } = pagesRead();
    const sockets: Socket[] = [];
    for (let n = 0; n < EXPORTS_AT_ONCE; n++) sockets.push(await silent(served.url, path));
    expect(await settled(count)).toBeGreaterThanOrEqual(EXPORTS_AT_ONCE);
    restore();
    expect((await side.ask(path)).code).toBe('BUSY');
    expect((await side.ask('/audit?format=csv', { method: 'HEAD' })).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await side.ask('/audit?format=csv')).status).toBe(200);
  });

  it('cuts the connection of a client that takes nothing for too long', async () => {
    const { runtime, store, projections } = side;
    let cut = (): void => {};
    const isCut = new Promise<void>((resolve) => {
      cut = resolve;
    });
    const app = createHttp({
      runtime,
      store,
      projections,
      limits: { stalledAfterMs: 100 },
      log: { warn: () => cut(), error: () => {} },
      info: { name: 'stele', version: '1.2.3' },
    });
    const impatient = await serveHttp({ app, host: '127.0.0.1', port: 0 });
    const socket = await silent(impatient.url, '/views/lines?format=csv');
    await isCut;
    const gone = once(socket, 'close');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.resume();
    await gone;
    expect(text).toContain('HTTP/1.1 200');
    expect(text.endsWith('0\r\n\r\n')).toBe(false);
    await impatient.close();
  });

  it('ends soon after a key is revoked', async () => {
    const { runtime, store, projections } = side;
    const log = { warn: () => {}, error: () => {} };
    let revoked = false;
    const access: Access = {
      roles,
      authenticate: async () =>
        revoked
          ? refuse('UNAUTHENTICATED', 'the API key was revoked')
          : { actor: 'ada', actor_type: 'user', roles: ['admin'], teams: [] },
    };
    const info = { name: 'stele', version: '1.2.3' };
    const app = createHttp({ runtime, store, projections, log, access, info });
    const guarded = await serveHttp({ app, host: '127.0.0.1', port: 0 });
    try {
      const response = await fetch(`${guarded.url}/views/lines?format=jsonl`);
      expect(response.status).toBe(200);
      revoked = true;
      await expect(response.text()).rejects.toThrow(/terminated/);
    } finally {
      await guarded.close();
    }
  });

  it('of one who asks for many pages at once leaves others their turn', async () => {
    const { runtime, store, projections } = side;
    const access: Access = {
      roles,
      authenticate: async ({ apiKey = '' }) => ({
        actor: apiKey,
        actor_type: 'user',
        roles: ['viewer'],
        teams: [],
      }),
    };
    const log = { warn: () => {}, error: () => {} };
    const info = { name: 'stele', version: '1.2.3' };
    const app = createHttp({ runtime, store, projections, log, access, info });
    const done: string[] = [];
    const ask = async (key: string): Promise<void> => {
      const path = '/views/lines?limit=20';
      const response = await app.request(path, { headers: { 'x-api-key': key } });
      expect(response.status).toBe(200);
      done.push(key);
    };
    await Promise.all([...Array.from({ length: 40 }, () => ask('ada')), ask('bob')]);
    expect(done.indexOf('bob')).toBeLessThan(10);
  });

  it('is read portion by portion, one in a round of the loop, however many there are', async () => {
    let round = 0;
    let over = false;
    const count = (): void => {
      round++;
      if (!over) setImmediate(count);
    };
    const rounds: number[] = [];
    const { restore } = pagesRead((page) => (slot, query) => {
      rounds.push(round);
      return page(slot, query);
    });
    try {
      count();
      const paths = ['/views/lines?format=csv', '/views/lines/diff?from=now&to=now'];
      const asked = Array.from({ length: 4 }, () => paths).flat();
      const texts = await Promise.all(
        asked.map(async (path) => (await side.app.request(path)).text()),
      );
      expect(texts.every((text) => text.length > 0)).toBe(true);
    } finally {
      over = true;
      restore();
    }
    // What an answer begins with waited its turn before.
    expect(rounds.length).toBeGreaterThan(4 * (LINES / 1_000));
    expect(rounds.length - new Set(rounds).size).toBeLessThan(8);
  });

  it('never looks whole when something goes wrong on the way', async () => {
    let calls = 0;
    const { restore } = pagesRead((page) => (slot, query) => {
      calls++;
      if (calls < 3) return page(slot, query);
      return page({ ...slot, generation: 999 }, query); // a table that is not there
    });
    try {
      const response = await fetch(`${served.url}/views/lines?format=csv`);
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow(/terminated/);
      expect(side.logged).toContainEqual(expect.objectContaining({ path: '/views/lines' }));
      calls = 2;
      const refused = await side.ask('/views/lines?format=csv');
      expect([refused.status, refused.code]).toEqual([503, 'READ_STORE_UNAVAILABLE']);
      calls = 0;
      const here = await side.app.request('/views/lines?format=csv');
      await expect(here.text()).rejects.toThrow();
    } finally {
      restore();
    }
    const whole = await fetch(`${served.url}/views/lines?format=jsonl&n.lt=10`);
    expect(jsonOf(await whole.text())).toHaveLength(10);
  });
});
