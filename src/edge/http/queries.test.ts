import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, type ReadSide, startReadSide } from '../../../test/support/read-side.js';
import { turnsDuring } from '../../../test/support/turns-during.js';

let side: ReadSide;
const ids = (json: Json): unknown[] => (json.items as Json[]).map(({ id }) => id);
const app = (name: string, more: object = {}) => ({
  name,
  owner: 'finance',
  data_classification: 'internal',
  lifecycle: 'planned',
  ...more,
});

/**
 * A tree (money over ledgers over archive; people), five applications, one of them deleted. Three
 * days: created on the 1st of March, changed on the 2nd.
 */
beforeAll(async () => {
  side = await startReadSide();
  const { tell, later, approve } = side;
  const tree = { money: null, ledgers: 'money', archive: 'ledgers', people: null };
  for (const [id, parent_id] of Object.entries(tree))
    await tell(`/capabilities/${id}/commands/create-capability`, {
      name: `The ${id}`,
      ...(parent_id && { parent_id }),
    });
  const apps: Record<string, object> = {
    a1: app('Alpha', { capability_id: 'money' }),
    a2: app('beta', { capability_id: 'archive', owner: 'hr' }),
    a3: app('Gamma 100%', { capability_id: 'people', data_classification: 'public' }),
    a4: app('delta'),
    a5: app('Epsilon'),
  };
  for (const [id, data] of Object.entries(apps))
    await tell(`/applications/${id}/commands/create-application`, data);
  await tell('/relations/commands/create-relation', {
    source_type: 'application',
    source_id: 'a4',
    relation_type: 'supports',
    target_type: 'business_capability',
    target_id: 'archive',
    confidence: 1,
  });
  later(1);
  await tell('/applications/a1/commands/set-owner', { owner: 'treasury' });
  await tell('/applications/a1/commands/add-tags', { tags: ['core', 'old'] });
  await tell('/applications/a2/commands/add-tags', { tags: ['old'] });
  await tell('/applications/a3/commands/set-criticality', {
    criticality: 'high',
    justification: 'x',
  });
  await approve();
  await tell('/applications/a5/commands/delete-application', { reason: 'never used' });
  later(1);
});
afterAll(() => side.close());

describe('GET /{plural}', () => {
  it('lists what there is, with what it reflects', async () => {
    const { status, json, headers } = await side.ask('/applications');
    expect(status).toBe(200);
    expect(ids(json)).toEqual(['a1', 'a2', 'a4', 'a3']);
    expect(json).toMatchObject({ page: 1, limit: 50, total: 4, has_more: false });
    expect(json.next_cursor).toBeNull();
    expect(json.position).toMatch(/^application:\d+,relation:1$/);
    expect(headers.get('stele-position')).toBe(json.position);
    expect(headers.get('link')).toBeNull();
  });

  it('shows documents with the names of others', async () => {
    const { json } = await side.ask('/applications?sort=name');
    expect(json.items).toMatchObject([
      { id: 'a1', capability_name: 'The money' },
      { id: 'a2', capability_name: 'The archive' },
      { id: 'a4', capability_name: null },
      { id: 'a3', capability_name: 'The people' },
    ]);
  });

  it.each<[string, string[]]>([
    ['owner=hr', ['a2']],
    ['owner=hr&owner=treasury', ['a1', 'a2']],
    ['capability_id=null', ['a4']],
    ['capability_id=null&capability_id=people', ['a3', 'a4']],
    ['criticality=null&data_classification=internal&owner=finance', ['a4']],
    ['tags=old', ['a1', 'a2']],
    ['tags=core&tags=none', ['a1']],
    ['in_production=true', []],
    ['owner_changes=1', ['a1']],
    ['owner_changes.gt=0', ['a1']],
    ['owner_changes.lte=0&tags=old', ['a2']],
    ['search=100%25', ['a3']],
    ['search=ALPHA', ['a1']],
    ['search=', ['a1', 'a2', 'a3', 'a4']],
    ['capability_id.within=money', ['a1', 'a2']],
    ['capability_id.within=ledgers&capability_id.within=people', ['a2', 'a3']],
    ['capability_id.within=nowhere', []],
    ['capability_ids.within=money', ['a1', 'a2', 'a4']],
    ['capability_ids=archive', ['a2', 'a4']],
    ['capability_ids=null', []],
    ['include_deleted=true', ['a1', 'a2', 'a3', 'a4', 'a5']],
    ['deleted=true', ['a5']],
    ['created_at.lte=2026-03-01', ['a1', 'a2', 'a3', 'a4']],
    ['created_at.gt=2026-03-01', []],
    ['created_at.gte=2026-03-01T12:00:00%2B02:00', ['a1', 'a2', 'a3', 'a4']],
    ['created_at.gt=2026-03-01T12:00:00+02:00', []],
    ['updated_at.gt=2026-03-01', ['a1', 'a2', 'a3']],
    ['updated_at.lt=2026-03-02', ['a4']],
    ['created_at.lte=2026-03', ['a1', 'a2', 'a3', 'a4']],
    ['created_at.gt=2026-03', []],
    ['created_at.gt=2026-02', ['a1', 'a2', 'a3', 'a4']],
    ['created_at.lte=2026', ['a1', 'a2', 'a3', 'a4']],
    ['updated_at.gt=2026-03-01T10', ['a1', 'a2', 'a3']],
    ['updated_at.gte=2026-03-02T10:00', ['a1', 'a2', 'a3']],
    ['created_at.lte=9999-12-31', ['a1', 'a2', 'a3', 'a4']],
    ['updated_at=2026-03-01T10:00:00Z', ['a4']],
    ['updated_at=2026-03-01T12:00:00+02:00', ['a4']],
    ['sunset_date=2026-03-01', []],
    ['updated_at=2026-03-01', ['a4']],
    ['updated_at=2026-03-02', ['a1', 'a2', 'a3']],
    ['updated_at=2026-02&updated_at=2026-03', ['a1', 'a2', 'a3', 'a4']],
    ['updated_at=2026-03-01&updated_at=2026-03-02T10', ['a1', 'a2', 'a3', 'a4']],
    ['sunset_date=null&updated_at=2026-03-02', ['a1', 'a2', 'a3']],
    ['name.gte=BETA', ['a2', 'a3', 'a4']],
    ['name=beta', ['a2']],
    ['name=BETA', []],
  ])('?%s', async (query, expected) => {
    const { json } = await side.ask(`/applications?sort=id&${query}`);
    expect(ids(json)).toEqual(expected);
    expect(json.total).toBe(expected.length);
  });

  it('sorts names as people look for them, page by page', async () => {
    const names: unknown[] = [];
    for (let query = 'limit=1&sort=-name'; query !== ''; ) {
      const { json } = await side.ask(`/applications?${query}`);
      names.push(...(json.items as Json[]).map(({ name }) => name));
      query = json.next_cursor ? `limit=1&sort=-name&cursor=${json.next_cursor}` : '';
    }
    expect(names).toEqual(['Gamma 100%', 'delta', 'beta', 'Alpha']);
    const { json } = await side.ask('/applications?group_by=name');
    expect((json.groups as Json[]).map(({ value }) => value)).toEqual(names.toReversed());
  });

  it('sorts by several fields; a plus may arrive as a space', async () => {
    expect(ids((await side.ask('/applications?sort=-updated_at,+name')).json)).toEqual([
      'a1',
      'a2',
      'a3',
      'a4',
    ]);
    expect(ids((await side.ask('/applications?sort=-id')).json)).toEqual(['a4', 'a3', 'a2', 'a1']);
  });

  it('pages by number', async () => {
    const first = await side.ask('/applications?sort=id&limit=3');
    expect(ids(first.json)).toEqual(['a1', 'a2', 'a3']);
    expect(first.json).toMatchObject({ has_more: true, total: 4 });
    const second = await side.ask('/applications?sort=id&limit=3&page=2');
    expect(ids(second.json)).toEqual(['a4']);
    expect(second.json).toMatchObject({ has_more: false, page: 2, next_cursor: null });
    expect(ids((await side.ask('/applications?page=99')).json)).toEqual([]);
  });

  it('goes on by the link, to the end', async () => {
    const seen: unknown[] = [];
    let path: string | undefined = '/applications?owner=finance&owner=hr&sort=-name&limit=1';
    while (path) {
      const { json, headers } = await side.ask(path);
      seen.push(...ids(json));
      path = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
      expect(path !== undefined).toBe(json.has_more);
    }
    expect(seen).toEqual(['a3', 'a4', 'a2']);
  });

  it('counts per value, under the same filters', async () => {
    const { json } = await side.ask('/applications?group_by=owner');
    expect(json.groups).toEqual([
      { value: 'finance', count: 2 },
      { value: 'hr', count: 1 },
      { value: 'treasury', count: 1 },
    ]);
    expect(json).toMatchObject({ group_by: 'owner', total: 3, has_more: false });
    expect((await side.ask('/applications?group_by=tags&search=b')).json.groups).toEqual([
      { value: 'old', count: 1 },
    ]);
    expect((await side.ask('/applications?group_by=capability_id')).json.groups).toContainEqual({
      value: null,
      count: 1,
    });
  });

  it('counts per period, as time goes by, under the same filters and at any moment', async () => {
    const { json } = await side.ask('/applications?group_by=updated_at.day&include_deleted=true');
    expect(json).toMatchObject({ group_by: 'updated_at.day', total: 2, has_more: false });
    expect(json.groups).toEqual([
      { value: '2026-03-01', count: 1 },
      { value: '2026-03-02', count: 4 },
    ]);
    const hours = await side.ask('/applications?group_by=updated_at.hour&owner=hr');
    expect(hours.json.groups).toEqual([{ value: '2026-03-02T10', count: 1 }]);
    const then = await side.ask('/applications?group_by=updated_at.day&as_of=2026-03-01');
    expect(then.json.groups).toEqual([{ value: '2026-03-01', count: 5 }]);
    const none = await side.ask('/applications?group_by=sunset_date.year');
    expect(none.json.groups).toEqual([{ value: null, count: 4 }]);
    const audit = await side.ask('/audit?group_by=recorded_at.minute');
    expect(audit.json.groups).toMatchObject([
      { value: '2026-03-01T10:00' },
      { value: '2026-03-02T10:00' },
    ]);
    const { json: views } = await side.ask('/views');
    const [portfolio] = views.views as { fields: Json[] }[];
    expect(portfolio?.fields).toContainEqual({
      name: 'created_at',
      type: 'text',
      values: null,
      units: ['year', 'month', 'day', 'hour', 'minute'],
    });
    expect(portfolio?.fields).toContainEqual({
      name: 'owner',
      type: 'text',
      values: null,
      units: null,
    });
  });

  it.each<[string, string, RegExp]>([
    ['group_by=created_at.week', 'group_by', /no unit "week": there are \.year \.month \.day/],
    ['group_by=created_at.day.hour', 'group_by', /no unit/],
    ['group_by=created_at.constructor', 'group_by', /no unit/],
    ['group_by=owner.day', 'group_by', /owner holds no times.*created_at.*also with \.year/],
    ['group_by=owner_changes.day', 'group_by', /holds no times/],
    ['group_by=lifecycle.day', 'group_by', /holds no times/],
    ['group_by=created.day', 'group_by', /did you mean "created_/],
    ['group_by=created_at.day&limit=1', 'limit', /does not go with group_by/],
    ['ownr=hr', 'ownr', /did you mean "owner"\?.*Known: .*capability_id\.within/],
    ['owner.like=hr', 'owner.like', /unknown parameter/],
    ['owner.gt.lt=hr', 'owner.gt.lt', /unknown parameter/],
    ['owner.within=hr', 'owner.within', /unknown parameter/],
    ['__proto__=1', '__proto__', /unknown parameter/],
    ['constructor.within=1', 'constructor.within', /unknown parameter/],
    ['limit=201', 'limit', /1 to 200/],
    ['limit=0', 'limit', /1 to 200/],
    ['page=0', 'page', /1 to/],
    ['page=1&page=2', 'page', /more than once/],
    ['include_deleted=yes', 'include_deleted', /true or false/],
    ['owner_changes=many', 'owner_changes', /a number/],
    ['in_production=1', 'in_production', /true, false or null/],
    ['lifecycle=gone', 'lifecycle', /planned, active, deprecated, retired/],
    ['lifecycle.gt=active', 'lifecycle.gt', /no order/],
    ['tags.gt=a', 'tags.gt', /no order/],
    ['created_at.gte=yesterday', 'created_at.gte', /expected a time/],
    ['updated_at=2026-02-30', 'updated_at', /there is no 2026-02-30/],
    ['updated_at=soon', 'updated_at', /expected a time/],
    ['created_at.lt=2026-03-01T10:00:00', 'created_at.lt', /expected a time/],
    ['created_at.lt=2026-02-30', 'created_at.lt', /there is no 2026-02-30/],
    ['created_at.gte=2026-02-30T10:00:00Z', 'created_at.gte', /expected a time/],
    ['created_at=soon', 'created_at', /expected a time/],
    ['created_at.lte=2026-02-30', 'created_at.lte', /there is no 2026-02-30/],
    ['sort=tags', 'sort', /cannot sort by "tags"/],
    ['sort=nme', 'sort', /did you mean "name"/],
    ['sort=', 'sort', /cannot sort/],
    ['group_by=description_', 'group_by', /did you mean "description"/],
    ['group_by=owner&page=1', 'page', /does not go with group_by/],
    ['cursor=x', 'cursor', /this is no cursor/],
    ['cursor=x&page=1', 'cursor', /does not go with page/],
    ['min_position=nothing:1', 'min_position', /no source "nothing"/],
    ['min_position=5', 'min_position', /expected positions/],
    ['min_position=application:999', 'min_position', /ahead of the log/],
    ['min_position_timeout_ms=99999', 'min_position_timeout_ms', /0 to 30000/],
    ['as_of=2027-01-01', 'as_of', /still to come/],
    ['as_of=2026-02-30', 'as_of', /there is no/],
    ['as_of=2026-03-01&min_position=application:1', 'min_position', /about now/],
    [`owner=${'x'.repeat(1001)}`, 'owner', /longer than/],
    ['owner=a%00b', 'owner', /NUL/],
  ])('refuses ?%s', async (query, field, message) => {
    const { status, code, json } = await side.ask(`/applications?${query}`);
    expect([status, code]).toEqual([422, 'VALIDATION_ERROR']);
    const [error] = json.errors as { field: string; message: string }[];
    expect(error).toMatchObject({ field });
    expect(error?.message).toMatch(message);
  });

  it('knows times by their schema, too', async () => {
    const ask = (query: string) => side.ask(`/views/sunset-roadmap?${query}`);
    for (const query of ['deprecated_on.lt=soon', 'ended_on=soon'])
      expect((await ask(query)).json).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect((await ask('deprecated_on=2026-03')).status).toBe(200);
  });

  it('names everything that is wrong at once', async () => {
    const { json } = await side.ask('/applications?limit=x&lifecycle=gone&sort=none');
    expect((json.errors as Json[]).map(({ field }) => field).sort()).toEqual([
      'lifecycle',
      'limit',
      'sort',
    ]);
  });

  const lists = [
    '/applications?',
    '/views/audit-log/diff?from=now&',
    '/views/capability-map/tree?',
  ];
  const many = (count: number, name = 'q') =>
    Array.from({ length: count }, (_, n) => `${name}${n}=1`).join('&');

  it.each(lists)('says no in short to whatever stands behind %s', async (path) => {
    const some = await side.ask(`${path}${many(300)}`);
    expect([some.status, some.code]).toEqual([422, 'VALIDATION_ERROR']);
    const { errors, details } = some.json as { errors: Json[]; details: Json };
    expect(errors.length).toBeLessThanOrEqual(100);
    expect(errors.length + (details.errors_left_out as number)).toBeGreaterThanOrEqual(300);
    const long = await side.ask(`${path}${'n'.repeat(15_000)}=1`);
    for (const { json } of [some, long]) expect(JSON.stringify(json).length).toBeLessThan(64_000);
    expect((long.json.errors as { field: string }[])[0]!.field.length).toBeLessThan(250);
  });

  it.each(lists)('looks at none of more parameters than anybody means behind %s', async (path) => {
    const { status, json } = await side.ask(`${path}${many(600, '')}`);
    expect(status).toBe(422);
    expect(json.errors).toMatchObject([{ field: '(query)', rule: 'RANGE' }]);
  });

  it('refuses a search where nothing is searched', async () => {
    const { json } = await side.ask('/views/counts-over-time?search=x');
    expect(json.message).toMatch(/no field that is searched/);
  });

  it('refuses the cursor of another question', async () => {
    const { json } = await side.ask('/applications?limit=1');
    const cursor = json.next_cursor;
    for (const query of ['owner=hr', 'sort=-name', 'search=a', 'as_of=2026-03-01']) {
      const other = await side.ask(`/applications?${query}&cursor=${cursor}`);
      expect(other.json.message).toMatch(/belongs to another question/);
    }
    const same = await side.ask(`/applications?limit=200&cursor=${cursor}`);
    expect(same.json).toMatchObject({ page: null, has_more: false });
    expect(ids(same.json)).toEqual(['a2', 'a4', 'a3']);
  });

  it('answers 304 to whoever has it, until something changes', async () => {
    const { headers } = await side.ask('/capabilities');
    const etag = headers.get('etag')!;
    expect(etag).toMatch(/^W\/"/);
    const again = await side.ask('/capabilities', { headers: { 'if-none-match': `"x", ${etag}` } });
    expect([again.status, again.text]).toEqual([304, '']);
    expect(again.headers.get('stele-position')).toBe(headers.get('stele-position'));
    expect(
      (await side.ask('/capabilities?limit=1', { headers: { 'if-none-match': etag } })).status,
    ).toBe(200);
    const head = await side.ask('/capabilities', { method: 'HEAD' });
    expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', etag]);
  });

  it('answers as of a date, a position and a time in the world', async () => {
    const before = await side.ask('/applications?sort=id&as_of=2026-03-01');
    expect(ids(before.json)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
    expect(before.json.as_of).toBe('2026-03-01T23:59:59.999Z');
    expect((before.json.items as Json[])[0]).toMatchObject({ owner: 'finance' });
    const third = await side.ask('/applications?sort=id&as_of=application:6');
    expect(ids(third.json).length).toBeGreaterThan(0);
    expect(third.json).toMatchObject({
      as_of: 'application:6',
      position: 'application:6,relation:1',
    });
    const groups = await side.ask('/applications?effective_at=2026-03-01&group_by=owner');
    expect(groups.json.groups).toEqual([
      { value: 'finance', count: 4 },
      { value: 'hr', count: 1 },
    ]);
    const within = await side.ask(
      '/applications?sort=id&as_of=2026-03-01&capability_id.within=money',
    );
    expect(ids(within.json)).toEqual(['a1', 'a2']);
  });

  it('says that it gave up waiting', async () => {
    const { last } = await side.store.ends(side.runtime.registry.aggregate('Application')!);
    const there = await side.ask(`/applications?min_position=application:${last},server:0`);
    expect(there.json.min_position_reached).toBe(true);
    await side.post('/projections/application-portfolio/stop');
    try {
      const { json } = await side.tell('/applications/a4/commands/add-tags', { tags: ['late'] });
      const { position } = json;
      const late = await side.ask(
        `/applications?tags=late&min_position=${position}&min_position_timeout_ms=30000`,
      );
      expect(late.json).toMatchObject({ items: [], min_position_reached: false });
      expect(late.headers.get('stele-min-position-reached')).toBe('false');
      await side.post('/projections/application-portfolio/start');
      const caught = await side.ask(
        `/applications?tags=late&min_position=${position}&min_position_timeout_ms=30000`,
      );
      expect(caught.json).toMatchObject({ total: 1, min_position_reached: true });
    } finally {
      await side.post('/projections/application-portfolio/start');
    }
  });

  it('shows every caller what it just wrote', async () => {
    const taken = (json: Json) => Number(/application:(\d+)/.exec(String(json.position))?.[1]);
    let late = 0;
    for (let n = 0; n < 20; n++) {
      const told = await side.tell('/applications/a4/commands/add-tags', { tags: [`n${n}`] });
      for (;;) {
        const { json } = await side.ask(`/applications?tags=n${n}`);
        // On a machine that stands still it is not waited for without end, which the answer says.
        if (taken(json) < taken(told.json) && late++ < 10) continue;
        expect(ids(json)).toEqual(['a4']);
        break;
      }
    }
  });
});

describe('GET /{plural}/{id}', () => {
  it('is the document, with a tag that goes into If-Match', async () => {
    const { status, json, headers } = await side.ask('/applications/a1');
    expect(status).toBe(200);
    expect(json).toMatchObject({ id: 'a1', version: 3, capability_name: 'The money' });
    expect(headers.get('stele-position')).toMatch(/^application:/);
    const etag = headers.get('etag')!;
    expect(etag).toMatch(/^"3-[0-9a-f]+"$/);
    const known = await side.ask('/applications/a1', { headers: { 'if-none-match': etag } });
    expect([known.status, known.text]).toEqual([304, '']);
    const path = '/applications/a1/commands/update-description?dry_run=true';
    const body = { description: 'new' };
    expect((await side.post(path, body, { 'if-match': etag })).status).toBe(200);
    expect((await side.post(path, body, { 'if-match': '"2-ab"' })).code).toBe(
      'CONCURRENCY_CONFLICT',
    );
  });

  it('is another representation when only what it names has changed', async () => {
    const before = (await side.ask('/applications/a3')).headers.get('etag')!;
    await side.tell('/capabilities/people/commands/rename-capability', { name: 'The folk' });
    await expect
      .poll(async () => {
        const again = await side.ask('/applications/a3', { headers: { 'if-none-match': before } });
        return again.json.capability_name;
      })
      .toBe('The folk');
  });

  it.each(['nothing', 'a%2Fb', '%00', '..%2f..', 'x'.repeat(300), '%E2%98%83', 'constructor'])(
    'is 404 for %s',
    async (id) => {
      const { status, code } = await side.ask(`/applications/${id}`);
      expect([status, code]).toEqual([404, 'NOT_FOUND']);
    },
  );

  it('is 404 as of a position, and says so where what was asked for was not reached', async () => {
    const none = await side.ask('/applications/nothing');
    expect(none.headers.get('stele-position')).toMatch(/^application:/);
    expect(none.headers.has('stele-min-position-reached')).toBe(false);
    await side.post('/projections/organization-map/stop');
    try {
      const { json } = await side.tell('/organizations/late/commands/create-organization', {
        name: 'Late',
      });
      const late = await side.ask(`/organizations/late?min_position=${json.position}`);
      expect(late.status).toBe(404);
      expect(late.headers.get('stele-min-position-reached')).toBe('false');
      await side.post('/projections/organization-map/start');
      const there = await side.ask(
        `/organizations/late?min_position=${json.position}&min_position_timeout_ms=30000`,
      );
      expect(there.status).toBe(200);
    } finally {
      await side.post('/projections/organization-map/start');
    }
  });

  it('is 404 for what others name before it begins', async () => {
    await side.tell('/applications/a4/commands/add-tags', { tags: ['named'] });
    const { status } = await side.ask('/capabilities/never-created?include_deleted=true');
    expect(status).toBe(404);
  });

  it('is 410 for what was deleted, and shows it when asked', async () => {
    const gone = await side.ask('/applications/a5');
    expect([gone.status, gone.code]).toEqual([410, 'DELETED']);
    expect(gone.json.message).toMatch(/include_deleted=true/);
    const shown = await side.ask('/applications/a5?include_deleted=true');
    expect(shown.json).toMatchObject({ id: 'a5', deleted: true });
    expect((await side.ask('/applications/a5?include_deleted=1')).code).toBe('VALIDATION_ERROR');
  });

  it('is what it was at a version or a moment', async () => {
    expect((await side.ask('/applications/a1?version=1')).json).toMatchObject({
      version: 1,
      owner: 'finance',
    });
    const then = await side.ask('/applications/a5?as_of=2026-03-01');
    expect(then.json).toMatchObject({ id: 'a5' });
    expect(then.headers.get('stele-as-of')).toBe('2026-03-01T23:59:59.999Z');
    expect((await side.ask('/applications/a1?version=1&fields=x')).code).toBe('VALIDATION_ERROR');
    expect((await side.ask('/applications/a1?effective_at=2020-01-01')).code).toBe('NOT_FOUND');
  });

  it('is where a created aggregate is found', async () => {
    const created = await side.post('/servers/commands/create-server', {
      hostname: 'db-9.example.org',
      environment: 'prod',
      criticality: 'high',
    });
    expect(created.status).toBe(201);
    const found = await side.ask(created.headers.get('location')!);
    expect(found.json).toMatchObject({ hostname: 'db-9.example.org', version: 1 });
  });
});

describe('GET /views', () => {
  it('teaches what can be asked', async () => {
    const { json } = await side.ask('/views');
    const views = json.views as Json[];
    const portfolio = views.find(({ name }) => name === 'application-portfolio');
    expect(portfolio).toMatchObject({
      resource: 'Application',
      sources: ['application', 'relation'],
      links: { list: '/applications', document: '/applications/{id}' },
    });
    expect(portfolio?.fields).toContainEqual({
      name: 'lifecycle',
      type: 'text',
      values: ['planned', 'active', 'deprecated', 'retired'],
      units: null,
    });
    expect(portfolio?.fields).toContainEqual({
      name: 'capability_id',
      type: 'text',
      values: null,
      units: null,
      within: 'capability-map',
    });
    for (const { links } of views as { links: Record<string, string> }[])
      expect((await side.ask(links.list!)).status).toBe(200);
  });

  it('answers every projection by its name, and by its path', async () => {
    const named = await side.ask('/views/application-portfolio?sort=id&limit=2');
    expect(ids(named.json)).toEqual(['a1', 'a2']);
    const audit = await side.ask('/audit?aggregate_id=a1&limit=1');
    expect(audit.json).toMatchObject({ total: 3, has_more: true });
    const [entry] = audit.json.items as Json[];
    const one = await side.ask(`/views/audit-log/documents/${entry?.event_id}`);
    expect(one.json).toEqual(entry);
    expect((await side.ask('/views/audit-log/documents/none')).code).toBe('NOT_FOUND');
    const unknown = await side.ask('/views/audit-logs');
    expect(unknown.json).toMatchObject({ code: 'NOT_FOUND' });
    expect(unknown.json.message).toMatch(/did you mean "audit-log"/);
  });

  it('says by its id which document each is, whatever its projection writes', async () => {
    for (const name of ['counts-over-time', 'lifecycles', 'sunset-roadmap']) {
      const { items } = (await side.ask(`/views/${name}?limit=1`)).json;
      for (const { id } of items as Json[]) {
        const one = await side.ask(`/views/${name}/documents/${encodeURIComponent(String(id))}`);
        expect([name, one.status, one.json.id]).toEqual([name, 200, id]);
      }
    }
  });

  it('answers reports, and names mistakes in their parameters', async () => {
    const { status, json } = await side.ask('/views/capability-map/tree?depth=1');
    expect(status).toBe(200);
    expect(json).toMatchObject({ report: 'tree', params: { depth: 1, overlap_above: 1 } });
    expect(json.position).toMatch(/^business-capability:\d+,application:\d+,relation:\d+$/);
    const wrong = await side.ask('/views/capability-map/tree?depth=-1');
    expect(wrong.json).toMatchObject({ code: 'VALIDATION_ERROR', errors: [{ field: 'depth' }] });
    const unknown = await side.ask('/views/capability-map/tree?dept=1');
    expect(unknown.json.message).toMatch(/did you mean "depth"/);
    expect((await side.ask('/views/capability-map/trees')).json.message).toMatch(/it has tree/);
    const old = await side.ask('/views/capability-map/tree?as_of=business-capability:1');
    expect(old.json.answer).toMatchObject({ capabilities: 1, nodes: [{ id: 'money' }] });
  });
});

describe('a report', () => {
  it.each([
    '/views/capability-map/tree',
    '/views/landscape/impact?id=a1&direction=both',
    '/views/landscape/capability',
    '/views/landscape/organizations',
    '/views/landscape/sunsets',
    '/views/landscape/classification-gaps',
    '/views/landscape/stale-relations',
    '/views/lifecycles/statistics',
    '/views/data-governance/overview',
    '/views/server-deployments/environments',
  ])('%s is computed while others get their turn', async (path) => {
    await side.ask(path); // has what was written, for which nobody waits while the clock leaps
    const { turns: others, made } = await turnsDuring(() => side.ask(path));
    expect(made.status).toBe(200);
    expect(others).toBeGreaterThan(3);
  });
});

describe('GET /views/lifecycles/statistics', () => {
  const path = '/views/lifecycles/statistics?aggregate_type=Application';
  it('counts statuses and edges of a type, now and at any moment', async () => {
    const { json } = await side.ask(path);
    expect(json.answer).toMatchObject({ aggregate_type: 'Application', aggregates: 5 });
    const { statuses, edges } = json.answer as Record<'statuses' | 'edges', Json[]>;
    expect(statuses).toContainEqual(
      expect.objectContaining({
        status: 'planned',
        count: 4,
        entered: 5,
        dwell_seconds: { median: 86_400, p90: 86_400, max: 86_400, mean: 86_400 },
      }),
    );
    expect(edges).toContainEqual({
      from: 'planned',
      event: 'ApplicationDeleted',
      to: 'deleted',
      count: 1,
      last_at: '2026-03-02T10:00:00.000Z',
    });
    const then = await side.ask(`${path}&as_of=2026-03-01`);
    expect((then.json.answer as Json).statuses).toContainEqual(
      expect.objectContaining({ status: 'planned', count: 5, dwell_seconds: null }),
    );
    expect((then.json.answer as Json).edges).toContainEqual(
      expect.objectContaining({ event: 'ApplicationDeleted', from: 'planned', count: 0 }),
    );
  });

  it('has a document per aggregate, and counts of every type', async () => {
    const key = encodeURIComponent('application/a5');
    const gone = `/views/lifecycles/documents/${key}`;
    expect((await side.ask(gone)).code).toBe('DELETED');
    expect((await side.ask(`${gone}?include_deleted=true`)).json).toMatchObject({
      aggregate_id: 'a5',
      status: 'deleted',
      deleted: true,
    });
    const all = await side.ask('/views/lifecycles/statistics');
    expect((all.json.answer as { types: Json[] }).types).toContainEqual(
      expect.objectContaining({ aggregate_type: 'BusinessCapability', aggregates: 4 }),
    );
    const wrong = await side.ask('/views/lifecycles/statistics?aggregate_type=Door');
    expect([wrong.status, wrong.code]).toEqual([422, 'VALIDATION_ERROR']);
  });
});

describe('GET /views/{name}/diff', () => {
  const diff = '/views/application-portfolio/diff';

  it('tells what was added, removed and changed, field by field', async () => {
    const { json } = await side.ask(`${diff}?from=2026-03-01&to=2026-03-02`);
    expect(json.totals).toEqual({ added: 0, removed: 1, changed: 3, unchanged: 1 });
    const [first] = json.items as Json[];
    expect(first).toMatchObject({ key: 'a1', change: 'changed' });
    expect(first?.fields).toContainEqual({ field: 'owner', from: 'finance', to: 'treasury' });
    expect(json.from).toMatchObject({ as_of: '2026-03-01T23:59:59.999Z' });
    expect((json.items as Json[]).at(-1)).toMatchObject({ key: 'a5', change: 'removed' });
  });

  it('against now, by filters, the other way round, and in pages', async () => {
    const filtered = await side.ask(`${diff}?from=2026-03-01&to=now&owner=treasury`);
    expect(filtered.json).toMatchObject({ totals: { added: 1, removed: 0, changed: 0 } });
    const back = await side.ask(`${diff}?from=now&to=2026-03-01&include_deleted=true&id=a5`);
    expect(back.json.items).toMatchObject([{ key: 'a5', change: 'changed' }]);
    const seen: unknown[] = [];
    let path: string | undefined = `${diff}?from=2026-03-01&to=2026-03-02&limit=1`;
    while (path) {
      const { json, headers } = await side.ask(path);
      seen.push(...(json.items as Json[]).map(({ key }) => key));
      path = /^<(.*)>/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(['a1', 'a2', 'a3', 'a5']);
  });

  it('lists only one kind of change, page by page, and counts all', async () => {
    const query = 'from=2026-03-01&to=2026-03-02';
    const removed = await side.ask(`${diff}?${query}&change=removed`);
    expect(removed.json.totals).toEqual({ added: 0, removed: 1, changed: 3, unchanged: 1 });
    expect(removed.json.items).toMatchObject([{ key: 'a5', change: 'removed' }]);
    expect(removed.json.has_more).toBe(false);
    const first = await side.ask(`${diff}?${query}&change=changed&limit=2`);
    const cursor = String(first.json.next_cursor);
    const second = await side.ask(`${diff}?${query}&change=changed&limit=2&cursor=${cursor}`);
    expect(second.json.items).toMatchObject([{ key: 'a3', change: 'changed' }]);
    expect((await side.ask(`${diff}?${query}&limit=2&cursor=${cursor}`)).status).toBe(422);
  });

  it('on the effective clock', async () => {
    const { json } = await side.ask(`${diff}?from=2026-02-28&to=2026-03-01&clock=effective`);
    expect(json.totals).toMatchObject({ added: 5 });
    const wrong = await side.ask(`${diff}?from=application:1&clock=effective`);
    expect(wrong.json).toMatchObject({ code: 'VALIDATION_ERROR', errors: [{ field: 'from' }] });
  });

  it.each([
    '',
    'from=x',
    'from=now&too=now',
    'from=now&clock=both',
    'from=now&change=moved',
    'from=now&from=now',
    'as_of=now&from=now',
  ])('refuses ?%s', async (query) => {
    expect((await side.ask(`${diff}?${query}`)).code).toBe('VALIDATION_ERROR');
  });
});

describe('what is no query', () => {
  it.each<[string, string]>([
    ['PUT', '/applications'],
    ['DELETE', '/views/audit-log'],
    ['POST', '/views/capability-map/tree'],
    ['GET', '/projections/audit-log/stop'],
    ['PUT', '/projections/audit-log'],
  ])('%s %s is 405', async (method, path) => {
    const { status, headers } = await side.ask(path, { method });
    expect(status).toBe(405);
    expect(headers.get('allow')).not.toBeNull();
  });
});

it('lists the deleted ones to whoever asks for that status, and no others', async () => {
  const { tell, post, ask } = side;
  for (const id of ['s1', 's2'])
    await tell(`/organizations/${id}/commands/create-organization`, { name: `Team ${id}` });
  const gone = await post('/organizations/s2/commands/delete-organization', { reason: 'merged' });
  expect(gone.status, gone.text).toBe(200);
  const listed = async (query: string) =>
    ids((await ask(`/organizations?search=Team&${query}`)).json);
  expect(await listed('status=deleted')).toEqual(['s2']);
  expect(await listed('status=deleted&status=present&sort=id')).toEqual(['s1', 's2']);
  expect(await listed('status=present')).toEqual(['s1']);
});

describe('Prefer: return=representation', () => {
  const write = (method: string, path: string, body: object, headers: object = {}) =>
    side.ask(path, {
      method,
      headers: { 'content-type': 'application/json', 'x-actor': 'user-123', ...headers },
      body: JSON.stringify(body),
    });
  const PREFER = { prefer: 'respond-async, return="representation"' };
  const server = { hostname: 'prefers-1', environment: 'dev', criticality: 'low' };

  it('answers with the resource as it was written, and where it is', async () => {
    const made = await write('POST', '/servers', { ...server, region: 'eu' }, PREFER);
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ hostname: 'prefers-1', region: 'eu', version: 1 });
    expect(made.headers.get('preference-applied')).toBe('return=representation');
    expect(made.headers.get('vary')).toMatch(/Prefer/);
    const path = made.headers.get('location')!;
    expect(path).toBe(`/servers/${made.json.id}`);
    const changed = await write('PATCH', path, { region: null }, PREFER);
    expect([changed.status, changed.json.region, changed.json.version]).toEqual([200, null, 2]);
    expect(changed.headers.get('etag')).toMatch(/^"2-/);
    expect(changed.text).toBe((await side.ask(path)).text);
    // Nothing changed, which is no less what was asked for.
    expect((await write('PATCH', path, { region: null }, PREFER)).text).toBe(changed.text);
  });

  it('is a wish: what was done is said to others, to dry runs, and with a refusal', async () => {
    const made = await write('POST', '/servers', { ...server, hostname: 'prefers-2' });
    expect(made.json).toMatchObject({ commands: [{ command_type: 'CreateServer' }] });
    expect(made.headers.get('preference-applied')).toBeNull();
    const path = made.headers.get('location')!;
    const dry = await write('PATCH', `${path}?dry_run=true`, { region: 'eu' }, PREFER);
    expect(dry.json).toMatchObject({ dry_run: true });
    expect(dry.headers.get('preference-applied')).toBeNull();
    const none = await write('PATCH', path, { region: 'eu' }, { prefer: 'return=minimal' });
    expect(none.json).toMatchObject({ commands: [{ command_type: 'MoveToRegion' }] });
    expect((await write('PATCH', path, { hostname: '' }, PREFER)).status).toBe(422);
  });
});

describe('services and interfaces as resources', () => {
  const JUSTIFIED = { 'x-business-justification': 'review' };
  const write = (method: string, path: string, body?: object, headers: object = {}) =>
    side.ask(path, {
      method,
      headers: { 'content-type': 'application/json', 'x-actor': 'user-123', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
  const types = ({ commands }: Json): unknown[] =>
    (commands as Json[]).map(({ command_type }) => command_type);
  const PREFER = { prefer: 'return=representation' };

  it('a service is offered, read, changed, sent back and withdrawn', async () => {
    const made = await write('POST', '/services', {
      application_id: 'a3',
      name: 'Ordering',
      sla: '99 %',
      capability_id: 'money',
      added_consumer_ids: ['a1', 'a4'],
    });
    expect([made.status, made.text]).toEqual([201, expect.any(String)]);
    expect(types(made.json)).toEqual(['OfferService', 'AddServiceConsumer', 'AddServiceConsumer']);
    const path = made.headers.get('location')!;
    expect(path).toBe(`/services/${made.json.part_id}`);
    const read = await side.ask(path);
    expect(read.json).toMatchObject({
      name: 'Ordering',
      application_id: 'a3',
      added_consumer_ids: ['a1', 'a4'],
    });
    // What happens to the rest of the application is no matter to what was read.
    await side.tell('/applications/a3/commands/add-tags', { tags: ['busy'] });
    const match = { 'if-match': read.headers.get('etag')! };
    const changed = await write(
      'PATCH',
      path,
      { name: 'Orders', sla: null, capability_id: null, added_consumer_ids: ['a4'] },
      { ...match, ...PREFER },
    );
    expect(changed.json).toMatchObject({
      name: 'Orders',
      sla: null,
      capability_id: null,
      added_consumer_ids: ['a4'],
    });
    expect(changed.headers.get('preference-applied')).toBe('return=representation');
    expect(changed.text).toBe((await side.ask(path)).text);
    expect((await write('PATCH', path, { name: 'Late' }, match)).json.code).toBe(
      'CONCURRENCY_CONFLICT',
    );
    await side.tell('/applications/a3/commands/add-tags', { tags: ['busier'] });
    const same = await write('PUT', path, changed.json, PREFER);
    expect(same.text).toBe(changed.text);
    const put = await write('PUT', path, { ...changed.json, description: 'Takes orders' });
    expect(types(put.json)).toEqual(['DescribeService']);
    const refused = await write('DELETE', path);
    expect([refused.status, refused.json.code]).toEqual([422, 'VALIDATION_ERROR']);
    const gone = await write('DELETE', `${path}?reason=bought`, undefined, JUSTIFIED);
    expect(types(gone.json)).toEqual(['WithdrawService']);
    expect((await side.ask(path)).json).toMatchObject({ status: 'withdrawn' });
    expect((await write('PATCH', path, { name: 'Again' })).json).toMatchObject({
      code: 'INVALID_LIFECYCLE_TRANSITION',
      details: { commands: ['OfferService'] },
    });
  });

  it('an interface is exposed, changed, and closed when that was announced', async () => {
    const { json: service } = await write('POST', '/services', {
      application_id: 'a3',
      service_id: 'pay',
      name: 'Payment',
    });
    expect(service.part_id).toBe('pay');
    const made = await write(
      'POST',
      '/interfaces',
      {
        application_id: 'a3',
        interface_id: 'pay-api',
        name: 'Pay API',
        protocol: 'rest',
        interface_version: '1.0.0',
        description: 'To pay',
        serves_service_ids: ['pay'],
        rate_limits: { requests_per_second: 10, burst: 20 },
      },
      PREFER,
    );
    expect(made.json).toMatchObject({
      rate_limits: { requests_per_second: 10, burst: 20 },
      id: 'pay-api',
      interface_version: '1.0.0',
      description: 'To pay',
      serves_service_ids: ['pay'],
    });
    const path = '/interfaces/pay-api';
    const put = await write('PUT', path, { ...made.json, interface_version: '1.1.0' });
    expect(types(put.json)).toEqual(['SetInterfaceVersion']);
    const cleared = await write('PATCH', path, {
      interface_version: null,
      description: null,
      rate_limits: null,
      serves_service_ids: [],
    });
    expect(types(cleared.json)).toEqual([
      'UnlinkInterfaceFromService',
      'DescribeInterface',
      'ClearInterfaceVersion',
      'ClearRateLimits',
    ]);
    const wrong = await write('PATCH', path, { version: '2.0.0', interface_version: 'two' });
    expect(wrong.json).toMatchObject({ errors: [{ field: 'version', rule: 'READ_ONLY' }] });
    const bad = await write('PATCH', path, { interface_version: 'two', endpoint: 'a b' });
    expect((bad.json.errors as Json[]).map(({ field }) => field)).toEqual([
      'interface_version',
      'endpoint',
    ]);
    const early = await write('DELETE', path);
    expect(early.json).toMatchObject({
      code: 'INVALID_LIFECYCLE_TRANSITION',
      details: { commands: ['DeprecateInterface'] },
    });
    await side.tell('/applications/a3/commands/deprecate-interface', { interface_id: 'pay-api' });
    expect(types((await write('DELETE', path)).json)).toEqual(['RetireInterface']);
  });
});
