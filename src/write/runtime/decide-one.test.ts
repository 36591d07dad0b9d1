import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { State } from '../../core/aggregate.js';
import { type Command, parseCommand } from '../../core/command.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { CHAIN_START, chainBreak, type EventRecord } from '../../core/event.js';
import { command } from '../../core/message.js';
import { Fault, isRefusal } from '../../core/refusal.js';
import { registry } from '../../core/registry.js';
import { claimChanges } from './claim-changes.js';
import { type Decided, decideOne, type Lookups, replayOne } from './decide-one.js';
import { TURN_EVENTS_MAX } from './limits.js';
import { nothing } from './load.js';
import { OwnersUnknown, ownerKey, ownersWanted } from './ownership.js';
import { type Point, after as pointAfter, pointOf } from './point.js';

const commands = {
  PutLamp: command({
    data: z.object({ name: z.string(), room_id: z.string().nullable().default(null) }),
    emits: ['LampPut'],
    roles: ['r'],
    references: { room: { of: 'Lamp', by: 'room_id', view: z.object({}) } },
  }),
  DimLamp: command({
    data: z.object({ times: z.number() }),
    emits: ['LampDimmed'],
    roles: ['r'],
  }),
};
const Lamp = defineAggregate({
  name: 'Lamp',
  summary: 'A lamp.',
  events: { LampPut: z.object({ name: z.string() }), LampDimmed: z.object({ by: z.string() }) },
  commands,
  data: z.object({ name: z.string().default(''), socket: z.string().nullable().default(null) }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { LampPut: 'lit' } },
      lit: { on: { LampDimmed: {}, LampPut: 'gone' } },
      gone: { kind: 'deleted' },
    },
  },
  claims: {
    name: { key: ({ data }) => data.name.toLowerCase(), taken: 'NAME_TAKEN', what: 'the name' },
    socket: { key: ({ data }) => data.socket, taken: 'SOCKET_TAKEN', what: 'the socket' },
  },
  evolve: { LampPut: (_, { name }) => ({ name }), LampDimmed: null },
  decide: {
    PutLamp: (_, { name }) => [{ type: 'LampPut', data: { name } }],
    DimLamp: (_, { times }, { now, version, id, actor, actor_type, source }) =>
      Array.from({ length: times }, () => ({
        type: 'LampDimmed' as const,
        data: { by: [now, version, id, actor, actor_type, source].join(' ') },
      })),
  },
});

const all = registry([Lamp]);
const asked = (type: string, data: object, more: object = {}): Command => {
  const command = parseCommand(all, {
    command_id: crypto.randomUUID(),
    command_type: type,
    aggregate_id: 'l1',
    aggregate_type: 'Lamp',
    actor: 'ada',
    actor_type: 'user',
    source: 'import',
    command_timestamp: '2026-01-06T10:00:00Z',
    data,
    ...more,
  });
  if (isRefusal(command)) throw new Error(command.message);
  return command;
};
const NONE: Lookups = { references: {}, boundaries: {}, owners: new Map() };
const START = pointOf(nothing(Lamp));
const NOW = '2026-01-06T10:00:01.000Z';
const eventsOf = (decided: Decided): { events: readonly EventRecord[]; state: State } => {
  if (decided.kind !== 'events') throw new Error(decided.kind);
  return decided;
};
const put = () => eventsOf(decideOne(asked('PutLamp', { name: 'desk' }), START, NOW, NONE));
const lit = (): Point => pointAfter(START, put().events, put().state);

describe('claims', () => {
  const state = (name: string, socket: string | null, status = 'lit'): State => ({
    status,
    data: { name, socket },
  });
  const changes = (before: State, now: State) =>
    claimChanges(Lamp, before, now).map(
      ({ scope, label, hold }) => `${hold ? '+' : '-'}${scope}:${label}`,
    );

  it.each<[string, State, State, string[]]>([
    ['are held from the start', Lamp.initial, state('Desk', 's1'), ['+name:desk', '+socket:s1']],
    ['stay when the key stays', state('Desk', 's1'), state('DESK', 's1'), []],
    ['move when the key changes', state('a', null), state('b', null), ['-name:a', '+name:b']],
    ['are given free when there is no key', state('a', 's1'), state('a', null), ['-socket:s1']],
    [
      'are given free on deletion',
      state('a', 's1'),
      state('a', 's1', 'gone'),
      ['-name:a', '-socket:s1'],
    ],
    ['are not held by what does not exist', Lamp.initial, Lamp.initial, []],
  ])('%s', (_, before, now, expected) => expect(changes(before, now)).toEqual(expected));

  it('have a key that fits a subject whatever is claimed, and say what a person needs to know', () => {
    const [change] = claimChanges(Lamp, Lamp.initial, state('a.* >\n', null));
    expect(change).toMatchObject({ label: 'a.* >\n', taken: 'NAME_TAKEN', what: 'the name' });
    expect(change!.key).toMatch(/^[0-9a-f]{40}$/);
  });
});

describe('a decision at a point', () => {
  it('is sealed events with everything the command said', () => {
    const metadata = {
      business_justification: 'dark',
      approval_id: 'A',
      effective_at: '2016-01-01T00:00:00Z',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    };
    const command = asked('PutLamp', { name: 'desk' }, { metadata, correlation_id: 'c' });
    const { events, state } = eventsOf(decideOne(command, START, NOW, NONE));
    expect(state).toEqual({ status: 'lit', data: { name: 'desk', socket: null } });
    expect(events).toMatchObject([
      {
        event_type: 'LampPut',
        event_version: 1,
        aggregate_type: 'Lamp',
        aggregate_id: 'l1',
        aggregate_version: 1,
        event_timestamp: NOW,
        actor: 'ada',
        actor_type: 'user',
        source: 'import',
        causation_id: command.command_id,
        command_hash: command.hash,
        correlation_id: 'c',
        ...metadata,
        effective_at: '2016-01-01T00:00:00.000Z',
        data: { name: 'desk' },
        previous_hash: null,
      },
    ]);
    expect(chainBreak(CHAIN_START, events[0]!)).toBeUndefined();
  });

  it('links its events to what was there and to each other', () => {
    const at = lit();
    const { events, state } = eventsOf(decideOne(asked('DimLamp', { times: 3 }), at, NOW, NONE));
    let head = { version: at.version, hash: at.head };
    for (const event of events) {
      expect(chainBreak(head, event)).toBeUndefined();
      head = { version: event.aggregate_version, hash: event.hash };
    }
    expect(pointAfter(at, events, state)).toEqual({
      state,
      version: 4,
      head: head.hash,
      timestamp: NOW,
    });
    expect(pointAfter(at, [], state)).toBe(at);
  });

  it('sees the time and version of the point, and who asks', () => {
    const { events } = eventsOf(decideOne(asked('DimLamp', { times: 1 }), lit(), NOW, NONE));
    expect(events[0]!.data).toEqual({ by: `${NOW} 1 l1 ada user import` });
  });

  it('never lets time go backwards, whatever the clock does', () => {
    const before = '2026-01-06T09:00:00.000Z';
    const { events, state } = eventsOf(
      decideOne(asked('DimLamp', { times: 1 }), lit(), before, NONE),
    );
    expect(events[0]!.event_timestamp).toBe(NOW);
    expect(events[0]!.data.by).toContain(NOW);
    const later = '2026-01-06T11:00:00.000Z';
    const next = decideOne(
      asked('DimLamp', { times: 1 }),
      pointAfter(lit(), events, state),
      later,
      NONE,
    );
    expect(eventsOf(next).events[0]!.event_timestamp).toBe(later);
  });

  it('goes on from a time in another form by the time that it is, not by its letters', () => {
    const at = { ...lit(), timestamp: '2026-01-06T10:00:01Z' };
    const now = '2026-01-06T10:00:01.500Z';
    const { events } = eventsOf(decideOne(asked('DimLamp', { times: 1 }), at, now, NONE));
    expect(events[0]!.event_timestamp).toBe(now);
  });

  it('is only a look when it is a dry run', () => {
    const command = asked('PutLamp', { name: 'desk' }, { dry_run: true });
    const decided = decideOne(command, START, NOW, NONE);
    expect(decided).toMatchObject({ kind: 'dry', events: [{ event_type: 'LampPut' }] });
  });
});

describe('a command is refused at a point', () => {
  it('when it expected another version, and learns both', () => {
    const command = asked('DimLamp', { times: 1 }, { expected_version: 7 });
    expect(decideOne(command, lit(), NOW, NONE)).toMatchObject({
      kind: 'refused',
      refusal: {
        refused: 'CONCURRENCY_CONFLICT',
        message: expect.stringMatching(/Lamp l1 is at version 1, the command expected 7/),
        details: { expected_version: 7, actual_version: 1 },
      },
    });
    for (const [at, expected_version] of [
      [lit(), 1],
      [START, 0],
    ] as const)
      expect(
        decideOne(
          at === START
            ? asked('PutLamp', { name: 'x' }, { expected_version })
            : asked('DimLamp', { times: 1 }, { expected_version }),
          at,
          NOW,
          NONE,
        ).kind,
      ).toBe('events');
  });

  it('when it names what is not there', () => {
    const references = { room: null };
    const naming = asked('PutLamp', { name: 'x', room_id: 'r9' });
    expect(decideOne(naming, START, NOW, { ...NONE, references })).toMatchObject({
      refusal: {
        refused: 'REFERENCE_NOT_FOUND',
        message: 'room_id: there is no Lamp r9',
        errors: [{ field: 'data.room_id' }],
      },
    });
    const none = asked('PutLamp', { name: 'x', room_id: null });
    expect(decideOne(none, START, NOW, { ...NONE, references }).kind).toBe('events');
  });

  it('when the domain or the chart says so', () => {
    expect(decideOne(asked('DimLamp', { times: 1 }), START, NOW, NONE)).toMatchObject({
      refusal: { refused: 'NOT_FOUND' },
    });
    expect(decideOne(asked('DimLamp', { times: 0 }), lit(), NOW, NONE)).toMatchObject({
      refusal: { refused: 'NO_CHANGE' },
    });
  });
});

describe('a fault at a point', () => {
  it('is more events than one turn may write', () => {
    const times = TURN_EVENTS_MAX + 1;
    expect(decideOne(asked('DimLamp', { times }), lit(), NOW, NONE)).toMatchObject({
      kind: 'fault',
      fault: { code: 'TOO_MANY_EVENTS' },
    });
    const most = decideOne(asked('DimLamp', { times: TURN_EVENTS_MAX }), lit(), NOW, NONE);
    expect(eventsOf(most).events).toHaveLength(TURN_EVENTS_MAX);
  });

  it('is whatever was thrown, as the cause', () => {
    const cause = new Error('broken');
    const definition = {
      ...Lamp,
      evolve: {
        LampPut: () => {
          throw cause;
        },
      },
    };
    const command = { ...asked('PutLamp', { name: 'x' }), definition };
    expect(decideOne(command, START, NOW, NONE)).toMatchObject({
      kind: 'fault',
      fault: { code: 'HANDLER_THREW', cause },
    });
  });
});

describe('whom ownership asks about', () => {
  const of = { by: 'kind', is: { house: 'House' } };
  const definition = {
    chart: Lamp.chart,
    ownership: {
      references: { home: { of: 'House', by: 'home_id' }, other: { of, by: 'other_id' } },
    },
  };
  const wanted = (data: object, state: State = Lamp.initial) =>
    ownersWanted({ definition, data } as never, { state } as Point);

  it('is who the command names before it is there, and who it names itself from then on', () => {
    const home = { name: 'home', type: 'House' };
    expect(wanted({ home_id: 'h' })).toEqual([{ ...home, id: 'h' }]);
    const there = { status: 'lit', data: { home_id: 'mine' } };
    expect(wanted({ home_id: 'h' }, there)).toEqual([{ ...home, id: 'mine' }]);
  });

  it('is nobody where none is named, or of no type that there is', () => {
    for (const home_id of [undefined, null, 7]) expect(wanted({ home_id })).toEqual([]);
    expect(wanted({ other_id: 'o' })).toEqual([]);
    expect(wanted({ other_id: 'o', kind: 'shed' })).toEqual([]);
    expect(wanted({ kind: 'house' })).toEqual([]);
    expect(wanted({ other_id: 'o', kind: 'house' })).toMatchObject([{ type: 'House', id: 'o' }]);
  });

  it('is asked for before a replay to somebody else, and fails it where it cannot be known', () => {
    const command = { definition, command_type: 'DimLamp', teams: ['A'], data: {} } as never;
    const at = { state: { status: 'lit', data: { home_id: 'h' } } } as unknown as Point;
    const owners = new Map();
    expect(() => replayOne(command, at, { ...NONE, owners })).toThrow(OwnersUnknown);
    const fault = new Fault('STORE_UNAVAILABLE', 'away');
    owners.set(ownerKey({ name: 'home', type: 'House', id: 'h' }), fault);
    expect(replayOne(command, at, { ...NONE, owners })).toEqual({ kind: 'fault', fault });
  });
});
