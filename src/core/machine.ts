import { type Actor, type AnyActorScope, assign, createActor, setup } from 'xstate';
import type { Aggregate, EventMeta, State } from './aggregate.js';
import type { Edge } from './chart.js';

/** A domain event as a live actor takes it. */
export type LiveEvent = {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly meta: EventMeta;
};

/** What is on disk by now: a live actor goes on from the snapshot that was decided. */
type Committed = { readonly type: typeof COMMITTED; readonly snapshot: unknown };
const COMMITTED = 'stele.committed';

/** XState reads these in a target as a path or an id; a status is neither. */
const NO_STATUS = /[.#\\]|^$/;

const compile = ({ name, chart, evolve, initial }: Aggregate) => {
  const transitions = (event: string, edge: Edge) => {
    const actions = event in evolve ? (['fold'] as const) : [];
    if (typeof edge === 'string') return [{ target: edge, actions }];
    // Without a target and an action XState would hold that nothing can happen.
    if (edge.by === undefined) return [{ actions: ['fold'] as const }];
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
    types: { context: {} as State['data'], events: {} as LiveEvent | Committed },
    guards: {
      holds: ({ event }, { field, value }: { readonly field: string; readonly value: string }) =>
        String((event as LiveEvent).data[field]) === value,
    },
    actions: {
      fold: assign(({ context, event }) => {
        const { type, data, meta } = event as LiveEvent;
        return evolve[type]?.(context, data, meta) ?? {};
      }),
    },
  }).createMachine({
    id: name,
    initial: chart.initial,
    context: initial.data,
    states: Object.fromEntries(states),
  });
  type Snapshot = ReturnType<typeof machine.resolveState>;
  const transition = machine.transition.bind(machine);
  return Object.assign(machine, {
    // XState would walk (and may write to) all data to revive children; our actors have none.
    restoreSnapshot: (snapshot: unknown) => snapshot as Snapshot,
    transition: (from: Snapshot, event: LiveEvent | Committed, scope: AnyActorScope): Snapshot =>
      event.type === COMMITTED
        ? ((event as Committed).snapshot as Snapshot)
        : transition(from, event, scope),
  });
};

/** An aggregate's chart as an XState machine: transitions are domain events, context is the data. */
export type Machine = ReturnType<typeof compile>;
export type Live = Actor<Machine>;
type Snapshot = ReturnType<Machine['resolveState']>;

/** What a machine needs to be asked where an event leads: made once, and nothing runs in it. */
type Prepared = {
  readonly machine: Machine;
  /** What an actor starts from, by status; only the data differs. */
  readonly stills: Map<string, Snapshot>;
  readonly scope: AnyActorScope;
};

const prepare = (definition: Aggregate): Prepared => {
  const machine = compile(definition);
  const self = createActor(machine);
  const nothing = (): void => {};
  const { id, sessionId, system } = self;
  // XState's own `transition` makes such a scope for each event: that is nine tenths of its cost.
  const scope = {
    self,
    id,
    sessionId,
    system,
    logger: nothing,
    defer: nothing,
    emit: nothing,
    stopChild: nothing,
    actionExecutor: nothing,
  };
  return { machine, stills: new Map(), scope };
};

const prepared = new WeakMap<Aggregate, Prepared>();
const preparedOf = (definition: Aggregate): Prepared => {
  const known = prepared.get(definition);
  if (known) return known;
  const made = prepare(definition);
  prepared.set(definition, made);
  return made;
};

/**
 * The machine of a definition, compiled once and shared by all of its actors.
 * @throws TypeError when XState could not tell a status from a path.
 */
export const machineOf = (definition: Aggregate): Machine => preparedOf(definition).machine;

/** The snapshots behind the states that machines led to. */
const snapshots = new WeakMap<State, Snapshot>();

/** A state as the machine has it. */
const snapshotOf = (definition: Aggregate, state: State): Snapshot => {
  const known = snapshots.get(state);
  if (known) return known;
  const { machine, stills } = preparedOf(definition);
  const { status, data } = state;
  const still = stills.get(status) ?? machine.resolveState({ value: status, context: {} });
  stills.set(status, still);
  return { ...still, context: data };
};

/**
 * Where an event leads from a state, as the statechart has it: XState decides whether it can happen
 * and what comes of it, and keeps nothing. Undefined when it does not fit. Throws what `evolve` does.
 */
export const transition = (
  definition: Aggregate,
  state: State,
  event: LiveEvent,
): State | undefined => {
  const from = snapshotOf(definition, state);
  if (!from.can(event)) return undefined;
  const { machine, scope } = preparedOf(definition);
  const to = machine.transition(from, event, scope);
  const next = { status: String(to.value), data: to.context };
  snapshots.set(next, to);
  return next;
};

/** An error nobody listens to is thrown at the process; here it only ends the one actor. */
const CONTAINED = { error: () => {} };

/** A running actor in a state. */
export const createLive = (definition: Aggregate, state: State): Live => {
  const live = createActor(machineOf(definition), { snapshot: snapshotOf(definition, state) });
  live.subscribe(CONTAINED);
  return live.start();
};

/** A state that was decided is on disk: the actor is in it from now on. */
export const commit = (live: Live, definition: Aggregate, state: State): void =>
  live.send({ type: COMMITTED, snapshot: snapshotOf(definition, state) });

export const stateOf = (live: Live): State => {
  const { value, context } = live.getSnapshot();
  return { status: String(value), data: context };
};
