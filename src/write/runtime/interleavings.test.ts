import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineBoundary } from '../../core/boundary.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { command } from '../../core/message.js';
import { Fault, isRefusal } from '../../core/refusal.js';
import type { EventStore } from '../store/event-store.js';
import { memoryStore } from '../store/memory-store.js';
import { stateHash } from './load.js';
import { Runtime, type RuntimeOptions } from './runtime.js';

const Named = z.object({ name: z.string() });
const Level = z.object({ level: z.int() });
/** A lamp that counts how often it was dimmed, so that an event folded twice shows. */
const Lamp = defineAggregate({
  name: 'Lamp',
  summary: 'A lamp.',
  events: { LampPut: Named, LampRenamed: Named, LampDimmed: Level, LampTorn: z.object({}) },
  commands: {
    PutLamp: command({ data: Named, emits: ['LampPut'], roles: ['r'] }),
    RenameLamp: command({ data: Named, emits: ['LampRenamed'], roles: ['r'] }),
    DimLamp: command({ data: Level, emits: ['LampDimmed'], roles: ['r'] }),
    TearLamp: command({ data: z.object({}), emits: ['LampTorn'], roles: ['r'] }),
    /** One that is decided against a boundary over all lamps. */
    CountLamp: command({
      data: Level,
      emits: ['LampDimmed'],
      roles: ['r'],
      boundaries: ['all'],
    }),
  },
  data: z.object({
    name: z.string().default(''),
    level: z.int().default(0),
    dimmed: z.int().default(0),
  }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { LampPut: 'lit' } },
      lit: { on: { LampRenamed: {}, LampDimmed: {}, LampTorn: 'torn' } },
      torn: { kind: 'deleted' },
    },
  },
  claims: { name: { key: ({ data }) => data.name, taken: 'NAME_TAKEN', what: 'the name' } },
  boundaries: {
    all: defineBoundary<boolean>()({
      of: 'Lamp',
      events: { LampPut: Named },
      on: { LampPut: (_, { aggregate_id }) => [[aggregate_id, true]] },
    }),
  },
  evolve: {
    LampPut: (_, { name }) => ({ name }),
    LampRenamed: (_, { name }) => ({ name }),
    LampDimmed: ({ dimmed }, { level }) => ({ level, dimmed: dimmed + 1 }),
  },
  decide: {
    PutLamp: (_, { name }) => [{ type: 'LampPut', data: { name } }],
    RenameLamp: ({ data }, { name }) =>
      data.name === name ? [] : [{ type: 'LampRenamed', data: { name } }],
    DimLamp: ({ data }, { level }) =>
      data.level === level ? [] : [{ type: 'LampDimmed', data: { level } }],
    TearLamp: () => [{ type: 'LampTorn', data: {} }],
    CountLamp: (_, { level }) => [{ type: 'LampDimmed', data: { level } }],
  },
});

const tellTo = (aggregate_id: string, command_type: string, data: object, more: object = {}) => ({
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
const put = (id: string, name = id) => tellTo(id, 'PutLamp', { name });
const rename = (id: string, name: string) => tellTo(id, 'RenameLamp', { name });
const dim = (id: string, level: number, more: object = {}) =>
  tellTo(id, 'DimLamp', { level }, more);
const count = (id: string, level: number) => tellTo(id, 'CountLamp', { level });

const log = { warn: vi.fn(), error: vi.fn() };
const runtimes: Runtime[] = [];
afterEach(async () => {
  vi.clearAllMocks();
  await Promise.all(runtimes.splice(0).map((one) => one.drain()));
});
const open = (store: EventStore, options: Partial<RuntimeOptions> = {}): Runtime => {
  const runtime = new Runtime({ definitions: [Lamp], store, log, ...options });
  runtimes.push(runtime);
  return runtime;
};
/** How a command ended, in a word. */
const tell = async (runtime: Runtime, input: object): Promise<string> => {
  try {
    const result = await runtime.dispatch(input, 'test');
    if (isRefusal(result)) return result.refused;
    return result.dry_run ? 'dry run' : result.replayed ? 'replayed' : 'accepted';
  } catch (error) {
    return (error as Fault).code;
  }
};
const gate = () => {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
};
const unavailable = () => new Fault('STORE_UNAVAILABLE', 'the event store does not answer');

describe('somebody who looks at an aggregate', () => {
  it('sees state and version of one moment, and what was acknowledged before, whoever looks too', async () => {
    const under = memoryStore();
    const first = gate();
    let reads = 0;
    const store: EventStore = {
      ...under,
      read: async (...asked) => {
        const found = await under.read(...asked);
        if (reads++ === 0) await first.passed;
        return found;
      },
    };
    const [here, there] = [open(store), open(under)];
    const early = here.state(Lamp, 'a'); // reads before anything is there
    await pause(1);
    expect(await tell(there, put('a'))).toBe('accepted');
    const late = here.state(Lamp, 'a');
    first.open();
    expect(await late).toMatchObject({ status: 'lit', version: 1 });
    expect((await early).version === 1).toBe((await early).status === 'lit');
  });

  it('is answered although the actor is to leave memory while it is loaded', async () => {
    const under = memoryStore();
    const writer = open(under);
    for (const id of ['a', 'b', 'c', 'd']) await tell(writer, put(id));
    const runtime = open(under, { limits: { residentsMax: 1 } });
    const looks = ['a', 'b', 'c', 'd', 'a', 'b'].map(async (id) => {
      const looked = runtime.state(Lamp, id);
      runtime.passivate();
      return looked;
    });
    for (const state of await Promise.all(looks))
      expect(state).toMatchObject({ status: 'lit', version: 1 });
  });

  it('may read an event before its acknowledgement comes: it is folded once', async () => {
    const under = memoryStore();
    const ack = gate();
    let held = false;
    const store: EventStore = {
      ...under,
      append: async (one) => {
        const result = await under.append(one);
        if (held) await ack.passed;
        return result;
      },
    };
    const runtime = open(store);
    await tell(runtime, put('a'));
    held = true;
    const told = tell(runtime, dim('a', 1));
    await pause(1);
    expect(await runtime.state(Lamp, 'a')).toMatchObject({ version: 2, data: { dimmed: 1 } });
    ack.open();
    expect(await told).toBe('accepted');
    expect(await runtime.state(Lamp, 'a')).toMatchObject({ version: 2, data: { dimmed: 1 } });
    expect(await tell(runtime, dim('a', 2))).toBe('accepted');
    expect(await runtime.state(Lamp, 'a')).toMatchObject({ version: 3, data: { dimmed: 2 } });
  });
});

describe('a refusal, and a dry run', () => {
  it.each([
    ['a refusal', dim('a', 1), 'accepted'],
    ['a dry run', dim('a', 0, { metadata: {}, dry_run: true }), 'dry run'],
  ])(
    '%s rests on what was acknowledged before, though others began to load earlier',
    async (_, input, ended) => {
      const under = memoryStore();
      const first = gate();
      let reads = 0;
      const store: EventStore = {
        ...under,
        read: async (...asked) => {
          const found = await under.read(...asked);
          if (reads++ === 0) await first.passed;
          return found;
        },
      };
      const [here, there] = [open(store), open(under)];
      const looked = here.state(Lamp, 'a'); // an absent lamp, as it was when this began
      await pause(1);
      await tell(there, put('a'));
      await tell(there, dim('a', 5));
      const told = tell(here, input);
      first.open();
      expect(await told).toBe(ended);
      await looked;
    },
  );

  it('over a claim is made on the latest, too: what was accepted is replayed, what is gone is gone', async () => {
    const store = memoryStore();
    const [here, there] = [open(store), open(store)];
    await tell(here, put('x', 'a'));
    await there.state(Lamp, 'x'); // from now on it has an old fold of it
    const accepted = rename('x', 'b');
    expect(await tell(here, accepted)).toBe('accepted');
    await tell(here, rename('x', 'c'));
    await tell(here, put('y', 'b'));
    expect(await tell(there, accepted)).toBe('replayed');
    await there.state(Lamp, 'x');
    await tell(here, tellTo('x', 'TearLamp', {}));
    expect(await tell(there, rename('x', 'b'))).toBe('DELETED');
  });

  it('a name that was just released is free', async () => {
    const store = memoryStore();
    const [here, there] = [open(store), open(store)];
    for (let round = 0; round < 20; round++) {
      const [old, name] = [`old ${round}`, `name ${round}`];
      await tell(here, put(old, name));
      await tell(here, round % 2 === 0 ? tellTo(old, 'TearLamp', {}) : rename(old, `${name}!`));
      expect(await tell(there, put(`new ${round}`.replace(' ', '-'), name))).toBe('accepted');
    }
  });
});

describe('one command id', () => {
  it('for two aggregates at once is accepted once', async () => {
    for (let round = 0; round < 20; round++) {
      const runtime = open(memoryStore());
      const command_id = crypto.randomUUID();
      const ended = await Promise.all(
        ['a', 'b', 'c'].map((id) => tell(runtime, { ...put(id), command_id })),
      );
      expect(ended).toEqual(['accepted', 'COMMAND_ID_REUSED', 'COMMAND_ID_REUSED']);
    }
  });

  it('may be used for another aggregate when it was refused for the first, or only tried', async () => {
    const runtime = open(memoryStore());
    const command_id = crypto.randomUUID();
    const ended = await Promise.all([
      tell(runtime, { ...dim('a', 1), command_id }),
      tell(runtime, { ...put('b'), command_id, dry_run: true }),
      tell(runtime, { ...put('c'), command_id }),
    ]);
    expect(ended).toEqual(['NOT_FOUND', 'dry run', 'accepted']);
  });

  it('is the same in whatever case it is written, also after the actor left memory', async () => {
    const runtime = open(memoryStore(), { limits: { snapshotEvery: 2 } });
    const command_id = crypto.randomUUID().toUpperCase();
    const once = { ...put('a'), command_id };
    expect(await tell(runtime, once)).toBe('accepted');
    await tell(runtime, dim('a', 1));
    await pause(30);
    expect(await tell(runtime, once)).toBe('replayed');
    runtime.passivate();
    expect(await tell(runtime, { ...once, command_id: command_id.toLowerCase() })).toBe('replayed');
    expect(runtime.stats().loadsFromSnapshot).toBe(1);
  });
});

describe('while the store is away', () => {
  const WAIT_MS = 30;
  const away = (under: EventStore): EventStore => ({
    ...under,
    read: async () => {
      await pause(WAIT_MS);
      throw unavailable();
    },
    scan: async function* () {
      await pause(WAIT_MS);
      yield* [];
      throw unavailable();
    },
  });

  it('two hundred callers of one aggregate wait together, not one after the other', async () => {
    let reads = 0;
    const store = away(memoryStore());
    const counting: EventStore = {
      ...store,
      read: (...asked) => {
        reads++;
        return store.read(...asked);
      },
    };
    const runtime = open(counting, { limits: { turnMax: 10 } });
    const ended = await Promise.all(
      Array.from({ length: 200 }, (_, level) => tell(runtime, dim('a', level))),
    );
    expect(new Set(ended)).toEqual(new Set(['STORE_UNAVAILABLE']));
    expect(reads).toBe(1);
  });

  it('callers whose commands are decided against one boundary do, too, whatever aggregate they are for', async () => {
    const under = memoryStore();
    const writer = open(under);
    const ids = Array.from({ length: 30 }, (_, n) => `l${n}`);
    for (const id of ids) await tell(writer, put(id));
    let scans = 0;
    const store: EventStore = {
      ...under,
      scan: (...asked) => {
        scans++;
        return away(under).scan(...asked);
      },
    };
    const runtime = open(store);
    const ended = await Promise.all(
      ids.flatMap((id) => [tell(runtime, count(id, 1)), tell(runtime, count(id, 2))]),
    );
    expect(new Set(ended)).toEqual(new Set(['STORE_UNAVAILABLE']));
    expect(scans).toBeLessThanOrEqual(2);
  });

  it('those behind a command whose outcome is unknown are told that theirs was not written', async () => {
    const under = memoryStore();
    let appends = 0;
    const store: EventStore = {
      ...under,
      append: async (one) => {
        if (one.events[0]!.event_type === 'LampPut') return under.append(one);
        appends++;
        await pause(WAIT_MS);
        throw new Fault('OUTCOME_UNKNOWN', 'nobody knows');
      },
    };
    const runtime = open(store, { limits: { turnMax: 1 } });
    await tell(runtime, put('a'));
    const ended = await Promise.all([1, 2, 3, 4].map((level) => tell(runtime, dim('a', level))));
    expect(ended).toEqual([
      'OUTCOME_UNKNOWN',
      'STORE_UNAVAILABLE',
      'STORE_UNAVAILABLE',
      'STORE_UNAVAILABLE',
    ]);
    expect(appends).toBe(1);
  });

  it('those who are tried one by one after a refusal are told as soon as one finds that it is', async () => {
    const under = memoryStore();
    let reads = 0;
    let gone = false;
    const store: EventStore = {
      ...under,
      read: async (...asked) => {
        if (!gone) return under.read(...asked);
        reads++;
        await pause(WAIT_MS);
        throw unavailable();
      },
      append: async (one) => {
        if (one.events[0]!.event_type === 'LampPut') return under.append(one);
        gone = true;
        throw new Fault('STORE_REFUSED', 'the disk is full');
      },
    };
    const runtime = open(store);
    await tell(runtime, put('a'));
    const ended = await Promise.all(
      Array.from({ length: 50 }, (_, level) => tell(runtime, dim('a', level + 1))),
    );
    expect(new Set(ended)).toEqual(new Set(['STORE_UNAVAILABLE']));
    expect(reads).toBe(1);
  });

  it('goes on as soon as it is back', async () => {
    const under = memoryStore();
    let gone = true;
    const store: EventStore = {
      ...under,
      scan: (...asked) => (gone ? away(under) : under).scan(...asked),
    };
    const runtime = open(store);
    await tell(runtime, put('a'));
    const both = await Promise.all([tell(runtime, count('a', 1)), tell(runtime, count('a', 2))]);
    expect(both).toEqual(['STORE_UNAVAILABLE', 'STORE_UNAVAILABLE']);
    gone = false;
    const three = await Promise.all([3, 4, 5].map((level) => tell(runtime, count('a', level))));
    expect(three).toEqual(['accepted', 'accepted', 'accepted']);
  });
});

describe('a snapshot', () => {
  const written = async (store: EventStore, levels: number): Promise<void> => {
    const writer = open(store, { limits: { snapshotEvery: 2 } });
    await tell(writer, put('a'));
    for (let level = 1; level < levels; level++) await tell(writer, dim('a', level));
    await pause(5);
  };

  it('that lost an accepted command is passed over: the command is never accepted twice', async () => {
    const store = memoryStore();
    const once = dim('a', 7);
    const writer = open(store, { limits: { snapshotEvery: 2 } });
    await tell(writer, put('a'));
    await tell(writer, once);
    await pause(5);
    const snapshot = (await store.snapshot(Lamp, 'a'))!;
    await store.saveSnapshot(Lamp, 'a', { ...snapshot, accepted: snapshot.accepted.slice(0, 22) });
    const runtime = open(store);
    await tell(runtime, dim('a', 1));
    expect(await tell(runtime, once)).toBe('replayed');
  });

  it('is made anew at once when the one that was there could not be used', async () => {
    const store = memoryStore();
    await written(store, 4);
    const snapshot = (await store.snapshot(Lamp, 'a'))!;
    await store.saveSnapshot(Lamp, 'a', { ...snapshot, accepted_hash: 'another' });
    const runtime = open(store, { limits: { snapshotEvery: 2 } });
    await runtime.state(Lamp, 'a');
    await pause(5);
    expect(await store.snapshot(Lamp, 'a')).toMatchObject({ ...snapshot, accepted: {} });
    expect((await store.snapshot(Lamp, 'a'))!.accepted_hash).toBe(snapshot.accepted_hash);
  });

  it.each([
    ['state', { dimmed: 99 }],
    ['accepted commands', null],
  ])(
    'whose %s are found wrong is not decided on any longer, in a busy actor neither',
    async (_, data) => {
      const under = memoryStore();
      await written(under, 2);
      const snapshot = (await under.snapshot(Lamp, 'a'))!;
      const { AcceptedCommands } = await import('../../core/accepted-commands.js');
      const state = { ...snapshot.state, data: { ...snapshot.state.data, ...data } };
      const accepted = data ? AcceptedCommands.from(snapshot.accepted) : new AcceptedCommands();
      await under.saveSnapshot(Lamp, 'a', {
        ...snapshot,
        state,
        state_hash: stateHash(state),
        accepted: accepted.packed(),
        accepted_hash: accepted.hash(),
      });
      const store: EventStore = {
        ...under,
        append: async (one) => {
          await pause(3);
          return under.append(one);
        },
      };
      const runtime = open(store, { limits: { verifyOneIn: 1, turnMax: 1 } });
      const ended = await Promise.all(
        Array.from({ length: 30 }, (_, n) => tell(runtime, dim('a', n + 10))),
      );
      expect(new Set(ended)).toEqual(new Set(['accepted']));
      expect(log.error).toHaveBeenCalledWith(
        expect.anything(),
        'a snapshot differed from the replay of its events and was replaced',
      );
      expect((await runtime.state(Lamp, 'a')).data.dimmed).toBe(31);
      const repaired = open(under);
      expect((await repaired.state(Lamp, 'a')).data.dimmed).toBe(31);
    },
  );

  it('of another version or time than the event that it was made at is passed over', async () => {
    for (const wrong of [{ version: 9 }, { timestamp: '2025-01-01T00:00:00.000Z' }]) {
      const store = memoryStore();
      await written(store, 2);
      const snapshot = (await store.snapshot(Lamp, 'a'))!;
      await store.saveSnapshot(Lamp, 'a', { ...snapshot, ...wrong });
      const runtime = open(store);
      expect(await runtime.state(Lamp, 'a')).toMatchObject({ version: 2 });
      expect(runtime.stats().loadsFromSnapshot).toBe(0);
    }
  });
});

describe('when more aggregates are at work than may be in memory', () => {
  it('each has one inbox all the same, which does not grow beyond its bound', async () => {
    const under = memoryStore();
    const held = gate();
    const store: EventStore = {
      ...under,
      read: async (...asked) => {
        await held.passed;
        return under.read(...asked);
      },
    };
    const runtime = open(store, { limits: { residentsMax: 2, inboxMax: 5 } });
    const others = ['a', 'b', 'c'].map((id) => tell(runtime, put(id)));
    await pause(1);
    const many = Array.from({ length: 50 }, (_, n) => tell(runtime, dim('c', n + 1)));
    await pause(1);
    expect(runtime.stats()).toMatchObject({ residents: 3, inboxLongest: 5 });
    held.open();
    expect(await Promise.all(others)).toEqual(['accepted', 'accepted', 'accepted']);
    const ended = await Promise.all(many);
    expect(ended.filter((one) => one === 'accepted')).toHaveLength(5);
    expect(ended.filter((one) => one === 'BUSY')).toHaveLength(45);
    await pause(1);
    await tell(runtime, dim('a', 9));
    expect(runtime.stats().residents).toBeLessThanOrEqual(2);
  });

  it('there is one actor of each, whoever is told', async () => {
    const under = memoryStore();
    const runtime = open(under, { limits: { residentsMax: 1 } });
    await Promise.all(['a', 'b', 'c'].map((id) => tell(runtime, put(id))));
    const ended = await Promise.all(
      Array.from({ length: 30 }, (_, n) => tell(runtime, dim('a', n + 1))),
    );
    expect(ended.filter((one) => one === 'accepted')).toHaveLength(30);
    expect(runtime.stats().conflicts).toBe(0);
  });
});
