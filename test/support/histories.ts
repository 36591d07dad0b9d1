import { fc } from '@fast-check/vitest';
import { z } from 'zod';
import type { Aggregate, State } from '../../src/core/aggregate.js';
import { arrowsFrom } from '../../src/core/chart.js';
import { type Foldable, replay } from '../../src/core/fold.js';
import type { GivenEntry, GivenEvent } from '../../src/testing/index.js';

type Shape = {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly allOf?: readonly Shape[];
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
};

/** So few that aggregates often name one another, and not all that are named are there. */
const IDS = ['a', 'b', 'c'];
/** What is not any word: of these, those that fit the pattern are taken. */
const SHAPED = [
  '1.0.0',
  '2.1.0',
  'https://a.example/v1',
  'a.example',
  'a@a.example',
  'b@a.example',
  '99.9%',
  '24/7',
  'daily',
  '15m',
  '90 days',
  '10y',
];
const DATES = ['2025-06-30', '2026-06-30', '2027-06-30'];
const MOMENTS = ['2019-12-31T23:59:59Z', '2024-02-29T12:00:00Z', '2026-01-01T00:00:00.000Z'];
const STEPS = { min: 10, max: 60 };
const FIRST_AT_MS = Date.parse('2026-01-06T10:00:00.000Z');
const DAY_MS = 86_400_000;

/** Values that a schema takes, from few words. */
const valuesOf = (shape: Shape): fc.Arbitrary<unknown> => {
  if (shape.const !== undefined) return fc.constant(shape.const);
  if (shape.enum) return fc.constantFrom(...shape.enum);
  if (shape.anyOf) return fc.oneof(...shape.anyOf.map(valuesOf));
  if (shape.type === 'null') return fc.constant(null);
  if (shape.type === 'boolean') return fc.boolean();
  if (shape.type === 'number' || shape.type === 'integer')
    return fc.integer({
      min: shape.exclusiveMinimum === 0 ? 1 : 0,
      max: Math.min(9, shape.maximum ?? 9),
    });
  if (shape.items) return fc.array(valuesOf(shape.items), { minLength: 1, maxLength: 3 });
  if (shape.properties)
    return fc.record(
      Object.fromEntries(
        Object.entries(shape.properties).map(([key, one]) => [key, valuesOf(one)]),
      ),
    );
  if (shape.type === 'object') return fc.constant({});
  if (shape.type === undefined) return fc.constant(null);
  if (shape.format === 'date') return fc.constantFrom(...DATES);
  const patterns = [shape, ...(shape.allOf ?? [])].flatMap(({ pattern }) => pattern ?? []);
  if (patterns.length === 0) return fc.constantFrom(...IDS);
  const fits = (word: string) => patterns.every((one) => new RegExp(one, 'i').test(word));
  return fc.constantFrom(...[...IDS, ...SHAPED, ...MOMENTS].filter(fits));
};

/** Anything that a schema takes. */
export const anything = (schema: z.ZodType): fc.Arbitrary<unknown> =>
  valuesOf(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as Shape);

const prepared = new Map<z.ZodType, fc.Arbitrary<unknown>>();
const dataOf = (schema: z.ZodType): fc.Arbitrary<unknown> => {
  const known = prepared.get(schema) ?? anything(schema);
  prepared.set(schema, known);
  return known;
};

const entries = fc.record({
  received_at: fc.constantFrom(...MOMENTS),
  via: fc.constantFrom('http', 'nats'),
  outcome: fc.constantFrom('accepted', 'refused', 'failed', 'odd'),
  duration_ms: fc.nat({ max: 50 }),
  code: fc.constantFrom('NOT_FOUND', 'FORBIDDEN', undefined),
  actor: fc.constantFrom(...IDS, undefined),
  version: fc.constantFrom(1, undefined),
  data: fc.constantFrom({ name: 'a' }, undefined),
});

const ids = fc.constantFrom(...IDS);
const sometimes = fc.option(fc.constantFrom(...MOMENTS), { freq: 2 });

/**
 * Logs that could have been written: each aggregate walks along the arrows of its chart, with data
 * that its schemas take; with `journal`, entries of the journal come in between. Nothing is kept straight between aggregates: they name what is not there.
 */
export const histories = (
  definitions: readonly Aggregate[],
  { journal }: { readonly journal: boolean },
): fc.Arbitrary<readonly (GivenEvent | GivenEntry)[]> =>
  fc.tuple(fc.gen(), fc.integer(STEPS)).map(([gen, steps]) => {
    // A function of its own each time: else all that was drawn before is compared with it.
    const draw = <T>(from: fc.Arbitrary<T>): T => gen(() => from);
    const states = new Map<string, State>();
    const log: (GivenEvent | GivenEntry)[] = [];
    for (let step = 0; step < steps; step++) {
      if (journal && (definitions.length === 0 || draw(fc.boolean()))) {
        log.push({ journal: draw(entries) });
        continue;
      }
      const definition = draw(fc.constantFrom(...definitions));
      const id = draw(ids);
      const state = states.get(`${definition.name} ${id}`) ?? definition.initial;
      const arrows = arrowsFrom(definition.chart, state.status);
      if (arrows.length === 0) continue;
      const { event, when } = draw(fc.constantFrom(...arrows));
      const schema = definition.events[event]!.schema;
      const drawn = draw(dataOf(schema)) as Record<string, unknown>;
      const data = when ? { ...drawn, [when.field]: when.value } : drawn;
      const at = new Date(FIRST_AT_MS + step * DAY_MS).toISOString();
      const effective_at = draw(sometimes);
      const foldable: Foldable = {
        event_type: event,
        data: schema.parse(data) as Foldable['data'],
        event_id: `event-${step}`,
        event_timestamp: at,
        aggregate_version: 1,
      };
      const after = replay(definition, state, foldable);
      // No command would have said of a part what can only be said of one that is there.
      if (!definition.data.safeParse(after.data).success) continue;
      states.set(`${definition.name} ${id}`, after);
      const { event_id } = foldable;
      const said = { type: definition.name, id, event, data, at, event_id };
      log.push(effective_at === null ? said : { ...said, effective_at });
    }
    return log;
  });

/** All that arrived, in another order that keeps the order within each aggregate. */
export const interleaved = <T>(
  all: readonly T[],
  groupOf: (one: T) => string,
  pick: (among: number) => number,
): readonly T[] => {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(groupOf(one), [...(groups.get(groupOf(one)) ?? []), one]);
  const queues = [...groups.values()];
  const order: T[] = [];
  while (queues.length > 0) {
    const chosen = pick(queues.length);
    const queue = queues[chosen]!;
    order.push(queue.shift()!);
    if (queue.length === 0) queues.splice(chosen, 1);
  }
  return order;
};
