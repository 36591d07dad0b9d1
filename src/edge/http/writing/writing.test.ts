import { describe, expect, it } from 'vitest';
import { LAMPS_OF_A_HOUSE } from '../../../../test/support/lamps-of-a-house.js';
import {
  type Json,
  KEY,
  LAMPS,
  world as worldOf,
} from '../../../../test/support/writable-lamps.js';
import type { Access } from '../../access/index.js';

const sent = (json: Json): unknown =>
  (json.commands as Json[]).map(({ command_type, fields }) => [command_type, fields]);

describe.each([
  ['an aggregate', LAMPS, 'DELETED'],
  // What becomes of a part that has ended, its aggregate says.
  ['a part of one', LAMPS_OF_A_HOUSE, 'INVALID_LIFECYCLE_TRANSITION'],
] as const)('written as %s:', (_, kind, ended) => {
  const { first } = kind;
  const world = (access?: Access) => worldOf(access, undefined, kind);

  describe('POST /{plural}', () => {
    it('is the creating command and those for what it does not take', async () => {
      const { post, stateOf, plural, idIn, aggregateOf } = await world();
      const { status, json, headers } = await post({
        name: 'hall',
        tags: ['Warm'],
        description: 'bright',
        wires: ['a', 'b'],
        room_id: null,
      });
      expect(status).toBe(201);
      expect(sent(json)).toEqual([
        ['PutLamp', ['name']],
        ['Describe', ['description']],
        ['AddTags', ['tags']],
        ['AddWire', ['wires']],
        ['AddWire', ['wires']],
      ]);
      const version = (first === 1 ? 0 : first) + 5;
      expect(json).toMatchObject({
        aggregate_version: version,
        replayed: false,
        unchanged: ['room_id'],
      });
      expect(headers.get('location')).toBe(`/${plural}/${aggregateOf(idIn(json))}/events`);
      expect(headers.get('etag')).toBe(`"${version}"`);
      const { data } = await stateOf(idIn(json));
      expect(data).toMatchObject({ name: 'hall', tags: ['warm'], wires: ['a', 'b'] });
    });

    it('makes nothing when one of them is refused', async () => {
      const { post, runtime } = await world();
      const before = runtime.stats().outcomes.accepted;
      const { status, json } = await post({ name: 'hall', description: 'rude' });
      expect([status, json.code]).toEqual([422, 'RUDE']);
      expect(json.details).toMatchObject({
        command: { command_type: 'Describe', fields: ['description'] },
      });
      expect(runtime.stats().outcomes.accepted).toBe(before);
    });
  });

  describe('PATCH /{plural}/{id}', () => {
    it('becomes the commands that set what changes, in the order of the definition', async () => {
      const { patch, state } = await world();
      const { status, json, headers } = await patch(
        {
          tags: ['a', 'b'],
          light: 'lit',
          name: 'desk 2',
          reason: 'moved',
          room_id: 'hall',
          wires: ['w'],
        },
        { 'content-type': 'application/merge-patch+json' },
      );
      expect(status).toBe(200);
      expect(sent(json)).toEqual([
        ['Rename', ['name']],
        ['SetRoom', ['room_id']],
        ['AddTags', ['tags']],
        ['AddWire', ['wires']],
        ['Switch', ['light']],
      ]);
      expect(headers.get('etag')).toBe(`"${first + 5}"`);
      expect(await state()).toMatchObject({
        status: 'lit',
        data: { name: 'desk 2', room_id: 'hall', tags: ['a', 'b'], wires: ['w'] },
      });
      const less = await patch({ tags: ['B', 'c'], wires: [], room_id: null, reason: 'gone' });
      expect(sent(less.json)).toEqual([
        ['LeaveRoom', ['room_id']],
        ['AddTags', ['tags']],
        ['RemoveTags', ['tags']],
        ['RemoveWire', ['wires']],
      ]);
      expect((await state()).data).toMatchObject({ room_id: null, tags: ['b', 'c'], wires: [] });
    });

    it('leaves out what is so already, and says so', async () => {
      const { patch, state } = await world();
      const all = await patch({ name: ' desk ', tags: [], light: 'dark', until: null });
      expect(all.status).toBe(200);
      expect(all.json).toMatchObject({
        aggregate_version: first,
        position: null,
        commands: [],
        unchanged: ['name', 'tags', 'light', 'until'],
      });
      const some = await patch({ name: 'desk', description: 'x' });
      expect(some.json).toMatchObject({ aggregate_version: first + 1, unchanged: ['name'] });
      expect((await state()).version).toBe(first + 1);
    });

    it.each(['reason', 'justification', 'business_justification'])(
      'is told why as %s, and hands it on as what a command calls it',
      async (why) => {
        const { patch, events: eventsOf } = await world();
        const { status, json } = await patch({ name: 'x', room_id: 'hall', [why]: 'moved' });
        expect(status, String(json.message)).toBe(200);
        const events = JSON.stringify((await eventsOf()).json);
        expect(events.split('"business_justification":"moved"')).toHaveLength(3);
      },
    );

    it.each([
      ['nothing', ''],
      ['spaces', '  '],
      ['a number', 7],
      ['too much', 'x'.repeat(2_001)],
    ])('is told no why by %s, and says so of it', async (_, why) => {
      const { patch, state } = await world();
      for (const body of [{ name: 'x' }, { room_id: 'hall' }]) {
        const { status, json } = await patch({ ...body, reason: why });
        expect([status, json.code]).toEqual([422, 'VALIDATION_ERROR']);
        expect((json.errors as Json[]).map(({ field }) => field)).toEqual(['reason']);
      }
      expect((await state()).version).toBe(first);
    });

    it('says all that is wrong with all of its commands at once', async () => {
      const { patch, state } = await world();
      const { status, json } = await patch({
        name: '',
        description: 'x'.repeat(30),
        room_id: 'hall',
        wires: 'none',
      });
      const fields = (json.errors as Json[]).map(({ field }) => field);
      expect([status, json.code, fields]).toEqual([422, 'VALIDATION_ERROR', ['wires']]);
      const other = await patch({ name: '', description: 'x'.repeat(30), room_id: 'hall' });
      expect(other.json.message).toMatch(/nothing was changed/);
      expect((other.json.errors as Json[]).map(({ field }) => field)).toEqual([
        'name',
        'description',
        'reason',
      ]);
      expect((await state()).version).toBe(first);
    });

    it.each(['application/json-patch+json', 'application/vnd.me+json', 'text/plain'])(
      'is no %s: that says something else with the same JSON',
      async (type) => {
        const { patch, state } = await world();
        const { status, json } = await patch({ name: 'x' }, { 'content-type': type });
        expect([status, json.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
        expect(json.details).toEqual({
          accepted: ['application/merge-patch+json', 'application/json'],
        });
        expect((await state()).version).toBe(first);
      },
    );

    it('does nothing when one is refused, and says which and why', async () => {
      const { patch, state, journal } = await world();
      const { status, json } = await patch({
        name: 'a',
        tags: ['x'],
        description: 'rude',
        light: 'lit',
        wires: ['w'],
      });
      expect([status, json.code]).toEqual([422, 'RUDE']);
      expect(json.message).toBe('Describe: be polite (nothing was changed)');
      expect(json.details).toMatchObject({
        command: { index: 1, command_type: 'Describe', fields: ['description'] },
      });
      expect((await state()).version).toBe(first);
      expect((await journal()).filter(({ code }) => code === 'RUDE').length).toBeGreaterThan(0);
    });

    it('names the field of the resource where the command calls it otherwise', async () => {
      const { patch } = await world();
      const { status, json } = await patch({ name: '', description: 'x' });
      expect([status, json.code]).toEqual([422, 'VALIDATION_ERROR']);
      expect(json.errors).toMatchObject([{ field: 'name' }]);
      expect((await patch({ title: 'other' })).json).toMatchObject({
        commands: [{ command_type: 'Rename', fields: ['name'] }],
      });
      const both = await patch({ title: 'other', name: 'other' });
      expect([both.status, both.code]).toEqual([422, 'VALIDATION_ERROR']);
    });

    it('chooses the command that fits what changes', async () => {
      const { patch } = await world();
      const lit = await patch({ light: 'lit', until: 'noon' });
      expect(sent(lit.json)).toEqual([['Switch', ['light', 'until']]]);
      const longer = await patch({ light: 'lit', until: 'night', reason: 'guests' });
      expect(sent(longer.json)).toEqual([['Extend', ['until']]]);
      expect(longer.json.unchanged).toEqual(['light']);
      const dark = await patch({ light: 'dark', until: 'night' });
      expect(sent(dark.json)).toEqual([['Switch', ['light']]]);
      const vague = await patch({ until: 'dawn' });
      expect(vague.json).toMatchObject({ errors: [{ field: 'reason', rule: 'REQUIRED' }] });
    });

    it.each([
      ['nonsense', 'UNKNOWN', /can be set: name, description/],
      ['id', 'READ_ONLY', /kept by the server/],
      ['version', 'READ_ONLY', /kept by the server/],
      ['created_at', 'READ_ONLY', /kept by the server/],
      ['guards', 'READ_ONLY', /POST \/(lamps|houses)\/\{id\}\/commands\/\{command\}.*: guard/],
      ['descripton', 'UNKNOWN', /unknown field, did you mean "description"\?/],
      ['__proto__', 'UNKNOWN', /unknown field/],
      ['constructor', 'UNKNOWN', /unknown field/],
    ])('does not take %s', async (field, rule, message) => {
      const { patch, state } = await world();
      const { status, json } = await patch(`{"name":"x","${field}":"1"}`);
      expect([status, json.code]).toEqual([422, 'VALIDATION_ERROR']);
      expect(json.errors).toMatchObject([{ field, rule }]);
      expect(json.message).toMatch(message);
      expect((await state()).version).toBe(first);
    });

    it.each([['[]'], ['"x"'], ['null'], ['{"data":{},"nonsense":1}']])(
      'does not take the body %s',
      async (body) => {
        const { status, code } = await (await world()).patch(body);
        expect([status, code]).toEqual([400, 'MALFORMED_COMMAND']);
      },
    );

    it('takes an envelope around the fields', async () => {
      const { ask, id } = await world();
      const { status, json } = await ask(
        'PATCH',
        `/lamps/${id}`,
        { data: { name: 'x' }, actor: 'svc', actor_type: 'service', source: 'ui', dry_run: true },
        { 'x-actor': '' },
      );
      expect(status).toBe(200);
      expect(json).toMatchObject({ dry_run: true, commands: [{ events: [{ actor: 'svc' }] }] });
    });

    it('hands on why and by whose leave, and what it belongs to', async () => {
      const { patch } = await world();
      const { json } = await patch(
        { name: 'x', metadata: { business_justification: 'because' }, correlation_id: 'c1' },
        { 'x-approval-id': 'a1' },
      );
      expect(json.commands).toMatchObject([
        {
          events: [{ business_justification: 'because', approval_id: 'a1', correlation_id: 'c1' }],
        },
      ]);
      const twice = await patch({
        name: 'y',
        business_justification: 'one',
        metadata: { business_justification: 'two' },
      });
      expect([twice.status, twice.code]).toEqual([400, 'MALFORMED_COMMAND']);
    });

    it('expects the version of If-Match, also where nothing changes', async () => {
      const { patch } = await world();
      const stale = { 'if-match': '"70"' };
      for (const body of [{ name: 'x', description: 'y' }, { name: 'desk' }]) {
        const { status, code } = await patch(body, stale);
        expect([status, code]).toEqual([409, 'CONCURRENCY_CONFLICT']);
      }
      const fresh = await patch({ name: 'x', description: 'y' }, { 'if-match': `"${first}"` });
      expect([fresh.status, fresh.json.aggregate_version]).toEqual([200, first + 2]);
      const weak = await patch({ name: 'z' }, { 'if-match': `W/"${first + 2}-ab12"` });
      expect(weak.status).toBe(200);
    });

    it('says who is missing and how to name the actor', async () => {
      const { ask, id } = await world();
      const { status, json } = await ask('PATCH', `/lamps/${id}`, { name: 'x' }, { 'x-actor': '' });
      expect([status, json.code]).toEqual([400, 'MALFORMED_COMMAND']);
      expect(json.message).toMatch(/X-Actor header/);
    });
  });

  it('takes an object whole where its command takes its members', async () => {
    const { patch, state } = await world();
    const fitted = await patch({ bulb: { watts: 5 } });
    expect(sent(fitted.json)).toEqual([['FitBulb', ['bulb']]]);
    expect((await state()).data.bulb).toEqual({ watts: 5, colour: 'white' });
    const same = await patch({ bulb: { colour: 'white', watts: 5 } });
    expect(same.json).toMatchObject({ commands: [], unchanged: ['bulb'] });
    for (const [bulb, field] of [
      [{ watts: 0 }, 'bulb.watts'],
      [{ colour: 'red' }, 'bulb.watts'],
      [{ watts: 5, colour: 'white', reason: 'y' }, 'bulb.reason'],
      [5, 'bulb'],
      [[5], 'bulb'],
    ] as const) {
      const { status, json } = await patch({ bulb });
      expect([status, (json.errors as Json[]).map((one) => one.field)]).toEqual([422, [field]]);
    }
    expect(sent((await patch({ bulb: null })).json)).toEqual([['TakeBulb', ['bulb']]]);
    expect((await patch({ bulb: null })).json).toMatchObject({ unchanged: ['bulb'] });
  });

  describe('PUT /{plural}/{id}', () => {
    it('takes a document as it was read, changed where it can be', async () => {
      const { replace, guard, id } = await world();
      await guard('g');
      const { status, json } = await replace({
        id,
        version: 1,
        created_at: '2026-01-01T00:00:00Z',
        guards: ['g'],
        name: 'desk 2',
        description: null,
        tags: ['a'],
        wires: [],
      });
      expect(status).toBe(200);
      expect(sent(json)).toEqual([
        ['Rename', ['name']],
        ['AddTags', ['tags']],
      ]);
      const again = await replace({ name: 'desk 2', tags: ['a'] });
      expect(again.json).toMatchObject({ commands: [], unchanged: ['name', 'tags'] });
    });

    it('refuses what would change a field that nobody sets', async () => {
      const { replace, id } = await world();
      for (const more of [{ guards: ['x'] }, { id: 'other' }, { nonsense: 1 }]) {
        const { status, json } = await replace({ id, name: 'y', ...more });
        expect([status, json.code]).toEqual([422, 'VALIDATION_ERROR']);
        expect(json.errors).toMatchObject([{ field: Object.keys(more)[0] }]);
      }
    });
  });

  describe('DELETE /{plural}/{id}', () => {
    const because = { 'x-business-justification': 'broken', 'x-approval-id': 'a1' };

    it('is the command that leads to where it is deleted', async () => {
      const { ask, id, state } = await world();
      const { status, json } = await ask(
        'DELETE',
        `/lamps/${id}?reason=broken`,
        undefined,
        because,
      );
      expect(status).toBe(200);
      expect(json).toMatchObject({
        commands: [{ command_type: 'Remove', events: [{ data: { text: 'broken' } }] }],
      });
      expect((await state()).status).toBe('gone');
      const again = await ask('DELETE', `/lamps/${id}`, undefined, because);
      const changed = await ask('PATCH', `/lamps/${id}`, { name: 'x' });
      expect([again.code, changed.code]).toEqual([ended, ended]);
    });

    it('takes reason, justification and approval from the body, the query or headers', async () => {
      for (const how of [
        { body: { reason: 'old', business_justification: 'b', approval_id: 'a' } },
        { body: { reason: 'old', metadata: { business_justification: 'b', approval_id: 'a' } } },
        { query: '?reason=old&business_justification=b&approval_id=a&correlation_id=c' },
        { headers: because },
      ]) {
        const { ask, id } = await world();
        const path = `/lamps/${id}${how.query ?? ''}`;
        expect((await ask('DELETE', path, how.body, how.headers)).status).toBe(200);
      }
    });

    it('is refused without them, and with what it does not know', async () => {
      const { ask, id, state } = await world();
      const bare = await ask('DELETE', `/lamps/${id}`);
      expect([bare.status, bare.code]).toEqual([422, 'VALIDATION_ERROR']);
      expect((bare.json.errors as Json[]).map(({ field }) => field)).toEqual([
        'reason',
        'metadata.business_justification',
        'metadata.approval_id',
      ]);
      for (const why of ['reason', 'justification', 'business_justification'])
        for (const [query, body] of [[`?${why}=x`], ['', { [why]: 'x' }]] as const) {
          const unapproved = await ask('DELETE', `/lamps/${id}${query}`, body);
          expect(unapproved.json, why).toMatchObject({
            code: 'APPROVAL_REQUIRED',
            errors: [{ field: 'metadata.approval_id' }],
          });
        }
      const unknown = await ask('DELETE', `/lamps/${id}`, { cascade: true }, because);
      expect(unknown.json).toMatchObject({ errors: [{ field: 'cascade', rule: 'UNKNOWN' }] });
      expect((await ask('DELETE', `/lamps/${id}?cascade=true`, undefined, because)).status).toBe(
        400,
      );
      expect((await ask('DELETE', `/lamps/${id}?dry_run=true`, undefined, because)).status).toBe(
        200,
      );
      expect((await state()).status).toBe('dark');
    });
  });

  describe('where there are roles', () => {
    const access: Access = {
      roles: {
        r: { summary: 'Writes.', may: ['read'] },
        blind: { summary: 'Sees nothing.', may: [] },
        viewer: { summary: 'Reads.', may: ['read'] },
      },
      authenticate: async ({ apiKey = 'ada' }) => ({
        actor: apiKey,
        actor_type: 'user',
        teams: [],
        credential: apiKey,
        roles: [apiKey === 'ada' ? 'r' : apiKey],
      }),
    };

    it('who may send no command for a field learns nothing of it', async () => {
      const { ask, post, patch, id, state, journal } = await world(access);
      const as = (key: string) => ({ 'x-api-key': key, 'x-actor': '' });
      const bodies = [{ name: 'desk' }, { tags: [] }, { name: 'other' }, { nowhere: 1 }];
      for (const body of bodies.slice(0, 3)) {
        expect((await patch(body, as('viewer'))).code).toBe('FORBIDDEN');
        const absent = await ask('PATCH', '/lamps/none', body, as('viewer'));
        expect(absent.code).toBe('FORBIDDEN');
      }
      for (const body of bodies) expect((await patch(body, as('blind'))).code).toBe('FORBIDDEN');
      expect((await post({ name: 'x' }, as('viewer'))).code).toBe('FORBIDDEN');
      expect((await ask('DELETE', `/lamps/${id}`, undefined, as('viewer'))).code).toBe('FORBIDDEN');
      expect((await state()).version).toBe(first);
      const denials = (await journal()).filter(({ code }) => code === 'FORBIDDEN');
      expect(denials.map(({ actor }) => actor)).toContain('viewer');
      const { json } = await patch({ name: 'other' }, as('ada'));
      expect(json.commands).toMatchObject([{ events: [{ actor: 'ada' }] }]);
    });
  });

  describe('text that is no Unicode', () => {
    it.each([
      ['name', { name: 'a\ud800' }],
      ['name', { data: { name: 'a\0' } }],
      ['wires.1', { wires: ['a', '\udc00'] }],
      ['(body)', { '\ud800': 1 }],
      ['metadata.ticket', { name: 'a', metadata: { ticket: '\ud800' } }],
    ])('is refused where it stands, with a key and without: %s', async (field, body) => {
      const { ask, id, state, journal } = await world();
      for (const headers of [{}, KEY])
        for (const [method, path] of [
          ['POST', '/lamps'],
          ['PATCH', `/lamps/${id}`],
          ['PUT', `/lamps/${id}`],
          ['DELETE', `/lamps/${id}`],
        ] as const) {
          const { status, code, json } = await ask(method, path, body, headers);
          expect([method, status, code]).toEqual([method, 400, 'MALFORMED_COMMAND']);
          expect(json.errors).toMatchObject([{ field, rule: 'FORMAT' }]);
        }
      expect((await state()).version).toBe(first);
      expect(await journal()).toHaveLength(8 + first);
    });
  });
});

describe('ids that do not exist', () => {
  it.each(['none', '..%2F', '%F0%9F%A6%84', 'a%20b', 'x'.repeat(200), '%00', '*', 'a.b'])(
    'are 404 with a body: %s',
    async (id) => {
      const { ask } = await worldOf();
      for (const [method, path, body] of [
        ['PATCH', `/lamps/${id}`, { name: 'x' }],
        ['PATCH', `/lamps/${id}`, {}],
        ['PUT', `/lamps/${id}`, { tags: [] }],
        ['DELETE', `/lamps/${id}`, { reason: 'x', business_justification: 'y', approval_id: 'a' }],
        ['POST', `/lamps/${id}/commands/rename`, { title: 'x' }],
        ['GET', `/lamps/${id}/events`, undefined],
      ] as const) {
        const { status, code } = await ask(method, path, body);
        expect([method, status, code]).toEqual([method, 404, 'NOT_FOUND']);
      }
    },
  );
});

it('says with 405 which methods there are', async () => {
  const { ask } = await worldOf();
  const { status, headers } = await ask('POST', '/lamps/x', {});
  expect([status, headers.get('allow')]).toEqual([405, 'GET, PATCH, PUT, DELETE, HEAD']);
  expect((await ask('PATCH', '/lamps', {})).headers.get('allow')).toBe('GET, POST, HEAD');
});
