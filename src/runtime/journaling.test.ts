import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { Principal } from '../core/access.js';
import { Fault, refuse } from '../core/refusal.js';
import { registry } from '../core/registry.js';
import { memoryStore } from '../store/memory-store.js';
import type { JournalEntry } from '../store/port.js';
import { isoClock, Journaling, type Taken } from './journaling.js';
import type { Accepted, Together } from './outcome.js';

const START = Date.UTC(2026, 0, 6, 10);
const opened = () => {
  const store = memoryStore();
  const log = { warn: vi.fn(), error: vi.fn() };
  const journaling = new Journaling({
    ...{ store, log, registry: registry([]), iso: isoClock() },
    ...{ elapsed: () => 0, guarded: false },
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
