import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from './define-aggregate.js';
import type { StoredEvent } from './event.js';
import { command, event } from './message.js';
import { inForm, upcast } from './upcast.js';

const Door = defineAggregate({
  name: 'Door',
  summary: 'A door.',
  events: {
    DoorBuilt: event(
      z.object({ title: z.string(), owners: z.array(z.string()), floor: z.int().default(0) }),
      {
        version: 3,
        upcast: {
          1: ({ name, ...old }) => ({ ...old, title: name }),
          2: ({ owner, ...old }) => ({ ...old, owners: [owner] }),
        },
      },
    ),
  },
  commands: { BuildDoor: command({ data: z.object({}), emits: ['DoorBuilt'], roles: ['r'] }) },
  data: z.object({}),
  chart: { initial: 'absent', states: { absent: { on: { DoorBuilt: 'built' } }, built: {} } },
  evolve: { DoorBuilt: null },
  decide: { BuildDoor: () => [] },
});
const current = { title: 'front', owners: ['ada'], floor: 0 };
const code = (fn: () => unknown): string => {
  try {
    fn();
  } catch (error) {
    return `${(error as { code?: string }).code}: ${(error as Error).message}`;
  }
  return 'none';
};

describe('stored data in the form of today', () => {
  it.each([
    [1, { name: 'front', owner: 'ada' }],
    [2, { title: 'front', owner: 'ada' }],
    [3, { title: 'front', owners: ['ada'] }],
  ])('from version %i, step by step', (version, stored) => {
    const frozen = Object.freeze(stored);
    expect(upcast(Door, 'DoorBuilt', version, frozen)).toEqual(current);
  });

  it('leaves out what the schema does not know', () => {
    expect(upcast(Door, 'DoorBuilt', 3, { ...current, colour: 'red' })).toEqual(current);
  });

  it('faults on an event that the definition has lost', () => {
    expect(code(() => upcast(Door, 'DoorBurnt', 1, {}))).toBe(
      'UNKNOWN_EVENT: Door has no event DoorBurnt, but its history does',
    );
  });

  it('faults on an event that a newer program wrote', () => {
    expect(code(() => upcast(Door, 'DoorBuilt', 4, current))).toBe(
      'EVENT_FROM_THE_FUTURE: Door: DoorBuilt was written at schema version 4, this program knows 3; run the newer program',
    );
  });

  it.each([
    ['data of the current version', 3, { title: 'front', owners: 'ada' }, 'owners'],
    ['data an upcaster did not repair', 1, { owner: 'ada' }, 'title'],
    ['no data', 3, null, ''],
  ])('faults on %s that the schema cannot read, and says where', (_, version, stored, at) => {
    expect(code(() => upcast(Door, 'DoorBuilt', version, stored))).toContain(
      `EVENT_UNREADABLE: Door: a stored DoorBuilt does not match its schema at "${at}"`,
    );
  });
});

describe('an event in the form of today', () => {
  const data = { name: 'front', owner: 'ada' };
  const stored = {
    event_type: 'DoorBuilt',
    event_version: 1,
    hash: 'h',
    data,
  } as unknown as StoredEvent;

  it('has the data and the version of today, and all else as it is stored', () => {
    expect(inForm(Door, stored)).toEqual({ ...stored, event_version: 3, data: current });
    expect(stored.data).toBe(data);
  });

  it('is as it is stored where no definition is at hand', () => {
    expect(inForm({ name: 'Door', slug: 'door' }, stored)).toBe(stored);
  });
});
