import { describe, expect, it } from 'vitest';
import type { Actor } from './actor.js';
import { residentsOf } from './residents.js';

/** What is shown of an actor. */
const actor = (name: string, id: string, more: object = {}): Actor =>
  ({
    definition: { name },
    id,
    state: { status: 'lit', data: {} },
    version: 3,
    waiting: 2,
    loadedAt: '2026-01-06T10:00:00.000Z',
    lastUsed: Date.UTC(2026, 0, 6, 11),
    last: null,
    ...more,
  }) as unknown as Actor;
const ALL = [
  actor('Lamp', 'desk-1', { state: undefined, loadedAt: null }),
  actor('Lamp', 'Floor-2'),
  actor('House', 'desk-3'),
  actor('Lamp', 'DESK-4'),
];
const ids = (wanted: Parameters<typeof residentsOf>[1]) => {
  const { total, matching, actors } = residentsOf(ALL, wanted);
  return { total, matching, ids: actors.map(({ aggregate_id }) => aggregate_id) };
};

describe('the actors in memory', () => {
  it('are told with what each is at, the last used first', () => {
    const { total, matching, actors } = residentsOf(ALL, { most: 10 });
    expect({ total, matching }).toEqual({ total: 4, matching: 4 });
    expect(actors.map(({ aggregate_id }) => aggregate_id)).toEqual([
      'DESK-4',
      'desk-3',
      'Floor-2',
      'desk-1',
    ]);
    expect(actors.slice(2)).toEqual([
      {
        aggregate_type: 'Lamp',
        aggregate_id: 'Floor-2',
        status: 'lit',
        version: 3,
        inbox: 2,
        loaded_at: '2026-01-06T10:00:00.000Z',
        last_used_at: '2026-01-06T11:00:00.000Z',
        last_command: null,
      },
      expect.objectContaining({ aggregate_id: 'desk-1', status: null, loaded_at: null }),
    ]);
  });

  it('are those of one type, or with a text in their id, the latest ones', () => {
    expect(ids({ most: 2 })).toEqual({ total: 4, matching: 4, ids: ['DESK-4', 'desk-3'] });
    expect(ids({ most: 9, aggregate_type: 'House' })).toMatchObject({ ids: ['desk-3'] });
    expect(ids({ most: 9, aggregate_type: 'Lamp', search: 'Desk' })).toEqual({
      total: 4,
      matching: 2,
      ids: ['DESK-4', 'desk-1'],
    });
    expect(ids({ most: 1, search: 'desk' })).toEqual({ total: 4, matching: 3, ids: ['DESK-4'] });
  });
});
