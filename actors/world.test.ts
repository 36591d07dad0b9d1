import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { z } from 'zod';
import type { Aggregate, Context, State } from '../src/core/aggregate.js';
import { presence } from '../src/core/chart.js';
import { type Command, creates, parseCommand } from '../src/core/command.js';
import { decide } from '../src/core/decide.js';
import { type Foldable, replay } from '../src/core/fold.js';
import { stableCommandId } from '../src/core/ids.js';
import type { CommandSpec } from '../src/core/message.js';
import { typeOf } from '../src/core/message.js';
import { isRefusal, type Refusal, refuse } from '../src/core/refusal.js';
import { registry } from '../src/core/registry.js';
import { actors } from './index.js';

/** A world of a few aggregates in memory, told one command after the other, without any store. */
const IDS = ['a', 'b', 'c'];
const WORDS = [...IDS, 'active', 'public'];
const DATES = ['2025-06-30', '2026-06-30', '2027-06-30'];
const LENGTHS = { minLength: 50, maxLength: 100, size: 'max' } as const;
const RUNS = { numRuns: 40 };
const NOW = '2026-01-06T10:00:00.000Z';
const known = registry(actors);

type Shape = {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
};

/** Values that a schema takes, from so few words that they often meet. */
const valuesOf = (shape: Shape): fc.Arbitrary<unknown> => {
  if (shape.enum) return fc.constantFrom(...shape.enum);
  if (shape.anyOf) return fc.oneof(...shape.anyOf.map(valuesOf));
  if (shape.type === 'null') return fc.constant(null);
  if (shape.items) return fc.array(valuesOf(shape.items), { minLength: 1, maxLength: 3 });
  if (shape.properties)
    return fc.record(
      Object.fromEntries(
        Object.entries(shape.properties).map(([key, one]) => [key, fieldOf(key, one)]),
      ),
    );
  if (shape.format === 'date') return fc.constantFrom(...DATES);
  return fc.constantFrom(...(shape.pattern ? IDS : WORDS));
};
/** The event to correct is the n-th of the aggregate, whatever its id will be. */
const fieldOf = (key: string, shape: Shape) =>
  key === 'corrects_event_id' ? fc.nat({ max: 9 }) : valuesOf(shape);

type Order = {
  readonly definition: Aggregate;
  readonly type: string;
  readonly id: string;
  readonly source: string;
  readonly data: Readonly<Record<string, unknown>>;
};

const order = (definition: Aggregate, type: string, more: object = {}): fc.Arbitrary<Order> =>
  fc.record({
    definition: fc.constant(definition),
    type: fc.constant(type),
    id: fc.constantFrom(...IDS),
    source: fc.constantFrom('api', 'api', 'import'),
    data: valuesOf(
      z.toJSONSchema(definition.commands[type]!.data, { io: 'input' }) as Shape,
    ) as fc.Arbitrary<Order['data']>,
    ...more,
  });

/** First everything is created, under its own name and with nothing that is optional. */
const creations = actors.flatMap((one) => {
  const [type, spec] = Object.entries(one.commands).find(([, it]) => creates(one, it))!;
  const { properties = {}, required = [] } = z.toJSONSchema(spec.data, { io: 'input' }) as Shape;
  return IDS.map((id) => {
    const fields = required.map((key) => [
      key,
      properties[key]?.enum ? valuesOf(properties[key]) : fc.constant(id),
    ]);
    return order(one, type, { id: fc.constant(id), data: fc.record(Object.fromEntries(fields)) });
  });
});
/** Then anything happens: endings less often, what needs a history or another aggregate more often. */
const weightOf = (type: string, { boundaries, references, approval }: CommandSpec): number => {
  if (/^(Delete|Decommission|Cancel)/.test(type)) return 1;
  return boundaries || references || approval || /^(Remove|Transition)/.test(type) ? 12 : 4;
};
const anything = actors.flatMap((one) =>
  Object.entries(one.commands).map(([type, spec]) => ({
    arbitrary: order(one, type),
    weight: weightOf(type, spec),
  })),
);
const orders = fc
  .tuple(fc.tuple(...creations), fc.array(fc.oneof(...anything), LENGTHS))
  .map(([first, then]) => [...first, ...then]);

type Being = { readonly state: State; readonly events: readonly Foldable[] };

const createWorld = () => {
  const beings = new Map<Aggregate, Map<string, Being>>(actors.map((one) => [one, new Map()]));
  const folds = new Map<string, Map<string, unknown>>();
  const being = (definition: Aggregate, id: string): Being =>
    beings.get(definition)?.get(id) ?? { state: definition.initial, events: [] };
  const present = (definition: Aggregate) =>
    [...beings.get(definition)!].filter(
      ([, { state }]) => presence(definition.chart, state.status) === 'present',
    );
  const fold = (owner: Aggregate, boundary: string) => {
    const key = `${owner.name} ${boundary}`;
    if (!folds.has(key)) folds.set(key, new Map());
    return folds.get(key)!;
  };

  const references = ({ spec, data }: Command) => {
    const found: Record<string, unknown> = {};
    for (const [name, reference] of Object.entries(spec.references ?? {})) {
      const { by, view } = reference;
      const id = data[by] as string | null;
      const of = typeOf(reference, data);
      const some = of === undefined ? [] : present(known.aggregate(of)!);
      const other = some.find(([one]) => one === id)?.[1].state;
      if (id !== null && !other) return refuse('REFERENCE_NOT_FOUND', `${of} ${id}`);
      found[name] = other ? { id, status: other.status, data: view.parse(other.data) } : null;
    }
    return found;
  };
  const taken = ({ definition, aggregate_id }: Command, state: State): Refusal | undefined => {
    if (presence(definition.chart, state.status) !== 'present') return undefined;
    const claim = Object.values(definition.claims).find(({ key }) =>
      present(definition).some(
        ([id, other]) => id !== aggregate_id && key(other.state) === key(state),
      ),
    );
    return claim && refuse(claim.taken, claim.what);
  };
  const append = ({ definition, aggregate_id }: Command, next: Being): void => {
    const before = being(definition, aggregate_id).events.length;
    beings.get(definition)!.set(aggregate_id, next);
    for (const owner of actors)
      for (const [name, boundary] of Object.entries(owner.boundaries))
        for (const { event_type, data } of next.events.slice(before)) {
          if (boundary.of !== definition.name) continue;
          const entries = fold(owner, name);
          for (const [key, value] of boundary.fold(entries, event_type, { aggregate_id, data }))
            if (value === undefined) entries.delete(key);
            else entries.set(key, value);
        }
  };

  let count = 0;
  const send = ({ definition, type, id, source, data }: Order): Refusal | undefined => {
    const { state, events } = being(definition, id);
    const { corrects_event_id: nth } = data as { corrects_event_id?: number };
    const target = nth === undefined ? undefined : (events[nth]?.event_id ?? 'none');
    const command = parseCommand(known, {
      command_id: stableCommandId('world', String(count++)),
      command_type: type,
      aggregate_id: id,
      aggregate_type: definition.name,
      actor: 'somebody',
      actor_type: 'user',
      source,
      command_timestamp: NOW,
      data: { ...data, ...(target && { corrects_event_id: target }) },
      metadata: { business_justification: 'because', approval_id: 'chg-1' },
    });
    if (isRefusal(command)) return command;
    const found = references(command);
    if (isRefusal(found)) return found;
    const context = {
      ...{ id, version: events.length, now: NOW, actor: 'somebody', actor_type: 'user', source },
      ...{ business_justification: 'because', approval_id: 'chg-1', references: found },
      boundaries: Object.fromEntries(
        (command.spec.boundaries ?? []).map((name) => [name, fold(definition, name)]),
      ),
    };
    const decided = decide(definition, state, command, context as unknown as Context);
    if (isRefusal(decided)) return decided;
    const conflict = taken(command, decided.state);
    if (conflict) return conflict;
    const added = decided.events.map((event, index) => ({
      ...event,
      event_timestamp: NOW,
      aggregate_version: events.length + index + 1,
    }));
    append(command, { state: decided.state, events: [...events, ...added] });
    return undefined;
  };
  return { send, beings, present };
};
type World = ReturnType<typeof createWorld>;

const named = (name: string): Aggregate => known.aggregate(name)!;
const everyone = ({ beings }: World) =>
  [...beings].flatMap(([definition, all]) =>
    [...all.values()].map((one) => ({ definition, ...one })),
  );
const ids = (world: World, name: string) => new Set(world.present(named(name)).map(([id]) => id));

const tell = (told: readonly Order[]): World => {
  const world = createWorld();
  for (const order of told) world.send(order);
  return world;
};

test.prop([orders], RUNS)('a command given again changes nothing', (told) => {
  const world = createWorld();
  for (const order of told) if (!world.send(order)) expect(world.send(order)).toBeDefined();
});

test.prop([orders], RUNS)('the events alone lead to the same state', (told) => {
  for (const { definition, state, events } of everyone(tell(told))) {
    const stored = JSON.parse(JSON.stringify(events)) as readonly Foldable[];
    const again = stored.reduce<State>(
      (at, one) => replay(definition, at, one),
      definition.initial,
    );
    expect(again).toEqual(state);
    expect(definition.data.parse(state.data)).toEqual(state.data);
  }
});

test.prop([orders], RUNS)('nothing hangs in the air, nothing goes in circles', (told) => {
  const world = tell(told);
  const capabilities = new Map(world.present(named('BusinessCapability')));
  for (const start of capabilities.keys()) {
    let at: unknown = start;
    for (let steps = 0; at !== null; steps++) {
      expect(steps).toBeLessThan(capabilities.size);
      expect(capabilities.has(at as string)).toBe(true);
      at = capabilities.get(at as string)!.state.data.parent_id;
    }
  }
  const inService = new Map(world.present(named('Server')));
  for (const [, { state }] of world.present(named('Application'))) {
    const { capability_id, deployments } = state.data as {
      capability_id: string | null;
      deployments: readonly { server_id: string; environment: string }[];
    };
    expect([null, ...ids(world, 'Capability')]).toContain(capability_id);
    for (const { server_id, environment } of deployments)
      expect(inService.get(server_id)?.state).toMatchObject({
        status: 'in_service',
        data: { environment },
      });
  }
});
