import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../../core/define-aggregate.js';
import { isRefusal } from '../../core/refusal.js';
import type { EventLog } from '../store/event-log.js';
import type { EventStore } from '../store/event-store.js';
import { memoryStore } from '../store/memory-store.js';
import { Runtime } from './runtime.js';

const Cup = defineAggregate({
  name: 'Cup',
  summary: 'A cup.',
  events: { CupMade: z.object({}), CupNamed: z.object({ name: z.string() }) },
  commands: {
    MakeCup: { data: z.object({}), emits: ['CupMade'], roles: ['r'], summary: 'Make it.' },
    NameCup: {
      data: z.object({ name: z.string() }),
      emits: ['CupNamed'],
      roles: ['r'],
      summary: 'Name it.',
    },
  },
  data: z.object({ name: z.string().default('') }),
  chart: {
    initial: 'absent',
    states: { absent: { on: { CupMade: 'made' } }, made: { on: { CupNamed: {} } } },
  },
  evolve: { CupNamed: (_, { name }) => ({ name }) },
  decide: {
    MakeCup: () => [{ type: 'CupMade', data: {} }],
    NameCup: ({ data }, { name }) =>
      name === data.name ? [] : [{ type: 'CupNamed', data: { name } }],
  },
});

const asked = (aggregate_id: string, command_type: string, data: object = {}) => ({
  command_id: crypto.randomUUID(),
  command_type,
  aggregate_id,
  aggregate_type: 'Cup',
  actor: 'ada',
  actor_type: 'user',
  source: 'api',
  command_timestamp: '2026-01-06T10:00:00Z',
  data,
});
const make = (id: string) => asked(id, 'MakeCup');
const call = (id: string, name: string) => asked(id, 'NameCup', { name });

/** The log that nodes stand on: an older copy may take its place under them. */
let log: EventStore;
let read: EventLog['read'];
const started = () =>
  new Runtime({
    definitions: [Cup],
    log: { warn: () => {}, error: () => {} },
    store: {
      ...log,
      read: (...given) => read(...given),
      append: (one) => log.append(one),
      claims: (...given) => log.claims(...given),
      snapshot: async () => undefined,
    },
  });
/** A copy of the log, as far as a cup goes. */
const copied = async (id: string): Promise<EventStore> => {
  const copy = memoryStore();
  const events = await log.read(Cup, id, 1);
  await copy.append({ kind: Cup, aggregate_id: id, expected: 0, events, claims: [] });
  return copy;
};
const told = async (runtime: Runtime, command: object) => {
  const result = await runtime.dispatch(command, 'test');
  return isRefusal(result) ? result.refused : result.aggregate_version;
};

beforeEach(() => {
  log = memoryStore();
  read = (...given) => log.read(...given);
});

describe('once a part of the log was given up', () => {
  it('commands go on from what is left of it, also where its places were taken anew', async () => {
    const [one, other] = [started(), started()];
    await told(one, make('a'));
    const older = await copied('a');
    const lost = call('a', 'lost');
    expect(await told(one, lost)).toBe(2);
    log = older;
    one.forget();
    expect(await told(other, call('a', 'by another'))).toBe(2);
    expect(await told(one, call('a', 'lost'))).toBe(3); // no change of what it was once
    expect(await told(one, lost)).toBe('NO_CHANGE'); // and it was never accepted
    const history = await log.read(Cup, 'a', 1);
    expect(history.map(({ previous_hash }) => previous_hash)).toEqual([
      null,
      ...history.slice(0, -1).map(({ hash }) => hash),
    ]);
  });

  it('the id of a lost command is free for what it was lost for', async () => {
    const one = started();
    const lost = make('a');
    expect(await told(one, lost)).toBe(1);
    log = memoryStore();
    one.forget();
    expect(await told(one, { ...make('b'), command_id: lost.command_id })).toBe(1);
  });

  it('what is being read is not decided on, and who waits is told to send it again', async () => {
    const one = started();
    await told(one, make('a'));
    one.passivate();
    let go = (): void => {};
    const waits = new Promise<void>((resolve) => {
      go = resolve;
    });
    read = async (...given) => {
      const found = await log.read(...given);
      await waits;
      return found;
    };
    const commands = ['x', 'y'].map((name) => told(one, call('a', name)));
    const look = one.state(Cup, 'a');
    await new Promise(setImmediate);
    one.forget();
    read = (...given) => log.read(...given);
    go();
    for (const ended of [...commands, look])
      await expect(ended).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect((await log.read(Cup, 'a', 1)).length).toBe(1);
    expect(await told(one, call('a', 'x'))).toBe(2);
  });
});
