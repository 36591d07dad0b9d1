import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { PATIENTLY } from '../../../test/support/patience.js';
import { defineBoundary } from '../../core/boundary.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { command } from '../../core/message.js';
import { Fault, isRefusal, refuse } from '../../core/refusal.js';
import type { Append } from '../store/event-log.js';
import type { EventStore } from '../store/event-store.js';
import { memoryStore } from '../store/memory-store.js';
import { stateHash } from './load.js';
import { Runtime, type RuntimeOptions } from './runtime.js';

const Level = z.object({ level: z.int() });
const none = z.object({});
const levels = defineBoundary<number>()({
  of: 'Lamp',
  events: { LampDimmed: Level },
  on: { LampDimmed: (_, { aggregate_id, data }) => [[aggregate_id, data.level]] },
});
const Lamp = defineAggregate({
  name: 'Lamp',
  summary: 'A lamp.',
  events: { LampPut: z.object({ name: z.string() }), LampDimmed: Level, LampLinked: none },
  commands: {
    PutLamp: command({ data: z.object({ name: z.string() }), emits: ['LampPut'], roles: ['r'] }),
    DimLamp: command({ data: Level, emits: ['LampDimmed'], roles: ['r'] }),
    FlashLamp: command({
      data: z.object({ times: z.int() }),
      emits: ['LampDimmed'],
      roles: ['r'],
    }),
    LevelLamp: command({
      data: Level,
      emits: ['LampDimmed'],
      roles: ['r'],
      boundaries: ['levels'],
    }),
    LinkLamp: command({
      data: z.object({ to: z.string() }),
      emits: ['LampLinked'],
      roles: ['r'],
      references: { other: { of: 'Lamp', by: 'to', view: z.object({}) } },
    }),
  },
  data: z.object({ name: z.string().default(''), level: z.int().default(0) }),
  chart: {
    initial: 'absent',
    states: { absent: { on: { LampPut: 'lit' } }, lit: { on: { LampDimmed: {}, LampLinked: {} } } },
  },
  claims: { name: { key: ({ data }) => data.name, taken: 'NAME_TAKEN', what: 'the name' } },
  boundaries: { levels },
  evolve: { LampPut: (_, { name }) => ({ name }), LampDimmed: (_, { level }) => ({ level }) },
  decide: {
    PutLamp: (_, { name }) => [{ type: 'LampPut', data: { name } }],
    DimLamp: ({ data }, { level }) => {
      if (level > 100) return refuse('TOO_BRIGHT', 'too bright');
      return level === data.level ? [] : [{ type: 'LampDimmed', data: { level } }];
    },
    FlashLamp: (_, { times }) =>
      Array.from({ length: times }, (_, level) => ({
        type: 'LampDimmed' as const,
        data: { level },
      })),
    LevelLamp: (_, data) => [{ type: 'LampDimmed', data }],
    LinkLamp: () => [{ type: 'LampLinked', data: {} }],
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
  command_timestamp: '2026-01-06T10:00:00Z',
  data,
  ...more,
});
const put = (id = 'a') => asked('PutLamp', { name: id }, { aggregate_id: id });
const dim = (level: number, more?: object) => asked('DimLamp', { level }, more);

let under: EventStore;
beforeEach(() => {
  under = memoryStore();
});

const open = (over: Partial<EventStore> = {}, options: Partial<RuntimeOptions> = {}) => {
  const log = { warn: vi.fn(), error: vi.fn() };
  const store = { ...under, ...over };
  const runtime = new Runtime({ definitions: [Lamp], store, log, ...options });
  /** What became of a command, in a word. */
  const tell = async (input: object): Promise<string> => {
    try {
      const result = await runtime.dispatch(input, 'test');
      if (isRefusal(result)) return result.refused;
      return `${result.replayed ? 'replayed ' : ''}v${result.aggregate_version}`;
    } catch (error) {
      return `fault ${(error as Fault).code}`;
    }
  };
  return { runtime, tell, log };
};
/** Something that waits until it is let go. */
const gate = () => {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
};
/** A store whose readings wait from a moment on. */
const gatedReads = (waits = false) => {
  const held = gate();
  let holds = waits;
  const read: EventStore['read'] = async (...asked) => {
    if (holds) await held.opened;
    return under.read(...asked);
  };
  const hold = (): void => {
    holds = true;
  };
  return { read, hold, letGo: held.open };
};
/** A store whose next appends wait, and are remembered. */
const gatedAppends = () => {
  const held = gate();
  const sizes: number[] = [];
  let holds = false;
  const append = async (one: Append) => {
    if (holds) await held.opened;
    sizes.push(one.events.length);
    return under.append(one);
  };
  return {
    append,
    sizes,
    hold: () => {
      holds = true;
      sizes.length = 0;
    },
    letGo: held.open,
  };
};

describe('commands that wait for the same aggregate', () => {
  it('that belong together, or stand against a boundary, are an append of their own', async () => {
    const { append, sizes, hold, letGo } = gatedAppends();
    const { runtime, tell } = open({ append });
    await tell(put());
    hold();
    const all: Promise<unknown>[] = [tell(dim(1))];
    await pause(5);
    all.push(tell(dim(2)), tell(dim(3)));
    all.push(runtime.dispatchTogether([dim(4), dim(5)], 'test'));
    all.push(tell(dim(6)), tell(asked('LevelLamp', { level: 7 })));
    all.push(tell(asked('LevelLamp', { level: 8 })), tell(dim(9)), tell(dim(10)));
    letGo();
    await Promise.all(all);
    expect(sizes).toEqual([1, 2, 2, 1, 1, 1, 2]);
    expect((await runtime.state(Lamp, 'a')).data.level).toBe(10);
  });

  it('are as many as fit one append', async () => {
    const { append, sizes, hold, letGo } = gatedAppends();
    const { tell } = open({ append });
    await tell(put());
    hold();
    const all = [tell(dim(1))];
    await pause(5);
    for (const times of [100, 100, 100, 150, 149, 1, 2])
      all.push(tell(asked('FlashLamp', { times })));
    letGo();
    await Promise.all(all);
    expect(sizes).toEqual([1, 300, 300, 2]);
  });

  it('are decided although one before them failed by itself', async () => {
    const { append, hold, letGo } = gatedAppends();
    let fails = false;
    const failing: EventStore['append'] = async (one) => {
      if (fails && one.events.length === 1 && one.events[0]!.data.level === 1) {
        fails = false;
        throw new Fault('UNEXPECTED', 'a fault of its own');
      }
      return append(one);
    };
    const { tell } = open({ append: failing });
    await tell(put());
    fails = true;
    hold();
    const first = tell(dim(1));
    await Promise.resolve();
    const rest = [2, 3].map((level) => tell(dim(level)));
    letGo();
    const told = await Promise.all([first, ...rest]);
    expect(told.at(-1)).toMatch(/^v/);
  });

  it('wait in an inbox that has a bound; several that belong together have room when it is empty', async () => {
    const { append, hold, letGo } = gatedAppends();
    const { runtime, tell } = open({ append }, { limits: { inboxMax: 2 } });
    await tell(put());
    const whole = await runtime.dispatchTogether([dim(1), dim(2), dim(3)], 'test');
    expect(isRefusal(whole)).toBe(false);
    hold();
    const first = tell(dim(4));
    await pause(5);
    const second = tell(dim(5));
    expect(await runtime.dispatchTogether([dim(6), dim(7)], 'test')).toMatchObject({
      refused: 'BUSY',
      message: expect.stringContaining('1 commands are waiting for Lamp a'),
    });
    const third = tell(dim(8));
    expect(await tell(dim(9))).toBe('BUSY');
    letGo();
    expect(await Promise.all([first, second, third])).toEqual(['v5', 'v6', 'v7']);
  });
});

describe('what is not written', () => {
  it('is tried dry on the latest, also what another node wrote', async () => {
    const { runtime, tell } = open();
    await tell(put());
    await open().tell(dim(5));
    const dry = await runtime.dispatch(dim(6, { dry_run: true }), 'test');
    expect(dry).toMatchObject({ dry_run: true, aggregate_version: 3 });
  });

  it('is refused after one reading where nothing was in memory', async () => {
    await open().tell(put());
    const read = vi.fn(under.read);
    const { tell } = open({ read });
    expect(await tell(dim(101))).toBe('TOO_BRIGHT');
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('is told to all of a turn at once when what they refer to cannot be asked for', async () => {
    let away = true;
    const read: EventStore['read'] = async (kind, id, ...rest) => {
      if (away && id === 'lost') throw new Fault('STORE_UNAVAILABLE', 'away');
      return under.read(kind, id, ...rest);
    };
    const { tell } = open({ read });
    await tell(put());
    const link = () => asked('LinkLamp', { to: 'lost' });
    expect(await Promise.all([tell(link()), tell(dim(1))])).toEqual([
      'fault STORE_UNAVAILABLE',
      'fault STORE_UNAVAILABLE',
    ]);
    away = false;
    expect(await tell(link())).toBe('REFERENCE_NOT_FOUND');
  });

  it('fails alone when only what it refers to cannot be read, and with those it belongs to', async () => {
    const read: EventStore['read'] = async (kind, id, ...rest) => {
      if (id === 'broken') throw new Fault('HISTORY_UNREADABLE', 'broken');
      return under.read(kind, id, ...rest);
    };
    const { runtime, tell } = open({ read });
    await tell(put());
    const link = asked('LinkLamp', { to: 'broken' });
    expect(await Promise.all([tell(dim(1)), tell(link), tell(dim(2))])).toEqual([
      'v2',
      'fault HISTORY_UNREADABLE',
      'v3',
    ]);
    await expect(runtime.dispatchTogether([dim(3), link], 'test')).rejects.toMatchObject({
      code: 'HISTORY_UNREADABLE',
    });
    expect((await runtime.state(Lamp, 'a')).version).toBe(3);
  });
});

describe('what is in memory', () => {
  it('is told with where it stands and what it was told last', async () => {
    const { read, letGo } = gatedReads(true);
    await open().tell(put());
    const { runtime, tell } = open({ read });
    const resident = () => runtime.residents({ most: 1 }).actors[0];
    const told = tell(dim(5));
    await pause(5);
    expect(resident()).toMatchObject({ status: null, version: 0, last_command: null });
    expect(runtime.passivateOne(Lamp, 'a')).toBe('busy');
    letGo();
    expect(await told).toBe('v2');
    expect(resident()).toMatchObject({
      status: 'lit',
      version: 2,
      last_command: { command_type: 'DimLamp', outcome: 'accepted', at: expect.any(String) },
    });
  });

  it('stays while somebody looks at it, and may leave afterwards', async () => {
    const { read, hold, letGo } = gatedReads();
    const { runtime, tell } = open({ read });
    await tell(put());
    await pause(5);
    hold();
    const looking = runtime.state(Lamp, 'a');
    await pause(5);
    expect(runtime.passivateOne(Lamp, 'a')).toBe('busy');
    letGo();
    await looking;
    expect(runtime.passivateOne(Lamp, 'a')).toBe('passivated');
  });

  it('takes what others wrote on top of what was written here while it was looked at', async () => {
    const { read, hold, letGo } = gatedReads();
    const { runtime, tell } = open({ read });
    await tell(put());
    hold();
    const looking = runtime.state(Lamp, 'a');
    await pause(5);
    expect(await tell(dim(5))).toBe('v2');
    expect(await open().tell(dim(6))).toBe('v3');
    letGo();
    expect(await looking).toMatchObject({ version: 3, data: { level: 6 } });
    expect(runtime.residents({ most: 1 }).actors[0]).toMatchObject({ version: 3 });
  });

  it('is told how far its events stand, with the claims that stand behind them', async () => {
    const onAppended = vi.fn();
    const { tell } = open({}, { onAppended });
    await tell(put());
    await tell(dim(1));
    expect(onAppended.mock.calls).toEqual([
      ['lamp', 2],
      ['lamp', 3],
    ]);
  });

  it('asks for claims only where one changes', async () => {
    const claims = vi.fn(under.claims);
    const { tell } = open({ claims });
    await tell(put());
    expect(claims).toHaveBeenCalledTimes(1);
    await tell(dim(1));
    expect(claims).toHaveBeenCalledTimes(1);
  });
});

describe('a snapshot', () => {
  const limits = { snapshotEvery: 2 };
  beforeEach(async () => {
    const { runtime, tell } = open({}, { limits });
    await tell(put());
    await tell(dim(1));
    await vi.waitFor(() => expect(runtime.stats().snapshotsSaved).toBe(1), PATIENTLY);
  });

  it('is verified as often as was asked for, which may be hardly ever', async () => {
    const read = vi.fn(under.read);
    const { runtime } = open({ read }, { limits: { ...limits, verifyOneIn: 1e12 } });
    await runtime.state(Lamp, 'a');
    await pause(5);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('that cannot be verified is noted, and nothing else', async () => {
    const broken = new Error('no such luck');
    const read: EventStore['read'] = async (kind, id, from, most) => {
      if (from === 1) throw broken;
      return under.read(kind, id, from, most);
    };
    const { runtime, tell, log } = open({ read }, { limits: { ...limits, verifyOneIn: 1 } });
    await runtime.state(Lamp, 'a');
    await vi.waitFor(() => expect(log.error).toHaveBeenCalled(), PATIENTLY);
    expect(log.error).toHaveBeenCalledWith(
      { aggregate_type: 'Lamp', aggregate_id: 'a', err: broken },
      'a snapshot could not be verified',
    );
    expect(await tell(dim(2))).toBe('v3');
  });

  it('that was wrong is noted without an error, since there is none', async () => {
    const snapshot = (await under.snapshot(Lamp, 'a'))!;
    const state = { ...snapshot.state, data: { name: 'a', level: 77 } };
    await under.saveSnapshot(Lamp, 'a', { ...snapshot, state, state_hash: stateHash(state) });
    const { runtime, log } = open({}, { limits: { ...limits, verifyOneIn: 1 } });
    await runtime.state(Lamp, 'a');
    await vi.waitFor(() => expect(log.error).toHaveBeenCalled(), PATIENTLY);
    expect(log.error).toHaveBeenCalledWith(
      { aggregate_type: 'Lamp', aggregate_id: 'a' },
      'a snapshot differed from the replay of its events and was replaced',
    );
  });
});
