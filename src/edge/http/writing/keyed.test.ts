import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../../../core/define-aggregate.js';
import { secret } from '../../../core/marks.js';
import { command } from '../../../core/message.js';
import { Runtime } from '../../../write/runtime/runtime.js';
import { memoryStore } from '../../../write/store/memory-store.js';
import { createHttp } from '../create-http.js';

const log = { warn: () => {}, error: () => {} };
const roles = ['r'];
const Pin = z.object({ pin: secret(z.string()), hint: z.string().default('') });
const Door = defineAggregate({
  name: 'Door',
  summary: 'A door.',
  events: { DoorBuilt: z.object({}), PinSet: z.object({ hint: z.string() }) },
  commands: {
    BuildDoor: command({ data: z.object({}), emits: ['DoorBuilt'], roles }),
    SetPin: command({
      data: Pin,
      emits: ['PinSet'],
      roles,
      sets: { code: { to: 'pin' }, hint: { to: 'hint' } },
    }),
  },
  data: z.object({ hint: z.string().default('') }),
  chart: {
    initial: 'absent',
    states: { absent: { on: { DoorBuilt: 'shut' } }, shut: { on: { PinSet: {} } } },
  },
  evolve: { DoorBuilt: () => ({}), PinSet: (_, { hint }) => ({ hint }) },
  decide: {
    BuildDoor: () => [{ type: 'DoorBuilt', data: {} }],
    SetPin: (_, { hint }) => [{ type: 'PinSet', data: { hint } }],
  },
});

it.each(['code', 'pin'])('nothing of a secret can be told from a request: %s', async (name) => {
  const store = memoryStore();
  const runtime = new Runtime({ definitions: [Door], store, log });
  const app = createHttp({ runtime, store, log, info: { name: 'stele', version: '1' } });
  const ask = async (method: string, path: string, body: object, key: string) => {
    const headers = {
      'content-type': 'application/json',
      'x-actor': 'ada',
      'idempotency-key': key,
    };
    const answer = await app.request(path, { method, headers, body: JSON.stringify(body) });
    return (await answer.json()) as Readonly<Record<string, unknown>>;
  };
  const { aggregate_id } = await ask('POST', '/doors', {}, 'new');
  const id = String(aggregate_id);
  const path = `/doors/${id}`;
  const first = await ask('PATCH', path, { [name]: '1234', hint: 'a' }, 'one');
  expect(await ask('PATCH', path, { [name]: '9876', hint: 'a' }, 'one')).toEqual({
    ...first,
    replayed: true,
  });
  await ask('PATCH', path, { [name]: '9876', hint: 'a' }, 'two');
  const [, one, two] = await store.read(Door, id, 1);
  expect(one!.command_hash).toBe(two!.command_hash);
  const other = await ask('PATCH', path, { [name]: '1234', hint: 'b' }, 'one');
  expect(other.code).toBe('COMMAND_ID_REUSED');
});
