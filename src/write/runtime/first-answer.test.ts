import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AcceptedCommands } from '../../core/accepted-commands.js';
import type { State } from '../../core/aggregate.js';
import { commandHash } from '../../core/command.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { type EventRecord, seal } from '../../core/event.js';
import { command } from '../../core/message.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import type { EventStore } from '../store/event-store.js';
import { memoryStore } from '../store/memory-store.js';
import { acceptedOf, firstAnswer, type Keyed, stateAt } from './first-answer.js';
import { TURN_EVENTS_MAX } from './limits.js';
import type { Together } from './outcome.js';

const Level = z.object({ level: z.int() });
const Lamp = defineAggregate({
  name: 'Lamp',
  summary: 'A lamp.',
  events: { LampDimmed: Level },
  commands: { DimLamp: command({ data: Level, emits: ['LampDimmed'], roles: ['r'] }) },
  data: z.object({ level: z.int().default(0) }),
  chart: {
    initial: 'absent',
    states: { absent: { on: { LampDimmed: 'lit' } }, lit: { on: { LampDimmed: {} } } },
  },
  evolve: { LampDimmed: (_, { level }) => ({ level }) },
  decide: { DimLamp: (_, data) => [{ type: 'LampDimmed', data }] },
});
const OF = { definition: Lamp, aggregate_id: 'a' };
const spec = Lamp.commands.DimLamp!;
const HASH = 'of the request';

let store: EventStore;
let head: EventRecord | undefined;
beforeEach(() => {
  store = memoryStore();
  head = undefined;
});

/** Write events of commands, one append: each `[command, level, hash]`. */
const write = async (...events: readonly (readonly [string, number, string?])[]) => {
  const expected = head?.aggregate_version ?? 0;
  const sealed = events.map(([causation_id, level, command_hash = HASH]) => {
    head = seal({
      event_id: crypto.randomUUID(),
      event_type: 'LampDimmed',
      event_version: 1,
      aggregate_type: 'Lamp',
      aggregate_id: 'a',
      aggregate_version: (head?.aggregate_version ?? 0) + 1,
      event_timestamp: '2026-01-06T10:00:00.000Z',
      actor: 'ada',
      actor_type: 'user',
      source: 'api',
      causation_id,
      command_hash,
      correlation_id: null,
      business_justification: null,
      approval_id: null,
      effective_at: null,
      traceparent: null,
      data: { level },
      previous_hash: head?.hash ?? null,
    });
    return head;
  });
  await store.append({
    kind: Lamp,
    aggregate_id: 'a',
    expected,
    events: sealed,
    claims: [],
  });
};

const keyed = (more: Partial<Keyed> = {}): Keyed => ({
  types: new Map([
    ['c-1', 'DimLamp'],
    ['c-2', 'DimLamp'],
    ['c-3', 'DimLamp'],
  ]),
  hash: HASH,
  formerly: () => new Map(),
  ...more,
});

const then = (version: number): Promise<State> => stateAt(store, OF, version);

const answered = (told: Together | Refusal): Together => {
  if (isRefusal(told)) throw new Error(told.message);
  return told;
};

describe('a request that comes again', () => {
  it('is known by any of the ids it can have', () => {
    const accepted = new AcceptedCommands();
    const [one, two, other] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    const types = new Map([
      [one, 'DimLamp'],
      [two, 'DimLamp'],
    ]);
    expect(acceptedOf({ types }, accepted)).toEqual(new Map());
    accepted.add(other, 3);
    accepted.add(two, 7);
    expect(acceptedOf({ types }, accepted)).toEqual(new Map([[two, 7]]));
  });

  it('gets its first answer: every command that changed something, with its events', async () => {
    await write(['before', 1]);
    await write(['c-1', 2], ['c-1', 3], ['c-3', 4]);
    await write(['later', 5]);
    const at = new Map([
      ['c-1', 2],
      ['c-3', 4],
    ]);
    const told = await firstAnswer(store, OF, { keyed: keyed(), at, stateAt: then });
    expect(told).toMatchObject({
      aggregate_type: 'Lamp',
      aggregate_id: 'a',
      aggregate_version: 4,
      position: 'lamp:4',
      replayed: true,
      unchanged: [],
      commands: [
        { command_id: 'c-1', position: 'lamp:3', aggregate_version: 3, replayed: true },
        { command_id: 'c-3', position: 'lamp:4', aggregate_version: 4, replayed: true },
      ],
    });
    expect(told).not.toHaveProperty('command_id');
    expect(told).not.toHaveProperty('events');
    const levels = answered(told).commands.map(({ events }) => events.map(({ data }) => data));
    expect(levels).toEqual([[{ level: 2 }, { level: 3 }], [{ level: 4 }]]);
  });

  it('is refused when the same key was used for something else', async () => {
    await write(['c-1', 2], ['c-2', 3, 'of another']);
    const at = new Map([
      ['c-1', 1],
      ['c-2', 2],
    ]);
    expect(await firstAnswer(store, OF, { keyed: keyed(), at, stateAt: then })).toMatchObject({
      refused: 'COMMAND_ID_REUSED',
    });
  });

  it('is known by what the first versions stored of its commands, planned on the state of then', async () => {
    const hashed = (level: number) => commandHash('DimLamp', spec, { level });
    await write(['before', 7]);
    await write(['c-1', 2, hashed(2)], ['c-2', 3, hashed(3)]);
    const at = new Map([
      ['c-1', 2],
      ['c-2', 3],
    ]);
    const planned: State[] = [];
    const as = (levels: Readonly<Record<string, number>>) => (before: State) => {
      planned.push(before);
      return new Map(
        Object.entries(levels).map(([id, level]) => [
          id,
          { command_type: 'DimLamp', spec, asked: { level }, data: { level } },
        ]),
      );
    };
    const same = keyed({ formerly: as({ 'c-1': 2, 'c-2': 3 }) });
    expect(await firstAnswer(store, OF, { keyed: same, at, stateAt: then })).toMatchObject({
      replayed: true,
    });
    expect(planned).toMatchObject([{ status: 'lit', data: { level: 7 } }]);
    for (const formerly of [as({ 'c-1': 2, 'c-2': 9 }), as({ 'c-1': 2 })])
      expect(
        await firstAnswer(store, OF, { keyed: keyed({ formerly }), at, stateAt: then }),
      ).toMatchObject({
        refused: 'COMMAND_ID_REUSED',
      });
  });

  it('is what was written at once, where one key was let pass twice', async () => {
    const many = Array.from({ length: TURN_EVENTS_MAX }, (_, n) => ['c-1', n] as const);
    await write(...many);
    await write(['c-2', 1_000]);
    const at = new Map([
      ['c-1', 1],
      ['c-2', TURN_EVENTS_MAX + 1],
    ]);
    const told = await firstAnswer(store, OF, { keyed: keyed(), at, stateAt: then });
    expect(told).toMatchObject({ position: `lamp:${TURN_EVENTS_MAX}` });
    expect(answered(told).commands).toMatchObject([{ command_id: 'c-1' }]);
  });
});

describe('the state of a version', () => {
  it('is folded from the events up to it; the first one has none', async () => {
    await write(['c-1', 2], ['c-2', 3], ['c-3', 4]);
    expect(await stateAt(store, OF, 0)).toBe(Lamp.initial);
    expect(await stateAt(store, OF, 2)).toMatchObject({ status: 'lit', data: { level: 3 } });
  });
});
