import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Aggregate, EventMeta, State } from './aggregate.js';
import type { Chart, Edge } from './chart.js';
import { replay } from './fold.js';
import { commit, createLive, type LiveEvent, machineOf, stateOf, transition } from './machine.js';
import { Fault } from './refusal.js';

const STATUSES = ['absent', 'open', 'in review', '42', 'gone'];
const EVENTS = ['Opened', 'Moved', 'Noted', 'Closed'];
const VALUES = ['x', 'y', 'z'];

const edge: fc.Arbitrary<Edge> = fc.oneof(
  fc.constantFrom(...STATUSES),
  fc.constant({}),
  fc.record({
    by: fc.constantFrom('to', 'flag'),
    to: fc.dictionary(fc.constantFrom(...VALUES, 'true', '1'), fc.constantFrom(...STATUSES)),
  }),
);
const on = fc.dictionary(fc.constantFrom(...EVENTS), edge);
const chart: fc.Arbitrary<Chart> = fc.record({
  initial: fc.constantFrom(...STATUSES),
  states: fc
    .tuple(...STATUSES.map(() => on))
    .map((all) => Object.fromEntries(STATUSES.map((status, i) => [status, { on: all[i]! }]))),
});

/** Folds that see everything they may see, so that a difference anywhere shows. */
const evolve: Aggregate['evolve'] = {
  Moved: (data, event, meta) => ({
    trail: [...((data.trail as unknown[]) ?? []), event, meta.aggregate_version],
  }),
  Noted: (_, event) => ({ note: event }),
  Closed: () => ({}),
};
const definitionOf = (one: Chart): Aggregate =>
  ({
    name: 'Thing',
    chart: one,
    evolve,
    initial: { status: one.initial, data: { trail: [], note: null } },
  }) as unknown as Aggregate;

const event = fc.record({
  type: fc.constantFrom(...EVENTS, 'Unheard'),
  data: fc.record({ to: fc.constantFrom(...VALUES, 'elsewhere'), flag: fc.constantFrom(true, 1) }),
});
const metaOf = (aggregate_version: number): EventMeta => ({
  event_id: `e${aggregate_version}`,
  event_timestamp: '2026-01-06T10:00:00Z',
  aggregate_version,
});
/** Where a history leads by folding; an event that does not fit is left out. */
const folded = (definition: Aggregate, from: State, { type, data, meta }: LiveEvent): State => {
  try {
    return replay(definition, from, { event_type: type, data, ...meta });
  } catch (fault) {
    expect(fault).toBeInstanceOf(Fault);
    return from;
  }
};

describe('machineOf', () => {
  it('an actor goes where replay goes, and stays where replay throws', () => {
    fc.assert(
      fc.property(chart, fc.array(event, { maxLength: 25 }), (one, history) => {
        const definition = definitionOf(one);
        const live = createLive(definition, definition.initial);
        let state = definition.initial;
        for (const [i, { type, data }] of history.entries()) {
          const next: LiveEvent = { type, data, meta: metaOf(i + 1) };
          const decided = transition(definition, state, next);
          const before = state;
          state = folded(definition, state, next);
          expect(decided ?? before).toEqual(state);
          live.send(next);
          expect(stateOf(live)).toEqual(state);
        }
        const again = createLive(definition, state);
        expect(stateOf(again)).toEqual(state);
        live.stop();
        again.stop();
      }),
    );
  });

  const definition = definitionOf({
    initial: 'absent',
    states: {
      absent: { on: { Opened: 'open' } },
      open: { on: { Noted: {}, Moved: { by: 'to', to: { x: 'gone' } } } },
      gone: { kind: 'deleted' },
    },
  });

  it('starts where the definition starts', () => {
    const initial = createLive(definition, definition.initial).getSnapshot();
    expect(initial.value).toBe('absent');
    expect(initial.context).toEqual(definition.initial.data);
  });

  it('compiles a definition once', () => {
    expect(machineOf(definition)).toBe(machineOf(definition));
  });

  it('keeps the transitions as data: guards and actions are named, not written', () => {
    const { states } = machineOf(definition).config as { states: Record<string, unknown> };
    expect(JSON.parse(JSON.stringify(states))).toEqual(states);
    expect(states.open).toEqual({
      on: {
        Noted: [{ actions: ['fold'] }],
        Moved: [
          {
            guard: { type: 'holds', params: { field: 'to', value: 'x' } },
            target: 'gone',
            actions: ['fold'],
          },
        ],
      },
    });
  });

  it('takes data as it is, whatever it holds', () => {
    const data = Object.freeze({ inner: Object.freeze({ xstate$$type: 1, id: 'no actor' }) });
    const live = createLive(definition, { status: 'open', data });
    expect(live.getSnapshot().context).toBe(data);
  });

  it('refuses a status that the chart does not have', () => {
    expect(() => createLive(definition, { status: 'ajar', data: {} })).toThrow(/ajar/);
  });

  it.each(['v1.0', '#odd', 'a\\b', ''])('refuses a chart with the status "%s"', (status) => {
    const odd = definitionOf({ initial: 'absent', states: { absent: {}, [status]: {} } });
    expect(() => machineOf(odd)).toThrow(`Thing: the status "${status}"`);
  });

  it('says where an event leads and keeps nothing, and an actor goes on from what it said', () => {
    const open: State = { status: 'open', data: { trail: [], note: null } };
    const live = createLive(definition, open);
    const noted = transition(definition, open, { type: 'Noted', data: { n: 1 }, meta: metaOf(1) })!;
    expect(noted).toEqual({ status: 'open', data: { trail: [], note: { n: 1 } } });
    expect(open.data.note).toBeNull();
    expect(stateOf(live)).toEqual(open);
    expect(transition(definition, noted, { type: 'Opened', data: {}, meta: metaOf(2) })).toBe(
      undefined,
    );
    const gone = transition(definition, noted, {
      type: 'Moved',
      data: { to: 'x' },
      meta: metaOf(2),
    })!;
    commit(live, definition, gone);
    expect(stateOf(live)).toEqual(gone);
    expect(live.getSnapshot().context).toBe(gone.data);
    expect(live.getSnapshot().can({ type: 'Noted', data: {}, meta: metaOf(3) })).toBe(false);
  });

  it('an evolve that throws says so to whoever asks where an event leads', () => {
    const evolve = {
      Noted: () => {
        throw new Error('broken');
      },
    };
    const from = { status: 'open', data: {} };
    const noted = { type: 'Noted', data: {}, meta: metaOf(1) };
    expect(() => transition({ ...definition, evolve }, from, noted)).toThrow('broken');
  });

  it('an evolve that throws ends its actor and nothing else', () => {
    const broken = {
      ...definition,
      evolve: {
        Noted: () => {
          throw new Error('broken');
        },
      },
    };
    const live = createLive(broken, { status: 'open', data: {} });
    const other = createLive(broken, { status: 'open', data: {} });
    live.send({ type: 'Noted', data: {}, meta: metaOf(1) });
    expect(live.getSnapshot().status).toBe('error');
    other.send({ type: 'Moved', data: { to: 'x' }, meta: metaOf(1) });
    expect(other.getSnapshot().value).toBe('gone');
  });
});
