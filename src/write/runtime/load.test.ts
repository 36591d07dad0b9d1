import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Aggregate } from '../../core/aggregate.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { type EventRecord, seal } from '../../core/event.js';
import { command, event } from '../../core/message.js';
import type { EventStore } from '../store/event-store.js';
import { memoryStore } from '../store/memory-store.js';
import { extend, load, loadFromStart, nothing, snapshotOf, stateHash } from './load.js';

const Lamp: Aggregate = defineAggregate({
  name: 'Lamp',
  summary: 'A lamp.',
  events: {
    LampPut: z.object({ name: z.string() }),
    LampDimmed: event(z.object({ level: z.number() }), {
      version: 2,
      upcast: { 1: ({ percent }) => ({ level: Number(percent) / 100 }) },
    }),
  },
  commands: {
    PutLamp: command({ data: z.object({}), emits: ['LampPut', 'LampDimmed'], roles: ['r'] }),
  },
  data: z.object({ name: z.string().default(''), levels: z.array(z.number()).default([]) }),
  chart: {
    initial: 'absent',
    states: { absent: { on: { LampPut: 'lit' } }, lit: { on: { LampDimmed: {} } } },
  },
  evolve: {
    LampPut: (_, { name }) => ({ name }),
    LampDimmed: ({ levels }, { level }) => ({ levels: [...levels, level] }),
  },
  decide: { PutLamp: () => [] },
});

type Change = (events: EventRecord[]) => void;
const history = (count: number, change: Partial<EventRecord>[] = []): EventRecord[] => {
  const events: EventRecord[] = [];
  for (let version = 1; version <= count; version++)
    events.push(
      seal({
        event_id: `e${version}`,
        event_type: version === 1 ? 'LampPut' : 'LampDimmed',
        event_version: version === 1 ? 1 : 2,
        aggregate_type: 'Lamp',
        aggregate_id: 'l1',
        aggregate_version: version,
        event_timestamp: `2026-01-06T10:00:0${version}.000Z`,
        actor: 'ada',
        actor_type: 'user',
        source: 'api',
        causation_id: `c${Math.ceil(version / 2)}`,
        command_hash: 'h',
        correlation_id: null,
        business_justification: null,
        approval_id: null,
        effective_at: null,
        traceparent: null,
        data: version === 1 ? { name: 'desk' } : { level: version },
        previous_hash: events.at(-1)?.hash ?? null,
        ...change[version - 1],
      }),
    );
  return events;
};
const stored = async (events: readonly EventRecord[]): Promise<EventStore> => {
  const store = memoryStore();
  await store.append({ kind: Lamp, aggregate_id: 'l1', expected: 0, events, claims: [] });
  return store;
};
const loaded = async (events: readonly EventRecord[]) =>
  loadFromStart(await stored(events), Lamp, 'l1');

describe('a history is folded', () => {
  it('into the state, where it stands, and which commands it accepted', async () => {
    const events = history(4);
    const { accepted, ...folded } = await loaded(events);
    expect(folded).toEqual({
      state: { status: 'lit', data: { name: 'desk', levels: [2, 3, 4] } },
      version: 4,
      sequence: 4,
      head: events[3]!.hash,
      timestamp: '2026-01-06T10:00:04.000Z',
    });
    expect([accepted.size, accepted.get('c1'), accepted.get('c2')]).toEqual([2, 1, 3]);
  });

  it('into nothing when there is none', async () => {
    expect(await loadFromStart(memoryStore(), Lamp, 'l1')).toEqual(nothing(Lamp));
  });

  it('through the upcasters, without a change of what is stored', async () => {
    const old = history(2, [{}, { event_version: 1, data: { percent: 40 } }]);
    expect((await loaded(old)).state.data.levels).toEqual([0.4]);
  });

  it('in parts as well as at once', async () => {
    const events = history(4).map((one, index) => ({ ...one, sequence: index + 1 }));
    const parts = extend(Lamp, extend(Lamp, nothing(Lamp), events.slice(0, 3)), events.slice(3));
    expect(parts).toEqual(await loaded(history(4)));
  });
});

describe('a history that cannot be trusted is a fault', () => {
  it.each<[string, string, Change, string]>([
    ['an event is missing', 'HISTORY_BROKEN', (all) => all.splice(1, 1), 'version 3 where 2 was'],
    [
      'the first is missing',
      'HISTORY_BROKEN',
      (all) => all.shift(),
      'version 2 where 1 was expected',
    ],
    [
      'an event is there twice',
      'HISTORY_BROKEN',
      (all) => all.splice(1, 0, all[0]!),
      'version 1 where',
    ],
    [
      'an event was swapped for another',
      'HISTORY_BROKEN',
      (all) => all.splice(1, 1, history(2, [{}, { actor: 'eve' }])[1]!),
      'version 3 does not carry the hash of version 2; run "stele doctor"',
    ],
    [
      'it begins with another event',
      'HISTORY_MISFIT',
      (all) =>
        all.splice(
          0,
          9,
          ...history(1, [{ event_type: 'LampDimmed', event_version: 2, data: { level: 1 } }]),
        ),
      'does not fit the chart in status "absent"',
    ],
    [
      'it holds an event nobody knows',
      'UNKNOWN_EVENT',
      (all) => all.splice(0, 9, ...history(2, [{}, { event_type: 'LampEaten' }])),
      'LampEaten',
    ],
    [
      'it was written by a newer program',
      'EVENT_FROM_THE_FUTURE',
      (all) => all.splice(0, 9, ...history(2, [{}, { event_version: 3 }])),
      'run the newer program',
    ],
    [
      'its data cannot be read',
      'EVENT_UNREADABLE',
      (all) => all.splice(0, 9, ...history(2, [{}, { data: { level: 'high' } }])),
      'level',
    ],
  ])('when %s: %s', async (_, code, change, message) => {
    const events = history(4);
    change(events);
    await expect(loaded(events)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it('that says whose it is and where to look', async () => {
    const events = history(3);
    events.splice(1, 1);
    await expect(loaded(events)).rejects.toThrow(
      'the history of Lamp l1 is broken at sequence 2: version 3 where 2 was expected; run "stele doctor"',
    );
  });
});

describe('a snapshot', () => {
  const grown = async () => {
    const store = await stored(history(6));
    const half = extend(Lamp, nothing(Lamp), (await store.read(Lamp, 'l1', 1)).slice(0, 3));
    await store.saveSnapshot(Lamp, 'l1', snapshotOf(Lamp, half));
    return { store, snapshot: snapshotOf(Lamp, half) };
  };

  it('leads to the same as all events, and saves reading them', async () => {
    const { store } = await grown();
    const reads: number[] = [];
    const read: EventStore['read'] = async (...asked) => {
      const events = await store.read(...asked);
      reads.push(events.length);
      return events;
    };
    const { folded, usedSnapshot } = await load({ ...store, read }, Lamp, 'l1');
    expect(usedSnapshot).toBe(true);
    expect(reads).toEqual([4]);
    expect(folded).toEqual(await loaded(history(6)));
  });

  it('counts as none when the store cannot give it', async () => {
    const { store } = await grown();
    const snapshot = () => Promise.reject(new Error('gone'));
    const { usedSnapshot, folded } = await load({ ...store, snapshot }, Lamp, 'l1');
    expect([usedSnapshot, folded.version]).toEqual([false, 6]);
  });

  it.each<[string, object]>([
    ['is of another definition', { definition: 'f'.repeat(64) }],
    ['is ahead of the log', { sequence: 99, version: 99 }],
    ['is at another event', { head: 'f'.repeat(64) }],
    ['does not match its hash', { state_hash: 'f'.repeat(64) }],
    ['does not match the schema', { state: { status: 'lit', data: { levels: 'many' } } }],
    ['has a status that is gone', { state: { status: 'mothballed', data: {} } }],
  ])('is passed over when it %s', async (_, forged) => {
    const { store, snapshot } = await grown();
    const state = 'state' in forged ? { state_hash: stateHash(forged.state as never) } : {};
    await store.saveSnapshot(Lamp, 'l1', { ...snapshot, ...state, ...forged });
    const { usedSnapshot, folded } = await load(store, Lamp, 'l1');
    expect(usedSnapshot).toBe(false);
    expect(folded.state.data.levels).toEqual([2, 3, 4, 5, 6]);
  });

  it('does not hide a break after it', async () => {
    const { store } = await grown();
    const read: EventStore['read'] = async (...asked) =>
      (await store.read(...asked)).toSpliced(2, 1);
    await expect(load({ ...store, read }, Lamp, 'l1')).rejects.toMatchObject({
      code: 'HISTORY_BROKEN',
    });
  });
});
