import { z } from 'zod';
import { defineAggregate } from '../../src/core/define-aggregate.js';
import { command } from '../../src/core/message.js';

/** A lamp whose commands become as many events as one asks for, each as long as one asks for. */
export const TalkingLamp = defineAggregate({
  name: 'Lamp',
  summary: 'A lamp that says much.',
  events: { LampPut: z.object({}), LampSaid: z.object({ text: z.string() }) },
  commands: {
    PutLamp: command({ data: z.object({}), emits: ['LampPut'], roles: ['tester'] }),
    Say: command({
      data: z.object({ times: z.int(), chars: z.int() }),
      emits: ['LampSaid'],
      roles: ['tester'],
      sets: { times: { to: 'times' }, chars: { to: 'chars' } },
    }),
  },
  data: z.object({ said: z.int().default(0) }),
  chart: {
    initial: 'absent',
    states: { absent: { on: { LampPut: 'lit' } }, lit: { on: { LampSaid: {} } } },
  },
  evolve: { LampPut: () => ({}), LampSaid: ({ said }) => ({ said: said + 1 }) },
  decide: {
    PutLamp: () => [{ type: 'LampPut', data: {} }],
    Say: (_, { times, chars }) =>
      Array.from({ length: times }, () => ({
        type: 'LampSaid' as const,
        data: { text: 'x'.repeat(chars) },
      })),
  },
});
