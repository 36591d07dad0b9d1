import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../../core/define-aggregate.js';
import { CHAIN_START, chainBreak } from '../../core/event.js';
import { secret } from '../../core/marks.js';
import { command } from '../../core/message.js';
import { Fault, isRefusal, refuse } from '../../core/refusal.js';
import { type Append, CONFLICT } from '../store/event-log.js';
import type { EventStore } from '../store/event-store.js';
import { memoryStore } from '../store/memory-store.js';
import { ATTEMPTS_MAX, TURN_EVENTS_MAX } from './limits.js';
import type { Accepted } from './outcome.js';
import { Runtime, type RuntimeOptions } from './runtime.js';

const commands = {
  PutLamp: command({ data: z.object({ name: z.string() }), emits: ['LampPut'], roles: ['r'] }),
  RenameLamp: command({
    data: z.object({ name: z.string() }),
    emits: ['LampRenamed'],
    roles: ['r'],
  }),
  DimLamp: command({
    data: z.object({
      level: z.int(),
      mischief: z.enum(['throw', 'invalid', 'leak', 'undeclared', 'evolve', 'refuse']).optional(),
      pin: secret(z.string()).optional(),
    }),
    emits: ['LampDimmed'],
    roles: ['r'],
  }),
  PlugLamp: command({
    data: z.object({ into: z.string() }),
    emits: ['LampPlugged'],
    roles: ['r'],
    references: { other: { of: 'Lamp', by: 'into', view: z.object({ name: z.string() }) } },
  }),
  TearLamp: command({ data: z.object({}), emits: ['LampTorn'], roles: ['r'] }),
};

/** A lamp whose commands do whatever a wrong definition could do. */
const Lamp = defineAggregate({
  name: 'Lamp',
  summary: 'A lamp.',
  events: {
    LampPut: z.object({ name: z.string() }),
    LampRenamed: z.object({ name: z.string() }),
    LampDimmed: z.object({ level: z.int(), note: z.string().default('') }),
    LampPlugged: z.object({ into: z.string(), name: z.string() }),
    LampTorn: z.object({}),
  },
  commands,
  data: z.object({ name: z.string().default(''), level: z.int().default(0) }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { LampPut: 'lit' } },
      lit: { on: { LampRenamed: {}, LampDimmed: {}, LampPlugged: {}, LampTorn: 'torn' } },
      torn: { kind: 'deleted' },
    },
  },
  claims: { name: { key: ({ data }) => data.name, taken: 'NAME_TAKEN', what: 'the name' } },
  evolve: {
    LampPut: (_, { name }) => ({ name }),
    LampRenamed: (_, { name }) => ({ name }),
    LampDimmed: (_, { level, note }) => {
      if (note === 'evolve') throw new Error('evolve is broken');
      return { level };
    },
    LampPlugged: null,
  },
  decide: {
    PutLamp: (_, { name }) => [{ type: 'LampPut', data: { name } }],
    RenameLamp: ({ data }, { name }) =>
      data.name === name ? [] : [{ type: 'LampRenamed', data: { name } }],
    DimLamp: (_, { level, mischief, pin = '' }) => {
      if (mischief === 'throw') throw new Error('decide is broken');
      if (mischief === 'refuse') return refuse('TOO_DARK', 'it is too dark');
      if (mischief === 'invalid') return [{ type: 'LampDimmed', data: { level: 0.5 } }];
      if (mischief === 'undeclared') return [{ type: 'LampTorn', data: {} }] as never;
      return [
        { type: 'LampDimmed', data: { level, note: mischief === 'leak' ? pin : (mischief ?? '') } },
      ];
    },
    PlugLamp: (_, { into }, { references: { other } }) => [
      { type: 'LampPlugged', data: { into, name: other!.data.name } },
    ],
    TearLamp: () => [{ type: 'LampTorn', data: {} }],
  },
});

type Input = ReturnType<typeof tellTo>;
const tellTo = (
  aggregate_id: string,
  command_type: string,
  data: object = {},
  more: object = {},
) => ({
  command_id: crypto.randomUUID(),
  command_type,
  aggregate_id,
  aggregate_type: 'Lamp',
  actor: 'ada',
  actor_type: 'user',
  source: 'api',
  command_timestamp: '2026-01-06T10:00:00Z',
  data,
  ...more,
});
const dim = (level: number, more: object = {}, id = 'l1') =>
  tellTo(id, 'DimLamp', { level, ...more });

type Opened = Partial<RuntimeOptions> & {
  readonly under?: EventStore;
  readonly append?: (
    append: Append,
    next: EventStore['append'],
  ) => ReturnType<EventStore['append']>;
};
const runtimes: Runtime[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(runtimes.splice(0).map((one) => one.drain()));
});

/** A runtime on a store whose appends a test may watch or spoil. */
const opened = ({ under = memoryStore(), append, ...options }: Opened = {}) => {
  const appends: Append[] = [];
  const store: EventStore = {
    ...under,
    append: (one) => {
      appends.push(one);
      return append ? append(one, under.append) : under.append(one);
    },
  };
  const log = { warn: vi.fn(), error: vi.fn() };
  const runtime = new Runtime({ definitions: [Lamp], store, log, ...options });
  runtimes.push(runtime);
  /** What became of a command, in a word. */
  const tell = async (input: Input): Promise<string> => {
    try {
      const result = await runtime.dispatch(input, 'test');
      if (isRefusal(result)) return result.refused;
      return result.replayed ? 'replayed' : `v${result.aggregate_version}`;
    } catch (fault) {
      expect(fault).toBeInstanceOf(Fault);
      return `fault ${(fault as Fault).code}`;
    }
  };
  const put = (id = 'l1', name = id) => tell(tellTo(id, 'PutLamp', { name }));
  const history = async (id = 'l1') => {
    const events = await under.read(Lamp, id, 1);
    let head = CHAIN_START;
    for (const event of events) {
      expect(chainBreak(head, event)).toBeUndefined();
      head = { version: event.aggregate_version, hash: event.hash };
    }
    return events;
  };
  const state = (id = 'l1') => runtime.state(Lamp, id);
  return { store, runtime, log, tell, put, history, state, appends };
};

describe('a definition that is wrong', () => {
  it.each([
    ['a decide that throws', { mischief: 'throw' }, 'HANDLER_THREW'],
    ['an evolve that throws', { mischief: 'evolve' }, 'HANDLER_THREW'],
    ['an event that does not match its schema', { mischief: 'invalid' }, 'EVENT_INVALID'],
    ['an event that was not declared', { mischief: 'undeclared' }, 'EVENT_UNDECLARED'],
    ['a secret in an event', { mischief: 'leak', pin: 'hunter2' }, 'SECRET_IN_EVENT'],
  ])('fails its own command and nothing else: %s', async (_, mischief, code) => {
    const { put, tell, history, state } = opened();
    await put('l1');
    await put('l2');
    const [faulty, ...others] = await Promise.all([
      tell(dim(1, mischief)),
      tell(dim(2)),
      tell(dim(3, {}, 'l2')),
    ]);
    expect(faulty).toBe(`fault ${code}`);
    expect(others).toEqual(['v2', 'v2']);
    expect(await tell(dim(4))).toBe('v3');
    expect((await state()).data).toMatchObject({ level: 4 });
    expect(JSON.stringify(await history())).not.toMatch(/hunter2|evolve/);
  });

  it('fails one command among many of one turn; the others are written together, in order', async () => {
    const { put, tell, history, appends } = opened();
    await put();
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, n) => tell(dim(n, n === 11 ? { mischief: 'throw' } : {}))),
    );
    expect(results[11]).toBe('fault HANDLER_THREW');
    expect(results.toSpliced(11, 1)).toEqual(Array.from({ length: 29 }, (_, n) => `v${n + 2}`));
    expect((await history()).slice(1).map(({ data }) => data.level)).toEqual(
      Array.from({ length: 30 }, (_, n) => n).toSpliced(11, 1),
    );
    expect(appends).toHaveLength(2);
  });

  it('may be sent again with the same id once it is right', async () => {
    let broken = true;
    const decide = {
      ...Lamp.decide,
      DimLamp: (...asked: Parameters<(typeof Lamp.decide)[string]>) => {
        if (broken) throw new Error('broken');
        return Lamp.decide.DimLamp!(...asked);
      },
    };
    const { put, tell } = opened({ definitions: [{ ...Lamp, decide }] });
    await put();
    const input = dim(1);
    expect(await tell(input)).toBe('fault HANDLER_THREW');
    broken = false;
    expect(await tell(input)).toBe('v2');
    expect(await tell(input)).toBe('replayed');
  });
});

describe('a store that fails', () => {
  it.each(['STORE_REFUSED', 'APPEND_QUEUE_FULL'])(
    'with %s fails the commands, and the actor goes on',
    async (code) => {
      let down = false;
      const { put, tell, history, state } = opened({
        append: (one, next) => (down ? Promise.reject(new Fault(code, 'no')) : next(one)),
      });
      await put('l1');
      await put('l2');
      down = true;
      expect(await Promise.all([tell(dim(1)), tell(dim(2)), tell(dim(3, {}, 'l2'))])).toEqual(
        Array(3).fill(`fault ${code}`),
      );
      expect((await state()).data).toMatchObject({ level: 0 });
      down = false;
      expect(await tell(dim(4))).toBe('v2');
      expect(await history()).toHaveLength(2);
    },
  );

  it('with an error of its own is told as UNEXPECTED, with the cause', async () => {
    const cause = new Error('socket hang up');
    const { put, runtime } = opened({
      append: (one, next) => (one.expected ? Promise.reject(cause) : next(one)),
    });
    await put();
    await expect(runtime.dispatch(dim(1), 'test')).rejects.toMatchObject({
      code: 'UNEXPECTED',
      cause,
    });
  });

  it('later in a turn changes no answer that was given before', async () => {
    const { put, tell, history } = opened({
      append: async (one, next) => {
        if (one.events.some(({ data }) => data.level === 13))
          throw new Fault('EVENT_TOO_LARGE', 'too large');
        return next(one);
      },
    });
    await put();
    const rename = (name: string) => tell(tellTo('l1', 'RenameLamp', { name }));
    // Refused on the name of now; it would be accepted after the second one.
    expect(await Promise.all([rename('l1'), rename('new'), tell(dim(13))])).toEqual([
      'NO_CHANGE',
      'v2',
      'fault EVENT_TOO_LARGE',
    ]);
    expect(await history()).toHaveLength(2);
  });

  it('for one event of many fails only that command', async () => {
    const { put, tell, history } = opened({
      append: async (one, next) => {
        if (one.events.some(({ data }) => data.level === 13))
          throw new Fault('EVENT_TOO_LARGE', 'too large');
        return next(one);
      },
    });
    await put();
    const results = await Promise.all(Array.from({ length: 20 }, (_, n) => tell(dim(n))));
    expect(results[13]).toBe('fault EVENT_TOO_LARGE');
    expect(results.filter((one) => one.startsWith('v'))).toHaveLength(19);
    expect(await history()).toHaveLength(20);
  });

  it.each([
    ['it was written', true],
    ['it was not written', false],
  ])(
    'to say what became of a turn tells all of its callers, and repeats nothing: %s',
    async (_, written) => {
      let lost = false;
      const { put, runtime, tell, history, appends } = opened({
        append: async (one, next) => {
          if (!lost) return next(one);
          lost = false;
          if (written) await next(one);
          throw new Fault('OUTCOME_UNKNOWN', 'no answer');
        },
      });
      await put();
      lost = true;
      const inputs = [dim(1), dim(2)];
      expect(await Promise.all(inputs.map(tell))).toEqual(Array(2).fill('fault OUTCOME_UNKNOWN'));
      expect(appends).toHaveLength(2);
      // The caller sends both again: they count once, whatever had happened.
      const again = await Promise.all(inputs.map(tell));
      expect(again).toEqual(written ? ['replayed', 'replayed'] : ['v2', 'v3']);
      expect(runtime.stats().conflicts).toBe(0); // it had looked what the log says
      expect(await history()).toHaveLength(3);
    },
  );

  it('to read fails the command, and is asked again for the next', async () => {
    const under = memoryStore();
    let down = true;
    const read: EventStore['read'] = async (...asked) => {
      if (down) throw new Error('down');
      return under.read(...asked);
    };
    const { put } = opened({ under: { ...under, read } });
    expect(await put()).toBe('fault UNEXPECTED');
    down = false;
    expect(await put()).toBe('v1');
  });

  it('to keep snapshots is noted, and nothing else', async () => {
    const under = memoryStore();
    const saveSnapshot = () => Promise.reject(new Error('full'));
    const { put, tell, log } = opened({
      under: { ...under, saveSnapshot },
      limits: { snapshotEvery: 2 },
    });
    await put();
    expect(await tell(dim(1))).toBe('v2');
    await expect.poll(() => log.warn).toHaveBeenCalledOnce();
    expect(await tell(dim(2))).toBe('v3');
  });
});

describe('commands that wait for one aggregate', () => {
  it('are written together: 500 of them in a handful of appends', async () => {
    const { put, tell, history, appends } = opened();
    await put();
    const results = await Promise.all(Array.from({ length: 500 }, (_, n) => tell(dim(n))));
    expect(results).toEqual(Array.from({ length: 500 }, (_, n) => `v${n + 2}`));
    expect(await history()).toHaveLength(501);
    expect(appends.length).toBeLessThanOrEqual(1 + 4);
  });

  it('join while an append is under way', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { put, tell, appends } = opened({
      append: async (one, next) => {
        if (one.expected > 0) await gate;
        return next(one);
      },
    });
    await put();
    const first = tell(dim(0));
    await expect.poll(() => appends).toHaveLength(2);
    const rest = Array.from({ length: 50 }, (_, n) => tell(dim(n + 1)));
    release();
    await Promise.all([first, ...rest]);
    expect(appends.map(({ events }) => events.length)).toEqual([1, 1, 50]);
  });

  it('are decided one by one when each changes what is claimed', async () => {
    const { put, tell, appends, state } = opened();
    await put();
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, n) => tell(tellTo('l1', 'RenameLamp', { name: `n${n}` }))),
    );
    expect(results.every((one) => one.startsWith('v'))).toBe(true);
    expect(appends.every(({ events }) => events.length === 1)).toBe(true);
    expect((await state()).data).toMatchObject({ name: 'n9' });
  });

  it('are all accepted, however many of them change what is claimed', async () => {
    const { put, tell } = opened();
    await put();
    const results = await Promise.all(
      Array.from({ length: 2 * ATTEMPTS_MAX }, (_, n) =>
        tell(tellTo('l1', 'RenameLamp', { name: `n${n}` })),
      ),
    );
    expect(results).toEqual(Array.from({ length: 2 * ATTEMPTS_MAX }, (_, n) => `v${n + 2}`));
  });

  it('see what those before them did, refusals included', async () => {
    const { tell, put } = opened();
    const rename = (name: string) => tell(tellTo('l1', 'RenameLamp', { name }));
    expect(
      await Promise.all([
        tell(dim(1)),
        put(),
        put(),
        rename('x'),
        rename('x'),
        tell(dim(1, { mischief: 'refuse' })),
        tell(tellTo('l1', 'TearLamp')),
        tell(dim(2)),
      ]),
    ).toEqual([
      'NOT_FOUND',
      'v1',
      'ALREADY_EXISTS',
      'v2',
      'NO_CHANGE',
      'TOO_DARK',
      'v3',
      'DELETED',
    ]);
  });

  it('count once when they come twice in one turn', async () => {
    const { put, tell, history } = opened();
    await put();
    const input = dim(1);
    expect(await Promise.all([tell(input), tell(input), tell(dim(2)), tell(input)])).toEqual([
      'v2',
      'replayed',
      'v3',
      'replayed',
    ]);
    expect(await history()).toHaveLength(3);
  });

  it('lose only what another holds: the rest of the turn is written', async () => {
    const { put, tell, state } = opened();
    await put('l1', 'desk');
    await put('l2', 'shelf');
    const rename = (name: string) => tell(tellTo('l1', 'RenameLamp', { name }));
    expect(await Promise.all([tell(dim(7)), rename('shelf'), tell(dim(8))])).toEqual([
      'v2',
      'NAME_TAKEN',
      'v3',
    ]);
    expect((await state()).data).toMatchObject({ name: 'desk', level: 8 });
    await tell(tellTo('l2', 'TearLamp'));
    expect(await rename('shelf')).toBe('v4');
  });
});

describe('a command that others get in the way of', () => {
  it('is decided anew on what they wrote', async () => {
    const under = memoryStore();
    const [one, other] = [opened({ under }), opened({ under })];
    await one.put();
    await other.tell(dim(1));
    expect(await one.tell(dim(2))).toBe('v3');
    expect(one.runtime.stats().conflicts).toBe(1);
    expect(await one.history()).toHaveLength(3);
  });

  it('is refused only after a look at what they wrote', async () => {
    const under = memoryStore();
    const [one, other] = [opened({ under }), opened({ under })];
    await one.put();
    await other.tell(tellTo('l1', 'RenameLamp', { name: 'new' }));
    // It believes that "l1" is the name still: NO_CHANGE would be wrong.
    expect(await one.tell(tellTo('l1', 'RenameLamp', { name: 'l1' }))).toBe('v3');
    expect(await other.tell(tellTo('l1', 'RenameLamp', { name: 'l1' }))).toBe('NO_CHANGE');
  });

  it('gives up after a bounded number of attempts, and says that nothing was written', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const { put, runtime, history, appends } = opened({
      append: async (one, next) => (one.expected ? CONFLICT : next(one)),
    });
    await put();
    const result = await runtime.dispatch(dim(1), 'test');
    expect(result).toMatchObject({
      refused: 'BUSY',
      message: expect.stringContaining('nothing was written'),
    });
    expect(appends).toHaveLength(1 + ATTEMPTS_MAX);
    expect(runtime.stats().conflicts).toBe(ATTEMPTS_MAX);
    expect(await history()).toHaveLength(1);
  });

  it('does not wait when the inbox is full', async () => {
    const { put, tell } = opened({ limits: { inboxMax: 3 } });
    await put();
    const results = await Promise.all(Array.from({ length: 5 }, (_, n) => tell(dim(n))));
    expect(results).toEqual(['v2', 'v3', 'v4', 'BUSY', 'BUSY']);
    expect(await tell(dim(9))).toBe('v5');
  });
});

describe('a reference', () => {
  it('is looked up, also when the other was written elsewhere a moment ago', async () => {
    const under = memoryStore();
    const [one, other] = [opened({ under }), opened({ under })];
    await one.put('l1');
    const plug = () => one.tell(tellTo('l1', 'PlugLamp', { into: 'l2' }));
    expect(await plug()).toBe('REFERENCE_NOT_FOUND');
    await other.put('l2', 'shelf');
    expect(await plug()).toBe('v2');
    expect((await one.history())[1]!.data).toEqual({ into: 'l2', name: 'shelf' });
  });

  it('to the aggregate itself, or to what was deleted here', async () => {
    const { put, tell } = opened();
    await put('l1');
    await put('l2');
    expect(await tell(tellTo('l1', 'PlugLamp', { into: 'l1' }))).toBe('v2');
    await tell(tellTo('l2', 'TearLamp'));
    expect(await tell(tellTo('l1', 'PlugLamp', { into: 'l2' }))).toBe('REFERENCE_NOT_FOUND');
  });
});

describe('a dry run', () => {
  it('says what would happen, writes nothing, and may be sent for real with the same id', async () => {
    const { put, runtime, tell, history, appends } = opened();
    await put();
    const input = dim(5);
    const shown = (await runtime.dispatch({ ...input, dry_run: true }, 'test')) as Accepted;
    expect(shown).toMatchObject({
      command_id: input.command_id,
      aggregate_type: 'Lamp',
      aggregate_id: 'l1',
      aggregate_version: 2,
      position: null,
      replayed: false,
      dry_run: true,
      events: [{ event_type: 'LampDimmed', aggregate_version: 2, data: { level: 5, note: '' } }],
    });
    expect(appends).toHaveLength(1);
    const written = (await runtime.dispatch(input, 'test')) as Accepted;
    expect(written).toMatchObject({ aggregate_version: 2, position: 'lamp:3', replayed: false });
    expect(written.events[0]!.event_id).toBe(shown.events[0]!.event_id);
    expect(await tell({ ...input, dry_run: true } as Input)).toBe('replayed');
    expect(await history()).toHaveLength(2);
  });

  it('is refused as the command would be, and changes nothing for those who wait behind it', async () => {
    const { put, tell, state } = opened();
    await put('l1');
    await put('l2', 'shelf');
    const dry = { dry_run: true };
    const rename = (name: string, more = {}) => tell(tellTo('l1', 'RenameLamp', { name }, more));
    expect(
      await Promise.all([
        rename('shelf', dry),
        rename('new', dry),
        rename('new'),
        rename('new', dry),
        tell(tellTo('l1', 'TearLamp', {}, dry)),
        tell(dim(3)),
      ]),
    ).toEqual(['NAME_TAKEN', 'v2', 'v2', 'NO_CHANGE', 'v3', 'v3']);
    expect(await state()).toMatchObject({ status: 'lit', data: { name: 'new', level: 3 } });
  });
});

describe('the answer to a command', () => {
  it('is the same again from the log, with the time of the first', async () => {
    let clock = Date.parse('2026-01-06T10:00:00Z');
    const { put, runtime } = opened({ clock: () => clock });
    await put();
    const input = dim(5);
    const first = (await runtime.dispatch(input, 'test')) as Accepted;
    clock += 60_000;
    await Promise.all(Array.from({ length: 25 }, (_, n) => runtime.dispatch(dim(n), 'test')));
    expect(await runtime.dispatch(input, 'test')).toEqual({ ...first, replayed: true });
    runtime.passivate();
    expect(await runtime.dispatch(input, 'test')).toEqual({ ...first, replayed: true });
    const other = { ...input, data: { level: 6 } };
    expect(await runtime.dispatch(other, 'test')).toMatchObject({ refused: 'COMMAND_ID_REUSED' });
  });

  it('is the same again when it is as many events as one command may make', async () => {
    const times = TURN_EVENTS_MAX;
    const decide = {
      ...Lamp.decide,
      DimLamp: () =>
        Array.from({ length: times }, (_, level) => ({ type: 'LampDimmed', data: { level } })),
    };
    const { put, runtime } = opened({ definitions: [{ ...Lamp, decide }] });
    await put();
    const input = dim(1);
    const first = (await runtime.dispatch(input, 'test')) as Accepted;
    expect(first.events).toHaveLength(times);
    expect(await runtime.dispatch(input, 'test')).toEqual({ ...first, replayed: true });
  });

  it('is a fault when the log does not show it any more', async () => {
    const under = memoryStore();
    let lost = false;
    const read: EventStore['read'] = async (kind, id, from, most) =>
      lost ? [] : under.read(kind, id, from, most);
    const { put, tell } = opened({ under: { ...under, read } });
    await put();
    const input = dim(1);
    await tell(input);
    lost = true;
    expect(await tell(input)).toBe('fault HISTORY_BROKEN');
  });
});

describe('a snapshot', () => {
  it('is made every so many events, and is what the actor starts from', async () => {
    const under = memoryStore();
    const one = opened({ under, limits: { snapshotEvery: 10 } });
    await one.put();
    for (let n = 0; n < 24; n++) await one.tell(dim(n));
    await expect.poll(async () => (await under.snapshot(Lamp, 'l1'))?.version).toBe(20);
    const other = opened({ under });
    expect(await other.state()).toEqual(await one.state());
    expect(other.runtime.stats()).toMatchObject({ loads: 1, loadsFromSnapshot: 1 });
  });

  it('that differs from its events is found and replaced', async () => {
    const under = memoryStore();
    const one = opened({ under, limits: { snapshotEvery: 5 } });
    await one.put();
    for (let n = 1; n < 5; n++) await one.tell(dim(n));
    await expect.poll(() => under.snapshot(Lamp, 'l1')).toBeDefined();
    const { stateHash } = await import('./load.js');
    const state = { status: 'lit', data: { name: 'l1', level: 99 } };
    const real = await under.snapshot(Lamp, 'l1');
    await under.saveSnapshot(Lamp, 'l1', { ...real!, state, state_hash: stateHash(state) });
    const other = opened({ under, limits: { verifyOneIn: 1 } });
    await other.state();
    await expect
      .poll(async () => (await under.snapshot(Lamp, 'l1'))?.state.data)
      .toEqual({
        name: 'l1',
        level: 4,
      });
    expect(other.log.error).toHaveBeenCalledOnce();
    await expect.poll(async () => (await other.state()).data).toEqual({ name: 'l1', level: 4 });
  });
});

describe('what went wrong once', () => {
  it('never appends to one state what was decided on another', async () => {
    const under = memoryStore();
    let during: (() => Promise<unknown>) | undefined;
    const claims: EventStore['claims'] = async (...asked) => {
      const known = await under.claims(...asked);
      const run = during;
      during = undefined;
      await run?.();
      return known;
    };
    const one = opened({ under: { ...under, claims } });
    const other = opened({ under });
    await one.put('l1', 'desk');
    await other.put('l2', 'shelf');
    // While the name is looked up, another node writes and a query reads it.
    during = async () => {
      await other.tell(dim(9));
      await one.state();
    };
    const both = [one.tell(dim(1)), one.tell(tellTo('l1', 'RenameLamp', { name: 'shelf' }))];
    expect(await Promise.all(both)).toEqual(['v3', 'NAME_TAKEN']);
    expect(await one.history()).toHaveLength(3); // checks each link
  });

  it('refuses an envelope that looks like a checked command', async () => {
    const { runtime } = opened();
    expect(await runtime.dispatch({ definition: 1, spec: 1 }, 'test')).toMatchObject({
      refused: 'MALFORMED_COMMAND',
    });
  });

  it('sees that a referenced aggregate was deleted on another node', async () => {
    const under = memoryStore();
    const [one, other] = [opened({ under }), opened({ under })];
    await one.put('l1');
    await one.put('l2');
    await other.tell(tellTo('l2', 'TearLamp'));
    expect(await one.tell(tellTo('l1', 'PlugLamp', { into: 'l2' }))).toBe('REFERENCE_NOT_FOUND');
  });

  it('takes a short secret for no part of a word', async () => {
    const { put, tell } = opened();
    await put();
    expect(await tell(dim(1, { pin: 'e' }))).toBe('v2');
  });

  it('tells a claim key or an evolve that throws from a store that is away', async () => {
    const claims = {
      name: { ...Lamp.claims.name!, key: () => JSON.parse('broken') as string },
    };
    const key = opened({ definitions: [{ ...Lamp, claims }] });
    expect(await key.put()).toBe('fault HANDLER_THREW');
    const under = memoryStore();
    await opened({ under }).put();
    const LampPut = () => {
      throw new Error('boom');
    };
    const broken = { ...Lamp, evolve: { ...Lamp.evolve, LampPut } };
    const evolve = opened({ under, definitions: [broken] });
    expect(await evolve.tell(dim(1))).toBe('fault HISTORY_UNREADABLE');
  });

  it('takes its snapshot although a query read the events first', async () => {
    const under = memoryStore();
    const one: ReturnType<typeof opened> = opened({
      under,
      limits: { snapshotEvery: 10 },
      append: async (append, next) => {
        const result = await next(append);
        if (append.expected > 0) await one.state();
        return result;
      },
    });
    await one.put();
    for (let level = 1; level < 15; level++) await one.tell(dim(level));
    expect((await under.snapshot(Lamp, 'l1'))?.version).toBe(10);
  });
});
