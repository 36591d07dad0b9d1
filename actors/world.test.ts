import { test } from '@fast-check/vitest';
import { expect, vi } from 'vitest';
import type { Aggregate, Context, State } from '../src/core/aggregate.js';
import { presence } from '../src/core/chart.js';
import { type Command, parseCommand } from '../src/core/command.js';
import { decide } from '../src/core/decide.js';
import { type Foldable, replay } from '../src/core/fold.js';
import { stableCommandId } from '../src/core/ids.js';
import { typeOf } from '../src/core/reference.js';
import { isRefusal, type Refusal, refuse } from '../src/core/refusal.js';
import { registry } from '../src/core/registry.js';
import { IDS, type Order, orders } from '../test/support/orders.js';
import type { Application } from './application/application.js';
import { actors } from './index.js';

type ApplicationData = NonNullable<(typeof Application)['types']>['data'];

/** A world of a few aggregates in memory, told one command after the other, without any store. */
const RUNS = { numRuns: 30 };
const TIMEOUT_MS = 30_000;
vi.setConfig({ testTimeout: TIMEOUT_MS });
const NOW = '2026-01-06T10:00:00.000Z';
const known = registry(actors);

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
      const id = data[by];
      const of = typeOf(reference, data);
      const some = of === undefined ? [] : present(known.aggregate(of)!);
      const other = some.find(([one]) => one === id)?.[1].state;
      if (typeof id === 'string' && of !== undefined && !other)
        return refuse('REFERENCE_NOT_FOUND', `${of} ${id}`);
      found[name] = other ? { id, status: other.status, data: view.parse(other.data) } : null;
    }
    return found;
  };
  const taken = ({ definition, aggregate_id }: Command, state: State): Refusal | undefined => {
    if (presence(definition.chart, state.status) !== 'present') return undefined;
    const claim = Object.values(definition.claims).find(({ key }) =>
      present(definition).some(
        ([id, other]) =>
          id !== aggregate_id && key(state) !== null && key(other.state) === key(state),
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
  /** What follows from what a command says has no id of ours: the first one, the second one. */
  const idOf = ({ definition, type, id, data }: Order): string => {
    const { identity } = definition.commands[type]!;
    const said = identity && definition.commands[type]!.data.safeParse(data);
    if (said?.success) return identity!(said.data);
    const identified = Object.values(definition.commands).some((one) => one.identity);
    return identified ? ([...beings.get(definition)!.keys()][IDS.indexOf(id)] ?? id) : id;
  };
  const send = (order: Order): Refusal | undefined => {
    const { definition, type, actor, source, data } = order;
    const id = idOf(order);
    const { state, events } = being(definition, id);
    const { corrects_event_id: nth } = data as { corrects_event_id?: number };
    const target = nth === undefined ? undefined : (events[nth]?.event_id ?? 'none');
    const command = parseCommand(known, {
      command_id: stableCommandId('world', String(count++)),
      command_type: type,
      aggregate_id: id,
      aggregate_type: definition.name,
      actor,
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
      id,
      version: events.length,
      now: NOW,
      actor,
      actor_type: 'user',
      subject: actor,
      source,
      business_justification: 'because',
      approval_id: 'chg-1',
      references: found,
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

/** From everything to what it names: nothing may lead to what is not there, or round in a circle. */
const expectTree = (world: World, name: string, above: (data: State['data']) => unknown) => {
  const all = new Map(world.present(named(name)));
  const up = (id: string): readonly string[] =>
    [above(all.get(id)!.state.data)].flat().filter((one) => one !== null) as string[];
  for (const start of all.keys()) {
    const met = new Set<string>();
    const next = [...up(start)];
    for (let at = next.pop(); at !== undefined; at = next.pop()) {
      expect(all.has(at)).toBe(true);
      expect(at).not.toBe(start);
      if (!met.has(at)) next.push(...up(at));
      met.add(at);
    }
  }
};

test.prop([orders], RUNS)('nothing goes in circles', (told) => {
  const world = tell(told);
  expectTree(world, 'BusinessCapability', ({ parent_id }) => parent_id);
  expectTree(world, 'Organization', ({ parent_id }) => parent_id);
  expectTree(world, 'DataEntity', ({ lineage }) => lineage);
});

const applicationsOf = (world: World) =>
  world
    .present(named('Application'))
    .map(([id, { state }]) => ({ id, ...(state.data as ApplicationData) }));

test.prop([orders], RUNS)('applications lead to what is there', (told) => {
  const world = tell(told);
  const capabilities = [null, ...ids(world, 'Capability')];
  const servers = new Map(world.present(named('Server')));
  for (const { capability_id, deployments } of applicationsOf(world)) {
    expect(capabilities).toContain(capability_id);
    for (const { server_id, environment } of deployments)
      expect(servers.get(server_id)?.state).toMatchObject({
        status: 'in_service',
        data: { environment },
      });
  }
});

test.prop([orders], RUNS)('services and interfaces belong to one application', (told) => {
  const world = tell(told);
  const all = applicationsOf(world);
  const applications = ids(world, 'Application');
  const capabilities = [null, ...ids(world, 'Capability')];
  const partIds = all.flatMap(({ services, interfaces }) => [
    ...Object.keys(services).map((id) => `service ${id}`),
    ...Object.keys(interfaces).map((id) => `interface ${id}`),
  ]);
  expect(new Set(partIds).size).toBe(partIds.length);
  for (const { id, services, interfaces } of all) {
    for (const { status, capability_id, consumers } of Object.values(services)) {
      if (status === 'withdrawn') continue;
      expect(capabilities).toContain(capability_id);
      expect(consumers).not.toContain(id);
      for (const consumer of consumers) expect(applications).toContain(consumer);
    }
    for (const { status, serves_service_ids } of Object.values(interfaces))
      if (status !== 'retired')
        for (const served of serves_service_ids) expect(services[served]?.status).toBe('offered');
  }
});

test.prop([orders], RUNS)('relations and integrations lead to what is there', (told) => {
  const world = tell(told);
  const all = applicationsOf(world);
  const parts: Readonly<Record<string, readonly string[]>> = {
    application_service: all.flatMap(({ services }) => Object.keys(services)),
    application_interface: all.flatMap(({ interfaces }) => Object.keys(interfaces)),
  };
  const there = (type: unknown, id: unknown) =>
    (parts[String(type)] ?? [...ids(world, String(type))]).includes(String(id));
  for (const [, { state }] of world.present(named('Relation'))) {
    const { source_type, source_id, target_type, target_id } = state.data;
    expect([there(source_type, source_id), there(target_type, target_id)]).toEqual([true, true]);
  }
  for (const [, { state }] of world.present(named('Integration')))
    for (const id of [state.data.source_app_id, state.data.target_app_id])
      expect(ids(world, 'Application')).toContain(id);
});
