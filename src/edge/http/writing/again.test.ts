import { describe, expect, it, vi } from 'vitest';
import { type Json, KEY, Lamp, world } from '../../../../test/support/writable-lamps.js';
import { commandHash, parseCommand } from '../../../core/command.js';
import { stableCommandId } from '../../../core/ids.js';
import { isRefusal } from '../../../core/refusal.js';
import { LOG_READS_AT_ONCE } from '../../../write/runtime/limits.js';
import type { EventStore } from '../../../write/store/event-store.js';
import { memoryStore } from '../../../write/store/memory-store.js';
import type { Access } from '../../access/index.js';

type World = Awaited<ReturnType<typeof world>>;
type Told = Awaited<ReturnType<World['ask']>>;
type Asked = {
  readonly method: string;
  readonly path: (id: string) => string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

const COMMAND_KEY = { 'idempotency-key': '5f1c2f0e-7f63-4b7e-9a58-0f6f0c7d3a11' };
const BECAUSE = { 'x-business-justification': 'broken', 'x-approval-id': 'a1' };
const one = (id: string) => `/lamps/${id}`;

/** Every way to write over HTTP. The resource has tags and wires that it is to lose. */
const WAYS: Readonly<Record<string, Asked>> = {
  'POST of a resource': {
    method: 'POST',
    path: () => '/lamps',
    body: { name: 'hall', description: 'bright', tags: ['a', 'b'], wires: ['x', 'y'] },
  },
  'PATCH of values': { method: 'PATCH', path: one, body: { name: 'mine', description: 'mine' } },
  'PATCH of lists': { method: 'PATCH', path: one, body: { tags: ['mine'], wires: ['mine'] } },
  'PATCH of one value of several': {
    method: 'PATCH',
    path: one,
    body: { light: 'lit', until: null, name: 'desk', description: 'mine' },
  },
  'PUT of a document': {
    method: 'PUT',
    path: one,
    body: { name: 'mine', room_id: 'mine', reason: 'moved', tags: [], guards: [] },
  },
  DELETE: { method: 'DELETE', path: (id) => `${one(id)}?reason=broken`, headers: BECAUSE },
  'a command by its path': {
    method: 'POST',
    path: (id) => `${one(id)}/commands/rename`,
    body: { title: 'mine' },
    headers: COMMAND_KEY,
  },
};
const ways = Object.entries(WAYS);
const times = [1, 6, 100];
const ALL = ways.flatMap(([way, asked]) => times.map((count) => [way, count, asked] as const));

const THEIRS = { name: 'theirs', description: 'theirs', tags: ['theirs'], wires: ['theirs'] };

const asking = ({ ask, id }: World, { method, path, body, headers }: Asked) => {
  return (more: object = {}): Promise<Told> =>
    ask(method, path(id), body, { ...KEY, ...headers, ...more });
};
const standing = async (access?: Access, store?: EventStore): Promise<World> => {
  const here = await world(access, store);
  await here.patch({ tags: ['old'], wires: ['old 1', 'old 2'] });
  return here;
};
/** Other bodies for the same method: of other fields, of other values, of fewer. */
const OTHERS: Readonly<Record<string, readonly object[]>> = {
  POST: [{ name: 'hall' }, { name: 'other' }, { name: 'hall', wires: ['z'] }],
  PATCH: [{ description: 'other' }, { room_id: 'other', reason: 'x' }, { wires: ['z'] }],
  PUT: [{ name: 'mine' }, { wires: [] }, { name: 'mine', guards: [] }],
  DELETE: [{ reason: 'other' }, {}],
};
/** Without a query. */
const bare = (path: Asked['path']) => (id: string) => path(id).split('?')[0]!;
const log = async ({ store }: World) => {
  const { last } = await store.ends(Lamp);
  return last;
};

describe('a request that comes again under its key', () => {
  it.each(ALL)('%s, %i times: the first answer, whatever others changed', async (_, count, way) => {
    const here = await standing();
    const again = asking(here, way);
    const first = await again();
    expect(first.json).toMatchObject({ replayed: false });
    const id = String(first.json.aggregate_id);
    await here.ask('PATCH', one(id), THEIRS);
    const [state, last] = [await here.runtime.state(Lamp, id), await log(here)];
    for (let n = 0; n < count; n++) {
      const { status, headers, json } = await again();
      expect(status).toBe(200);
      expect(json).toEqual({ ...first.json, replayed: true });
      expect(headers.get('etag')).toBe(first.headers.get('etag'));
    }
    expect(await here.runtime.state(Lamp, id)).toEqual(state);
    expect(await log(here)).toBe(last);
  });

  it.each(ALL)('%s, %i times at once while another writes: done once', async (_, count, way) => {
    const store = memoryStore();
    const here = await standing(undefined, store);
    // A node of its own, so that nothing but the log is shared.
    const there = await world(undefined, store);
    const last = await log(here);
    const again = asking(here, way);
    const elsewhere = asking({ ...there, id: here.id }, way);
    const writing: Promise<Told>[] = [];
    const theirs: Promise<Told>[] = [];
    for (let n = 0; n < count; n++) {
      writing.push(again(), elsewhere());
      if (n % 10 === 0) theirs.push(there.ask('PATCH', one(here.id), { ...THEIRS, name: `t${n}` }));
    }
    const answers = await Promise.all(writing);
    const others = await Promise.all(theirs);
    const [first, ...more] = answers.filter(({ json }) => json.replayed === false);
    expect(more).toEqual([]);
    for (const { json } of answers) expect({ ...json, replayed: false }).toEqual(first!.json);
    const written = [first!, ...others].flatMap(({ json }) =>
      json.commands === undefined ? [json] : (json.commands as Json[]),
    );
    const events = written.flatMap((told) => (told.events ?? []) as Json[]);
    expect(await log(here)).toBe(last + events.length);
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
  });

  it.each(ways)('%s: with another body it is another request, and refused', async (_, way) => {
    const here = await standing();
    await asking(here, way)();
    const last = await log(here);
    const command = 'title' in ((way.body ?? {}) as Json);
    const bodies = command ? [{ title: 'other' }] : OTHERS[way.method]!;
    for (const body of bodies) {
      const { status, code } = await asking(here, { ...way, path: bare(way.path), body })();
      expect([status, code]).toEqual([409, 'COMMAND_ID_REUSED']);
    }
    expect(await log(here)).toBe(last);
  });

  it('with more than any request becomes, is refused before each is read', async () => {
    const { patch } = await standing();
    expect((await patch({ wires: ['mine'] }, KEY)).status).toBe(200);
    const reads = vi.spyOn(Lamp.commands.AddWire!.data, 'strict');
    const wires = Array.from({ length: 2_000 }, (_, at) => `wire ${at}`);
    const { status, code } = await patch({ wires }, KEY);
    expect([status, code]).toEqual([409, 'COMMAND_ID_REUSED']);
    expect(reads).not.toHaveBeenCalled();
    reads.mockRestore();
  });

  it('sent again and again reads what came before once, and a few answers at a time', async () => {
    const under = memoryStore();
    let reading = 0;
    let most = 0;
    const whole = vi.fn();
    const store: EventStore = {
      ...under,
      read: async (kind, id, from, count) => {
        if (from === 1) whole();
        if (count === undefined) return under.read(kind, id, from, count);
        most = Math.max(most, ++reading);
        await new Promise((resolve) => setTimeout(resolve, 1));
        reading--;
        return under.read(kind, id, from, count);
      },
    };
    const { patch } = await standing(undefined, store);
    expect((await patch({ name: 'mine' }, KEY)).status).toBe(200);
    whole.mockClear();
    const asked = Array.from({ length: 60 }, (_, n) => patch({ name: `other ${n}` }, KEY));
    for (const { code } of await Promise.all(asked)) expect(code).toBe('COMMAND_ID_REUSED');
    expect(whole).toHaveBeenCalledTimes(1);
    expect(most).toBeLessThanOrEqual(LOG_READS_AT_ONCE);
  });

  it('is not compared by why, on which version and in which order it is asked', async () => {
    const { patch, ask, id } = await standing();
    const body = { name: 'mine', description: 'mine' };
    const first = await patch(body, { ...KEY, 'if-match': '"4"' });
    expect(first.status).toBe(200);
    await ask('PATCH', one(id), THEIRS);
    const papers = { 'x-business-justification': 'still', 'x-correlation-id': 'c', ...KEY };
    for (const [said, more] of [
      [body, { ...KEY, 'if-match': '"4"' }],
      [body, { ...KEY, 'if-match': '"1"' }],
      [{ description: 'mine', name: 'mine' }, papers],
      [{ data: body, actor: 'ada' }, KEY],
    ] as const) {
      const { status, json } = await patch(said, more);
      expect([status, json]).toEqual([200, { ...first.json, replayed: true }]);
    }
  });

  it('is the first answer also where it could not be carried out any more', async () => {
    const here = await standing();
    const first = await here.patch({ name: 'mine' }, KEY);
    const put = asking(here, WAYS['PUT of a document']!);
    const document = await put();
    await here.ask('POST', `${one(here.id)}/commands/guard`, { text: 'g' });
    expect((await put()).json).toEqual({ ...document.json, replayed: true });
    await asking(here, WAYS.DELETE!)();
    expect((await here.patch({ name: 'mine' }, KEY)).json).toEqual({
      ...first.json,
      replayed: true,
    });
    expect((await here.patch({ name: 'new' })).status).toBe(410);
  });

  it('is another one when somebody else sends it', async () => {
    const { patch, ask, id } = await standing();
    const ada = await patch({ name: 'mine' }, KEY);
    const bob = await patch({ name: 'mine too' }, { ...KEY, 'x-actor': 'bob' });
    expect(bob.json).toMatchObject({ replayed: false, unchanged: [] });
    expect((await patch({ name: 'mine' }, KEY)).json).toEqual({ ...ada.json, replayed: true });
    const made = [];
    for (const actor of ['ada', 'bob', 'ada'])
      made.push(await ask('POST', '/lamps', { name: 'hall' }, { ...KEY, 'x-actor': actor }));
    const [first, second, third] = made.map(({ json }) => json.aggregate_id);
    expect(first).not.toBe(second);
    expect(third).toBe(first);
    const deleted = await ask('DELETE', `${one(id)}?reason=x`, undefined, { ...KEY, ...BECAUSE });
    const late = { ...KEY, ...BECAUSE, 'x-actor': 'bob' };
    expect(deleted.status).toBe(200);
    expect((await ask('DELETE', `${one(id)}?reason=x`, undefined, late)).status).toBe(410);
  });

  it('is decided anew when it changed nothing, or was refused', async () => {
    const { patch } = await standing();
    expect((await patch({ name: 'desk' }, KEY)).json).toMatchObject({ position: null });
    await patch({ name: 'other' });
    expect((await patch({ name: 'desk' }, KEY)).json).toMatchObject({ replayed: false });
    const rude = { 'idempotency-key': 'rude' };
    expect((await patch({ description: 'rude' }, rude)).code).toBe('RUDE');
    expect((await patch({ description: 'kind' }, rude)).json).toMatchObject({ replayed: false });
  });

  it('shows nothing to who may send none of its commands any more', async () => {
    let role = 'r';
    const access: Access = {
      roles: {
        r: { summary: 'Writes.', may: ['read'] },
        viewer: { summary: 'Reads.', may: ['read'] },
      },
      authenticate: async () => ({
        actor: 'ada',
        actor_type: 'user',
        teams: [],
        credential: 'k',
        roles: [role],
      }),
    };
    const here = await standing(access);
    for (const [, way] of ways) await asking({ ...here, id: here.id }, way)();
    role = 'viewer';
    for (const [, way] of ways) expect((await asking(here, way)()).code).toBe('FORBIDDEN');
  });

  it('is another one when it is told for somebody else', async () => {
    const access: Access = {
      roles: { r: { summary: 'Tells history.', may: ['read', 'import', 'history'] } },
      authenticate: async () => ({
        actor: 'archive',
        actor_type: 'service',
        teams: [],
        credential: 'k',
        roles: ['r'],
      }),
    };
    const { ask } = await standing(access);
    const told = (actor: string) =>
      ask(
        'POST',
        '/lamps',
        { data: { name: 'hall' }, actor, source: 'import' },
        {
          ...KEY,
          'x-actor': '',
        },
      );
    const [ada, bob, again] = [await told('ada'), await told('bob'), await told('ada')];
    expect([ada.status, bob.status, again.status]).toEqual([201, 201, 200]);
    expect(bob.json.aggregate_id).not.toBe(ada.json.aggregate_id);
    expect(again.json).toEqual({ ...ada.json, replayed: true });
  });

  it('is refused to who may not send it so, and is another one from a program of the same name', async () => {
    let more: object = {};
    const access: Access = {
      roles: { r: { summary: 'Writes.', may: ['read'] } },
      authenticate: async () => ({
        actor: 'ada',
        actor_type: 'user',
        teams: [],
        credential: 'k',
        roles: ['r'],
        ...more,
      }),
    };
    const { ask, id, journal } = await standing(access);
    const mine = (source?: string) =>
      ask('PATCH', one(id), { data: { name: 'mine' }, ...(source && { source }) }, KEY);
    const first = await mine();
    expect(first.json).toMatchObject({ replayed: false });
    expect((await mine('system')).code).toBe('FORBIDDEN');
    expect((await mine('ui')).json).toEqual({ ...first.json, replayed: true });
    more = { actor_type: 'service' };
    expect((await mine()).json).toMatchObject({ replayed: false, position: null });
    const ours = (headers: object) =>
      ask('PATCH', one(id), { data: { name: 'ours' } }, { ...KEY, ...headers });
    expect((await ours({})).json).toMatchObject({ replayed: false });
    const actor = '{"service":"ada"}';
    more = { actor };
    expect((await ours({ 'x-actor': actor })).json).toMatchObject({ replayed: false });
    const replays = (await journal()).filter(({ outcome }) => outcome === 'replayed');
    expect(replays.map(({ actor, actor_type }) => [actor, actor_type])).toEqual([['ada', 'user']]);
  });

  it('stands in the journal as a replay', async () => {
    const { patch, journal } = await standing();
    const { json } = await patch({ name: 'mine', description: 'mine' }, KEY);
    await patch({ name: 'mine', description: 'mine' }, KEY);
    const replays = (await journal()).filter(({ outcome }) => outcome === 'replayed');
    expect(replays).toMatchObject(
      (json.commands as Json[]).map(({ command_id, command_type, events }) => ({
        command_id,
        command_type,
        actor: 'ada',
        aggregate_type: 'Lamp',
        via: 'http',
        version: (events as Json[])[0]!.aggregate_version,
      })),
    );
  });

  it('planned on something else while the first was under way, is still the first answer', async () => {
    const under = memoryStore();
    const waiting: (() => void)[] = [];
    let holds = false;
    const store: EventStore = {
      ...under,
      append: async (what) => {
        if (holds) await new Promise<void>((go) => waiting.push(go));
        return under.append(what);
      },
    };
    const [here, there, third] = [
      await standing(undefined, store),
      await world(undefined, store),
      await world(undefined, store),
    ];
    const body = { tags: ['old', 'mine'], wires: ['mine'], description: 'mine', until: 'noon' };
    holds = true;
    const first = here.patch({ ...body, reason: 'guests' }, KEY);
    await expect.poll(() => waiting.length).toBe(1);
    holds = false;
    await third.ask('PATCH', one(here.id), { wires: ['mine', 'theirs'], description: 'mine' });
    holds = true;
    const second = there.ask('PATCH', one(here.id), { ...body, reason: 'guests' }, KEY);
    await expect.poll(() => waiting.length).toBe(2);
    holds = false;
    for (const go of waiting) go();
    const [mine, again] = await Promise.all([first, second]);
    expect([mine.json.replayed, again.json.replayed].toSorted()).toEqual([false, true]);
    expect({ ...again.json, replayed: null }).toEqual({ ...mine.json, replayed: null });
  });
});

describe('a request that the first versions accepted', () => {
  /** A log as they wrote it: each command under an id and a hash of its own. */
  const written = async (
    { runtime }: World,
    aggregate_id: string | undefined,
    commands: readonly (readonly [method: string, type: string, data: object])[],
  ): Promise<string> => {
    let id = aggregate_id;
    for (const [method, command_type, data] of commands) {
      const command = parseCommand(runtime.registry, {
        command_type,
        aggregate_type: 'Lamp',
        aggregate_id: id,
        data,
        command_id: stableCommandId('http', 'ada', method, 'mine', command_type, ''),
        actor: 'ada',
        actor_type: 'user',
        source: 'api',
        command_timestamp: '2026-01-06T10:00:00Z',
        metadata: { business_justification: 'broken', approval_id: 'a1' },
      });
      if (isRefusal(command)) throw new Error(command.message);
      const result = await runtime.send({
        ...command,
        hash: commandHash(command_type, command.spec, command.data),
      });
      if (isRefusal(result)) throw new Error(result.message);
      id = result.aggregate_id;
    }
    return id!;
  };

  it('is known again when the same key was let pass for something else later', async () => {
    const here = await standing();
    await written(here, here.id, [['PATCH', 'Rename', { title: 'mine' }]]);
    for (let n = 0; n < 5; n++)
      await here.patch({ wires: Array.from({ length: 45 }, (_, at) => `${n} ${at}`) });
    await written(here, here.id, [['PATCH', 'Describe', { description: 'mine' }]]);
    expect((await here.patch({ name: 'mine' }, KEY)).json).toMatchObject({
      replayed: true,
      aggregate_version: 5,
      commands: [{ command_type: 'Rename' }],
    });
  });

  it('is known again, and with another body refused', async () => {
    const here = await standing();
    const { id, ask } = here;
    await written(here, id, [
      ['PATCH', 'Rename', { title: 'mine' }],
      ['PATCH', 'AddTags', { tags: ['mine'] }],
      ['PATCH', 'RemoveTags', { tags: ['old'] }],
      ['PATCH', 'Switch', { state: 'lit' }],
    ]);
    await here.patch(THEIRS);
    const body = { name: 'mine', tags: ['mine'], light: 'lit' };
    expect((await here.patch(body, KEY)).json).toMatchObject({
      replayed: true,
      aggregate_version: 8,
      unchanged: [],
      commands: [
        { command_type: 'Rename', fields: ['name'] },
        { command_type: 'AddTags', fields: ['tags'] },
        { command_type: 'RemoveTags', fields: ['tags'] },
        { command_type: 'Switch', fields: ['light'] },
      ],
    });
    for (const other of [{ ...body, name: 'x' }, { ...body, tags: [] }, { name: 'mine' }])
      expect((await here.patch(other, KEY)).code).toBe('COMMAND_ID_REUSED');
    const made = await written(here, undefined, [
      ['POST', 'PutLamp', { name: 'hall' }],
      ['POST', 'Describe', { description: 'bright' }],
    ]);
    const hall = { name: 'hall', description: 'bright' };
    expect((await ask('POST', '/lamps', hall, KEY)).json).toMatchObject({
      replayed: true,
      aggregate_id: made,
      aggregate_version: 2,
    });
    expect((await ask('POST', '/lamps', { name: 'hall' }, KEY)).code).toBe('COMMAND_ID_REUSED');
    await written(here, made, [['DELETE', 'Remove', { reason: 'broken' }]]);
    const gone = await ask('DELETE', one(made), { reason: 'broken' }, { ...KEY, ...BECAUSE });
    expect(gone.json).toMatchObject({ replayed: true, aggregate_version: 3 });
  });
});
