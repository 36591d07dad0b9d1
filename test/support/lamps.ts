import { z } from 'zod';
import { defineAggregate } from '../../src/core/define-aggregate.js';
import { seal } from '../../src/core/event.js';
import { command } from '../../src/core/message.js';
import { defineProjection } from '../../src/core/projection.js';
import { isConflict } from '../../src/write/store/event-log.js';
import type { EventStore } from '../../src/write/store/event-store.js';

/** A lamp that stands in a house and can be dimmed and moved. */
export const Lamp = defineAggregate({
  name: 'Lamp',
  summary: 'A lamp.',
  events: {
    LampPlaced: z.object({ house: z.string() }),
    LampDimmed: z.object({ level: z.number() }),
    LampMoved: z.object({ house: z.string() }),
  },
  commands: {
    PlaceLamp: command({
      data: z.object({ house: z.string() }),
      emits: ['LampPlaced'],
      roles: ['tester'],
    }),
    DimLamp: command({
      data: z.object({ level: z.number() }),
      emits: ['LampDimmed'],
      roles: ['tester'],
    }),
    MoveLamp: command({
      data: z.object({ house: z.string() }),
      emits: ['LampMoved'],
      roles: ['tester'],
    }),
  },
  data: z.object({ house: z.string().default(''), level: z.number().default(0) }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { LampPlaced: 'placed' } },
      placed: { on: { LampDimmed: {}, LampMoved: {} } },
    },
  },
  evolve: {
    LampPlaced: (_, { house }) => ({ house }),
    LampDimmed: (_, { level }) => ({ level }),
    LampMoved: (_, { house }) => ({ house }),
  },
  decide: {
    PlaceLamp: (_, data) => [{ type: 'LampPlaced', data }],
    DimLamp: (_, data) => [{ type: 'LampDimmed', data }],
    MoveLamp: (_, data) => [{ type: 'LampMoved', data }],
  },
});

const Setting = z.object({ house: z.string(), amps: z.number() });

/** A fuse that protects a house. */
export const Fuse = defineAggregate({
  name: 'Fuse',
  summary: 'A fuse.',
  events: { FuseSet: Setting },
  commands: { SetFuse: command({ data: Setting, emits: ['FuseSet'], roles: ['tester'] }) },
  data: z.object({ amps: z.number().default(0) }),
  chart: {
    initial: 'absent',
    states: { absent: { on: { FuseSet: 'set' } }, set: { on: { FuseSet: {} } } },
  },
  evolve: { FuseSet: (_, { amps }) => ({ amps }) },
  decide: { SetFuse: (_, data) => [{ type: 'FuseSet', data }] },
});

export const kinds = [Lamp, Fuse] as const;

/** Levels at which the handler fails, as if it were wrong; a fix takes them out. */
export type Faults = Set<number>;

/** A level from which the handler makes something that is no JSON. */
export const NO_JSON = 99;

type Placed = Readonly<Record<string, number>>;
const without = (from: Placed, id: string): Placed =>
  Object.fromEntries(Object.entries(from).filter(([one]) => one !== id));

/**
 * Houses with the levels of their lamps and the sum of what was set of their fuses: two streams,
 * states, documents that several aggregates share, and documents that go away again.
 */
export const housesWith = (faults: Faults, { version = 1 } = {}) =>
  defineProjection({
    name: 'houses',
    summary: 'Houses with their lamps and fuses.',
    version,
    view: z.object({
      lamps: z.record(z.string(), z.number()).default({}),
      levels: z.array(z.string()).default([]),
      amps: z.number().default(0),
      changes: z.number().default(0),
    }),
    indexed: ['amps', 'changes'],
    from: [Lamp, Fuse],
    withState: true,
    documentIds: {
      Lamp: ({ before, after }) =>
        before.data.house === '' ? after.data.house : [before.data.house, after.data.house],
      Fuse: ({ data }) => data.house,
    },
    on: {
      Lamp: {
        '*': (view, event, key) => {
          const { aggregate_id: id, after } = event;
          if (event.event_type === 'LampDimmed' && faults.has(event.data.level))
            throw new Error(`no lamp goes to ${event.data.level}`);
          const lamps =
            after.data.house === key
              ? { ...view.lamps, [id]: after.data.level }
              : without(view.lamps, id);
          const levels = Object.keys(lamps).sort();
          if (levels.length === 0 && view.amps === 0) return null;
          if (after.data.level === NO_JSON) return { ...view, lamps, levels, amps: Number.NaN };
          return { ...view, lamps, levels };
        },
      },
      Fuse: {
        FuseSet: (view, { data }) => ({ ...view, amps: view.amps + data.amps }),
      },
    },
  });

/** Lamps alone, without states; `changes` counts, so that nothing may be applied twice. */
export const countsWith = (faults: Faults) =>
  defineProjection({
    name: 'counts',
    summary: 'How often each lamp changed.',
    view: z.object({ changes: z.number().default(0), order: z.array(z.number()).default([]) }),
    indexed: ['changes'],
    from: [Lamp],
    on: {
      Lamp: {
        LampDimmed: (view, { data, aggregate_version }) => {
          if (faults.has(data.level)) throw new Error(`no lamp goes to ${data.level}`);
          return {
            changes: view.changes + 1,
            order: [...view.order, aggregate_version].slice(-20),
          };
        },
      },
    },
  });

export type Said = {
  readonly of: typeof Lamp | typeof Fuse;
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
};

export const placed = (id: string, house: string): Said => ({
  of: Lamp,
  id,
  type: 'LampPlaced',
  data: { house },
});
export const dimmed = (id: string, level: number): Said => ({
  of: Lamp,
  id,
  type: 'LampDimmed',
  data: { level },
});
export const moved = (id: string, house: string): Said => ({
  of: Lamp,
  id,
  type: 'LampMoved',
  data: { house },
});
export const fused = (id: string, house: string, amps: number): Said => ({
  of: Fuse,
  id,
  type: 'FuseSet',
  data: { house, amps },
});

/** Writes events as a runtime would, chained and without gaps. */
export class Pen {
  readonly #heads = new Map<string, { version: number; hash: string | null; sequence: number }>();
  #clock = Date.parse('2026-01-06T10:00:00.000Z');

  async write(store: EventStore, { of, id, type, data }: Said): Promise<number> {
    const key = `${of.slug}/${id}`;
    const head = this.#heads.get(key) ?? { version: 0, hash: null, sequence: 0 };
    this.#clock += 1_000;
    const event = seal({
      event_id: crypto.randomUUID(),
      event_type: type,
      event_version: 1,
      data,
      aggregate_type: of.name,
      aggregate_id: id,
      aggregate_version: head.version + 1,
      event_timestamp: new Date(this.#clock).toISOString(),
      actor: 'tester',
      actor_type: 'user',
      source: 'api',
      causation_id: crypto.randomUUID(),
      command_hash: 'c'.repeat(64),
      correlation_id: null,
      business_justification: null,
      approval_id: null,
      effective_at: null,
      traceparent: null,
      previous_hash: head.hash,
    });
    this.#heads.set(key, { version: head.version + 1, hash: event.hash, sequence: 0 });
    const result = await store.append({
      kind: of,
      aggregate_id: id,
      expected: head.sequence,
      events: [event],
      claims: [],
    });
    if (isConflict(result)) throw new Error(`${key} was written by another`);
    this.#heads.set(key, { version: head.version + 1, hash: event.hash, sequence: result.first });
    return result.first;
  }

  async writeAll(store: EventStore, all: readonly Said[]): Promise<void> {
    for (const one of all) await this.write(store, one);
  }
}
