import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { PATIENTLY } from '../../../test/support/patience.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { personal, secret } from '../../core/marks.js';
import { command } from '../../core/message.js';
import { Fault, isRefusal, refuse } from '../../core/refusal.js';
import type { JournalEntry } from '../store/command-journal.js';
import type { EventStore } from '../store/event-store.js';
import { memoryStore } from '../store/memory-store.js';
import type { Keyed } from './first-answer.js';
import { SWEEP_EVERY_MS } from './limits.js';
import { Runtime } from './runtime.js';

const Lamp = defineAggregate({
  name: 'Lamp',
  summary: 'A lamp.',
  events: { LampPut: z.object({}), LampDimmed: z.object({ level: z.int() }) },
  commands: {
    PutLamp: command({
      data: z.object({
        pin: secret(z.string()).optional(),
        owner: personal(z.string()).optional(),
      }),
      emits: ['LampPut'],
      roles: ['r'],
    }),
    DimLamp: command({ data: z.object({ level: z.int() }), emits: ['LampDimmed'], roles: ['r'] }),
  },
  data: z.object({ level: z.int().default(0) }),
  chart: {
    initial: 'absent',
    states: { absent: { on: { LampPut: 'lit' } }, lit: { on: { LampDimmed: {} } } },
  },
  evolve: { LampDimmed: (_, { level }) => ({ level }) },
  decide: {
    PutLamp: () => [{ type: 'LampPut', data: {} }],
    DimLamp: ({ data }, { level }) => {
      if (level === 13) throw new Error('unlucky');
      return level === data.level ? [] : [{ type: 'LampDimmed', data: { level } }];
    },
  },
});

const asked = (aggregate_id: string, command_type: string, data: object = {}) => ({
  command_id: crypto.randomUUID(),
  command_type,
  aggregate_id,
  aggregate_type: 'Lamp',
  actor: 'ada',
  actor_type: 'user',
  source: 'api',
  command_timestamp: '2026-01-06T10:00:00Z',
  data,
});
const KEYED: Keyed = { types: new Map(), hash: '', formerly: () => new Map() };
const put = (id: string) => asked(id, 'PutLamp');
const dim = (id: string, level: number) => asked(id, 'DimLamp', { level });

let now: number;
let store: EventStore;
const log = { warn: vi.fn(), error: vi.fn() };
const open = (limits = {}, over: Partial<EventStore> = {}) =>
  new Runtime({
    definitions: [Lamp],
    store: { ...store, ...over },
    log,
    limits,
    clock: () => now,
    elapsed: () => now,
  });

beforeEach(() => {
  now = Date.parse('2026-01-06T10:00:00Z');
  store = memoryStore();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a log that is in doubt', () => {
  const doubt = new Fault('LOG_TRUNCATED', 'it is short');
  const doubtful = (doubted: () => Fault | undefined, over: Partial<EventStore> = {}) =>
    new Runtime({ definitions: [Lamp], store: { ...store, ...over }, log, doubted });

  it('is not even read for a command', async () => {
    const read = vi.fn(store.read);
    const runtime = doubtful(() => doubt, { read, head: vi.fn(store.head) });
    await expect(runtime.dispatch(dim('none', 1), 'test')).rejects.toBe(doubt);
    await expect(runtime.dispatchTogether([dim('none', 1)], 'test')).rejects.toBe(doubt);
    const planned = runtime.stateFor({ definition: Lamp, aggregate_id: 'none' }, KEYED, {
      via: 'test',
      by: undefined,
    });
    await expect(planned).rejects.toBe(doubt);
    await expect(runtime.state(Lamp, 'none')).rejects.toBe(doubt);
    expect(read).not.toHaveBeenCalled();
  });

  it('refuses nothing by what it says, when the doubt came meanwhile', async () => {
    let now: Fault | undefined;
    const read: EventStore['read'] = async (...asked) => {
      now = doubt;
      return store.read(...asked);
    };
    const runtime = doubtful(() => now, { read });
    await expect(runtime.dispatch(dim('none', 1), 'test')).rejects.toBe(doubt);
  });
});

describe('actors in memory', () => {
  it('leave when they had nothing to do for long enough, the others stay', async () => {
    const runtime = open({ passivateAfterMs: 60_000 });
    await runtime.dispatch(put('old'), 'test');
    await runtime.dispatch(put('used'), 'test');
    now += 59_000;
    await runtime.dispatch(dim('used', 1), 'test');
    await new Promise(setImmediate); // a turn ends a moment after its answers
    vi.advanceTimersByTime(SWEEP_EVERY_MS);
    expect(runtime.stats().residents).toBe(2);
    now += 1_000;
    vi.advanceTimersByTime(SWEEP_EVERY_MS);
    expect(runtime.stats().residents).toBe(1);
    now += 60_000;
    vi.advanceTimersByTime(SWEEP_EVERY_MS);
    expect(runtime.stats().residents).toBe(0);
    expect(await runtime.state(Lamp, 'used')).toMatchObject({ version: 2, data: { level: 1 } });
  });

  it('leave one by one when somebody says so, unless they have something to do', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const append: EventStore['append'] = async (one) => {
      if (one.aggregate_id.startsWith('slow')) await gate;
      return store.append(one);
    };
    const runtime = open({}, { append });
    await runtime.dispatch(put('quick'), 'test');
    const under = runtime.dispatch(put('slow'), 'test');
    await new Promise((wake) => setTimeout(wake, 5));
    const wait = [1, 2].map((level) => runtime.dispatch(dim('slow', level), 'test'));
    await new Promise((wake) => setTimeout(wake, 5));
    const told = (id: string) => runtime.passivateOne(Lamp, id);
    expect([told('quick'), told('slow'), told('nobody')]).toEqual([
      'passivated',
      'busy',
      'not_resident',
    ]);
    expect(runtime.residents({ most: 5 }).actors).toMatchObject([{ aggregate_id: 'slow' }]);
    const other = runtime.dispatch(put('slow-too'), 'test');
    await new Promise((wake) => setTimeout(wake, 5));
    const waitsThere = runtime.dispatch(dim('slow-too', 1), 'test');
    await new Promise((wake) => setTimeout(wake, 5));
    const { waiting, inboxLongest } = runtime.stats();
    expect([waiting, inboxLongest]).toEqual([3, 2]);
    expect(runtime.draining).toBe(false);
    release();
    await Promise.all([under, ...wait, other, waitsThere]);
    await runtime.drain();
    expect(runtime.draining).toBe(true);
  });

  it('count the snapshots that were saved, and those that were not', async () => {
    let fails = false;
    const saveSnapshot: EventStore['saveSnapshot'] = async (...asked) => {
      if (fails) throw new Fault('STORE_UNAVAILABLE', 'away');
      await store.saveSnapshot(...asked);
    };
    const runtime = open({ snapshotEvery: 2 }, { saveSnapshot });
    await runtime.dispatch(put('a'), 'test');
    await runtime.dispatch(dim('a', 1), 'test');
    await vi.waitFor(() => expect(runtime.stats().snapshotsSaved).toBe(1), PATIENTLY);
    fails = true;
    await runtime.dispatch(dim('a', 2), 'test');
    await runtime.dispatch(dim('a', 3), 'test');
    await vi.waitFor(() => expect(runtime.stats().snapshotsFailed).toBe(1), PATIENTLY);
    expect(runtime.stats().snapshotsSaved).toBe(1);
  });

  it('are timed in seconds while they load', async () => {
    const slow: EventStore['read'] = async (...asked) => {
      await new Promise((wake) => setTimeout(wake, 30));
      return store.read(...asked);
    };
    await open().dispatch(put('a'), 'test');
    const runtime = open({}, { read: slow });
    await runtime.state(Lamp, 'a');
    const { sum, count } = runtime.stats().rehydration;
    expect(count).toBe(1);
    expect(sum).toBeGreaterThan(0.02);
    expect(sum).toBeLessThan(10);
  });

  it('do not leave while they work, however long it takes', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const append: EventStore['append'] = async (one) => {
      await gate;
      return store.append(one);
    };
    const runtime = open({ passivateAfterMs: 1_000 }, { append });
    const under = runtime.dispatch(put('slow'), 'test');
    await new Promise((wake) => setTimeout(wake, 5));
    now += 60_000;
    vi.advanceTimersByTime(SWEEP_EVERY_MS);
    runtime.passivate();
    expect(runtime.stats().residents).toBe(1);
    release();
    expect(await under).toMatchObject({ aggregate_version: 1 });
  });

  it('are never more than may be, the least used leave first', async () => {
    const runtime = open({ residentsMax: 3 });
    for (const id of ['a', 'b', 'c']) await runtime.dispatch(put(id), 'test');
    await runtime.dispatch(dim('a', 1), 'test');
    await runtime.dispatch(put('d'), 'test');
    expect(runtime.stats()).toMatchObject({ residents: 3, loads: 4 });
    await runtime.dispatch(dim('a', 2), 'test');
    expect(runtime.stats().loads).toBe(4); // "a" had stayed
    await runtime.dispatch(dim('b', 2), 'test');
    expect(runtime.stats().loads).toBe(5); // "b" had left
  });

  it('are loaded once, however many ask at once', async () => {
    await open().dispatch(put('a'), 'test');
    const runtime = open();
    await Promise.all([
      ...Array.from({ length: 5 }, (_, n) => runtime.dispatch(dim('a', n + 1), 'test')),
      ...Array.from({ length: 5 }, () => runtime.state(Lamp, 'a')),
    ]);
    expect(runtime.stats().loads).toBe(1);
  });
});

describe('time', () => {
  it('comes from the one clock, and never goes backwards within an aggregate', async () => {
    const runtime = open();
    for (const [step, level] of [0, 5_000, -60_000, 1_000, 120_000].entries()) {
      now += level;
      await runtime.dispatch(step === 0 ? put('a') : dim('a', step), 'test');
    }
    const times = (await store.read(Lamp, 'a', 1)).map(({ event_timestamp }) => event_timestamp);
    expect(times.map((time) => time.slice(11, 19))).toEqual([
      '10:00:00',
      '10:00:05',
      '10:00:05',
      '10:00:05',
      '10:01:06',
    ]);
  });
});

describe('a command id', () => {
  it('belongs to one aggregate', async () => {
    const runtime = open();
    const input = put('a');
    await runtime.dispatch(input, 'test');
    expect(await runtime.dispatch({ ...input, aggregate_id: 'b' }, 'test')).toMatchObject({
      refused: 'COMMAND_ID_REUSED',
      message: expect.stringContaining('lamp/a'),
    });
    expect(await store.read(Lamp, 'b', 1)).toEqual([]);
  });

  it('of a command that was refused or only shown may be used again', async () => {
    const runtime = open();
    const input = dim('a', 1);
    expect(await runtime.dispatch(input, 'test')).toMatchObject({ refused: 'NOT_FOUND' });
    await runtime.dispatch({ ...put('c'), command_id: input.command_id, dry_run: true }, 'test');
    await runtime.dispatch(put('b'), 'test');
    expect(await runtime.dispatch({ ...input, aggregate_id: 'b' }, 'test')).toMatchObject({
      aggregate_version: 2,
    });
  });
});

describe('a runtime that drains', () => {
  it('finishes what is under way, takes no more, and lets go', async () => {
    const runtime = open();
    const under = [put('a'), dim('a', 1)].map((one) => runtime.dispatch(one, 'test'));
    const drained = runtime.drain();
    expect(await runtime.dispatch(put('b'), 'test')).toMatchObject({ refused: 'SHUTTING_DOWN' });
    await drained;
    expect((await Promise.all(under)).some((one) => isRefusal(one))).toBe(false);
    expect(runtime.stats().residents).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(await store.read(Lamp, 'b', 1)).toEqual([]);
  });
});

describe('the journal', () => {
  const journal = async (): Promise<JournalEntry[]> => {
    const found: JournalEntry[] = [];
    for await (const { sequence: _, ...entry } of store.readJournal(1)) found.push(entry);
    return found;
  };

  it('counts a dry run that would be refused nowhere among the refusals', async () => {
    const runtime = open({});
    const dry = { dry_run: true };
    await runtime.dispatch({ ...dim('a', 1), ...dry }, 'http');
    await runtime.dispatch({ ...dim('a', 1), ...dry, command_id: 'seven' }, 'http');
    await runtime.dispatchTogether([{ ...dim('a', 1), ...dry }], 'http');
    await runtime.dispatchTogether([{ ...dim('a', 1), ...dry, actor: 7 }], 'http');
    runtime.refused(refuse('MALFORMED_COMMAND', 'not right'), 'http', dry);
    runtime.denied(refuse('FORBIDDEN', 'not you'), 'http', { by: undefined, dryRun: true });
    const entries = await journal();
    expect(entries).toHaveLength(6);
    for (const one of entries)
      expect(one).toMatchObject({ outcome: 'dry_run', code: expect.any(String) });
    expect(entries.at(-2)).toMatchObject({ duration_ms: 0 });
    expect(runtime.stats().outcomes).toEqual({ dry_run: 5 });
    expect(new Set(runtime.stats().commands.map(({ outcome }) => outcome))).toEqual(
      new Set(['dry_run']),
    );
  });

  it('says how long it took to read what is no command', async () => {
    const runtime = open({});
    const begun = performance.now() - 5_000;
    runtime.refused(refuse('MALFORMED_COMMAND', 'not right'), 'http', { begun });
    const [{ duration_ms }] = (await journal()) as [JournalEntry];
    expect(duration_ms).toBeGreaterThanOrEqual(5_000);
    expect(duration_ms).toBeLessThan(60_000);
    // It is no command, which would be measured.
    expect(runtime.stats().durations).toEqual([]);
  });

  it('has an entry for every command, whatever became of it', async () => {
    const runtime = open(
      {},
      {
        append: (one) =>
          one.aggregate_id === 'lost'
            ? Promise.reject(new Fault('OUTCOME_UNKNOWN', 'no answer'))
            : store.append(one),
      },
    );
    const first = put('a');
    const wrong = { ...put('a'), command_id: 'seven', actor: 'x'.repeat(300), secret: 'hunter2' };
    await runtime.dispatch(first, 'http');
    await runtime.dispatch(first, 'http');
    await runtime.dispatch({ ...dim('a', 1), dry_run: true }, 'http');
    await runtime.dispatch(dim('a', 0), 'http');
    await runtime.dispatch(wrong, 'http');
    await runtime.dispatch(7, 'http');
    await runtime.dispatch(dim('a', 13), 'http').catch(() => {});
    await runtime.dispatch(put('lost'), 'nats').catch(() => {});
    runtime.refused(refuse('PAYLOAD_TOO_LARGE', 'too large'), 'nats', { command_type: 'PutLamp' });
    const entries = await journal();
    expect(entries.map(({ via, outcome, code }) => [via, outcome, code])).toEqual([
      ['http', 'accepted', undefined],
      ['http', 'replayed', undefined],
      ['http', 'dry_run', undefined],
      ['http', 'refused', 'NO_CHANGE'],
      ['http', 'refused', 'MALFORMED_COMMAND'],
      ['http', 'refused', 'MALFORMED_COMMAND'],
      ['http', 'failed', 'HANDLER_THREW'],
      ['nats', 'unknown', 'OUTCOME_UNKNOWN'],
      ['nats', 'refused', 'PAYLOAD_TOO_LARGE'],
    ]);
    expect(entries[0]).toMatchObject({
      received_at: '2026-01-06T10:00:00.000Z',
      duration_ms: expect.any(Number),
      command_id: first.command_id,
      command_type: 'PutLamp',
      aggregate_type: 'Lamp',
      aggregate_id: 'a',
      actor: 'ada',
      actor_type: 'user',
      source: 'api',
      command_timestamp: '2026-01-06T10:00:00.000Z',
      version: 1,
      position: 'lamp:1',
      data: {},
    });
    expect(entries[2]).not.toHaveProperty('position');
    expect(entries[4]!.actor).toHaveLength(255);
    expect(JSON.stringify(entries)).not.toContain('hunter2');
    expect(runtime.stats().outcomes).toEqual({
      accepted: 1,
      replayed: 1,
      dry_run: 1,
      NO_CHANGE: 1,
      MALFORMED_COMMAND: 2,
      HANDLER_THREW: 1,
      OUTCOME_UNKNOWN: 1,
      PAYLOAD_TOO_LARGE: 1,
    });
  });

  it('never holds a secret or what is personal, whether the command was accepted or not', async () => {
    const runtime = open();
    const data = { pin: 'hunter2', owner: 'Ada Lovelace' };
    await runtime.dispatch(asked('a', 'PutLamp', data), 'http');
    await runtime.dispatch(asked('a', 'PutLamp', data), 'http');
    await runtime.dispatch(asked('a', 'PutLamp', { ...data, level: 'hunter2' }), 'http');
    const text = JSON.stringify(await journal());
    expect(text).not.toMatch(/hunter2|Lovelace/);
    expect(text).toContain('"pin":"[redacted]"');
    expect(JSON.stringify(await store.read(Lamp, 'a', 1))).not.toMatch(/hunter2|Lovelace/);
  });
});
