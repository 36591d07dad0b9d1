import { readdirSync, readFileSync } from 'node:fs';
import { getSimplePaths } from '@xstate/graph';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Aggregate, Context, State } from '../src/core/aggregate.js';
import { arrows, nextStatus } from '../src/core/chart.js';
import { apply, type Foldable, replay } from '../src/core/fold.js';
import { createLive, type LiveEvent, machineOf } from '../src/core/machine.js';
import { type Deed, parameterOf } from '../src/core/message.js';
import { Fault, isRefusal } from '../src/core/refusal.js';
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

const deedsOf = ({ commands }: Aggregate): readonly Deed[] =>
  Object.values(commands).flatMap(({ does }) => (does ? [does] : []));

const acceptsNull = (schema: z.ZodType | undefined): boolean =>
  schema?.safeParse(null).success === true;

/** Fields that need not have a value, with where they stand: `region`, `services/sla`. */
const optionalOf = ({ data }: Aggregate): readonly string[] =>
  Object.entries(data.shape).flatMap(([field, schema]) => {
    const { innerType } = schema.def as { innerType?: z.ZodType };
    if (!(innerType instanceof z.ZodRecord)) return acceptsNull(schema) ? [field] : [];
    const { shape } = innerType.valueType as z.ZodObject;
    return Object.entries(shape).flatMap(([name, part]) =>
      acceptsNull(part) ? [`${field}/${name}`] : [],
    );
  });

const placeOf = ({ part, field }: Deed): string => (part ? `${part.within}/${field}` : field);

/** What follows from something else, or was asked for and stays so. */
const CONSEQUENCES: Readonly<Record<string, readonly string[]>> = {
  Application: ['correctable/corrected_by'],
  BusinessCapability: ['correctable/corrected_by'],
  DataEntity: ['correctable/corrected_by'],
  Relation: ['last_verified_at'],
  WorkItem: ['details', 'reason'],
  ChangeApproval: ['correlation_id', 'expires_at', 'decided_by'],
};

/** The fields that some command takes back. */
const clearableOf = (definition: Aggregate): readonly string[] => {
  const deeds = deedsOf(definition);
  const cleared = deeds.filter(
    ({ how, by, empty }) =>
      how === 'clear' || (how === 'set' && by !== null && empty !== undefined),
  );
  const byNull = Object.values(definition.commands).flatMap(({ data, sets = {}, does }) => {
    const nulled = (by: string | null) => by !== null && acceptsNull(data.shape[by]);
    const settings = Object.entries(sets).filter(([, how]) => nulled(parameterOf(how) ?? null));
    const own = does && nulled(does.by) ? [placeOf(does)] : [];
    return [...own, ...settings.map(([field]) => field)];
  });
  return [...cleared.map(placeOf), ...byNull];
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
    // What only sets a field, or takes it back, is tried below, from its declaration.
    if (spec.does) return;
    const names = [type, ...(spec.aliases ?? [])];
    expect(names.some((name) => test.includes(`'${name}'`))).toBe(true);
  });

  it('has a test for every event', () => {
    const declared = deedsOf(definition).map(({ event }) => event);
    const untested = Object.keys(definition.events).filter(
      (type) => !declared.includes(type) && !test.includes(`'${type}'`),
    );
    expect(untested).toEqual([]);
  });

  it('lets every field be taken back that need not have a value', () => {
    const clearable = new Set([
      ...clearableOf(definition),
      ...(CONSEQUENCES[definition.name] ?? []),
    ]);
    expect(optionalOf(definition).filter((field) => !clearable.has(field))).toEqual([]);
  });

  const declared = Object.entries(definition.commands).flatMap(([type, { does }]) =>
    does && (does.how === 'set' || does.how === 'clear') ? [{ type, does }] : [],
  );
  it.each(declared)('$type changes its field, and only when that changes', ({ type, does }) => {
    const { part, field, by, event, previous, empty } = does;
    const told = part ? { [part.id]: 'p-1' } : {};
    const dataWith = (value: unknown): State['data'] => {
      if (!part) return { ...definition.initial.data, [field]: value };
      const one = {
        name: 'p',
        status: part.within === 'services' ? 'offered' : 'deprecated',
        [field]: value,
      };
      return { ...definition.initial.data, [part.within]: { 'p-1': one } };
    };
    const held = (data: object) => {
      const all = data as Readonly<Record<string, Readonly<Record<string, object>>>>;
      return part ? all[part.within]?.['p-1'] : all;
    };
    const tell = (data: State['data'], value: object) =>
      does.decide(
        { self: { status: 'x', data }, command: { ...told, ...value }, context: {} as Context },
        undefined,
      );
    const before = by === null ? 'was' : null;
    const decided = tell(dataWith(before), by === null ? {} : { [by]: 'is' });
    if (isRefusal(decided)) throw new Error(decided.message);
    const [happened] = decided as readonly { type: string; data: Record<string, unknown> }[];
    expect(happened).toMatchObject({ type: event, data: { ...told, [previous!]: before } });
    const now = does.evolve(dataWith(before), happened!.data);
    const value = by === null ? null : 'is';
    expect(held(now)).toMatchObject({ [field]: value });
    expect(tell({ ...dataWith(before), ...now }, by === null ? {} : { [by]: 'is' })).toMatchObject({
      refused: 'NO_CHANGE',
    });
    if (empty === undefined || by === null) return;
    expect(tell(dataWith(null), { [by]: empty })).toMatchObject({ refused: 'NO_CHANGE' });
    const emptied = { ...told, [by]: empty };
    expect(held(does.evolve(dataWith('was'), emptied))).toMatchObject({ [field]: null });
    expect(definition.commands[type]!.data.safeParse(emptied).success).toBe(true);
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
      const actor = createLive(definition, definition.initial);
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
        const actor = createLive(definition, state);
        actor.send(live(event));
        expect(actor.getSnapshot().value).toBe(next ?? status);
        if (next !== undefined) continue;
        expect(() => replay(definition, state, event)).toThrow(Fault);
        expect(actor.getSnapshot().context).toBe(state.data);
      }
  });
});
