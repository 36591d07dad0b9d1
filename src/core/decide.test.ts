import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type Context, defineAggregate, type State } from './aggregate.js';
import { type Command, parseCommand } from './command.js';
import { commandsPossible, type Decision, decide } from './decide.js';
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
    DoorMoved: event(z.object({ to: z.enum(['open', 'shut', 'ajar']), by: z.string().optional() }), {
      version: 2,
      upcast: { 1: (old) => old },
    }),
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
      data: z.object({ pin: secret(z.string()).optional(), keys: z.array(secret(z.number())).optional() }),
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
      shut: { on: { DoorMoved: { by: 'to', to: { open: 'open', ajar: 'open' } }, DoorBurnt: 'gone' } },
      open: { on: { DoorMoved: { by: 'to', to: { shut: 'shut' } }, DoorPainted: {} } },
      stuck: { on: {} },
      gone: { kind: 'deleted' },
    },
  } as never,
  evolve: {
    DoorBuilt: (_, { name }) => ({ name }),
    DoorMoved: ({ trail }, { to }, { event_id, event_timestamp, aggregate_version }) => ({
      trail: [...trail, `${to} ${event_id} ${event_timestamp} ${aggregate_version}`],
    }),
  },
  decide: {
    BuildDoor: (_, { name }) => [{ type: 'DoorBuilt', data: { name } }],
    MoveDoor: (...args) => handler(...(args as [State, unknown, Context])) as never,
    BurnDoor: () => [{ type: 'DoorBurnt', data: {} }],
    PaintDoor: () => [{ type: 'DoorPainted', data: { colour: 'red' } }],
  },
});
