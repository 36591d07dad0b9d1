import { z } from 'zod';
import type { Aggregate, State } from '../../src/core/aggregate.js';
import { defineAggregate } from '../../src/core/define-aggregate.js';
import { command } from '../../src/core/message.js';
import { refuse } from '../../src/core/refusal.js';
import type { Access } from '../../src/edge/access/index.js';
import { createHttp } from '../../src/edge/http/create-http.js';
import { Runtime } from '../../src/write/runtime/runtime.js';
import type { JournalEntry } from '../../src/write/store/command-journal.js';
import type { EventStore } from '../../src/write/store/event-store.js';
import { memoryStore } from '../../src/write/store/memory-store.js';

const log = { warn: () => {}, error: () => {} };
const Name = z.string().trim().min(1).max(20);
const Text = z.object({ text: z.string() });
const List = z.object({ tags: z.array(Name.toLowerCase()).min(1) });
const roles = ['r'];

/** Everything that a resource can be written by: values, lists, what is emptied, a status. */
export const Lamp = defineAggregate({
  name: 'Lamp',
  summary: 'A lamp.',
  events: {
    LampPut: z.object({ name: Name }),
    Renamed: Text,
    Described: Text,
    RoomCleared: Text,
    RoomSet: Text,
    TagsAdded: List,
    TagsRemoved: List,
    WireAdded: Text,
    WireRemoved: Text,
    Switched: z.object({ to: z.enum(['lit', 'dark']), until: z.string().nullable() }),
    Extended: Text,
    Fitted: z.object({ watts: z.number(), colour: z.string() }),
    BulbTaken: Text,
    Removed: Text,
    Guarded: Text,
  },
  commands: {
    PutLamp: command({ data: z.object({ name: Name }), emits: ['LampPut'], roles }),
    Rename: command({
      data: z.object({ title: Name }),
      emits: ['Renamed'],
      roles,
      sets: { name: { to: 'title' } },
    }),
    Describe: command({
      data: z.object({ description: Name }),
      emits: ['Described'],
      roles,
      sets: { description: { to: 'description' } },
    }),
    SetRoom: command({
      data: z.object({ room_id: Name, reason: Name }),
      emits: ['RoomSet'],
      roles,
      sets: { room_id: { to: 'room_id' } },
    }),
    LeaveRoom: command({
      data: z.object({ reason: Name }),
      emits: ['RoomCleared'],
      roles,
      sets: { room_id: 'clear' },
    }),
    AddTags: command({
      data: List,
      emits: ['TagsAdded'],
      roles,
      sets: { tags: { add: 'tags' } },
    }),
    RemoveTags: command({
      data: List,
      emits: ['TagsRemoved'],
      roles,
      sets: { tags: { remove: 'tags' } },
    }),
    AddWire: command({
      data: z.object({ wire: Name }),
      emits: ['WireAdded'],
      roles,
      sets: { wires: { add: 'wire' } },
    }),
    RemoveWire: command({
      data: z.object({ wire: Name }),
      emits: ['WireRemoved'],
      roles,
      sets: { wires: { remove: 'wire' } },
    }),
    Switch: command({
      data: z.object({
        state: z.enum(['lit', 'dark']),
        until: z.string().nullable().default(null),
      }),
      emits: ['Switched'],
      roles,
      sets: { light: { to: 'state' }, until: { to: 'until' } },
    }),
    Extend: command({
      data: z.object({ until: z.string(), reason: Name }),
      emits: ['Extended'],
      roles,
      sets: { until: { to: 'until' } },
    }),
    FitBulb: command({
      data: z.object({
        watts: z.int().positive(),
        colour: Name.default('white'),
        reason: Name.default('x'),
      }),
      emits: ['Fitted'],
      roles,
      sets: { bulb: { members: ['watts', 'colour'] } },
    }),
    TakeBulb: command({
      data: z.object({ reason: Name.default('x') }),
      emits: ['BulbTaken'],
      roles,
      sets: { bulb: 'clear' },
    }),
    Guard: command({ data: Text, emits: ['Guarded'], roles }),
    Remove: command({
      data: z.object({ reason: Name }),
      emits: ['Removed'],
      roles,
      sensitive: true,
      approval: true,
    }),
  },
  data: z.object({
    name: z.string().default(''),
    description: z.string().nullable().default(null),
    room_id: z.string().nullable().default(null),
    until: z.string().nullable().default(null),
    tags: z.array(z.string()).default([]),
    wires: z.array(z.string()).default([]),
    guards: z.array(z.string()).default([]),
    bulb: z.object({ watts: z.number(), colour: z.string() }).nullable().default(null),
  }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { LampPut: 'dark' } },
      dark: {
        on: {
          Renamed: {},
          Described: {},
          RoomSet: {},
          RoomCleared: {},
          TagsAdded: {},
          TagsRemoved: {},
          WireAdded: {},
          WireRemoved: {},
          Extended: {},
          Fitted: {},
          BulbTaken: {},
          Guarded: {},
          Switched: { by: 'to', to: { lit: 'lit', dark: 'dark' } },
          Removed: 'gone',
        },
      },
      lit: {
        on: {
          Renamed: {},
          Described: {},
          RoomSet: {},
          RoomCleared: {},
          TagsAdded: {},
          TagsRemoved: {},
          WireAdded: {},
          WireRemoved: {},
          Extended: {},
          Fitted: {},
          BulbTaken: {},
          Guarded: {},
          Switched: { by: 'to', to: { lit: 'lit', dark: 'dark' } },
        },
      },
      gone: { kind: 'deleted' },
    },
  },
  evolve: {
    LampPut: (_, { name }) => ({ name }),
    Renamed: (_, { text }) => ({ name: text }),
    Described: (_, { text }) => ({ description: text }),
    RoomSet: (_, { text }) => ({ room_id: text }),
    RoomCleared: () => ({ room_id: null }),
    TagsAdded: ({ tags }, more) => ({ tags: [...tags, ...more.tags] }),
    TagsRemoved: ({ tags }, less) => ({ tags: tags.filter((one) => !less.tags.includes(one)) }),
    WireAdded: ({ wires }, { text }) => ({ wires: [...wires, text] }),
    WireRemoved: ({ wires }, { text }) => ({ wires: wires.filter((one) => one !== text) }),
    Switched: (_, { until }) => ({ until }),
    Extended: (_, { text }) => ({ until: text }),
    Fitted: (_, bulb) => ({ bulb }),
    BulbTaken: () => ({ bulb: null }),
    Guarded: ({ guards }, { text }) => ({ guards: [...guards, text] }),
    Removed: null,
  },
  decide: {
    PutLamp: (_, { name }) => [{ type: 'LampPut', data: { name } }],
    Rename: ({ data }, { title }) =>
      title === data.name ? [] : [{ type: 'Renamed', data: { text: title } }],
    Describe: (_, { description: text }) =>
      text === 'rude' ? refuse('RUDE', 'be polite') : [{ type: 'Described', data: { text } }],
    SetRoom: (_, { room_id }) => [{ type: 'RoomSet', data: { text: room_id } }],
    LeaveRoom: (_, { reason }) => [{ type: 'RoomCleared', data: { text: reason } }],
    AddTags: ({ data }, { tags }) => {
      const fresh = tags.filter((one) => !data.tags.includes(one));
      return fresh.length === 0 ? [] : [{ type: 'TagsAdded', data: { tags: fresh } }];
    },
    RemoveTags: (_, data) => [{ type: 'TagsRemoved', data }],
    AddWire: (_, { wire }) => [{ type: 'WireAdded', data: { text: wire } }],
    RemoveWire: (_, { wire }) => [{ type: 'WireRemoved', data: { text: wire } }],
    Switch: ({ status }, { state, until }) =>
      state === status ? [] : [{ type: 'Switched', data: { to: state, until } }],
    Extend: (_, { until }) => [{ type: 'Extended', data: { text: until } }],
    FitBulb: (_, { watts, colour }) => [{ type: 'Fitted', data: { watts, colour } }],
    TakeBulb: (_, { reason }) => [{ type: 'BulbTaken', data: { text: reason } }],
    Guard: (_, data) => [{ type: 'Guarded', data }],
    Remove: (_, { reason }) => [{ type: 'Removed', data: { text: reason } }],
  },
});

export type Json = Record<string, unknown>;
export const KEY = { 'idempotency-key': 'mine' };

type Told = {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Json;
  readonly code: unknown;
};
type Ask = (method: string, path: string, body?: unknown, headers?: object) => Promise<Told>;
type There = State & { readonly version: number };

/** What a lamp is to the node: an aggregate, or a part of one. */
export type Kind = {
  readonly definition: Aggregate;
  /** What must be there before there are lamps. */
  readonly begin: (ask: Ask) => Promise<unknown>;
  /** What is said of a new one besides what it is. */
  readonly said: Json;
  /** The version of its aggregate once it is there. */
  readonly first: number;
  readonly idIn: (written: Json) => string;
  readonly aggregateOf: (id: string) => string;
  readonly lampIn: (there: There, id: string) => There;
};
export const LAMPS: Kind = {
  definition: Lamp,
  begin: async () => {},
  said: {},
  first: 1,
  idIn: ({ aggregate_id }) => String(aggregate_id),
  aggregateOf: (id) => id,
  lampIn: (there) => there,
};

/** A node on a store, with one lamp that a request may be about. */
export const world = async (
  access?: Access,
  store: EventStore = memoryStore(),
  { definition, begin, said, first, idIn, aggregateOf, lampIn }: Kind = LAMPS,
) => {
  const runtime = new Runtime({
    definitions: [definition],
    store,
    log,
    ...(access && { roles: access.roles }),
  });
  const info = { name: 'stele', version: '1' };
  const app = createHttp({ runtime, store, log, info, ...(access && { access }) });
  const ask: Ask = async (method, path, body, headers = {}) => {
    const response = await app.request(path, {
      method,
      headers: { 'content-type': 'application/json', 'x-actor': 'ada', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const json = (await response.json()) as Json;
    return { status: response.status, headers: response.headers, json, code: json.code };
  };
  const post = (body: Json, headers?: object) =>
    ask('POST', '/lamps', { ...said, ...body }, headers);
  await begin(ask);
  const put = await post({ name: 'desk' });
  const id = idIn(put.json);
  const aggregate = `/${definition.plural}/${aggregateOf(id)}`;
  const patch = (body: unknown, headers?: object) => ask('PATCH', `/lamps/${id}`, body, headers);
  const replace = (body: unknown) => ask('PUT', `/lamps/${id}`, body);
  const guard = (text: string) =>
    ask('POST', `${aggregate}/commands/guard`, {
      text,
      ...(definition !== Lamp && { lamp_id: id }),
    });
  const events = () => ask('GET', `${aggregate}/events`);
  const stateOf = async (one: string) =>
    lampIn(await runtime.state(definition, aggregateOf(one)), one);
  const state = () => stateOf(id);
  const journal = async () => {
    const entries: JournalEntry[] = [];
    for await (const entry of store.readJournal(0)) entries.push(entry);
    return entries;
  };
  return {
    ask,
    post,
    patch,
    replace,
    guard,
    events,
    state,
    stateOf,
    journal,
    idIn,
    aggregateOf,
    id,
    first,
    plural: definition.plural,
    runtime,
    store,
    app,
  };
};
