import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { givenEvents } from '../testing/index.js';
import type { Aggregate } from './aggregate.js';
import { defineAggregate } from './define-aggregate.js';
import { command, event } from './message.js';
import { defineProjection, report, type SomeEvent } from './projection.js';

const Door = defineAggregate({
  name: 'Door',
  summary: 'A door.',
  events: {
    DoorBuilt: z.object({ name: z.string(), floor: z.number() }),
    DoorMoved: event(z.object({ to: z.enum(['hall', 'attic']) }), {
      version: 2,
      upcast: { 1: (old) => old },
    }),
  },
  commands: {
    BuildDoor: command({
      data: z.object({ name: z.string() }),
      emits: ['DoorBuilt', 'DoorMoved'],
      roles: ['builder'],
    }),
  },
  data: z.object({ name: z.string().default(''), moves: z.number().default(0) }),
  chart: {
    initial: 'absent',
    states: { absent: { on: { DoorBuilt: 'there' } }, there: { on: { DoorMoved: {} } } },
  },
  evolve: {},
  decide: { BuildDoor: () => [] },
});

const view = z.object({ name: z.string().default(''), moves: z.number().default(0) });
const base = { name: 'doors', summary: 'Doors.', view, indexed: ['name'], from: [Door] } as const;

describe('defineProjection', () => {
  it('infers events, states and documents', () => {
    const doors = defineProjection({
      ...base,
      withState: true,
      resource: 'Door',
      documentIds: {
        Door: (event) => {
          expectTypeOf(event.event_type).toEqualTypeOf<'DoorBuilt' | 'DoorMoved'>();
          if (event.event_type === 'DoorMoved')
            expectTypeOf(event.data.to).toEqualTypeOf<'hall' | 'attic'>();
          return event.aggregate_id;
        },
      },
      on: {
        Door: {
          DoorBuilt: (door, { data, after, before }) => {
            expectTypeOf(door).toEqualTypeOf<{ name: string; moves: number }>();
            expectTypeOf(data).toEqualTypeOf<{ name: string; floor: number }>();
            expectTypeOf(after.data.moves).toEqualTypeOf<number>();
            expectTypeOf(before.status).toEqualTypeOf<string>();
            return { ...door, name: data.name };
          },
          '*': (door, { event_type }) => {
            expectTypeOf(event_type).toEqualTypeOf<'DoorBuilt' | 'DoorMoved'>();
            return event_type === 'DoorMoved' ? null : door;
          },
        },
      },
      show: (door) => {
        expectTypeOf(door.name).toEqualTypeOf<string>();
        return door;
      },
      reports: {
        moved: report({
          summary: 'Doors moved often.',
          params: z.object({ least: z.coerce.number() }),
          answer: (all: readonly z.output<typeof view>[], { least }) => {
            expectTypeOf(least).toEqualTypeOf<number>();
            return all.length;
          },
        }),
      },
    });
    expectTypeOf(doors.name).toEqualTypeOf<'doors'>();

    const of = { type: 'Door', id: 'd' } as const;
    const given = givenEvents(doors, { ...of, event: 'DoorMoved', data: { to: 'hall' } });
    // @ts-expect-error a door cannot be moved to the cellar
    givenEvents(doors, { ...of, event: 'DoorMoved', data: { to: 'cellar' } });
    // @ts-expect-error doors are not burnt
    givenEvents(doors, { ...of, event: 'DoorBurnt', data: {} });
    // @ts-expect-error nobody said that it takes events of windows
    givenEvents(doors, { type: 'Window', id: 'w', event: 'WindowOpened', data: {} });
    given.then({ d: { moves: 1 }, e: null });
    // @ts-expect-error a door has no height
    given.then({ d: { height: 2 } });
  });

  it('does not take what is not there', () => {
    defineProjection({
      ...base,
      // @ts-expect-error the view has no height
      indexed: ['height'],
      on: { Door: { DoorBuilt: (door) => door } },
    });
    defineProjection({
      ...base,
      on: {
        Door: {
          // @ts-expect-error doors are not burnt
          DoorBurnt: (door) => door,
        },
      },
    });
    defineProjection({
      ...base,
      on: {
        // @ts-expect-error nobody said that it takes events of windows
        Window: { WindowOpened: () => null },
      },
    });
    defineProjection({
      ...base,
      on: {
        Door: {
          // @ts-expect-error DoorMoved has no colour
          DoorMoved: (door, { data }) => ({ ...door, name: data.colour }),
        },
      },
    });
    defineProjection({
      ...base,
      on: {
        Door: {
          // @ts-expect-error the number of moves is no text
          DoorMoved: (door) => ({ ...door, moves: 'many' }),
        },
      },
    });
    const on = { Door: { DoorBuilt: (door: z.output<typeof view>) => door } };
    // @ts-expect-error it takes no events of windows
    defineProjection({ ...base, on, resource: 'Window' });
    // @ts-expect-error the view has no height
    defineProjection({ ...base, on, search: ['height'] });
    // @ts-expect-error the view has no height
    defineProjection({ ...base, on, deleted: 'height' });
    // @ts-expect-error the view has no height
    defineProjection({ ...base, on, within: { height: { projection: 'x', parent: 'y' } } });
  });

  it('takes definitions whose types are not known', () => {
    const any: readonly Aggregate[] = [Door];
    defineProjection({
      ...base,
      from: any,
      on: {
        Door: {
          '*': (door, event) => {
            expectTypeOf(event).toEqualTypeOf<SomeEvent>();
            expectTypeOf(event.data).toEqualTypeOf<Readonly<Record<string, unknown>>>();
            return door;
          },
        },
      },
    });
  });
});
