import { afterEach, describe, expect, it } from 'vitest';
import { actors } from '../../../actors/index.js';
import { projections as listed } from '../../../streams/index.js';
import { approved } from '../../../test/support/commands.js';
import { PATIENCE_MS } from '../../../test/support/patience.js';
import { completeProjections } from '../../read/projections/index.js';
import { startProjections } from '../../read/projector/start-projections.js';
import { createTimeTravel } from '../../read/time/create-time-travel.js';
import { sqliteViews } from '../../read/views/sqlite.js';
import { Runtime } from '../../write/runtime/runtime.js';
import type { Feed } from '../../write/store/event-feeds.js';
import type { LogEntry } from '../../write/store/event-log.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { createHttp } from './create-http.js';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const DAY_MS = 86_400_000;
const START = Date.parse('2026-03-01T10:00:00Z');
const day = (n: number): string => new Date(START + n * DAY_MS).toISOString();

type Body = Record<string, unknown>;
const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

/** What a feed brings of a log that lost some of its messages. */
async function* leftOf(feed: Feed<LogEntry>, lost: ReadonlySet<number>) {
  for await (const { entries, pending } of feed)
    yield { entries: entries.filter(({ sequence }) => !lost.has(sequence)), pending };
}

/** A node in memory, the log of which may have lost messages, whose clock stands at 10:00 of a day. */
const world = async (lost: ReadonlySet<number> = new Set()) => {
  let now = START;
  const clock = () => now;
  const whole = memoryStore();
  const store: typeof whole = {
    ...whole,
    read: async (kind, id, from, most) =>
      (await whole.read(kind, id, from))
        .filter(({ sequence }) => !lost.has(sequence))
        .slice(0, most),
    feed: (...asked) => {
      const feed = whole.feed(...asked);
      return { ack: feed.ack, [Symbol.asyncIterator]: () => leftOf(feed, lost) };
    },
  };
  const views = await sqliteViews(':memory:');
  const runtime = new Runtime({
    definitions: actors,
    store,
    log,
    clock,
    limits: { snapshotEvery: 2 },
  });
  const definitions = completeProjections(actors, listed);
  const projections = startProjections({ definitions, store, views, log, clock });
  const ephemeral = () => sqliteViews(':memory:');
  const time = createTimeTravel({ store, ephemeral, projections, clock });
  const info = { name: 'stele', version: '0' };
  const app = createHttp({ runtime, store, projections, time, log, info, clock });
  opened.push(async () => {
    await time.close();
    await projections.close();
    await views.close();
    await runtime.drain();
  });
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await app.request(path, init);
    const json = JSON.parse((await response.text()) || '{}') as Body;
    return { status: response.status, headers: response.headers, json, code: json.code };
  };
  const at = (on: number): void => {
    now = START + on * DAY_MS;
  };
  const tell = async (on: number, path: string, data: object, more: object = {}) => {
    at(on);
    const envelope = { actor: 'ada', source: 'import', data, ...more };
    const headers = { 'content-type': 'application/json' };
    const told = await ask(path, { method: 'POST', headers, body: JSON.stringify(envelope) });
    if (told.status >= 300) throw new Error(JSON.stringify(told.json));
  };
  const approve = async () => {
    for (const one of approved('a-1', 'Application/DeleteApplication'))
      await runtime.dispatch(one, 'test');
  };
  const settled = async () => {
    const ends = new Map<string, number>();
    for (const one of actors) ends.set(one.slug, await store.last(one));
    for (const { name, sources } of definitions) {
      const own = new Map([...ends].filter(([slug]) => sources.some((one) => one.slug === slug)));
      if (!(await projections.waitForPosition(name, own, PATIENCE_MS)))
        throw new Error(`${name} is behind`);
    }
  };
  return { ask, tell, settled, at, approve };
};

const APP = '/applications/pay/commands';
const effective = (at: string) => ({ metadata: { effective_at: at } });

/** Recorded on days 0 to 5; true in the world in 2020 and 2021. */
const withHistory = async (lost?: ReadonlySet<number>) => {
  const all = await world(lost);
  const { tell } = all;
  await tell(
    0,
    `${APP}/create-application`,
    {
      name: 'Pay',
      owner: 'Team A',
      data_classification: 'internal',
      lifecycle: 'active',
    },
    effective('2020-01-01T00:00:00Z'),
  );
  await tell(
    1,
    `${APP}/set-owner`,
    { owner: 'Team B', reason: 'reorganised' },
    effective('2020-06-01T00:00:00Z'),
  );
  await tell(
    2,
    `${APP}/transition-lifecycle`,
    { target_lifecycle: 'deprecated' },
    effective('2021-01-01T00:00:00Z'),
  );
  await tell(3, `${APP}/set-owner`, { owner: 'Team C' }, effective('2020-03-01T00:00:00Z'));
  await tell(4, '/applications/other/commands/create-application', {
    name: 'Other',
    owner: 'Team A',
    data_classification: 'internal',
    lifecycle: 'active',
  });
  all.at(10);
  await all.settled();
  return all;
};

describe('GET /{plural}/{id} at another moment', () => {
  it.each([
    ['version=1', { owner: 'Team A', lifecycle: 'active', version: 1 }],
    ['version=2', { owner: 'Team B', lifecycle: 'active' }],
    ['version=3', { owner: 'Team B', lifecycle: 'deprecated' }],
    ['version=4', { owner: 'Team C', lifecycle: 'deprecated' }],
    [`as_of=${day(1)}`, { owner: 'Team B', lifecycle: 'active' }],
    ['as_of=2026-03-01', { owner: 'Team A' }],
    ['as_of=application:3', { owner: 'Team B' }],
    ['effective_at=2020-02-01', { owner: 'Team A' }],
    ['effective_at=2020-03-01', { owner: 'Team C', lifecycle: 'active' }],
    ['effective_at=2020-07-01', { owner: 'Team B', lifecycle: 'active' }],
    ['effective_at=2020-07-01&as_of=2026-03-01', { owner: 'Team A' }],
    ['effective_at=2021-01-01T00:00:00%2B00:00', { owner: 'Team B', lifecycle: 'deprecated' }],
  ])('with %s', async (query, expected) => {
    const { ask } = await withHistory();
    const { status, json } = await ask(`/applications/pay?${query}`);
    expect([status, json]).toEqual([200, expect.objectContaining({ id: 'pay', ...expected })]);
  });

  it('says what it reflects', async () => {
    const { ask } = await withHistory();
    const { headers } = await ask('/applications/pay?effective_at=2020-07-01');
    expect(headers.get('stele-effective-at')).toBe('2020-07-01T23:59:59.999Z');
    expect(headers.get('stele-position')).toMatch(/^application:\d+$/);
  });

  it.each([
    ['version=0', 422, 'VALIDATION_ERROR'],
    ['version=9', 404, 'NOT_FOUND'],
    ['version=1&as_of=2026-03-01', 422, 'VALIDATION_ERROR'],
    ['as_of=2026-02-30', 422, 'VALIDATION_ERROR'],
    ['as_of=tomorrow', 422, 'VALIDATION_ERROR'],
    ['as_of=2027-01-01', 422, 'VALIDATION_ERROR'],
    ['as_of=lamp:3', 422, 'VALIDATION_ERROR'],
    ['as_of=2026-02-01', 404, 'NOT_FOUND'],
    ['effective_at=2019-12-31', 404, 'NOT_FOUND'],
    ['effective_at=application:3', 422, 'VALIDATION_ERROR'],
    ['efective_at=2020-01-01', 422, 'VALIDATION_ERROR'],
  ])('refuses %s', async (query, status, code) => {
    const { ask } = await withHistory();
    const refused = await ask(`/applications/pay?${query}`);
    expect([refused.status, refused.code]).toEqual([status, code]);
  });

  it('tells of a deleted one that it was deleted by then, and what it was before', async () => {
    const { ask, tell, settled, approve } = await withHistory();
    await approve();
    await tell(
      11,
      `${APP}/delete-application`,
      { reason: 'gone' },
      {
        metadata: { business_justification: 'gone', approval_id: 'a-1' },
      },
    );
    await settled();
    expect((await ask('/applications/pay?version=4')).status).toBe(200);
    expect(await ask('/applications/pay?version=5')).toMatchObject({
      status: 410,
      code: 'DELETED',
    });
    const shown = await ask('/applications/pay?version=5&include_deleted=true');
    expect(shown.json).toMatchObject({ deleted: true, owner: 'Team C' });
  });
});

describe('GET /{plural} at another moment', () => {
  it('lists what there was, with filters and totals', async () => {
    const { ask } = await withHistory();
    const owners = async (query: string) => {
      const { json } = await ask(`/applications?sort=name&${query}`);
      return (json.items as Body[])?.map(({ name, owner }) => [name, owner]);
    };
    expect(await owners('as_of=2026-03-02')).toEqual([['Pay', 'Team B']]);
    expect(await owners('as_of=2026-03-06')).toEqual([
      ['Other', 'Team A'],
      ['Pay', 'Team C'],
    ]);
    expect(await owners('effective_at=2020-04-01')).toEqual([['Pay', 'Team C']]);
    expect(await owners('effective_at=2020-04-01&owner=Team%20A')).toEqual([]);
    expect(await owners('as_of=application:1')).toEqual([['Pay', 'Team A']]);
  });
});

describe('what others name before it begins', () => {
  it('is in no list then, with deleted ones neither, as it is not found by its id', async () => {
    const { ask, tell, settled } = await withHistory();
    const server = { hostname: 'db-1', environment: 'prod', criticality: 'low', region: 'eu' };
    await tell(10, '/servers/db-1/commands/create-server', server);
    const deployed = { server_id: 'db-1', environment: 'prod' };
    await tell(10, `${APP}/deploy-to-server`, deployed, effective('2020-02-01T00:00:00Z'));
    await settled();
    const then = 'include_deleted=true&effective_at=2020-06-01';
    expect((await ask(`/servers/db-1?${then}`)).status).toBe(404);
    for (const list of ['/servers', '/views/server-deployments']) {
      expect((await ask(`${list}?${then}`)).json).toMatchObject({ items: [], total: 0 });
      expect((await ask(`${list}?effective_at=2020-06-01&deleted=true`)).json.total).toBe(0);
      expect((await ask(`${list}?${then}&group_by=environment`)).json.groups).toEqual([]);
    }
    const difference = await ask(
      '/views/server-deployments/diff?clock=effective&include_deleted=true&from=2019-12-31&to=2020-06-01',
    );
    expect(difference.json.totals).toMatchObject({ added: 0, unchanged: 0 });
    expect((await ask('/servers?include_deleted=true')).json.total).toBe(1);
  });
});

describe('a moment that moves', () => {
  const creation = (name: string) => ({
    name,
    owner: 'Team A',
    data_classification: 'internal',
    lifecycle: 'active',
  });

  it.each([
    '/applications?sort=name&limit=1&as_of=2026-03-11',
    '/applications?sort=name&limit=1&effective_at=now',
    '/views/application-portfolio/diff?from=2026-02-01&to=2026-03-11&limit=1',
    '/views/application-portfolio/diff?clock=effective&from=2019-12-31&limit=1',
  ])('is the same on every page of %s', async (path) => {
    const { ask, tell, settled } = await withHistory();
    const page = async (query = '') => {
      const { json, headers } = await ask(`${path}${query}`);
      const { as_of, effective_at } = (json.to ?? json) as Body;
      const items = (json.items as Body[]).map((one) => one.name ?? (one.document as Body).name);
      const link = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
      return { items, moment: [as_of, effective_at], cursor: json.next_cursor, link };
    };
    const first = await page();
    // An hour later there is one more, between those two by its name and by its key.
    await tell(10 + 1 / 24, '/applications/paa/commands/create-application', creation('Paa'));
    await settled();
    const second = await page(`&cursor=${first.cursor}`);
    expect([...first.items, ...second.items]).toEqual(['Other', 'Pay']);
    expect(second.moment).toEqual(first.moment);
    expect(second.cursor).toBeNull();
    const linked = await ask(first.link!);
    expect((linked.json.items as Body[]).length).toBe(1);
    expect((await page()).moment).not.toEqual(first.moment);
  });

  it('cannot be made up', async () => {
    const { ask } = await withHistory();
    const list = '/applications?sort=name&limit=1&as_of=2026-03-11';
    const { json } = await ask(list);
    const parts = JSON.parse(Buffer.from(String(json.next_cursor), 'base64url').toString());
    for (const as_of of ['2027-01-01T00:00:00.000Z', 'soon', '']) {
      const forged = Buffer.from(JSON.stringify([...parts.slice(0, -1), { as_of }]));
      const refused = await ask(`${list}&cursor=${forged.toString('base64url')}`);
      expect([refused.status, refused.code]).toEqual([422, 'VALIDATION_ERROR']);
    }
  });
});

describe('GET /{plural}/{id}/history', () => {
  it('shows who changed what, when and why, the latest first', async () => {
    const { ask } = await withHistory();
    const { json, status } = await ask('/applications/pay/history');
    expect(status).toBe(200);
    expect(json).toMatchObject({ aggregate_id: 'pay', total: 4, page: 1, has_more: false });
    expect((json.items as Body[])[2]).toMatchObject({
      event_type: 'OwnerSet',
      command_type: 'SetOwner',
      actor: 'ada',
      recorded_at: day(1),
      occurred_at: '2020-06-01T00:00:00.000Z',
      changes: [{ field: 'owner', from: 'Team A', to: 'Team B' }],
    });
  });

  it('of one field only, in pages, and in another order', async () => {
    const { ask } = await withHistory();
    const versions = async (query: string) => {
      const { json } = await ask(`/applications/pay/history?${query}`);
      return (json.items as Body[]).map(({ aggregate_version }) => aggregate_version);
    };
    expect(await versions('field=owner')).toEqual([4, 2, 1]);
    expect(await versions('field=owner&limit=2&page=2')).toEqual([1]);
    expect(await versions('sort=aggregate_version')).toEqual([1, 2, 3, 4]);
    expect(await versions('sort=occurred_at')).toEqual([1, 4, 2, 3]);
  });

  it.each([
    ['/applications/nobody/history', 404],
    ['/applications/pay/history?field=colour', 422],
    ['/applications/pay/history?limit=201', 422],
    ['/applications/pay/history?sort=actor', 422],
    ['/applications/pay/history?feild=owner', 422],
    ['/applications/pay/history?as_of=2026-03-02', 422],
    ['/applications/nobody/statuses', 404],
    ['/applications/pay/statuses?clock=cuckoo', 422],
  ])('refuses %s', async (path, status) => {
    const { ask } = await withHistory();
    expect((await ask(path)).status).toBe(status);
  });
});

describe('GET /{plural}/{id}/statuses', () => {
  it('shows from when to when it had which status, and who changed it', async () => {
    const { ask } = await withHistory();
    const { json } = await ask('/applications/pay/statuses');
    expect(json.items).toMatchObject([
      { status: 'active', from: day(0), to: day(2), seconds: 2 * 86_400 },
      {
        status: 'deprecated',
        from: day(2),
        to: null,
        seconds: 8 * 86_400,
        event_type: 'LifecycleTransitioned',
        actor: 'ada',
        aggregate_version: 3,
      },
    ]);
    const world = await ask('/applications/pay/statuses?clock=effective');
    expect(world.json.items).toMatchObject([
      {
        from: '2020-01-01T00:00:00.000Z',
        to: '2021-01-01T00:00:00.000Z',
        seconds: 366 * 86_400,
      },
      { from: '2021-01-01T00:00:00.000Z', to: null },
    ]);
  });
});

describe('GET /{plural}/{id}/diff', () => {
  const fields = (json: Body) =>
    Object.fromEntries(
      (json.changes as { field: string; from: unknown; to: unknown }[])
        .filter(({ field }) => field !== 'correctable')
        .map(({ field, from, to }) => [field, [from, to]]),
    );
  const versions = (json: Body) =>
    (json.events as Body[]).map(({ aggregate_version }) => aggregate_version);

  it.each([
    ['from=1&to=2', { owner: ['Team A', 'Team B'] }, [2]],
    ['from=1', { owner: ['Team A', 'Team C'], status: ['active', 'deprecated'] }, [2, 3, 4]],
    ['from=2&to=1', { owner: ['Team B', 'Team A'] }, [2]],
    ['from=2026-03-01&to=2026-03-02', { owner: ['Team A', 'Team B'] }, [2]],
    [
      'from=application:3&to=now',
      { owner: ['Team B', 'Team C'], status: ['active', 'deprecated'] },
      [3, 4],
    ],
    ['clock=effective&from=2020-02-01&to=2020-07-01', { owner: ['Team A', 'Team B'] }, [4, 2]],
    ['clock=effective&from=2020-07-01&to=now', { status: ['active', 'deprecated'] }, [3]],
    ['from=2&to=2', {}, []],
  ])('with %s', async (query, changes, events) => {
    const { ask } = await withHistory();
    const { status, json } = await ask(`/applications/pay/diff?${query}`);
    expect(status).toBe(200);
    expect(fields(json)).toEqual(changes);
    expect(versions(json)).toEqual(events);
  });

  it('from before it existed shows everything', async () => {
    const { ask } = await withHistory();
    for (const query of ['from=0&to=1', 'from=2026-02-01&to=2026-03-01']) {
      const { json } = await ask(`/applications/pay/diff?${query}`);
      expect(json.from).toBeNull();
      expect(fields(json)).toMatchObject({ name: [null, 'Pay'], status: [null, 'active'] });
      expect(versions(json)).toEqual([1]);
    }
  });

  it.each([
    ['', 422],
    ['from=9', 404],
    ['from=2026-13-01', 422],
    ['from=1&clock=wall', 422],
    ['from=1&until=2', 422],
    ['clock=effective&from=application:1', 422],
  ])('refuses "%s"', async (query, status) => {
    const { ask } = await withHistory();
    expect((await ask(`/applications/pay/diff?${query}`)).status).toBe(status);
    expect((await ask('/applications/nobody/diff?from=1')).status).toBe(404);
  });
});

describe('a history whose first event was lost', () => {
  it.each([
    '/events',
    '?version=1',
    '?version=2',
    '?as_of=application:1',
    '?effective_at=2021-06-01',
    '/diff?from=1&to=2',
    '/history',
    '/history?field=owner',
  ])('is told by %s to be broken, and never as whole', async (path) => {
    const { ask } = await withHistory(new Set([1]));
    expect(await ask(`/applications/pay${path}`)).toMatchObject({ code: 'HISTORY_BROKEN' });
    const { json } = await ask('/readyz');
    expect(JSON.stringify(json)).toContain('the history of Application pay is broken at sequence');
  });
});
