import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Aggregate } from './aggregate.js';
import { defineBoundary } from './boundary.js';
import { check } from './check.js';
import { defineAggregate } from './define-aggregate.js';
import { secret } from './marks.js';
import { command, event } from './message.js';

const Stage = z.enum(['open', 'closed']);
const many = (count: number) =>
  z.object(Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, z.string()])));

const Door = defineAggregate({
  name: 'Door',
  summary: 'A door.',
  events: {
    DoorBuilt: many(9),
    DoorMoved: z.object({ to: Stage, why: z.string() }),
  },
  commands: {
    BuildDoor: command({ data: many(9), emits: ['DoorBuilt'], roles: ['builder'] }),
    MoveDoor: command({ data: z.object({ to: Stage }), emits: ['DoorMoved'], roles: ['guard'] }),
  },
  data: z.object({ name: z.string().default('') }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { DoorBuilt: 'open' } },
      open: { on: { DoorMoved: { by: 'to', to: { open: 'open', closed: 'closed' } } } },
      closed: {},
    },
  },
  boundaries: { rooms: defineBoundary<string>()({ of: 'Room', events: {}, on: {} }) },
  claims: { name: { key: ({ data }) => data.name, taken: 'NAME_TAKEN', what: 'the name' } },
  evolve: { DoorBuilt: () => ({}), DoorMoved: null },
  decide: { BuildDoor: () => [], MoveDoor: () => [] },
});

const { open, absent, closed } = Door.chart.states;
const chart = (states: object, initial = 'absent') => ({
  chart: { initial, states: { absent, open, closed, ...states } },
});
const events = (more: object) => ({ events: { ...Door.events, ...more } });
const changed = (type: keyof typeof Door.commands, more: object) => ({
  commands: { ...Door.commands, [type]: { ...Door.commands[type], ...more } },
});
const added = (type: string, more: object = {}) => ({
  commands: { ...Door.commands, [type]: { ...Door.commands.MoveDoor, ...more } },
  decide: { ...Door.decide, [type]: () => [] },
});
const moved = (edge: unknown) => chart({ open: { on: { DoorMoved: edge } }, closed: absent });
const locks = (bound: string) => ({
  within: 'locks',
  id: 'to',
  resource: { one: 'lock', owner: 'door_id', begins: bound, ends: bound },
});
const wrongly = (change: object) => () => check({ ...Door, ...change } as Aggregate);

describe('a definition is refused', () => {
  it.each<[string, object, string]>([
    ['its name is a verb or no name', { name: 'a door' }, 'the name of a definition is a Pasc'],
    ['it starts nowhere', chart({}, 'void'), 'the chart starts in "void", which is not one of'],
    [
      'an edge leads nowhere',
      chart({ closed: { on: { DoorMoved: 'cellar' } } }),
      'the edge DoorMoved from "closed" leads to "cellar", which is not one of its states',
    ],
    [
      'an edge has no event',
      chart({ closed: { on: { DoorBurnt: 'open' } } }),
      'the chart knows an edge DoorBurnt from "closed", but there is no such event',
    ],
    [
      'an edge branches by a field that is free text',
      moved({ by: 'why', to: { open: 'open' } }),
      'the edge DoorMoved from "open" branches by "why", which is not a literal field of DoorMoved',
    ],
    [
      'an edge branches by a field that is not there',
      moved({ by: 'whither', to: { open: 'open' } }),
      'branches by "whither", which is not a literal field',
    ],
    [
      'an edge branches on a value that cannot be',
      moved({ by: 'to', to: { ajar: 'open' } }),
      'the edge DoorMoved from "open" branches on to = "ajar", but it can only be open, closed',
    ],
    ['no event leads to a state', chart({ lost: {} }), 'no event leads to the state "lost"'],
    [
      'only a state itself leads to it',
      chart({ lost: { on: { DoorMoved: {} } } }),
      'no event leads to the state "lost"',
    ],
    ['a state has no name', chart({ '': {} }), 'the status "" is empty or holds'],
    [
      'a state holds a dot',
      chart({ 'v1.0': {} }),
      'the status "v1.0" is empty or holds ".", "#" or',
    ],
    ['a state holds a hash', chart({ '#odd': {} }), 'the status "#odd" is empty or holds'],
    ['a state holds a backslash', chart({ 'a\\b': {} }), 'the status "a\\b" is empty or holds'],
    [
      'an event name is not PascalCase',
      events({ door_burnt: event(z.object({})) }),
      'the event name "door_burnt" is not PascalCase',
    ],
    [
      'an event is in no edge',
      events({ DoorBurnt: event(z.object({})) }),
      'event DoorBurnt is in no edge of the chart',
    ],
    [
      'an event is emitted by no command',
      changed('MoveDoor', { emits: ['DoorBuilt'] }),
      'event DoorMoved is emitted by no command',
    ],
    [
      'an event is fat',
      events({ DoorBuilt: event(many(10)) }),
      'event DoorBuilt has more than 9 fields: split it into the facts it mixes (REQ-013)',
    ],
    [
      'an event holds a secret',
      events({ DoorBuilt: event(z.object({ lock: z.object({ pin: secret(z.string()) }) })) }),
      'event DoorBuilt holds the secret field "lock.pin": secrets never reach events',
    ],
    [
      'an upcaster is missing',
      events({ DoorBuilt: event(many(1), { version: 3, upcast: { 1: (old) => old } }) }),
      'event DoorBuilt is at version 3 but has no upcaster from version 2',
    ],
    [
      'evolve knows an event that is none',
      { evolve: { ...Door.evolve, DoorBurnt: () => ({}) } },
      'evolve knows DoorBurnt, but there is no such event',
    ],
    [
      'an event with data has no evolve',
      { evolve: { DoorBuilt: Door.evolve.DoorBuilt } },
      'event DoorMoved has data, but no evolve: say what it changes, or null when that is the status',
    ],
    [
      'an event holds what JSON does not have',
      events({ DoorBuilt: event(z.object({ log: z.object({ at: z.date() }) })) }),
      'event DoorBuilt: "log.at" is a date, which JSON does not have: write z.iso.datetime()',
    ],
    [
      'a command takes what JSON does not have',
      changed('MoveDoor', { data: z.object({ at: z.coerce.date() }) }),
      'command MoveDoor: "at" is a date, which JSON does not have',
    ],
    [
      'its data hold what JSON does not have',
      { data: z.object({ seen: z.set(z.string()).default(new Set()) }) },
      'data: "seen" is a set, which JSON does not have: write z.array()',
    ],
    [
      'a reference looks at what JSON does not have',
      changed('MoveDoor', {
        references: { room: { of: 'Room', by: 'to', view: z.object({ since: z.date() }) } },
      }),
      'command MoveDoor, reference "room": "since" is a date, which JSON does not have',
    ],
    ['a command name is not PascalCase', added('moveDoor'), 'the command name "moveDoor" is not'],
    [
      'an alias is not PascalCase',
      changed('MoveDoor', { aliases: ['shove'] }),
      'the command name "shove" is not PascalCase',
    ],
    [
      'two commands share a name',
      changed('MoveDoor', { aliases: ['BuildDoor'] }),
      'the command name BuildDoor is used twice',
    ],
    [
      'a command updates everything',
      added('UpdateDoor'),
      'command UpdateDoor is a generic update: name the business operation instead (REQ-003)',
    ],
    ['a command is not decided', { decide: { BuildDoor: () => [] } }, 'MoveDoor has no decide'],
    [
      'a command emits nothing',
      added('KnockDoor', { emits: [] }),
      'command KnockDoor emits no event',
    ],
    ['a command has no role', changed('MoveDoor', { roles: [] }), 'command MoveDoor names no role'],
    [
      'a command emits an event that is none',
      changed('MoveDoor', { emits: ['DoorMoved', 'DoorBurnt'] }),
      'command MoveDoor emits DoorBurnt, but there is no such event',
    ],
    [
      'a command is fat',
      changed('MoveDoor', { data: many(10) }),
      'command MoveDoor has more than 9 fields: split it into the decisions it mixes (REQ-004)',
    ],
    [
      'a command has a field "data"',
      changed('MoveDoor', { data: z.object({ data: z.string() }) }),
      'command MoveDoor has a field named "data", which the envelope needs',
    ],
    [
      'a reference goes by a field that is none',
      changed('MoveDoor', { references: { room: { of: 'Room', by: 'room_id', view: z.any() } } }),
      'command MoveDoor has a reference by "room_id", which is not one of its fields',
    ],
    [
      'a command sets something by a field that is none',
      changed('MoveDoor', { sets: { place: { to: 'spot' } } }),
      'command MoveDoor sets "place" by "spot", which is not one of its fields',
    ],
    [
      'a command is decided against a boundary that is none',
      changed('MoveDoor', { boundaries: ['halls'] }),
      'command MoveDoor is decided against the boundary "halls", but there is no such boundary',
    ],
    [
      'decide knows a command that is none',
      { decide: { ...Door.decide, BurnDoor: () => [] } },
      'decide knows BurnDoor, but there is no such command',
    ],
    [
      'a claim takes the name of all boundaries',
      { claims: { boundary: Door.claims.name } },
      'the claim "boundary" needs another name: that one is reserved for boundaries',
    ],
    [
      'a claim is no token of a subject',
      { claims: { 'the name': Door.claims.name } },
      '"the name" becomes part of a subject',
    ],
    [
      'a boundary is no token of a subject',
      { boundaries: { 'rooms.*': Door.boundaries.rooms } },
      '"rooms.*" becomes part of a subject',
    ],
    [
      'a command does not say which part it is about',
      changed('MoveDoor', { of: { within: 'locks', id: 'lock_id' } }),
      'command MoveDoor is about one of "locks", but has no field "lock_id" to say which one',
    ],
    [
      'a part begins by a command that is none',
      changed('MoveDoor', { of: locks('BuyLock') }),
      'one of "locks" begins or ends by BuyLock, which is no command that is about one',
    ],
    [
      'nobody says who has which part',
      changed('MoveDoor', { of: locks('MoveDoor') }),
      '"locks" are resources, but no boundary "locks" over Door says which has which',
    ],
    [
      'a boundary folds an event of its own that is none',
      { boundaries: { doors: { ...Door.boundaries.rooms, of: 'Door', events: { DoorBurnt: 1 } } } },
      'the boundary "doors" folds an event that Door does not have',
    ],
  ])('when %s', (_, change, complaint) => {
    const name = 'name' in change ? String(change.name) : 'Door';
    expect(wrongly(change)).toThrow(TypeError);
    expect(wrongly(change)).toThrow(complaint);
    expect(wrongly(change)).toThrow(new RegExp(`^${name}: `));
  });

  it('when a field of its data has no default', () => {
    const definition = { ...Door, data: z.object({ name: z.string() }) };
    expect(() => defineAggregate(definition as never)).toThrow(
      /^Door: every field of "data" needs a default.*name/s,
    );
  });
});

describe('a definition is accepted', () => {
  it('when nothing is wrong with it', () => expect(wrongly({})).not.toThrow());

  it.each([
    ['an enum', z.enum(['open', 'closed'])],
    ['one literal of several', z.literal(['open', 'closed'])],
    ['an optional enum', Stage.optional()],
    ['a nullable enum with a default', Stage.nullable().default('open')],
  ])('when an edge branches by %s', (_, to) => {
    expect(wrongly(events({ DoorMoved: event(z.object({ to })) }))).not.toThrow();
  });

  it('when it looks at events of others, whose names it cannot know', () => {
    const rooms = { ...Door.boundaries.rooms, events: { RoomBuilt: z.object({}) } };
    expect(wrongly({ boundaries: { rooms } })).not.toThrow();
  });
});

describe('a definition changes its hash', () => {
  it('with the chart, the data, an evolve or an upcaster, and with nothing else', () => {
    const again = (more: object) => {
      const { initial: _, hash: __, ...given } = { ...Door, ...more } as Aggregate;
      return defineAggregate(given as never).hash;
    };
    expect(again({})).toBe(Door.hash);
    expect(again({ summary: 'Another door.' })).toBe(Door.hash);
    expect(again(changed('MoveDoor', { roles: ['anyone'] }))).toBe(Door.hash);
    expect(again({ data: z.object({ name: z.string().default('none') }) })).not.toBe(Door.hash);
    expect(again(chart({ closed: { on: { DoorMoved: 'open' } } }))).not.toBe(Door.hash);
    expect(again({ evolve: { ...Door.evolve, DoorBuilt: () => ({ name: 'x' }) } })).not.toBe(
      Door.hash,
    );
    const version = { version: 2, upcast: { 1: (old: unknown) => old } };
    expect(again(events({ DoorBuilt: event(many(9), version) }))).not.toBe(Door.hash);
  });
});
