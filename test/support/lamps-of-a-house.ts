import { z } from 'zod';
import type { Aggregate, State } from '../../src/core/aggregate.js';
import { defineBoundary } from '../../src/core/boundary.js';
import { nextStatus } from '../../src/core/chart.js';
import { defineAggregate } from '../../src/core/define-aggregate.js';
import { AggregateId } from '../../src/core/envelope.js';
import { isRefusal, refuse } from '../../src/core/refusal.js';
import { type Kind, Lamp } from './writable-lamps.js';

type Fields = Readonly<Record<string, unknown>>;
type Part = Fields & { readonly status: string };
type Parts = Readonly<Record<string, Part>>;

const mapped = <V, W>(all: Readonly<Record<string, V>>, become: (type: string, one: V) => W) =>
  Object.fromEntries(Object.entries(all).map(([type, one]) => [type, become(type, one)]));
const withId = (schema: unknown): z.ZodObject =>
  (schema as z.ZodObject).extend({ lamp_id: AggregateId });

const of = {
  within: 'lamps',
  id: 'lamp_id',
  schema: AggregateId,
  resource: {
    one: 'Lamp',
    owner: 'house_id',
    begins: 'PutLamp',
    ends: 'Remove',
    called: { status: 'light' },
  },
} as const;

/** What a lamp is inside its house, as the lamp that it would be by itself. */
const lampIn = ({ lamps }: Fields, id: string): State => {
  const {
    status,
    lamp_id: _,
    ...data
  } = (lamps as Parts)[id] ?? { ...Lamp.initial.data, status: 'absent' };
  return { status, data };
};

/** All that a lamp can be told and can have happened to it, of lamps that are parts of a house. */
export const House = defineAggregate({
  name: 'House',
  summary: 'A house with lamps.',
  data: z.object({
    address: z.string().default(''),
    lamps: z
      .record(z.string(), Lamp.data.extend({ lamp_id: z.string(), status: z.string() }))
      .default({}),
  }),
  events: {
    HouseBuilt: z.object({ address: z.string() }),
    ...mapped(Lamp.events, (_, { schema }) => withId(schema)),
    HouseTornDown: z.object({}),
  },
  commands: {
    BuildHouse: { data: z.object({ address: z.string() }), emits: ['HouseBuilt'], roles: ['r'] },
    ...mapped(Lamp.commands, (type, spec) => ({
      ...spec,
      of,
      data: withId(spec.data),
      ...(type === 'PutLamp' && { boundaries: ['lamps'] }),
    })),
    TearDownHouse: { data: z.object({}), emits: ['HouseTornDown'], roles: ['r'] },
  },
  boundaries: {
    lamps: defineBoundary<string>()({
      of: 'House',
      events: { LampPut: z.object({ lamp_id: z.string() }) },
      on: { LampPut: (_, { aggregate_id, data }) => [[data.lamp_id, aggregate_id]] },
    }),
  },
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { HouseBuilt: 'there' } },
      there: { on: { ...mapped(Lamp.events, () => ({})), HouseTornDown: 'gone' } },
      gone: { kind: 'deleted' },
    },
  },
  evolve: {
    HouseBuilt: (_: Fields, { address }: Fields) => ({ address }),
    ...mapped(Lamp.events, (type) => (data: Fields, { lamp_id, ...event }: Fields, meta: never) => {
      const id = String(lamp_id);
      const before = lampIn(data, id);
      const status = nextStatus(Lamp.chart, before.status, type, event)!;
      const after = Lamp.evolve[type]?.(before.data, event, meta);
      const lamp = { ...before.data, ...after, lamp_id: id, status };
      return { lamps: { ...(data.lamps as Parts), [id]: lamp } };
    }),
  },
  decide: {
    BuildHouse: (_: unknown, data: Fields) => [{ type: 'HouseBuilt', data }],
    TearDownHouse: () => [{ type: 'HouseTornDown', data: {} }],
    ...mapped(
      Lamp.commands,
      (type) =>
        (self: State, { lamp_id, ...told }: Fields, context: never) => {
          const lamp = lampIn(self.data, String(lamp_id));
          const decided = Lamp.decide[type]!(lamp, told, context);
          if (isRefusal(decided)) return decided;
          for (const event of decided)
            if (!nextStatus(Lamp.chart, lamp.status, event.type, event.data as Fields))
              return refuse('INVALID_LIFECYCLE_TRANSITION', `the lamp is ${lamp.status}`);
          return decided.map((event) => ({
            ...event,
            data: { ...(event.data as Fields), lamp_id },
          }));
        },
    ),
  },
} as never) as Aggregate;

/** Lamps that are parts of a house: `h`, which is built first. */
export const LAMPS_OF_A_HOUSE: Kind = {
  definition: House,
  begin: (ask) => ask('POST', '/houses/h/commands/build-house', { address: 'x' }),
  said: { house_id: 'h' },
  first: 2,
  idIn: ({ part_id }) => String(part_id),
  aggregateOf: () => 'h',
  lampIn: ({ data, version }, id) => ({ ...lampIn(data, id), version }),
};
