import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { givenEvents } from '../testing/index.js';
import { RESERVED_FIELDS } from './check-projection.js';
import { defineAggregate } from './define-aggregate.js';
import { command } from './message.js';
import { defineProjection, type Projected, report } from './projection.js';

const roles = ['keeper'];
const Door = defineAggregate({
  name: 'Door',
  summary: 'A door.',
  events: {
    DoorBuilt: z.object({ name: z.string(), room_id: z.string() }),
    DoorMoved: z.object({ room_id: z.string() }),
    DoorPainted: z.object({ colour: z.string() }),
  },
  commands: {
    BuildDoor: command({ data: z.object({}), emits: ['DoorBuilt'], roles }),
    MoveDoor: command({ data: z.object({}), emits: ['DoorMoved'], roles }),
    PaintDoor: command({ data: z.object({}), emits: ['DoorPainted'], roles }),
  },
  data: z.object({ name: z.string().default(''), room_id: z.string().nullable().default(null) }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { DoorBuilt: 'there' } },
      there: { on: { DoorMoved: {}, DoorPainted: {} } },
    },
  },
  evolve: {
    DoorBuilt: (_, built) => built,
    DoorMoved: (_, { room_id }) => ({ room_id }),
    DoorPainted: null,
  },
  decide: { BuildDoor: () => [], MoveDoor: () => [], PaintDoor: () => [] },
});
const Lamp = defineAggregate({
  name: 'Lamp',
  summary: 'A lamp.',
  events: { LampHung: z.object({ room_id: z.string() }) },
  commands: { HangLamp: command({ data: z.object({}), emits: ['LampHung'], roles }) },
  data: z.object({}),
  chart: {
    initial: 'absent',
    states: { absent: { on: { LampHung: 'there' } }, there: {} },
  },
  evolve: { LampHung: null },
  decide: { HangLamp: () => [] },
});

const view = z.object({
  name: z.string().default(''),
  doors: z.array(z.string()).default([]),
  lamps: z.number().default(0),
  lit: z.boolean().default(false),
});

const rooms = defineProjection({
  name: 'rooms',
  summary: 'Rooms, their doors and lamps.',
  view,
  indexed: ['name', 'doors', 'lamps', 'lit'],
  from: [Door, Lamp],
  withState: true,
  documentIds: {
    Door: ({ before, after }) =>
      [before.data.room_id, after.data.room_id].filter((id) => id !== null),
    Lamp: ({ data }) => data.room_id,
  },
  on: {
    Door: {
      DoorPainted: (room) => room,
      '*': (room, { after, aggregate_id }, key) => {
        const others = room.doors.filter((id) => id !== aggregate_id);
        const doors = after.data.room_id === key ? [...others, aggregate_id] : others;
        return doors.length === 0 && room.lamps === 0 ? null : { ...room, doors };
      },
    },
    Lamp: { LampHung: (room) => ({ ...room, lamps: room.lamps + 1, lit: true }) },
  },
  reports: {
    brightest: report({
      summary: 'The most lamps of a room.',
      params: z.object({ least: z.coerce.number().default(0) }),
      answer: (all: readonly z.output<typeof view>[], { least }) =>
        Math.max(least, ...all.map(({ lamps }) => lamps)),
    }),
  },
});

const built = { type: 'Door', event: 'DoorBuilt' } as const;

describe('a projection', () => {
  it('is fed by several streams and keeps what each of them adds', () => {
    givenEvents(
      rooms,
      { type: 'Lamp', id: 'l', event: 'LampHung', data: { room_id: 'hall' } },
      { ...built, id: 'd', data: { name: 'front', room_id: 'hall' } },
      { ...built, id: 'e', data: { name: 'back', room_id: 'attic' } },
    ).then({
      hall: { doors: ['d'], lamps: 1, lit: true },
      attic: { doors: ['e'], lamps: 0, lit: false },
    });
  });

  it('takes something from one document and gives it to another', () => {
    givenEvents(
      rooms,
      { ...built, id: 'd', data: { name: 'front', room_id: 'hall' } },
      { type: 'Door', id: 'd', event: 'DoorMoved', data: { room_id: 'attic' } },
      { type: 'Door', id: 'd', event: 'DoorPainted', data: { colour: 'red' } },
    ).then({ hall: null, attic: { doors: ['d'] } });
  });

  it('has columns by the types of its fields', () => {
    expect(rooms.columns).toEqual([
      { name: 'name', type: 'text', order: 'people' },
      { name: 'doors', type: 'list' },
      { name: 'lamps', type: 'number' },
      { name: 'lit', type: 'boolean' },
    ]);
  });

  it('answers reports', () => {
    const given = givenEvents(rooms, {
      type: 'Lamp',
      id: 'l',
      event: 'LampHung',
      data: { room_id: 'hall' },
    });
    expect(given.report('brightest')).toBe(1);
    expect(given.report('brightest', { least: '5' })).toBe(5);
  });

  it('knows what it is without being told', () => {
    expect(rooms).toMatchObject({
      version: 1,
      sort: null,
      search: [],
      resource: null,
      deleted: null,
      path: 'views/rooms',
      within: {},
      perAggregate: false,
      related: null,
      show: null,
      initial: { name: '', doors: [], lamps: 0, lit: false },
      sources: [{ slug: 'door' }, { slug: 'lamp' }],
    });
    expect(rooms.wants('door', 'DoorBuilt')).toBe(true);
    expect(rooms.wants('lamp', 'LampHung')).toBe(true);
    expect(rooms.wants('lamp', 'LampBroken')).toBe(false);
    expect(rooms.wants('window', 'WindowOpened')).toBe(false);
  });

  it('tells one event about several documents, each once', () => {
    const event = { aggregate_type: 'Lamp', data: { room_id: 'hall' } } as unknown as Projected;
    expect(rooms.keysOf(event)).toEqual(['hall']);
    const both = { before: { data: { room_id: 'a' } }, after: { data: { room_id: 'a' } } };
    expect(rooms.keysOf({ aggregate_type: 'Door', ...both } as unknown as Projected)).toEqual([
      'a',
    ]);
  });

  it('may be fed by the journal alone', () => {
    const outcomes = defineProjection({
      name: 'outcomes',
      summary: 'How often it ended how.',
      view: z.object({ count: z.number().default(0) }),
      indexed: [],
      from: [],
      on: {},
      journal: {
        documentIds: ({ outcome }) => String(outcome),
        on: ({ count }) => ({ count: count + 1 }),
      },
    });
    givenEvents(
      outcomes,
      ...['accepted', 'refused', 'accepted'].map((outcome) => ({ journal: { outcome } })),
    ).then({ accepted: { count: 2 }, refused: { count: 1 } });
    expect(outcomes).toMatchObject({ perAggregate: false, sources: [{ slug: 'journal' }] });
    expect(rooms.keysOfEntry({ entry_id: '1-0', sequence: 1 })).toEqual([]);
    expect(rooms.applyEntry(rooms.initial, { entry_id: '1-0', sequence: 1 }, 'x')).toBe(
      rooms.initial,
    );
  });
});

describe('the resource of a type', () => {
  const doors = defineProjection({
    name: 'doors',
    summary: 'All doors.',
    view: z.object({ colour: z.string().default('none'), lamps: z.number().default(0) }),
    indexed: ['colour'],
    from: [Door, Lamp],
    resource: 'Door',
    documentIds: { Lamp: () => 'd' },
    on: {
      Door: {
        DoorPainted: (_, { data }) => ({ colour: data.colour, lamps: 0 }),
        DoorBuilt: (door) => ({ ...door, colour: 'grey' }),
      },
      Lamp: { LampHung: (door) => ({ ...door, lamps: door.lamps + 1 }) },
    },
    show: ({ colour }) => ({ colour: colour.toUpperCase() }),
  });
  const building = { ...built, id: 'd', data: { name: 'front', room_id: 'hall' } } as const;
  const hanging = { type: 'Lamp', id: 'l', event: 'LampHung', data: { room_id: 'hall' } } as const;
  const moving = { type: 'Door', id: 'd', event: 'DoorMoved', data: { room_id: 'x' } } as const;

  it('carries its id, version and status, though nobody wrote them', () => {
    const { documents, show } = givenEvents(doors, hanging, building, moving, {
      type: 'Door',
      id: 'd',
      event: 'DoorPainted',
      data: { colour: 'red' },
    });
    const stamps = { id: 'd', version: 3, status: 'there' };
    expect(documents.get('d')).toEqual({ ...stamps, colour: 'red', lamps: 0 });
    expect(show('d')).toEqual({ ...stamps, colour: 'RED' });
    expect(doors.columns.map(({ name }) => name)).toEqual(['colour', 'id', 'status']);
  });

  it('follows events that no handler takes, and has no version before the first', () => {
    givenEvents(doors, building, moving).then({ d: { version: 2, colour: 'grey' } as object });
    givenEvents(doors, hanging).then({ d: { id: 'd', version: 0, status: '' } as object });
    expect(doors.wants('door', 'DoorMoved')).toBe(true);
    expect(doors.wants('lamp', 'LampBroken')).toBe(false);
  });

  it('makes no document where no handler makes one', () => {
    const DoorMoved = (door: { colour: string }) => door;
    const moved = defineProjection({
      name: 'moved',
      summary: 'Doors moved.',
      view: z.object({ colour: z.string().default('') }),
      indexed: [],
      from: [Door],
      resource: 'Door',
      on: { Door: { DoorMoved } },
    });
    givenEvents(moved, building, moving).then({ d: null });
  });
});

const base = {
  name: 'doors',
  summary: 'All doors.',
  view,
  indexed: ['name', 'lit', 'lamps'],
  from: [Door],
  on: { Door: { DoorBuilt: (door: z.output<typeof view>) => door } },
} as const;

describe('the hash', () => {
  const hashOf = (change: object) => defineProjection({ ...base, ...change } as typeof base).hash;

  it('stays when nothing changes that shapes a document', () => {
    expect(hashOf({ summary: 'Other words.', sort: 'name', reports: {} })).toBe(hashOf({}));
  });

  it('changes with what makes the states that documents are made from', () => {
    const anew = { withState: true, from: [{ ...Door, revision: 2 }] };
    expect(hashOf(anew)).not.toBe(hashOf({ withState: true }));
  });

  it('stays when functions are written otherwise, or compiled by something else', () => {
    expect(hashOf({ on: { Door: { DoorBuilt: () => null } } })).toBe(hashOf({}));
  });

  it.each([
    { version: 2 },
    { indexed: ['name'] },
    { search: ['name'] },
    { withState: true },
    { view: view.extend({ more: z.string().default('') }) },
    { on: { Door: { DoorMoved: base.on.Door.DoorBuilt } } },
    { documentIds: { Door: () => 'all' } },
    { madeFrom: ['a value'] },
  ])('changes with %o', (change) => {
    expect(hashOf(change)).not.toBe(hashOf({}));
  });
});

describe('a mistake', () => {
  const odd = view.extend({
    key: z.string().default(''),
    odd_union: z.union([z.string(), z.number()]).default(''),
    'no-column': z.string().default(''),
    ['x'.repeat(57)]: z.string().default(''),
    nested: z.object({}).default({}),
    numbers: z.array(z.number()).default([]),
    mixed: z.literal([1, 'one']).default(1),
  });
  const noReport = { summary: 'X.', params: z.object({}), answer: () => null };

  it.each([
    ['a projection is called in kebab-case', { name: 'All Doors' }],
    ['every field of "view" needs a default', { view: z.object({ name: z.string() }) }],
    [
      'view: "since" is a date, which JSON does not have: write z.iso.datetime()',
      { view: view.extend({ since: z.coerce.date().default(new Date(0)) }) },
    ],
    ['the indexed field "height" is not in the view', { indexed: ['height'] }],
    ['"name" is indexed twice', { indexed: ['name', 'name'] }],
    ['the field "key" cannot be indexed: queries use that name', { view: odd, indexed: ['key'] }],
    ['the field "odd_union" cannot be indexed: only texts', { view: odd, indexed: ['odd_union'] }],
    ['the field "nested" cannot be indexed: only texts', { view: odd, indexed: ['nested'] }],
    ['the field "numbers" cannot be indexed: only texts', { view: odd, indexed: ['numbers'] }],
    ['the field "mixed" cannot be indexed: only texts', { view: odd, indexed: ['mixed'] }],
    ['"no-column" cannot be indexed: a column is called', { view: odd, indexed: ['no-column'] }],
    ['its name is longer than 56 characters', { view: odd, indexed: ['x'.repeat(57)] }],
    ['"doors" is searched, but is not among the indexed', { search: ['doors'] }],
    ['"lit" is searched, but is no text', { search: ['lit'] }],
    ['"doors" is sorted by, but is not among the indexed', { sort: 'name,-doors' }],
    ['"doors" says what was deleted, but is not among', { deleted: 'doors' }],
    ['"name" says what was deleted, but is no boolean', { deleted: 'name' }],
    ['"doors" is a place in a tree, but is not among', { within: { doors: {} } }],
    ['"lit" is a place in a tree, but is neither a text', { within: { lit: {} } }],
    ['it takes no events: "from" is empty', { from: [], on: {} }],
    ['it takes events of Door twice', { from: [Door, Door] }],
    ['events of a type called "journal"', { from: [{ ...Door, slug: 'journal' }] }],
    ['it takes events of Lamp ("from"), but handles none', { from: [Door, Lamp] }],
    ['it handles events of Lamp, but does not take them', { on: { ...base.on, Lamp: {} } }],
    ['Door has no event DoorBurnt', { on: { Door: { DoorBurnt: () => null } } }],
    ['what events of Lamp concern, but does not take', { documentIds: { Lamp: () => 'x' } }],
    ['the resource of Lamp, but does not take its events', { resource: 'Lamp' }],
    ['"documentIds" cannot say otherwise', { resource: 'Door', documentIds: { Door: () => 'x' } }],
    ['the path "/doors" is not made of', { path: '/doors' }],
    ['the path "Doors" is not made of', { path: 'Doors' }],
    ['the report "All" is not called in kebab-case', { reports: { All: noReport } }],
    ['no report can be called "documents"', { reports: { documents: noReport } }],
    [
      'the report "all" cannot have a parameter "as_of"',
      { reports: { all: { ...noReport, params: z.object({ as_of: z.string() }) } } },
    ],
    [
      'the parameters of the report "all" are no object',
      { reports: { all: { ...noReport, params: z.string() } } },
    ],
  ])('is named: %s', (sentence, change) => {
    const define = () => defineProjection({ ...base, ...change } as unknown as typeof base);
    expect(define).toThrow(TypeError);
    expect(define).toThrow(sentence);
  });

  it.each(RESERVED_FIELDS)('a column cannot be called %s', (field) => {
    const named = view.extend({ [field]: z.string().default('') });
    const change = { view: named, indexed: [field] };
    expect(() => defineProjection({ ...base, ...change } as unknown as typeof base)).toThrow(field);
  });

  it('looking at states without "withState" is one, too', () => {
    const blind = defineProjection({
      ...base,
      on: { Door: { '*': (door, event) => ({ ...door, name: event.after.status }) } },
    });
    const given = () =>
      givenEvents(blind, { ...built, id: 'd', data: { name: 'front', room_id: 'hall' } });
    expect(given).toThrow('it must say "withState: true"');
  });
});

it.each([
  [z.string().default(''), 'text', 'people'],
  [z.string().nullable().default(null), 'text', 'people'],
  [z.iso.datetime().nullable().default(null), 'text'],
  [z.enum(['a', 'b']).default('a'), 'text'],
  [z.literal('a').default('a'), 'text'],
  [z.literal(1).default(1), 'number'],
  [z.int().default(0), 'number'],
  [z.boolean().optional().default(true), 'boolean'],
  [z.array(z.enum(['a'])).default([]), 'list'],
])('a column of %o is one of %s', (schema, type, order?: string) => {
  const { columns } = defineProjection({
    ...base,
    view: z.object({ field: schema as z.ZodDefault<z.ZodString> }),
    indexed: ['field'],
    on: { Door: { '*': (door) => door } },
  });
  expect(columns).toEqual([{ name: 'field', type, ...(order && { order }) }]);
});
