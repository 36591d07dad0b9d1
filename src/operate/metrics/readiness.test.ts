import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Fault } from '../../core/refusal.js';
import type { ProjectionState, ProjectionStatus } from '../../read/projector/projections.js';
import { createReadiness } from './readiness.js';

const projection = (state: ProjectionState, reason: string | null = null): ProjectionStatus => ({
  name: 'lamp-list',
  summary: 'All lamps.',
  state,
  reason,
  version: 1,
  generation: 1,
  documents: 0,
  sources: [],
  lag_events: 0,
  lag_seconds: 0,
  parked_aggregates: 0,
  parked_events: 0,
  discarded_events: 0,
  build: null,
  previous: null,
});
const yes = () => Promise.resolve(true);
const checked = { draining: () => false, eventStore: yes, readStore: yes };

describe('readiness', () => {
  it.each<[ProjectionState, boolean]>([
    ['starting', true],
    ['running', true],
    ['waiting', true],
    ['stopped', true],
    ['stalled', false],
    ['log_truncated', false],
    ['store_unavailable', false],
  ])('a projection that is %s: %s', async (state, ready) => {
    const parts = await createReadiness({
      ...checked,
      projections: () => [projection(state, 'so it is')],
    }).parts();
    expect(parts).toEqual([
      { name: 'node', state: 'up', reason: null, ready: true },
      { name: 'event_store', state: 'up', reason: null, ready: true },
      { name: 'read_store', state: 'up', reason: null, ready: true },
      { name: 'projection:lamp-list', state, reason: 'so it is', ready },
    ]);
  });

  it.each([
    [null, 'up'],
    ['the stream ALERTS would not keep what it is given', 'unfit'],
  ])('says what is the matter beside the events, and is ready: %s', async (reason, state) => {
    const parts = await createReadiness({ ...checked, beside: () => reason }).parts();
    expect(parts[2]).toEqual({ name: 'streams_beside', state, reason, ready: true });
  });

  it('says that the read store is of another log', async () => {
    const away = () => Promise.reject(new Fault('READ_STORE_FOREIGN', 'of another log'));
    const parts = await createReadiness({ ...checked, eventStore: away, readStore: away }).parts();
    const part = { state: 'foreign', reason: 'of another log', ready: false };
    expect(parts.slice(1)).toEqual([
      { name: 'event_store', ...part },
      { name: 'read_store', ...part },
    ]);
  });

  it('says what is being built, and is ready', async () => {
    const build = {
      generation: 2,
      version: 1,
      started_at: '',
      done: 3,
      total: 9,
      events_per_second: 1,
      eta_seconds: null,
      caught_up: false,
      switch_when_ready: true,
    };
    const projections = () => [{ ...projection('running'), build }];
    const parts = await createReadiness({ ...checked, projections }).parts();
    expect(parts.at(-1)).toMatchObject({
      ready: true,
      reason: 'generation 2 is being built: 3 of 9 messages',
    });
  });

  it.each([
    ['never answers', () => new Promise<boolean>(() => {})],
    ['fails', () => Promise.reject(new Error('gone'))],
    ['says no', () => Promise.resolve(false)],
  ])('answers within 1.5 s when both stores %s', async (_, ask) => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const asked = createReadiness({ ...checked, eventStore: ask, readStore: ask }).parts();
    await vi.advanceTimersByTimeAsync(1_500);
    const parts = await Promise.race([asked, Promise.reject(new Error('late'))]);
    expect(parts.filter(({ ready }) => !ready).map(({ name, state }) => [name, state])).toEqual([
      ['event_store', 'unreachable'],
      ['read_store', 'unreachable'],
    ]);
  });

  it('asks once a second, however many want to know, and at once when it is shut', async () => {
    let asked = 0;
    let now = 0;
    let draining = false;
    let shut: string | undefined;
    const eventStore = async () => {
      asked++;
      return true;
    };
    const readiness = createReadiness(
      { ...checked, eventStore, draining: () => draining, storeShut: () => shut },
      () => now,
    );
    await Promise.all([readiness.parts(), readiness.parts()]);
    now = 999;
    await readiness.parts();
    expect(asked).toBe(1);
    now = 1_000;
    await readiness.parts();
    expect(asked).toBe(2);
    shut = 'STORE_FULL';
    await readiness.parts();
    await readiness.parts();
    expect(asked).toBe(3);
    draining = true;
    expect((await readiness.parts())[0]).toMatchObject({ state: 'shutting_down', ready: false });
  });
});
