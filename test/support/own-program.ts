import {
  type Aggregate,
  command,
  completeProjections,
  defineAggregate,
  defineBoundary,
  defineProjection,
  event,
  memoryStore,
  personal,
  processIo,
  Runtime,
  refuse,
  registry,
  report,
  runProgram,
  secret,
  stableCommandId,
} from 'stele';
import { createClient, type DocumentOf } from 'stele/client';
import { given, givenEvents } from 'stele/testing';
import { z } from 'zod';

const Built = z.object({
  name: z.string(),
  room_id: z.string().nullable(),
  by: personal(z.string()),
});
const Moved = event(z.object({ to: z.enum(['open', 'shut']), why: z.string() }), {
  version: 2,
  upcast: { 1: (old) => ({ ...old, why: '' }) },
});

const rooms = defineBoundary<{ doors: number }>()({
  of: 'Door',
  events: { DoorBuilt: Built },
  on: { DoorBuilt: (_, { data }) => [[data.room_id ?? '', { doors: 1 }]] },
});

const commands = {
  BuildDoor: command({
    data: z.object({
      name: z.string().trim().min(1),
      room_id: z.string().nullable().default(null),
      by: personal(z.string()),
      pin: secret(z.string()).optional(),
    }),
    emits: ['DoorBuilt'],
    roles: ['builder'],
    identity: ({ name }) => stableCommandId('door', name),
    references: { room: { of: 'Door', by: 'room_id', view: z.object({ floor: z.number() }) } },
    boundaries: ['rooms'],
  }),
  MoveDoor: command({
    data: z.object({ to: z.enum(['open', 'shut']) }),
    emits: ['DoorMoved'],
    roles: ['guard'],
  }),
  BurnDoor: command({ data: z.object({}), emits: ['DoorBurnt'], roles: ['guard'] }),
};

export const Door = defineAggregate({
  name: 'Door',
  summary: 'A door.',
  events: { DoorBuilt: Built, DoorMoved: Moved, DoorBurnt: z.object({}) },
  commands,
  data: z.object({ name: z.string().default(''), moves: z.number().default(0) }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { DoorBuilt: 'open' } },
      open: { on: { DoorMoved: { by: 'to', to: { shut: 'shut' } }, DoorBurnt: 'burnt' } },
      shut: { on: { DoorMoved: { by: 'to', to: { open: 'open' } } } },
      burnt: { kind: 'deleted' },
    },
  },
  boundaries: { rooms },
  claims: { name: { key: ({ data }) => data.name, taken: 'NAME_TAKEN', what: 'the name' } },
  evolve: {
    DoorBuilt: (_, { name }) => ({ name }),
    DoorMoved: ({ moves }) => ({ moves: moves + 1 }),
  },
  decide: {
    BuildDoor: (_, { name, room_id, by }, { references: { room }, boundaries }) =>
      (room?.data.floor ?? 0) > 9 || boundaries.rooms.has(room_id ?? '')
        ? refuse('TOO_HIGH', 'no doors there')
        : [{ type: 'DoorBuilt', data: { name, room_id, by } }],
    MoveDoor: (_, { to }) => [{ type: 'DoorMoved', data: { to, why: 'wind' } }],
    BurnDoor: () => [{ type: 'DoorBurnt', data: {} }],
  },
});

const view = z.object({ name: z.string().default(''), moves: z.number().default(0) });
export const doors = defineProjection({
  name: 'doors-moved',
  summary: 'Doors, and how often they were moved.',
  view,
  indexed: ['name', 'moves'],
  from: [Door],
  withState: true,
  on: {
    Door: {
      DoorBuilt: (door, { data }) => ({ ...door, name: data.name }),
      DoorMoved: (door, { after }) => ({ ...door, moves: after.data.moves }),
      '*': () => null,
    },
  },
  reports: {
    most: report({
      summary: 'Doors moved often.',
      params: z.object({ least: z.coerce.number().default(1) }),
      answer: (all: readonly z.output<typeof view>[], { least }) =>
        all.filter(({ moves }) => moves >= least).length,
    }),
  },
});

const built = { name: 'front', room_id: null, by: 'ann' };
given(Door, { type: 'DoorBuilt', data: built })
  .and({ now: '2026-01-06T10:00:00.000Z' })
  .when({ type: 'MoveDoor', data: { to: 'shut' } })
  .then({ type: 'DoorMoved', data: { to: 'shut', why: 'wind' } });
givenEvents(doors, { type: 'Door', id: 'd', event: 'DoorBuilt', data: built }).then({
  d: { name: 'front', moves: 0 },
});

export const own: readonly Aggregate[] = registry([Door]).definitions;
export const all = completeProjections([Door], [doors]);
export const runtime = new Runtime({
  definitions: [Door],
  store: memoryStore(),
  log: { warn: () => {}, error: () => {} },
});
export type DoorDocument = DocumentOf<typeof Door>;
export const client = createClient<[typeof Door]>({ url: 'http://127.0.0.1:3000' });

export const main = () =>
  runProgram(
    {
      definitions: [Door],
      projections: [doors],
      version: '1',
      io: processIo(),
    },
    process.argv.slice(2),
  );
