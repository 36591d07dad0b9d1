import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type Principal, TRUSTED } from '../../core/access.js';
import { Fault, refuse } from '../../core/refusal.js';
import { registry } from '../../core/registry.js';
import type { JournalEntry } from '../store/command-journal.js';
import { memoryStore } from '../store/memory-store.js';
import { isoClock, Journaling, type Taken } from './journaling.js';
import { REFUSALS_EACH_MAX, REFUSALS_WINDOW_MS, STRANGERS_WINDOW_MS } from './limits.js';
import type { Accepted, Together } from './outcome.js';

const START = Date.UTC(2026, 0, 6, 10);
const opened = () => {
  const store = memoryStore();
  const log = { warn: vi.fn(), error: vi.fn() };
  const journaling = new Journaling({
    store,
    log,
    registry: registry([]),
    iso: isoClock(),
    elapsed: () => 0,
    guarded: false,
  });
  const entries = async (): Promise<readonly object[]> => {
    const all: object[] = [];
    for await (const { sequence: _, ...entry } of store.readJournal(1)) all.push(entry);
    return all;
  };
  return { journaling, log, entries };
};
const taken = (more: Partial<Taken> = {}): Taken => ({ via: 'test', start: START, ...more });
const answer = (n: number, position: string | null): Accepted => ({
  command_id: `c-${n}`,
  aggregate_type: 'Lamp',
  aggregate_id: 'a',
  aggregate_version: n,
  position,
  replayed: true,
  events: [{ actor: 'ada' }] as never,
});

describe('what became of a command', () => {
  it('is journalled with when it came, how, with which key, and how long it took', async () => {
    const { journaling, entries } = opened();
    const by = { credential: 'key 7' } as Principal;
    const about: Partial<JournalEntry> = { command_type: 'DimLamp' };
    journaling.refused(refuse('TOO_BRIGHT', 'too bright'), taken({ by }), about);
    expect(await entries()).toEqual([
      {
        received_at: '2026-01-06T10:00:00.000Z',
        via: 'test',
        duration_ms: 0,
        outcome: 'refused',
        code: 'TOO_BRIGHT',
        message: 'too bright',
        command_type: 'DimLamp',
        credential: 'key 7',
      },
    ]);
    journaling.refused(refuse('X', ''), taken({ begun: performance.now() - 5_000 }), {});
    const [, { duration_ms }] = (await entries()) as [object, { duration_ms: number }];
    expect(duration_ms).toBeGreaterThanOrEqual(5_000);
    expect(duration_ms).toBeLessThan(60_000);
  });

  it('is counted by what it is called, and timed where it was begun', () => {
    const { journaling } = opened();
    journaling.refused(refuse('TOO_BRIGHT', ''), taken(), {});
    journaling.refused(refuse('TOO_BRIGHT', ''), taken({ begun: performance.now() - 2_000 }), {});
    journaling.count({
      aggregate_type: '',
      command_type: '',
      outcome: 'refused',
      code: 'MALFORMED',
    });
    const { outcomes, commands, durations } = journaling.stats();
    expect(outcomes).toEqual({ TOO_BRIGHT: 2 });
    expect(commands).toMatchObject([
      { outcome: 'refused', code: 'TOO_BRIGHT', count: 2 },
      { outcome: 'refused', code: 'MALFORMED', count: 1 },
    ]);
    const [{ seconds }] = durations as [(typeof durations)[number]];
    expect(seconds.count).toBe(1);
    expect(seconds.sum).toBeGreaterThanOrEqual(2);
    expect(seconds.sum).toBeLessThan(60);
  });

  it('is one entry for each command of a request that came again', async () => {
    const { journaling, entries } = opened();
    const told = { commands: [answer(1, 'lamp:1'), answer(2, null)] } as unknown as Together;
    journaling.repeated(told, new Map([['c-1', 'DimLamp']]), taken());
    const [first, second] = await entries();
    const said = { outcome: 'replayed', aggregate_type: 'Lamp', aggregate_id: 'a', actor: 'ada' };
    expect(first).toMatchObject({
      ...said,
      command_id: 'c-1',
      command_type: 'DimLamp',
      version: 1,
      position: 'lamp:1',
    });
    expect(second).toMatchObject({ ...said, command_id: 'c-2', version: 2 });
    expect(Object.keys(second!)).not.toContain('position');
    expect(Object.keys(second!)).not.toContain('command_type');
  });

  it('is from whoever sent it this time, as they are now, and from where', async () => {
    const { journaling, entries } = opened();
    const told = { commands: [answer(1, 'lamp:1')] } as unknown as Together;
    const by = { actor: 'ada', actor_type: 'service' } as Principal;
    journaling.repeated(told, new Map(), { ...taken(), by, ip_address: '192.0.2.7' });
    expect(await entries()).toMatchObject([
      { actor: 'ada', actor_type: 'service', ip_address: '192.0.2.7' },
    ]);
  });

  it('is logged with its error when it failed', () => {
    const { journaling, log } = opened();
    const error = new Fault('HANDLER_THREW', 'DimLamp failed');
    const command = { command_id: 'c-1', command_type: 'DimLamp', aggregate_id: 'a' };
    const whole = {
      ...command,
      definition: { name: 'Lamp' },
      spec: { data: z.object({}) },
      data: {},
    } as never;
    expect(journaling.failed(whole, error, taken())).toBe(error);
    expect(log.error).toHaveBeenCalledWith({ err: error, ...command }, 'a command failed');
  });

  it('is logged once a second for each code, with how many failed since', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    vi.advanceTimersByTime(60_000);
    try {
      const { journaling, log } = opened();
      const command = {
        command_id: 'c-1',
        command_type: 'DimLamp',
        aggregate_id: 'a',
        data: {},
        definition: { name: 'Lamp' },
        spec: { data: z.object({}) },
      } as never;
      const fail = (code: string) => journaling.failed(command, new Fault(code, code), taken());
      const logged = () =>
        log.error.mock.calls
          .splice(0)
          .map(([{ err, before_and_not_logged: more }]) => [err.code, more]);
      fail('AWAY');
      fail('AWAY');
      fail('BROKEN');
      vi.advanceTimersByTime(999);
      fail('AWAY');
      expect(logged()).toEqual([
        ['AWAY', undefined],
        ['BROKEN', undefined],
      ]);
      vi.advanceTimersByTime(1);
      fail('AWAY');
      vi.advanceTimersByTime(1_000);
      fail('AWAY');
      expect(logged()).toEqual([
        ['AWAY', 2],
        ['AWAY', undefined],
      ]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what somebody did that is no command', () => {
  it('is journalled, and counted nowhere', async () => {
    const { journaling, entries } = opened();
    journaling.did(taken({ via: 'http' }), { command_type: 'StopWork', actor: 'ada' });
    expect(await entries()).toMatchObject([
      { via: 'http', outcome: 'accepted', command_type: 'StopWork', actor: 'ada' },
    ]);
    expect(journaling.stats()).toMatchObject({ outcomes: {}, commands: [] });
  });
});

describe('refusals that come again and again', () => {
  const guarded = (isGuarded = true) => {
    let now = 0;
    const kept: unknown[][] = [];
    const store = { ...memoryStore(), journal: (...said: unknown[]) => void kept.push(said) };
    const journaling = new Journaling({
      store,
      log: { warn: vi.fn(), error: vi.fn() },
      registry: registry([]),
      iso: isoClock(),
      elapsed: () => now,
      guarded: isGuarded,
    });
    return {
      deny: (times: number, by: Principal | undefined) => {
        for (let n = 0; n < times; n++)
          journaling.denied(refuse('FORBIDDEN', 'not you'), taken({ by }), {});
        return kept.splice(0);
      },
      sums: (all: boolean | undefined, ms: number) => {
        now += ms;
        journaling.sumUp(all);
        return kept.splice(0).map(([entry]) => entry);
      },
    };
  };
  const VERA = { actor: 'vera', actor_type: 'user', credential: 'key 7' } as Principal;
  const many = REFUSALS_EACH_MAX + 5;

  it('to somebody known are kept as they are, then in a sum, when its while is over', () => {
    const { deny, sums } = guarded();
    const entries = deny(many, VERA);
    expect(entries).toHaveLength(REFUSALS_EACH_MAX);
    for (const [entry, aside] of entries)
      expect([entry, aside]).toEqual([
        expect.objectContaining({ actor: 'vera', actor_type: 'user', credential: 'key 7' }),
        undefined,
      ]);
    expect(sums(undefined, REFUSALS_WINDOW_MS - 1)).toEqual([]);
    expect(sums(undefined, 1)).toMatchObject([{ actor: 'vera', times: 5 }]);
  });

  it('to strangers are kept for a while each, and in a sum for good', () => {
    const { deny, sums } = guarded();
    const entries = deny(many, undefined);
    expect(entries.map(([, aside]) => aside)).toEqual(
      Array.from({ length: REFUSALS_EACH_MAX }, () => 'for a while'),
    );
    expect(sums(undefined, STRANGERS_WINDOW_MS)).toMatchObject([{ times: many }]);
  });

  it('are summed up at the end, whatever is left of their while', () => {
    const { deny, sums } = guarded();
    deny(many, VERA);
    expect(sums(true, 0)).toMatchObject([{ times: 5 }]);
  });

  it('are all kept as they are where everything is open, or of whom all is believed', () => {
    expect(guarded(false).deny(many, undefined)).toHaveLength(many);
    const entries = guarded().deny(many, TRUSTED);
    expect(entries).toHaveLength(many);
    expect(Object.keys(entries[0]![0] as object)).not.toContain('actor');
  });
});

it('the time of many commands in one millisecond is the same text, and of the next another', () => {
  const iso = isoClock();
  expect([START, START, START + 1, 0].map(iso)).toEqual([
    '2026-01-06T10:00:00.000Z',
    '2026-01-06T10:00:00.000Z',
    '2026-01-06T10:00:00.001Z',
    '1970-01-01T00:00:00.000Z',
  ]);
});
