import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../../core/define-aggregate.js';
import { command } from '../../core/message.js';
import { isRefusal, refuse } from '../../core/refusal.js';
import type { JournalEntry } from '../store/command-journal.js';
import type { EventStore } from '../store/event-store.js';
import { memoryStore } from '../store/memory-store.js';
import type { Keyed } from './first-answer.js';
import { TOGETHER_MAX, TURN_EVENTS_MAX } from './limits.js';
import type { Together } from './outcome.js';
import { Runtime } from './runtime.js';

const Level = z.object({ level: z.int() });
const Named = z.object({ name: z.string() });
const Lamp = defineAggregate({
  name: 'Lamp',
  summary: 'A lamp.',
  events: { LampPut: Named, LampDimmed: Level, LampRenamed: Named },
  commands: {
    PutLamp: command({ data: Named, emits: ['LampPut'], roles: ['r'] }),
    DimLamp: command({ data: Level, emits: ['LampDimmed'], roles: ['r'] }),
    FlashLamp: command({
      data: z.object({ times: z.int() }),
      emits: ['LampDimmed'],
      roles: ['r'],
    }),
    RenameLamp: command({ data: Named, emits: ['LampRenamed'], roles: ['r'] }),
  },
  data: z.object({ level: z.int().default(0), name: z.string().default('') }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { LampPut: 'lit' } },
      lit: { on: { LampDimmed: {}, LampRenamed: {} } },
    },
  },
  claims: { name: { key: ({ data }) => data.name, taken: 'NAME_TAKEN', what: 'the name' } },
  evolve: {
    LampPut: (_, { name }) => ({ name }),
    LampDimmed: (_, { level }) => ({ level }),
    LampRenamed: (_, { name }) => ({ name }),
  },
  decide: {
    PutLamp: (_, data) => [{ type: 'LampPut', data }],
    DimLamp: ({ data }, { level }) => {
      if (level === 13) throw new Error('unlucky');
      if (level > 100) return refuse('TOO_BRIGHT', 'too bright');
      return level === data.level ? [] : [{ type: 'LampDimmed', data: { level } }];
    },
    FlashLamp: (_, { times }) =>
      Array.from({ length: times }, (_, level) => ({
        type: 'LampDimmed' as const,
        data: { level },
      })),
    RenameLamp: ({ data }, { name }) =>
      name === data.name ? [] : [{ type: 'LampRenamed', data: { name } }],
  },
});

const asked = (command_type: string, data: object, more: object = {}) => ({
  command_id: crypto.randomUUID(),
  command_type,
  aggregate_id: 'a',
  aggregate_type: 'Lamp',
  actor: 'ada',
  actor_type: 'user',
  source: 'api',
  data,
  command_timestamp: '2026-01-06T10:00:00Z',
  ...more,
});
const put = (name: string, more?: object) => asked('PutLamp', { name }, more);
const dim = (level: number, more?: object) => asked('DimLamp', { level }, more);
const rename = (name: string, more?: object) => asked('RenameLamp', { name }, more);

let store: EventStore;
let runtime: Runtime;
const open = () =>
  new Runtime({ definitions: [Lamp], store, log: { warn: vi.fn(), error: vi.fn() } });
beforeEach(() => {
  store = memoryStore();
  runtime = open();
});
const version = async (id = 'a') => (await runtime.state(Lamp, id)).version;
const accepted = async (commands: readonly object[], options = {}): Promise<Together> => {
  const result = await runtime.dispatchTogether(commands, 'test', undefined, options);
  if (isRefusal(result)) throw new Error(result.message);
  return result;
};
const refused = async (commands: readonly object[], options = {}) => {
  const result = await runtime.dispatchTogether(commands, 'test', undefined, options);
  if (!isRefusal(result)) throw new Error('accepted');
  return result;
};

describe('commands that are decided together', () => {
  it('are one append, each on what the one before made', async () => {
    const append = vi.spyOn(store, 'append');
    const { aggregate_version, commands, unchanged, position } = await accepted([
      put('desk'),
      dim(5, { aggregate_id: undefined }),
      rename('table'),
      rename('desk 2'),
    ]);
    expect(append).toHaveBeenCalledTimes(1);
    expect(append.mock.calls[0]![0].claims).toHaveLength(1);
    expect({ aggregate_version, position, unchanged }).toEqual({
      aggregate_version: 4,
      position: 'lamp:4',
      unchanged: [],
    });
    expect(commands.map(({ position: at }) => at)).toEqual([1, 2, 3, 4].map((n) => `lamp:${n}`));
    expect((await runtime.state(Lamp, 'a')).data).toEqual({ level: 5, name: 'desk 2' });
    // Only the last name is held.
    expect(isRefusal(await runtime.dispatch(put('table', { aggregate_id: 'b' }), 'test'))).toBe(
      false,
    );
    expect(await runtime.dispatch(put('desk 2', { aggregate_id: 'c' }), 'test')).toMatchObject({
      refused: 'NAME_TAKEN',
    });
  });

  it('are none when one is refused, and the refusal says which', async () => {
    await runtime.dispatch(put('desk'), 'test');
    const fourth = dim(101);
    const {
      refused: code,
      message,
      details,
    } = await refused([rename('x'), dim(1), dim(2), fourth, dim(3)]);
    expect({ code, message }).toEqual({ code: 'TOO_BRIGHT', message: 'DimLamp: too bright' });
    expect(details?.command).toEqual({
      index: 3,
      command_type: 'DimLamp',
      command_id: fourth.command_id,
    });
    expect(await version()).toBe(1);
    const bad = await refused([dim(1), { ...dim(2), data: { level: 'much' } }]);
    expect(bad).toMatchObject({ refused: 'VALIDATION_ERROR', details: { command: { index: 1 } } });
    expect(await version()).toBe(1);
  });

  it('are all looked at when the first is wrong, as for the aggregate that it names', async () => {
    const { aggregate_id: _, ...nameless } = dim(2);
    const { details } = await refused([{ ...dim(1), data: { level: 'much' } }, nameless]);
    expect(details?.others).toBeUndefined();
    const worse = { ...nameless, data: { level: 'more' } };
    const both = await refused([{ ...dim(1), data: { level: 'much' } }, worse]);
    expect(both.details?.others).toMatchObject([
      { refused: 'VALIDATION_ERROR', details: { command: { index: 1 } } },
    ]);
    const { aggregate_id: __, ...first } = dim(1);
    expect(await refused([first, dim(2)])).toMatchObject({
      refused: 'MALFORMED_COMMAND',
      errors: [{ field: 'aggregate_id' }],
    });
  });

  it('are none when the name is taken, nor when a handler fails', async () => {
    await runtime.dispatch(put('desk'), 'test');
    await runtime.dispatch(put('other', { aggregate_id: 'b' }), 'test');
    expect(await refused([dim(1), rename('other'), dim(2)])).toMatchObject({
      refused: 'NAME_TAKEN',
    });
    await expect(accepted([dim(1), dim(13), dim(2)])).rejects.toThrow('DimLamp failed');
    expect(await version()).toBe(1);
    await accepted([dim(1), dim(2)]);
    expect(await version()).toBe(3);
  });

  it('leave out what would change nothing, if told so', async () => {
    await runtime.dispatch(put('desk'), 'test');
    expect(await refused([rename('desk'), dim(1)])).toMatchObject({ refused: 'NO_CHANGE' });
    const skipped = await accepted([rename('desk'), dim(1)], { skipUnchanged: true });
    expect(skipped).toMatchObject({ unchanged: ['RenameLamp'], aggregate_version: 2 });
    expect(await refused([rename('desk'), dim(1)], { skipUnchanged: true })).toMatchObject({
      refused: 'NO_CHANGE',
    });
    // Any other refusal is one.
    expect(await refused([dim(2), dim(101)], { skipUnchanged: true })).toMatchObject({
      refused: 'TOO_BRIGHT',
    });
    expect(await version()).toBe(2);
  });

  it('write no more events at once than one append may hold', async () => {
    const flash = (times: number) => asked('FlashLamp', { times });
    expect(await accepted([put('desk'), flash(TURN_EVENTS_MAX - 1)])).toMatchObject({
      aggregate_version: TURN_EVENTS_MAX,
    });
    const many = await refused([flash(200), flash(101)]);
    expect(many).toMatchObject({
      refused: 'TOO_MANY_EVENTS',
      message: expect.stringContaining(`${301} events, at most ${TURN_EVENTS_MAX}`),
    });
    expect(await version()).toBe(TURN_EVENTS_MAX);
  });

  it('are answered the same when they come again, also after a restart', async () => {
    const commands = [put('desk'), dim(0), dim(1)];
    const first = await accepted(commands, { skipUnchanged: true });
    for (const again of [runtime, open()]) {
      runtime = again;
      const second = await accepted(commands, { skipUnchanged: true });
      expect(second).toMatchObject({ replayed: true, unchanged: ['DimLamp'] });
      expect(second.commands.map(({ events }) => events)).toEqual(
        first.commands.map(({ events }) => events),
      );
    }
    expect(await version()).toBe(2);
    expect(await refused([commands[2]!, dim(7)])).toMatchObject({ refused: 'COMMAND_ID_REUSED' });
  });

  it('are as many as may be decided at once, and no more', async () => {
    const renames = (most: number) => Array.from({ length: most }, (_, n) => rename(`${n}`));
    await accepted([put('desk'), ...renames(TOGETHER_MAX - 1)]);
    expect(await refused(renames(TOGETHER_MAX + 1))).toMatchObject({
      refused: 'MALFORMED_COMMAND',
      message: `${TOGETHER_MAX + 1} commands at once; expected 1 to ${TOGETHER_MAX}`,
    });
  });

  it('are for one aggregate, and each is itself', async () => {
    const one = put('desk');
    expect(await refused([one, dim(1, { aggregate_id: 'b' })])).toMatchObject({
      refused: 'MALFORMED_COMMAND',
    });
    expect(await refused([one, one])).toMatchObject({ refused: 'COMMAND_ID_REUSED' });
    expect(await refused([one, dim(1, { dry_run: true })])).toMatchObject({
      refused: 'MALFORMED_COMMAND',
    });
    expect(await refused([])).toMatchObject({ refused: 'MALFORMED_COMMAND' });
    expect(await version()).toBe(0);
  });

  it('write nothing in a dry run', async () => {
    const dry = { dry_run: true };
    const result = await accepted([put('desk', dry), dim(1, dry), rename('x', dry)]);
    expect(result).toMatchObject({ dry_run: true, position: null, aggregate_version: 3 });
    expect(await version()).toBe(0);
  });

  it('are decided again when another node wrote in between', async () => {
    await accepted([put('desk')]);
    const rival = open();
    await rival.dispatch(dim(50), 'test');
    expect(await accepted([dim(1), rename('y')])).toMatchObject({ aggregate_version: 4 });
    expect(await refused([dim(2, { expected_version: 2 })])).toMatchObject({
      refused: 'CONCURRENCY_CONFLICT',
    });
  });

  it('lead where they lead one after the other, or nowhere (property)', async () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('dim'), value: fc.integer({ min: 95, max: 103 }) }),
      fc.record({ type: fc.constant('rename'), value: fc.integer({ min: 0, max: 2 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const [whole, single] = [crypto.randomUUID(), crypto.randomUUID()];
        const of = (id: string) =>
          steps.map(({ type, value }) =>
            type === 'dim'
              ? dim(value, { aggregate_id: id })
              : rename(`${id}-${value}`, { aggregate_id: id }),
          );
        for (const id of [whole, single])
          await runtime.dispatch(put(`${id}-0`, { aggregate_id: id }), 'test');
        const together = await runtime.dispatchTogether(of(whole), 'test');
        let allAccepted = true;
        for (const one of of(single))
          allAccepted = !isRefusal(await runtime.dispatch(one, 'test')) && allAccepted;
        expect(isRefusal(together)).toBe(!allAccepted);
        const [a, b] = [await runtime.state(Lamp, whole), await runtime.state(Lamp, single)];
        if (allAccepted) expect([a.version, a.data.level]).toEqual([b.version, b.data.level]);
        else expect(a.version).toBe(1);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a request that becomes several commands, and comes again', () => {
  const [putId, dimId, renameId] = ['1', '2', '3'].map(
    (n) => `00000000-0000-4000-8000-00000000000${n}`,
  );
  const keyed = (hash: string): Keyed => ({
    types: new Map([
      [putId!, 'PutLamp'],
      [dimId!, 'DimLamp'],
      [renameId!, 'RenameLamp'],
    ]),
    hash,
    formerly: () => new Map(),
  });
  const OF = { definition: Lamp, aggregate_id: 'a' };
  const plan = () => [put('desk', { command_id: putId }), dim(5, { command_id: dimId })];
  const journalled = async () => {
    const all: Partial<JournalEntry>[] = [];
    for await (const entry of store.readJournal(1)) all.push(entry);
    return all.map(({ outcome, command_type }) => `${outcome} ${command_type}`);
  };

  it('is planned on what is there while it is new', async () => {
    expect(await runtime.stateFor(OF, keyed('h'), { via: 'test' })).toEqual({
      there: { ...Lamp.initial, version: 0 },
    });
    await accepted(plan(), { keyed: keyed('h') });
    const events = await store.read(Lamp, 'a', 1);
    expect(events.map(({ command_hash }) => command_hash)).toEqual(['h', 'h']);
    expect(await runtime.stateAt(OF, 1, undefined)).toMatchObject({
      data: { level: 0, name: 'desk' },
    });
  });

  it('gets its first answer, journalled, before and after it was planned anew', async () => {
    const first = await accepted(plan(), { keyed: keyed('h') });
    await runtime.dispatch(rename('other'), 'test');
    const again = await runtime.stateFor(OF, keyed('h'), { via: 'test' });
    expect(again.there).toMatchObject({ version: 3, data: { name: 'other' } });
    expect(again.first).toMatchObject({ replayed: true, position: first.position });
    // Planned on what it knew a moment before, it would rename what somebody else has renamed.
    const late = await accepted([rename('desk', { command_id: renameId })], { keyed: keyed('h') });
    expect(late).toMatchObject({ replayed: true, position: first.position });
    expect(late.commands.map(({ command_id }) => command_id)).toEqual([putId, dimId]);
    expect(await version()).toBe(3);
    expect((await journalled()).slice(-4)).toEqual([
      'replayed PutLamp',
      'replayed DimLamp',
      'replayed PutLamp',
      'replayed DimLamp',
    ]);
  });

  it('is refused, journalled, where the key was used for another', async () => {
    await accepted(plan(), { keyed: keyed('h') });
    const other = await refused([rename('x', { command_id: renameId })], { keyed: keyed('other') });
    expect(other).toMatchObject({ refused: 'COMMAND_ID_REUSED' });
    expect(await runtime.stateFor(OF, keyed('other'), { via: 'test' })).toMatchObject({
      first: { refused: 'COMMAND_ID_REUSED' },
    });
    expect((await journalled()).at(-1)).toBe('refused RenameLamp');
    expect(await journalled()).toHaveLength(3);
    expect(await version()).toBe(2);
  });
});
