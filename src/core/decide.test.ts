import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { Context, State } from './aggregate.js';
import { type Command, parseCommand } from './command.js';
import { commandsPossible, type Decision, decide } from './decide.js';
import { defineAggregate } from './define-aggregate.js';
import { eventId, stableCommandId } from './ids.js';
import { secret } from './marks.js';
import { command, event } from './message.js';
import { Fault, isRefusal, type Refusal, refuse } from './refusal.js';
import { registry } from './registry.js';

/** What the handler of `MoveDoor` does; each test says. */
const handler = vi.fn<(self: State, command: unknown, context: Context) => unknown>();

const Door = defineAggregate({
  name: 'Door',
  summary: 'A door.',
  events: {
    DoorBuilt: z.object({ name: z.string().trim() }),
    DoorMoved: event(
      z.object({
        to: z.enum(['open', 'shut', 'ajar']),
        by: z.string().optional(),
        force: z.number().nullable().optional(),
      }),
      {
        version: 2,
        upcast: { 1: (old) => old },
      },
    ),
    DoorPainted: z.object({ colour: z.string() }),
    DoorBurnt: z.object({}),
  },
  commands: {
    BuildDoor: command({
      data: z.object({ name: z.string() }),
      emits: ['DoorBuilt'],
      roles: ['r'],
    }),
    MoveDoor: command({
      data: z.object({
        pin: secret(z.string()).optional(),
        keys: z.array(secret(z.number())).optional(),
      }),
      emits: ['DoorMoved', 'DoorPainted'],
      roles: ['r'],
    }),
    BurnDoor: command({ data: z.object({}), emits: ['DoorBurnt'], roles: ['r'] }),
    PaintDoor: command({ data: z.object({}), emits: ['DoorPainted'], roles: ['r'] }),
  },
  data: z.object({ name: z.string().default(''), trail: z.array(z.string()).default([]) }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { DoorBuilt: 'shut' } },
      shut: {
        on: { DoorMoved: { by: 'to', to: { open: 'open', ajar: 'stuck' } }, DoorBurnt: 'gone' },
      },
      open: { on: { DoorMoved: { by: 'to', to: { shut: 'shut' } }, DoorPainted: {} } },
      stuck: {},
      gone: { kind: 'deleted' },
    },
  },
  evolve: {
    DoorBuilt: (_, { name }) => ({ name }),
    DoorMoved: ({ trail }, { to }, { event_id, event_timestamp, aggregate_version }) => ({
      trail: [...trail, `${to} ${event_id} ${event_timestamp} ${aggregate_version}`],
    }),
    DoorPainted: null,
  },
  decide: {
    BuildDoor: (_, { name }) => [{ type: 'DoorBuilt', data: { name } }],
    MoveDoor: (...args) => handler(...(args as [State, unknown, Context])) as never,
    BurnDoor: () => [{ type: 'DoorBurnt', data: {} }],
    PaintDoor: () => [{ type: 'DoorPainted', data: { colour: 'red' } }],
  },
});

const all = registry([Door]);
const asked = (command_type: string, data: object = {}): Command => {
  const command = parseCommand(all, {
    command_id: stableCommandId('decide', command_type),
    command_type,
    aggregate_id: 'door-1',
    aggregate_type: 'Door',
    actor: 'ada',
    actor_type: 'user',
    source: 'api',
    command_timestamp: '2026-01-06T10:00:00Z',
    data,
  });
  if (isRefusal(command)) throw new Error(command.message);
  return command;
};
const context = { now: '2026-02-02T02:02:02.000Z', version: 4 } as Context;
const at = (status: string): State => ({ status, data: { name: 'front', trail: [] } });
const tell = (state: State, type: string, data?: object) =>
  decide(Door, state, asked(type, data), context);
const move = (status: string, ...events: unknown[]) => {
  handler.mockReturnValueOnce(events);
  return tell(at(status), 'MoveDoor');
};
const refusal = (result: Decision | Refusal): Refusal => {
  if (!isRefusal(result)) throw new Error('accepted');
  return result;
};
const faultOf = (run: () => unknown): Fault => {
  try {
    run();
  } catch (fault) {
    expect(fault).toBeInstanceOf(Fault);
    return fault as Fault;
  }
  throw new Error('no fault');
};
const to = (where: string) => ({ type: 'DoorMoved', data: { to: where } });
const painted = { type: 'DoorPainted', data: { colour: 'red' } };

describe('a decision', () => {
  it('is the events, parsed and numbered, and the state after them', () => {
    const { command_id } = asked('MoveDoor');
    const ids = [0, 1, 2].map((index) =>
      eventId(command_id, index, { aggregate_type: 'Door', aggregate_id: 'door-1' }),
    );
    expect(
      move('shut', to('open'), painted, { type: 'DoorMoved', data: { to: 'shut', x: 1 } }),
    ).toEqual({
      events: [
        { event_id: ids[0], event_type: 'DoorMoved', event_version: 2, data: { to: 'open' } },
        { event_id: ids[1], event_type: 'DoorPainted', event_version: 1, data: { colour: 'red' } },
        { event_id: ids[2], event_type: 'DoorMoved', event_version: 2, data: { to: 'shut' } },
      ],
      state: {
        status: 'shut',
        data: {
          name: 'front',
          trail: [`open ${ids[0]} ${context.now} 5`, `shut ${ids[2]} ${context.now} 7`],
        },
      },
    });
  });

  it('folds what the schema made of the event, not what the handler wrote', () => {
    expect(tell(Door.initial, 'BuildDoor', { name: ' front ' })).toMatchObject({
      events: [{ data: { name: 'front' } }],
      state: { data: { name: 'front' } },
    });
  });

  it('is the same every time', () => {
    expect(tell(Door.initial, 'BuildDoor', { name: 'a' })).toEqual(
      tell(Door.initial, 'BuildDoor', { name: 'a' }),
    );
  });

  it('is made on the state, the data and the context as they are', () => {
    handler.mockReturnValueOnce([to('open')]);
    tell(at('shut'), 'MoveDoor', { pin: '1234' });
    expect(handler).toHaveBeenLastCalledWith(at('shut'), { pin: '1234' }, context);
  });

  it('may be the domain saying no', () => {
    const no = refuse('TOO_LATE', 'it is night', { details: { until: 'dawn' } });
    handler.mockReturnValueOnce(no);
    expect(tell(at('shut'), 'MoveDoor')).toBe(no);
  });
});

describe('a command is refused without asking its handler', () => {
  it.each<[string, State, string, string, string]>([
    ['what does not exist', Door.initial, 'BurnDoor', 'NOT_FOUND', 'Door door-1 does not exist'],
    [
      'what was deleted',
      at('gone'),
      'BurnDoor',
      'DELETED',
      'Door door-1 was deleted: a deleted Door',
    ],
    ['what was deleted', at('gone'), 'BuildDoor', 'DELETED', 'Door door-1 was deleted'],
    [
      'what exists already',
      at('open'),
      'BuildDoor',
      'ALREADY_EXISTS',
      'Door door-1 exists already',
    ],
    [
      'what the status does not allow',
      at('shut'),
      'PaintDoor',
      'INVALID_LIFECYCLE_TRANSITION',
      'PaintDoor is not possible while Door door-1 is "shut"; possible now: MoveDoor, BurnDoor',
    ],
    [
      'what no status allows any more',
      at('stuck'),
      'PaintDoor',
      'INVALID_LIFECYCLE_TRANSITION',
      'is "stuck"; possible now: nothing',
    ],
    [
      'what is in a status that the chart does not know',
      at('lost'),
      'PaintDoor',
      'INVALID_LIFECYCLE_TRANSITION',
      'is "lost"; possible now: nothing',
    ],
  ])('about %s', (_, state, type, code, message) => {
    handler.mockClear();
    const data = type === 'BuildDoor' ? { name: 'x' } : {};
    const { refused, message: said } = refusal(tell(state, type, data));
    expect(refused).toBe(code);
    expect(said).toContain(message);
    expect(handler).not.toHaveBeenCalled();
  });

  it('and is told which commands are possible', () => {
    expect(refusal(tell(at('shut'), 'PaintDoor')).details).toEqual({
      from: 'shut',
      allowed: [],
      commands: ['MoveDoor', 'BurnDoor'],
    });
    expect(commandsPossible(Door, 'absent')).toEqual(['BuildDoor']);
    expect(commandsPossible(Door, 'open')).toEqual(['MoveDoor', 'PaintDoor']);
    expect(commandsPossible(Door, 'gone')).toEqual([]);
  });
});

describe('a command is refused after asking', () => {
  it('when it would change nothing', () => {
    expect(refusal(move('shut'))).toMatchObject({
      refused: 'NO_CHANGE',
      message: 'MoveDoor would change nothing',
    });
  });

  it('when a branch does not go there: it is told from where, to where, and where it could', () => {
    expect(refusal(move('shut', to('shut')))).toEqual({
      refused: 'INVALID_LIFECYCLE_TRANSITION',
      message:
        'Door door-1 cannot go from "shut" to "shut"; from here it can go to "open", "stuck"',
      details: {
        from: 'shut',
        to: 'shut',
        allowed: ['open', 'stuck'],
        commands: ['MoveDoor', 'BurnDoor'],
      },
    });
  });

  it('when one of several events does not fit where the others led', () => {
    expect(refusal(move('shut', to('open'), to('open')))).toMatchObject({
      refused: 'INVALID_LIFECYCLE_TRANSITION',
      details: { from: 'open', to: 'open', allowed: ['shut'] },
    });
    expect(refusal(move('shut', to('ajar'), painted))).toMatchObject({
      refused: 'INVALID_LIFECYCLE_TRANSITION',
      message: expect.stringContaining('is "stuck"'),
    });
  });
});

describe('a definition that is wrong is a fault', () => {
  it('HANDLER_THREW when its decide throws, with the cause', () => {
    const cause = new Error('broken');
    handler.mockImplementationOnce(() => {
      throw cause;
    });
    expect(faultOf(() => tell(at('shut'), 'MoveDoor'))).toMatchObject({
      code: 'HANDLER_THREW',
      message: 'Door: deciding MoveDoor failed',
      cause,
    });
  });

  it('its own, when its decide throws one', () => {
    const own = new Fault('OWN', 'mine');
    handler.mockImplementationOnce(() => {
      throw own;
    });
    expect(faultOf(() => tell(at('shut'), 'MoveDoor'))).toBe(own);
  });

  it.each([
    ['that is none', { type: 'DoorEaten', data: {} }],
    ['that is not in "emits"', { type: 'DoorBurnt', data: {} }],
    ['of a name every object has', { type: 'constructor', data: {} }],
  ])('EVENT_UNDECLARED when it makes an event %s', (_, proposed) => {
    expect(faultOf(() => move('shut', proposed))).toMatchObject({
      code: 'EVENT_UNDECLARED',
      message: `MoveDoor produced ${proposed.type}, which it does not declare in "emits"`,
    });
  });

  it.each([
    ['a value that is none', { to: 'sideways' }, 'to'],
    ['a field that is missing', {}, 'to'],
    ['no data', undefined, ''],
  ])('EVENT_INVALID when an event has %s', (_, data, where) => {
    const { code, message } = faultOf(() => move('shut', { type: 'DoorMoved', data }));
    expect(code).toBe('EVENT_INVALID');
    expect(message).toContain(
      `MoveDoor produced a DoorMoved that does not match its schema at "${where}"`,
    );
  });
});

describe('a secret in an event', () => {
  /** Moves a door that was told secrets, by an event; the spec is one that was never seen. */
  const moved = (secrets: object, data: object) => {
    handler.mockReturnValueOnce([{ type: 'DoorMoved', data: { to: 'open', ...data } }]);
    const command = asked('MoveDoor', secrets);
    return decide(Door, at('shut'), { ...command, spec: { ...command.spec } }, context);
  };

  it.each<[string, object, Record<string, unknown>]>([
    ['as it is', { pin: 'hunter2' }, { by: 'hunter2' }],
    ['of four characters', { pin: '1234' }, { by: '1234' }],
    ['inside another text', { pin: 'hunter2' }, { by: 'the code is hunter2.' }],
    ['that JSON writes with escapes', { pin: 'a"\n\\u' }, { by: 'is a"\n\\u!' }],
    ['of a list, as a text', { keys: [7, 31415926] }, { by: '31415926' }],
    ['of a list, as a number', { keys: [31415926, 27182818] }, { force: 27182818 }],
    ['beside another that stayed out', { pin: 'hunter2', keys: [31415926] }, { by: 'hunter2' }],
    ['beside a field that is empty', { pin: 'hunter2' }, { force: null, by: 'hunter2' }],
  ])('is a fault that does not say it: %s', (_, secrets, data) => {
    const fault = faultOf(() => moved(secrets, data));
    expect(fault.code).toBe('SECRET_IN_EVENT');
    for (const shown of Object.values(data)) expect(fault.message).not.toContain(String(shown));
  });

  it.each<[string, object, object]>([
    ['stayed out', { pin: 'hunter2' }, { by: 'ada' }],
    ['is empty', { pin: '' }, { by: 'ada' }],
    ['was not told', {}, { by: 'ada', force: 3 }],
    ['is too short to tell it from chance', { pin: 'ada' }, { by: 'ada' }],
    ['is a part of another number', { keys: [1234] }, { force: 12345 }],
  ])('is not claimed of one that %s', (_, secrets, data) => {
    expect(moved(secrets, data)).toMatchObject({ events: [{ data }] });
  });
});
