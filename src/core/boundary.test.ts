import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineBoundary } from './boundary.js';

const rooms = defineBoundary<{ doors: number }>()({
  of: 'Door',
  events: {
    DoorBuilt: z.object({ room: z.string().trim() }),
    DoorBurnt: z.object({ room: z.string() }),
  },
  on: {
    DoorBuilt: (entries, { data: { room } }) => [
      [room, { doors: (entries.get(room)?.doors ?? 0) + 1 }],
    ],
    DoorBurnt: (_, { aggregate_id, data: { room } }) => [
      [room, undefined],
      [`burnt by ${aggregate_id}`, { doors: 0 }],
    ],
  },
});
const fold = (type: string, data: unknown, entries = new Map([['hall', { doors: 2 }]])) => [
  ...rooms.fold(entries, type, { aggregate_id: 'd1', data }),
];

describe('a boundary', () => {
  it('says which entries an event changes, from what they are', () => {
    expect(fold('DoorBuilt', { room: 'hall' })).toEqual([['hall', { doors: 3 }]]);
    expect(fold('DoorBuilt', { room: 'attic' })).toEqual([['attic', { doors: 1 }]]);
  });

  it('says which entries an event removes, and whose event it was', () => {
    expect(fold('DoorBurnt', { room: 'hall' })).toEqual([
      ['hall', undefined],
      ['burnt by d1', { doors: 0 }],
    ]);
  });

  it('sees the data as its own schema reads it: what it does not name is not there', () => {
    expect(fold('DoorBuilt', { room: ' hall ', colour: 'red' })).toEqual([['hall', { doors: 3 }]]);
  });

  it('passes over events it does not fold', () => {
    expect(fold('DoorPainted', { room: 'hall' })).toEqual([]);
  });

  it('throws on data it cannot read, rather than to fold something else', () => {
    expect(() => fold('DoorBuilt', { room: 7 })).toThrow(z.ZodError);
  });
});
