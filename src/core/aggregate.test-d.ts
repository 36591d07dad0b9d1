import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { given } from '../testing/index.js';
import type { Aggregate, State } from './aggregate.js';
import { defineBoundary } from './boundary.js';
import { defineAggregate } from './define-aggregate.js';
import { command, event } from './message.js';

const Stage = z.enum(['open', 'closed']);
const events = {
  DoorBuilt: z.object({ name: z.string(), room_id: z.string().nullable() }),
  DoorMoved: event(z.object({ to: Stage, reason: z.string() }), {
    version: 2,
    upcast: { 1: (old) => ({ ...old, reason: '' }) },
  }),
};
const rooms = defineBoundary<{ doors: number }>()({
  of: 'Door',
  events: { DoorBuilt: events.DoorBuilt },
  on: { DoorBuilt: (_, { aggregate_id }) => [[aggregate_id, { doors: 1 }]] },
});

const base = {
  name: 'Door',
  summary: 'A door.',
  events,
  data: z.object({ name: z.string().default(''), moves: z.number().default(0) }),
  boundaries: { rooms },
} as const;
const commands = {
  BuildDoor: command({
    data: z.object({ name: z.string(), room_id: z.string().nullable().default(null) }),
    emits: ['DoorBuilt'],
    roles: ['builder'],
    boundaries: ['rooms'],
    references: { room: { of: 'Room', by: 'room_id', view: z.object({ floor: z.number() }) } },
  }),
  MoveDoor: command({ data: z.object({ to: Stage }), emits: ['DoorMoved'], roles: ['user'] }),
};

describe('defineAggregate', () => {
  it('infers everything from one call', () => {
    defineAggregate({
      ...base,
      commands,
      chart: {
        initial: 'absent',
        states: {
          absent: { on: { DoorBuilt: 'open' } },
          open: { on: { DoorMoved: { by: 'to', to: { closed: 'closed' } } } },
          closed: { on: { DoorMoved: { by: 'to', to: { open: 'open' } } } },
        },
      },
      evolve: {
        DoorBuilt: (data, built, meta) => {
          expectTypeOf(data.moves).toEqualTypeOf<number>();
          expectTypeOf(built.room_id).toEqualTypeOf<string | null>();
          expectTypeOf(meta.aggregate_version).toEqualTypeOf<number>();
          return { name: built.name };
        },
        DoorMoved: ({ moves }, { reason }) => ({ moves: moves + reason.length }),
      },
      decide: {
        BuildDoor: (self, { name, room_id }, { references, boundaries }) => {
          expectTypeOf(self.status).toEqualTypeOf<'absent' | 'open' | 'closed'>();
          expectTypeOf(references.room?.data.floor).toEqualTypeOf<number | undefined>();
          expectTypeOf(boundaries.rooms.get('x')?.doors).toEqualTypeOf<number | undefined>();
          return [{ type: 'DoorBuilt', data: { name, room_id } }];
        },
        MoveDoor: (_, { to }) => {
          expectTypeOf(to).toEqualTypeOf<'open' | 'closed'>();
          return [{ type: 'DoorMoved', data: { to, reason: 'wind' } }];
        },
      },
    });
  });

  it('refuses what is wrong', () => {
    const decide = {
      BuildDoor: () => [],
      MoveDoor: () => [],
    };
    defineAggregate({
      ...base,
      commands,
      // @ts-expect-error the target is no status
      chart: { initial: 'absent', states: { absent: { on: { DoorBuilt: 'ajar' } } } },
      evolve: {},
      decide,
    });
    defineAggregate({
      ...base,
      commands,
      // @ts-expect-error there is no such event
      chart: { initial: 'absent', states: { absent: { on: { DoorPainted: {} } } } },
      evolve: {},
      decide,
    });
    defineAggregate({
      ...base,
      commands,
      chart: {
        initial: 'absent',
        // @ts-expect-error 'ajar' is no value of the field
        states: { absent: { on: { DoorMoved: { by: 'to', to: { ajar: 'absent' } } } } },
      },
      evolve: {},
      decide,
    });
    defineAggregate({
      ...base,
      commands,
      chart: { initial: 'absent', states: { absent: {} } },
      evolve: {},
      // @ts-expect-error MoveDoor is not decided
      decide: { BuildDoor: () => [] },
    });
    defineAggregate({
      ...base,
      commands,
      chart: { initial: 'absent', states: { absent: {} } },
      evolve: {},
      decide: {
        BuildDoor: () => [],
        // @ts-expect-error MoveDoor does not emit DoorBuilt
        MoveDoor: () => [{ type: 'DoorBuilt', data: { name: '', room_id: null } }],
      },
    });
    defineAggregate({
      ...base,
      // @ts-expect-error BuildDoor emits an event that does not exist
      commands: { X: command({ data: z.object({}), emits: ['Nothing'], roles: ['a'] }) },
      chart: { initial: 'absent', states: { absent: {} } },
      evolve: {},
      decide: { X: () => [] },
    });
  });
});

describe('given', () => {
  const Door = defineAggregate({
    ...base,
    commands,
    chart: {
      initial: 'absent',
      states: { absent: { on: { DoorBuilt: 'open' } }, open: { on: { DoorMoved: {} } } },
    },
    evolve: {},
    decide: { BuildDoor: () => [], MoveDoor: () => [] },
  });
  const built = { name: 'front', room_id: null };

  it('holds events to the definition, and knows the state', () => {
    const door = given(Door, { type: 'DoorBuilt', data: built });
    expectTypeOf(door.state.data).toEqualTypeOf<{ name: string; moves: number }>();
    const later = door.and({ now: '2026-01-06T10:00:00.000Z' });
    expectTypeOf(later).toEqualTypeOf(door);
    const moving = later.when({ type: 'MoveDoor', data: { to: 'open' } });
    moving.then({ type: 'DoorMoved', data: { to: 'open', reason: 'wind' } });
    moving.thenData({ moves: 1 });
    // @ts-expect-error doors are not burnt
    given(Door, { type: 'DoorBurnt', data: {} });
    // @ts-expect-error a name is a text
    given(Door, { type: 'DoorBuilt', data: { name: 7, room_id: null } });
    // @ts-expect-error it says no reason
    moving.then({ type: 'DoorMoved', data: { to: 'open' } });
    // @ts-expect-error a door has no height
    moving.thenData({ height: 2 });
  });

  it('takes what was written down apart, and definitions whose types are not known', () => {
    const apart = { type: 'DoorMoved', data: { to: 'open', reason: '' } };
    given(Door, apart).when({ type: 'MoveDoor' }).then(apart);
    const any: Aggregate = Door;
    expectTypeOf(given(any, apart).and({}).state).toEqualTypeOf<State>();
  });
});
