import { readdirSync, readFileSync } from 'node:fs';
import { getSimplePaths } from '@xstate/graph';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Aggregate, State } from '../src/core/aggregate.js';
import { arrows, nextStatus } from '../src/core/chart.js';
import { apply, type Foldable, replay } from '../src/core/fold.js';
import { createLive, type LiveEvent, machineOf } from '../src/core/machine.js';
import { Fault } from '../src/core/refusal.js';
import { registry } from '../src/core/registry.js';
import { upcast } from '../src/core/upcast.js';
import { actors } from './index.js';

/** A history as it was stored once, and the state it led to. It never changes; new ones are added. */
const Golden = z.strictObject({
  summary: z.string(),
  events: z.array(
    z.strictObject({
      event_id: z.string(),
      event_type: z.string(),
      event_version: z.int(),
      data: z.record(z.string(), z.unknown()),
    }),
  ),
  state: z.strictObject({ status: z.string(), data: z.record(z.string(), z.unknown()) }),
});
type Golden = z.output<typeof Golden>;
type StoredEvent = Golden['events'][number];

const folder = ({ slug }: Aggregate) => new URL(`./${slug}/`, import.meta.url);
const goldens = (definition: Aggregate): readonly (Golden & { readonly file: string })[] => {
  const url = new URL('golden/', folder(definition));
  return readdirSync(url).map((file) => ({
    file,
    ...Golden.parse(JSON.parse(readFileSync(new URL(file, url), 'utf8'))),
  }));
};

const current = (definition: Aggregate, stored: StoredEvent, index = 0): Foldable => ({
  event_id: stored.event_id,
  event_type: stored.event_type,
  data: upcast(definition, stored.event_type, stored.event_version, stored.data),
  event_timestamp: '2026-01-06T10:00:00.000Z',
  aggregate_version: index + 1,
});
const live = (event: Foldable): LiveEvent => ({
  type: event.event_type,
  data: event.data,
  meta: event,
});

/** One event per kind of arrow: the golden one of its type, once per value that a branch knows. */
const samples = (definition: Aggregate): readonly Foldable[] => {
  const stored = goldens(definition).flatMap(({ events }) => events);
  const made = new Map<string, Foldable>();
  for (const { event, when } of arrows(definition.chart)) {
    const one = stored.find(({ event_type }) => event_type === event);
    if (!one) throw new Error(`${definition.name}: ${event} is in no golden history`);
    const data = when ? { ...one.data, [when.field]: when.value } : one.data;
    made.set(`${event} ${when?.value}`, current(definition, { ...one, data }));
  }
  return [...made.values()];
};

/** Every way through the chart that visits no status twice. */
const walks = (definition: Aggregate) =>
  getSimplePaths(machineOf(definition), {
    events: samples(definition).map(live),
    serializeState: ({ value }) => String(value),
    serializeEvent: (event) => JSON.stringify(event),
  });

it('fit together', () => {
  const known = registry(actors);
  for (const name of [
    'business-capabilities',
    'capabilities',
    'Capability',
    'applications',
    'nodes',
  ])
    expect(known.aggregate(name)).toBeDefined();
});

describe.each(actors.map((one) => [one.name, one] as const))('%s', (_, definition) => {
  const test = readdirSync(folder(definition))
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(new URL(file, folder(definition)), 'utf8'))
    .join('\n');

  it.each(Object.entries(definition.commands))('%s says what it does', (type, spec) => {
    expect(spec.summary).toMatch(/^[A-Z].{10,}\.$/);
    const names = [type, ...(spec.aliases ?? [])];
    expect(names.some((name) => test.includes(`'${name}'`))).toBe(true);
  });

  it('has a test for every event', () => {
    const untested = Object.keys(definition.events).filter((type) => !test.includes(`'${type}'`));
    expect(untested).toEqual([]);
  });

  it.each(goldens(definition))('still reads $file', ({ events, state }) => {
    const end = events.reduce<State>(
      (at, stored, index) => replay(definition, at, current(definition, stored, index)),
      definition.initial,
    );
    // A field that came later has its first value in a state that was written down before.
    expect(end).toEqual({ ...state, data: { ...definition.initial.data, ...state.data } });
    expect(definition.data.parse(end.data)).toEqual(end.data);
  });

  it('has every event, in every version, in a golden history', () => {
    const stored = goldens(definition).flatMap(({ events }) => events);
    const versions = Object.entries(definition.events).flatMap(([type, { version }]) =>
      Array.from({ length: version }, (_, i) => `${type} ${i + 1}`),
    );
    const there = new Set(stored.map((one) => `${one.event_type} ${one.event_version}`));
    expect(versions.filter((one) => !there.has(one))).toEqual([]);
  });

  it('reaches every status', () => {
    const reached = new Set(walks(definition).map(({ state }) => String(state.value)));
    expect([...reached].sort()).toEqual(Object.keys(definition.chart.states).sort());
  });

  it('folds as its machine does, on every path', () => {
    for (const { steps, state } of walks(definition)) {
      const actor = createLive(machineOf(definition), definition.initial);
      let folded = definition.initial;
      for (const event of steps.flatMap(({ event }) => ('meta' in event ? [event] : []))) {
        actor.send(event);
        folded = replay(definition, folded, { ...event.meta, ...event, event_type: event.type });
      }
      expect(actor.getSnapshot()).toMatchObject({ value: folded.status, status: 'active' });
      expect(actor.getSnapshot().context).toEqual(folded.data);
      expect(folded.status).toBe(state.value);
      definition.data.parse(folded.data);
    }
  });

  it('refuses every event that its chart does not have', () => {
    for (const status of Object.keys(definition.chart.states))
      for (const event of samples(definition)) {
        const state = { status, data: definition.initial.data };
        const next = nextStatus(definition.chart, status, event.event_type, event.data);
        expect(apply(definition, state, event)?.status).toBe(next);
        const actor = createLive(machineOf(definition), state);
        actor.send(live(event));
        expect(actor.getSnapshot().value).toBe(next ?? status);
        if (next !== undefined) continue;
        expect(() => replay(definition, state, event)).toThrow(Fault);
        expect(actor.getSnapshot().context).toBe(state.data);
      }
  });
});
