import { type Actor, assign, createActor, setup } from 'xstate';
import type { Aggregate, EventMeta, State } from './aggregate.js';
import type { Edge } from './chart.js';

/** A domain event as a live actor takes it. */
export type LiveEvent = {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly meta: EventMeta;
};

/** XState reads these in a target as a path or an id; a status is neither. */
const NO_STATUS = /[.#\\]|^$/;

const compile = ({ name, chart, evolve, initial }: Aggregate) => {
  const transitions = (event: string, edge: Edge) => {
    const actions = event in evolve ? (['fold'] as const) : [];
    if (typeof edge === 'string') return [{ target: edge, actions }];
    if (edge.by === undefined) return [{ actions }];
    const { by: field, to } = edge;
    return Object.entries(to).map(([value, status]) => ({
      guard: { type: 'holds' as const, params: { field, value } },
      target: status,
      actions,
    }));
  };
  const states = Object.entries(chart.states).map(([status, { on = {} }]) => [
    status,
    {
      on: Object.fromEntries(
        Object.entries(on).map(([type, edge]) => [type, transitions(type, edge)]),
      ),
    },
  ]);
  const odd = Object.keys(chart.states).find((status) => NO_STATUS.test(status));
  if (odd !== undefined)
    throw new TypeError(`${name}: the status "${odd}" is empty or holds ".", "#" or "\\"`);
  const machine = setup({
    types: { context: {} as State['data'], events: {} as LiveEvent },
    guards: {
      holds: ({ event }, { field, value }: { readonly field: string; readonly value: string }) =>
        String(event.data[field]) === value,
    },
    actions: {
      fold: assign(
        ({ context, event }) => evolve[event.type]?.(context, event.data, event.meta) ?? {},
      ),
    },
  }).createMachine({
    id: name,
    initial: chart.initial,
    context: initial.data,
    states: Object.fromEntries(states),
  });
  // XState would walk (and may write to) all data to revive children; our actors have none.
  return Object.assign(machine, {
    restoreSnapshot: (snapshot: unknown) => snapshot as ReturnType<typeof machine.resolveState>,
  });
};

/** An aggregate's chart as an XState machine: transitions are domain events, context is the data. */
export type Machine = ReturnType<typeof compile>;
export type Live = Actor<Machine>;
type Snapshot = ReturnType<Machine['resolveState']>;

/** What an actor starts from, made once per machine and status; only the data differs. */
const stills = new WeakMap<Machine, Map<string, Snapshot>>();
const machines = new WeakMap<Aggregate, Machine>();

/**
 * The machine of a definition, compiled once and shared by all of its actors.
 * @throws TypeError when XState could not tell a status from a path.
 */
export const machineOf = (definition: Aggregate): Machine => {
  const known = machines.get(definition);
  if (known) return known;
  const machine = compile(definition);
  machines.set(definition, machine);
  stills.set(machine, new Map());
  return machine;
};

/** A state as the snapshot an actor of the machine starts from. */
export const restore = (machine: Machine, { status, data }: State): Snapshot => {
  const made = stills.get(machine);
  const still = made?.get(status) ?? machine.resolveState({ value: status, context: {} });
  made?.set(status, still);
  return { ...still, context: data };
};

/** An error nobody listens to is thrown at the process; here it only ends the one actor. */
const CONTAINED = { error: () => {} };

/**
 * A running actor in a state. It takes events that fit and stays as it is on any other.
 * When an evolve throws, it stops and its snapshot says `status: 'error'`.
 */
export const createLive = (machine: Machine, state: State): Live => {
  const live = createActor(machine, { snapshot: restore(machine, state) });
  live.subscribe(CONTAINED);
  return live.start();
};
