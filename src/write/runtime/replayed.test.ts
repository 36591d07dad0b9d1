import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commandHash, parseCommand } from '../../core/command.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { command } from '../../core/message.js';
import { isRefusal } from '../../core/refusal.js';
import { memoryStore } from '../store/memory-store.js';
import { Runtime } from './runtime.js';

const log = { warn: () => {}, error: () => {} };

/** A lamp as it is defined at first, and when its commands have got more fields. */
const lampWith = (more: z.ZodRawShape) =>
  defineAggregate({
    name: 'Lamp',
    summary: 'A lamp.',
    events: { LampPut: z.object({ name: z.string() }) },
    commands: {
      PutLamp: command({
        data: z.object({ name: z.string().trim(), room: z.string().default('hall'), ...more }),
        emits: ['LampPut'],
        roles: ['r'],
      }),
    },
    data: z.object({ name: z.string().default('') }),
    chart: { initial: 'absent', states: { absent: { on: { LampPut: 'lit' } }, lit: {} } },
    evolve: { LampPut: (_, { name }) => ({ name }) },
    decide: { PutLamp: (_, { name }) => [{ type: 'LampPut', data: { name } }] },
  });
const Lamp = lampWith({});
const Later = lampWith({ colour: z.string().default('white'), watts: z.int().default(40) });
const put = {
  command_id: crypto.randomUUID(),
  command_type: 'PutLamp',
  aggregate_type: 'Lamp',
  aggregate_id: 'a',
  actor: 'ada',
  actor_type: 'user',
  source: 'api',
  command_timestamp: '2026-01-06T10:00:00Z',
  data: { name: ' desk' },
};

describe('a command that comes again when its schema has got defaults', () => {
  it.each(['as it was asked', 'as the first versions stored it'])('is known %s', async (how) => {
    const store = memoryStore();
    const first = new Runtime({ definitions: [Lamp], store, log });
    const command = parseCommand(first.registry, put);
    if (isRefusal(command)) throw new Error(command.message);
    const { command_type, spec, data, hash } = command;
    const former = commandHash(command_type, spec, data);
    const said = await first.send({ ...command, hash: how === 'as it was asked' ? hash : former });
    const later = new Runtime({ definitions: [Later], store, log });
    expect(await later.dispatch(put, 'test')).toEqual({ ...said, replayed: true });
    for (const data of [{ name: 'other' }, { name: 'desk', colour: 'red' }])
      expect(await later.dispatch({ ...put, data }, 'test')).toMatchObject({
        refused: 'COMMAND_ID_REUSED',
      });
  });
});
