import type { Aggregate } from './aggregate.js';
import { type AnySchema, ownSchema } from './any-schema.js';
import type { Chart, Edge } from './chart.js';
import { type CommandSpec, type Deed, type EventSpec, event } from './message.js';
import type { Refusal } from './refusal.js';

type Decide = Aggregate['decide'][string];
type Judges = Readonly<Record<string, (...told: Parameters<Decide>) => Refusal | undefined>>;

/** A definition as it was written, types erased. */
export type Given = Omit<Aggregate, 'events' | 'slug' | 'hash' | 'initial'> & {
  readonly events: Readonly<Record<string, AnySchema | EventSpec>>;
  readonly editable?: readonly string[];
  readonly refuses?: Judges;
};
type Expanded = Pick<Aggregate, 'events' | 'commands' | 'chart' | 'evolve' | 'decide'>;

const asEvent = (source: AnySchema | EventSpec): EventSpec =>
  'upcast' in source ? source : event(ownSchema(source));

/** The commands that were written, each followed by the one that takes back what it does. */
const commandsOf = ({ commands }: Given): Readonly<Record<string, CommandSpec>> =>
  Object.fromEntries(
    Object.entries(commands).flatMap(([type, spec]) => {
      const { opposite = null } = spec.does ?? {};
      return opposite
        ? [
            [type, spec],
            [opposite.command, opposite.spec],
          ]
        : [[type, spec]];
    }),
  );

/** In the order in which the commands name them. */
const eventsOf = (
  { events }: Given,
  commands: Expanded['commands'],
  deeds: readonly Deed[],
): Expanded['events'] => {
  const known = new Map(Object.entries(events).map(([type, source]) => [type, asEvent(source)]));
  if (deeds.length === 0) return Object.fromEntries(known);
  for (const { event: type, schema } of deeds) if (!known.has(type)) known.set(type, event(schema));
  const named = Object.values(commands).flatMap(({ emits }) => emits);
  const order = [...new Set([...named, ...known.keys()])];
  return Object.fromEntries(
    order.flatMap((type) => (known.has(type) ? [[type, known.get(type)!]] : [])),
  );
};

/** With an arrow for every event that changes a field and that the chart does not name itself. */
const chartOf = ({ chart, editable }: Given, deeds: readonly Deed[]): Chart => {
  const { initial, states } = chart;
  const drawn = new Set(Object.values(states).flatMap(({ on = {} }) => Object.keys(on)));
  const edges: Readonly<Record<string, Edge>> = Object.fromEntries(
    deeds.filter(({ event: type }) => !drawn.has(type)).map(({ event: type }) => [type, {}]),
  );
  if (Object.keys(edges).length === 0) return chart;
  const isEditable = (status: string): boolean =>
    editable?.includes(status) ?? (status !== initial && states[status]?.kind !== 'deleted');
  return {
    initial,
    states: Object.fromEntries(
      Object.entries(states).map(([status, state]) => [
        status,
        isEditable(status) ? { ...state, on: { ...edges, ...state.on } } : state,
      ]),
    ),
  };
};

const decideOf =
  ({ decide }: Deed, judge: Judges[string] | undefined): Decide =>
  (self, command, context) =>
    decide({ self, command: command as Readonly<Record<string, unknown>>, context }, judge);

/** What a definition means: all that the commands that change a field bring with them. */
export const expand = (given: Given): Expanded => {
  const commands = commandsOf(given);
  const doing = Object.entries(commands).flatMap(([type, { does }]) =>
    does ? [{ type, does }] : [],
  );
  const deeds = doing.map(({ does }) => does);
  const evolving = deeds.map(({ event: type, evolve }) => [type, evolve] as const);
  const deciding = doing.map(
    ({ type, does }) => [type, decideOf(does, given.refuses?.[type])] as const,
  );
  return {
    commands,
    events: eventsOf(given, commands, deeds),
    chart: chartOf(given, deeds),
    evolve: { ...Object.fromEntries(evolving), ...given.evolve } as Expanded['evolve'],
    decide: { ...Object.fromEntries(deciding), ...given.decide },
  };
};
