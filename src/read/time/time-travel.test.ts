import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { turnsDuring } from '../../../test/support/turns-during.js';
import type { Aggregate, State } from '../../core/aggregate.js';
import { nextStatus } from '../../core/chart.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { type EventRecord, type StoredEvent, seal } from '../../core/event.js';
import { replay } from '../../core/fold.js';
import { command } from '../../core/message.js';
import { defineProjection, type Projection, type View } from '../../core/projection.js';
import { isRefusal } from '../../core/refusal.js';
import { extend, nothing, snapshotOf } from '../../write/runtime/load.js';
import { isConflict } from '../../write/store/event-log.js';
import type { EventStore } from '../../write/store/event-store.js';
import { memoryStore } from '../../write/store/memory-store.js';
import type { ViewStore } from '../views/port.js';
import { sqliteViews } from '../views/sqlite.js';
import { createTimeTravel, type TimeTravelOptions } from './create-time-travel.js';
import { READ_PAGE } from './limits.js';
import type { Moment } from './time-travel.js';

const Lamp: Aggregate = defineAggregate({
  name: 'Lamp',
  summary: 'A lamp.',
  events: {
    LampPut: z.object({ room: z.string() }),
    LampDimmed: z.object({ level: z.number() }),
    LampBroken: z.object({}),
    LampMended: z.object({}),
    LampDeleted: z.object({}),
  },
  commands: {
    PutLamp: command({
      data: z.object({}),
      emits: ['LampPut', 'LampDimmed', 'LampBroken', 'LampMended', 'LampDeleted'],
      roles: ['r'],
    }),
  },
  data: z.object({ room: z.string().default(''), levels: z.array(z.number()).default([]) }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { LampPut: 'lit' } },
      lit: { on: { LampDimmed: {}, LampBroken: 'broken', LampDeleted: 'gone' } },
      broken: { on: { LampDimmed: {}, LampMended: 'lit', LampDeleted: 'gone' } },
      gone: { kind: 'deleted' },
    },
  },
  evolve: {
    LampPut: (_, { room }) => ({ room }),
    LampDimmed: ({ levels }, { level }) => ({ levels: [...levels, level] }),
  },
  decide: { PutLamp: () => [] },
});

/** One document per lamp, made from its states. */
const lamps = defineProjection({
  name: 'lamps',
  summary: 'Lamps.',
  view: z.object({
    status: z.string().default(''),
    room: z.string().default(''),
    levels: z.array(z.number()).default([]),
    version: z.number().default(0),
  }),
  indexed: ['status', 'room'],
  from: [Lamp],
  withState: true,
  on: {
    Lamp: {
      '*': (_, event) => ({
        status: event.after.status,
        room: String(event.after.data.room),
        levels: event.after.data.levels as number[],
        version: event.aggregate_version,
      }),
    },
  },
});

/** One document per room, fed by many lamps in any order. */
const rooms = defineProjection({
  name: 'rooms',
  summary: 'Rooms.',
  view: z.object({ lamps: z.number().default(0), light: z.number().default(0) }),
  indexed: ['lamps'],
  from: [Lamp],
  withState: true,
  documentIds: { Lamp: (event) => String(event.after.data.room) },
  on: {
    Lamp: {
      LampPut: (view) => ({ ...view, lamps: view.lamps + 1 }),
      LampDimmed: (view, event) => ({ ...view, light: view.light + Number(event.data.level) }),
      LampDeleted: (view, event) => {
        const light = (event.before.data.levels as number[]).reduce((sum, one) => sum + one, 0);
        const rest = { lamps: view.lamps - 1, light: view.light - light };
        return rest.lamps === 0 && rest.light === 0 ? null : rest;
      },
    },
  },
});

vi.setConfig({ testTimeout: 60_000 }); // hundreds of read stores are made

const START = Date.parse('2026-01-01T00:00:00Z');
const iso = (minute: number): string => new Date(START + minute * 60_000).toISOString();
const LATER = START + 365 * 86_400_000;

/** What happens: to which lamp, which of the events its status allows, and when. */
type Happening = {
  readonly lamp: number;
  readonly pick: number;
  readonly wait: number;
  readonly effective: number | null;
  readonly snapshot: boolean;
};
const history = fc.array(
  fc.record({
    lamp: fc.nat(3),
    pick: fc.nat(20),
    wait: fc.nat(3),
    effective: fc.option(fc.nat(60), { nil: null }),
    snapshot: fc.boolean(),
  }),
  { minLength: 1, maxLength: 30 },
);
const moments = fc.array(
  fc.record({
    asOf: fc.oneof(fc.constant(null), fc.nat(80), fc.record({ position: fc.nat(30) })),
    effectiveAt: fc.option(fc.nat(80), { nil: null }),
  }),
  { minLength: 1, maxLength: 12 },
);

const idOf = (lamp: number): string => `lamp-${lamp}`;
const TYPES = ['LampDimmed', 'LampBroken', 'LampMended', 'LampPut', 'LampDeleted'];

/** Logs hold times in any form that ISO 8601 has: some of them without milliseconds. */
const oneWay = (time: string): string => {
  const minute = Number(time.slice('YYYY-MM-DDTHH:'.length, 'YYYY-MM-DDTHH:MM'.length));
  return minute % 2 === 0 ? time : time.replace('.000Z', 'Z');
};

const record = (
  { id, version, type }: { id: string; version: number; type: string },
  before: EventRecord | undefined,
  { minute, effective }: { minute: number; effective: number | null },
): EventRecord =>
  seal({
    event_id: `${id}-${version}`,
    event_type: type,
    event_version: 1,
    aggregate_type: 'Lamp',
    aggregate_id: id,
    aggregate_version: version,
    event_timestamp: iso(minute),
    actor: 'ada',
    actor_type: 'user',
    source: 'import',
    causation_id: `${id}-c${version}`,
    command_hash: 'h',
    correlation_id: null,
    business_justification: null,
    approval_id: null,
    effective_at: effective === null ? null : oneWay(iso(effective)),
    traceparent: null,
    data:
      type === 'LampPut'
        ? { room: `room-${id.at(-1)! < '2' ? 'a' : 'b'}` }
        : type === 'LampDimmed'
          ? { level: version }
          : {},
    previous_hash: before?.hash ?? null,
  });

/** A log in which all of it happened, and the same without a snapshot. */
const happened = async (happenings: readonly Happening[]) => {
  const [store, bare] = [memoryStore(), memoryStore()];
  const events: StoredEvent[] = [];
  const folded = new Map<string, ReturnType<typeof nothing>>();
  let minute = 0;
  for (const { lamp, pick, wait, effective, snapshot } of happenings) {
    minute += wait;
    const id = idOf(lamp);
    const before = folded.get(id) ?? nothing(Lamp);
    const allowed = TYPES.filter((type) => nextStatus(Lamp.chart, before.state.status, type, {}));
    const type = allowed[pick % allowed.length];
    if (type === undefined) continue;
    const own = events.findLast(({ aggregate_id }) => aggregate_id === id);
    const event = record({ id, version: before.version + 1, type }, own, { minute, effective });
    for (const one of [store, bare]) {
      const append = { kind: Lamp, aggregate_id: id, events: [event], claims: [] };
      const done = await one.append({ ...append, expected: own?.sequence ?? 0 });
      if (isConflict(done)) throw new Error('conflict');
    }
    events.push({ ...event, sequence: events.length + 1 });
    const after = extend(Lamp, before, events.slice(-1));
    folded.set(id, after);
    if (snapshot) await store.saveSnapshot(Lamp, id, snapshotOf(Lamp, after));
  }
  return { store, bare, events };
};

/** The oracle's own reading of the rules: which events count at a moment, in which order. */
type Asked = {
  readonly asOf: null | number | { readonly position: number };
  readonly effectiveAt: number | null;
};
const known = (events: readonly StoredEvent[], { asOf }: Asked): StoredEvent[] =>
  events.filter(({ sequence, event_timestamp }) => {
    if (asOf === null) return true;
    return typeof asOf === 'number' ? event_timestamp <= iso(asOf) : sequence <= asOf.position;
  });
const stateOf = (events: readonly StoredEvent[]): State =>
  events.reduce((state, event) => replay(Lamp, state, event), Lamp.initial);
const canBe = (events: readonly StoredEvent[]): boolean => {
  let status = Lamp.chart.initial;
  return events.every(({ event_type }) => {
    status = nextStatus(Lamp.chart, status, event_type, {}) ?? '';
    return status !== '';
  });
};
const counting = (own: readonly StoredEvent[], asked: Asked): StoredEvent[] => {
  const all = known(own, asked);
  if (asked.effectiveAt === null) return all;
  const until = Date.parse(iso(asked.effectiveAt));
  const when = ({ effective_at, event_timestamp }: StoredEvent) =>
    Date.parse(effective_at ?? event_timestamp);
  const sorted = all
    .map((event, index) => ({ event, index }))
    .sort((a, b) => when(a.event) - when(b.event) || a.index - b.index)
    .map(({ event }) => event);
  if (canBe(sorted)) return sorted.filter((event) => when(event) <= until);
  const end = all.findIndex((event) => when(event) > until);
  return end === -1 ? all : all.slice(0, end);
};
const momentOf = ({ asOf, effectiveAt }: Asked, last: number): Moment => ({
  asOf:
    asOf === null
      ? null
      : typeof asOf === 'number'
        ? iso(asOf)
        : new Map([['lamp', Math.min(asOf.position, last)]]),
  effectiveAt: effectiveAt === null ? null : iso(effectiveAt),
});

const own = (events: readonly StoredEvent[], id: string): StoredEvent[] =>
  events.filter(({ aggregate_id }) => aggregate_id === id);
const ids = [0, 1, 2, 3].map(idOf);

const travel = (store: EventStore, more: Partial<TimeTravelOptions> = {}) =>
  createTimeTravel({
    store,
    ephemeral: () => sqliteViews(':memory:'),
    clock: () => LATER,
    ...more,
  });

const documentsOf = async (store: ViewStore, reading: { slot: Parameters<ViewStore['find']>[0] }) =>
  Object.fromEntries(
    (await store.pageByKey(reading.slot, null, 1_000)).map(({ key, document }) => [key, document]),
  );

/** The documents by the simplest possible fold, one aggregate after the other. */
const expected = (
  projection: Projection,
  events: readonly StoredEvent[],
  asked: Asked,
): Record<string, View> => {
  const documents: Record<string, View> = {};
  for (const id of ids) {
    let before = Lamp.initial;
    for (const event of counting(own(events, id), asked)) {
      const after = replay(Lamp, before, event);
      const projected = { ...event, occurred_at: '', before, after };
      for (const key of projection.keysOf(projected)) {
        const view = projection.apply(documents[key] ?? projection.initial, projected, key);
        if (view === null) delete documents[key];
        else documents[key] = view;
      }
      before = after;
    }
  }
  return documents;
};

describe('one aggregate', () => {
  test.prop([history], { numRuns: 60 })(
    'at every version is the fold of the events up to it, with snapshots and without',
    async (happenings) => {
      const { store, bare, events } = await happened(happenings);
      for (const id of ids)
        for (const [index, event] of own(events, id).entries())
          for (const time of [travel(store), travel(bare)])
            expect(await time.aggregate(Lamp, id, { version: index + 1 })).toEqual({
              definition: Lamp,
              id,
              state: stateOf(own(events, id).slice(0, index + 1)),
              version: index + 1,
              sequence: event.sequence,
              recorded_at: event.event_timestamp,
              occurred_at: new Date(event.effective_at ?? event.event_timestamp).toISOString(),
            });
    },
  );

  test.prop([history, moments], { numRuns: 100 })(
    'at every moment is the fold of what counts then, with snapshots and without',
    async (happenings, asked) => {
      const { store, bare, events } = await happened(happenings);
      for (const id of ids)
        for (const one of asked) {
          const counted = counting(own(events, id), one);
          for (const time of [travel(store), travel(bare)]) {
            const found = await time.aggregate(Lamp, id, momentOf(one, events.length));
            if (counted.length === 0) expect(found).toMatchObject({ refused: 'NOT_FOUND' });
            else
              expect(found).toMatchObject({
                state: stateOf(counted),
                version: Math.max(...counted.map(({ aggregate_version }) => aggregate_version)),
                sequence: Math.max(...counted.map(({ sequence }) => sequence)),
              });
          }
        }
    },
  );
});

/** Write the rest of a log to a store that has its beginning. */
const append = async (
  store: EventStore,
  events: readonly StoredEvent[],
  after: number,
): Promise<void> => {
  for (const event of events.slice(after)) {
    const { sequence, aggregate_id, ...rest } = event;
    const head = own(events, aggregate_id).findLast((one) => one.sequence < sequence);
    const done = await store.append({
      kind: Lamp,
      aggregate_id,
      claims: [],
      events: [{ ...rest, aggregate_id }],
      expected: head?.sequence ?? 0,
    });
    if (isConflict(done)) throw new Error('conflict');
  }
};

describe('a projection', () => {
  test.prop([history, moments], { numRuns: 25 })(
    'at every moment has the documents of what counts then, from memory and from the log',
    async (happenings, asked) => {
      const { store, events } = await happened(happenings);
      const kept = travel(store);
      const scanned = travel(store, { limits: { eventsKept: 0, readingsMax: 2 } });
      for (const one of asked)
        for (const projection of [lamps, rooms]) {
          const want = expected(projection, events, one);
          for (const time of [kept, scanned]) {
            const reading = await time.reading(projection, momentOf(one, events.length));
            if (isRefusal(reading)) throw new Error(reading.message);
            expect(await documentsOf(reading.store, reading)).toEqual(want);
          }
        }
      await kept.close();
      await scanned.close();
    },
  );

  const minutes = fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 3 });
  test.prop([history, history, minutes], { numRuns: 25 })(
    'at a moment does not miss what was recorded since it was asked for last',
    async (first, then, minutes) => {
      const { store, events } = await happened(first);
      const time = travel(store);
      const told = async (known: readonly StoredEvent[], minute: number): Promise<void> => {
        const now: Asked = { asOf: null, effectiveAt: minute };
        for (const projection of [lamps, rooms]) {
          const reading = await time.reading(projection, momentOf(now, 0));
          if (isRefusal(reading)) throw new Error(reading.message);
          expect(await documentsOf(reading.store, reading)).toEqual(
            expected(projection, known, now),
          );
        }
      };
      for (const minute of minutes) await told(events, minute);
      const both = await happened([...first, ...then]);
      // Some at a time: answers go on from one another.
      const half = Math.floor((events.length + both.events.length) / 2);
      await append(store, both.events.slice(0, half), events.length);
      for (const minute of minutes) await told(both.events.slice(0, half), minute);
      await append(store, both.events, Math.max(half, events.length));
      for (const minute of minutes) await told(both.events, minute);
      await time.close();
    },
  );
});

const plain = (lamp: number, pick = 0, more: Partial<Happening> = {}): Happening => ({
  lamp,
  pick,
  wait: 1,
  effective: null,
  snapshot: false,
  ...more,
});

describe('the journal', () => {
  const told = defineProjection({
    name: 'told',
    summary: 'Outcomes.',
    view: z.object({ count: z.number().default(0) }),
    indexed: ['count'],
    from: [],
    on: {},
    journal: {
      documentIds: ({ outcome }) => String(outcome),
      on: ({ count }, { code }) => {
        if (code === 'ODD') throw new Error('not this one');
        return { count: count + 1 };
      },
    },
  });

  it('is told as of the time its commands were received, on both clocks', async () => {
    const store = memoryStore();
    for (const [minute, code] of [[1], [2, 'ODD'], [3]] as const) {
      const what = { via: 'test', outcome: 'refused', duration_ms: 1 } as const;
      store.journal({ ...what, received_at: iso(minute), ...(code && { code }) });
    }
    const time = travel(store);
    const at = async (moment: Moment) => {
      const reading = await time.reading(told, moment);
      if (isRefusal(reading)) throw new Error(reading.message);
      return documentsOf(reading.store, reading);
    };
    expect(await at({ asOf: iso(2), effectiveAt: null })).toEqual({ refused: { count: 1 } });
    expect(await at({ asOf: null, effectiveAt: iso(3) })).toEqual({ refused: { count: 2 } });
    expect(await at({ asOf: iso(0), effectiveAt: null })).toEqual({});
    await time.close();
  });
});

describe('an entry of the journal that an operator left out', () => {
  it('is the only one of its message that is', async () => {
    const outcomes = defineProjection({
      name: 'outcomes',
      summary: 'How commands ended.',
      view: z.object({ count: z.number().default(0) }),
      indexed: ['count'],
      from: [],
      on: {},
      journal: {
        documentIds: ({ outcome }) => String(outcome),
        on: ({ count }, { code }) => {
          if (code === 'ODD') throw new Error('not this one');
          return { count: count + 1 };
        },
      },
    });
    const what = { via: 'test', outcome: 'refused', duration_ms: 1, received_at: iso(1) } as const;
    const store: EventStore = {
      ...memoryStore(),
      ends: async () => ({ first: 1, last: 1, created: 'x', last_at: null }),
      async *readJournal() {
        for (const code of ['EVEN', 'ODD', 'EVEN']) yield { ...what, code, sequence: 1 };
      },
    };
    for (const discarded of [[], [{ source: 'journal', aggregate_id: '1-1', sequence: 1 }]]) {
      const status = [{ name: 'outcomes', discarded_events: discarded.length }];
      const projections = { discarded: async () => discarded, status: () => status } as never;
      const time = travel(store, { projections });
      const reading = await time.reading(outcomes, { asOf: null, effectiveAt: null });
      if (isRefusal(reading)) throw new Error(reading.message);
      expect(await documentsOf(reading.store, reading)).toEqual({ refused: { count: 2 } });
    }
  });
});

describe('what cannot be told', () => {
  it('is refused: no such aggregate, not yet, no such version, a position ahead', async () => {
    const { store } = await happened([plain(0), plain(0), plain(1)]);
    const time = travel(store);
    expect(await time.aggregate(Lamp, 'nobody', { version: 1 })).toMatchObject({
      refused: 'NOT_FOUND',
      message: 'Lamp nobody does not exist',
    });
    expect(await time.aggregate(Lamp, 'lamp-1', { asOf: iso(2), effectiveAt: null })).toMatchObject(
      { refused: 'NOT_FOUND', details: { recorded_at: iso(3), occurred_at: iso(3) } },
    );
    expect(await time.aggregate(Lamp, 'lamp-0', { version: 3 })).toMatchObject({
      refused: 'NOT_FOUND',
      details: { last_version: 2 },
    });
    const asOf = new Map([['lamp', 4]]);
    for (const told of [
      await time.reading(lamps, { asOf, effectiveAt: null }),
      await time.aggregate(Lamp, 'lamp-0', { asOf, effectiveAt: null }),
      await time.document(lamps, Lamp, 'lamp-0', { asOf, effectiveAt: null }),
    ])
      expect(told).toMatchObject({
        refused: 'VALIDATION_ERROR',
        message: expect.stringContaining('the log, which ends at lamp:3'),
      });
  });

  it('at once is made for the next question: it says how far it is', async () => {
    const { store } = await happened([plain(0), plain(0)]);
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let made = 0;
    const time = travel(store, {
      limits: { answerWithinMs: 20 },
      ephemeral: async () => {
        made++;
        await gate;
        return sqliteViews(':memory:');
      },
    });
    const moment = { asOf: iso(2), effectiveAt: null };
    const late = await Promise.all([time.reading(lamps, moment), time.reading(lamps, moment)]);
    for (const one of late)
      expect(one).toMatchObject({ refused: 'AS_OF_BUILDING', details: { done: 2, total: 2 } });
    open();
    const reading = await time.reading(lamps, moment);
    expect(reading).not.toHaveProperty('refused');
    expect(made).toBe(1);
    await time.close();
  });
});

describe('answers', () => {
  it('are kept, so many and no more; one that was dropped stays readable a little', async () => {
    const { store } = await happened(Array.from({ length: 6 }, () => plain(0)));
    let made = 0;
    const time = travel(store, {
      limits: { readingsMax: 2 },
      ephemeral: () => {
        made++;
        return sqliteViews(':memory:');
      },
    });
    const at = async (minute: number) => {
      const reading = await time.reading(lamps, { asOf: iso(minute), effectiveAt: null });
      if (isRefusal(reading)) throw new Error(reading.message);
      return reading;
    };
    const first = await at(1);
    expect(await at(1)).toBe(first);
    await at(2);
    await at(3);
    expect(made).toBe(3);
    expect(await documentsOf(first.store, first)).toHaveProperty('lamp-0');
    expect(await at(1)).not.toBe(first);
    expect(made).toBe(4);
    await time.close();
  });

  it('hold until something else counts: now and today are no new answer all the time', async () => {
    // Recorded in minutes 1 to 4; what the third tells was true in minute 2, the last will be in 60.
    const { store, events } = await happened([
      plain(0),
      plain(0),
      plain(0, 0, { effective: 2 }),
      plain(0, 0, { effective: 60 }),
    ]);
    let made = 0;
    const time = travel(store, {
      ephemeral: () => {
        made++;
        return sqliteViews(':memory:');
      },
    });
    const at = async (asOf: string | null, effectiveAt: string | null) => {
      const reading = await time.reading(lamps, { asOf, effectiveAt });
      if (isRefusal(reading)) throw new Error(reading.message);
      return reading;
    };
    const inMs = (minute: number, ms: number) =>
      new Date(Date.parse(iso(minute)) + ms).toISOString();
    const now = await at(null, inMs(10, 0));
    expect(await at(null, inMs(10, 1))).toBe(now);
    expect(await at(null, inMs(59, 59_999))).toBe(now);
    expect(await at(null, inMs(2, 0))).toBe(now);
    expect(made).toBe(1);
    expect(await at(null, inMs(60, 0))).not.toBe(now);
    expect(await at(null, inMs(1, 59_999))).not.toBe(now);
    expect(made).toBe(3);
    const today = await at(inMs(10, 0), null);
    expect(await at(inMs(10, 1), null)).toBe(today);
    expect(await at(inMs(3, 59_999), null)).not.toBe(today);
    expect(made).toBe(5);
    // Nothing is in another order here, but that is for the world to say.
    expect(today).not.toBe(now);
    expect(events).toHaveLength(4);
    await time.close();
  });

  it('go on from the answer before, and read no more of the log than that takes', async () => {
    const { store } = await happened(Array.from({ length: 6 }, () => plain(0)));
    const scans: number[] = [];
    const scan: EventStore['scan'] = (kind, from) => {
      scans.push(from);
      return store.scan(kind, from);
    };
    const time = travel({ ...store, scan }, { limits: { eventsKept: 0 } });
    for (const minute of [2, 5, 4])
      await time.reading(lamps, { asOf: iso(minute), effectiveAt: null });
    expect(scans).toEqual([1, 3, 3]);
    await time.close();
  });

  it.each([
    ['only what came since is read, where it came in order', null, [1, 1, 4, 4]],
    ['it is made anew where something was recorded late', 1, [1, 1, 4, 4, 1]],
  ])('go on in the world, too: %s', async (_, late, expectedScans) => {
    const before = [plain(0), plain(1), plain(0)];
    const { store, events } = await happened(before);
    const scans: number[] = [];
    const scan: EventStore['scan'] = (kind, from, most) => {
      // One message is read to see that it is still the same log.
      if (most === undefined) scans.push(from);
      return store.scan(kind, from, most);
    };
    const time = travel({ ...store, scan }, { limits: { eventsKept: 0 } });
    const at = async () => {
      const reading = await time.reading(lamps, { asOf: null, effectiveAt: iso(50) });
      if (isRefusal(reading)) throw new Error(reading.message);
      return documentsOf(reading.store, reading);
    };
    await at();
    const both = await happened([...before, plain(0, 0, { effective: late })]);
    await append(store, both.events, events.length);
    expect(await at()).toEqual(expected(lamps, both.events, { asOf: null, effectiveAt: 50 }));
    expect(scans).toEqual(expectedScans);
    await time.close();
  });

  it('leave out what a handler cannot take, from there on, and say so', async () => {
    const picky = defineProjection({
      name: 'picky',
      summary: 'Picky.',
      view: z.object({ count: z.number().default(0) }),
      indexed: ['count'],
      from: [Lamp],
      on: {
        Lamp: {
          '*': (view, event) => {
            if (event.aggregate_id === 'lamp-0' && event.aggregate_version === 2)
              throw new Error('not this one');
            return { count: view.count + 1 };
          },
        },
      },
    });
    const { store } = await happened([plain(0), plain(0), plain(0), plain(1), plain(1)]);
    const time = travel(store);
    const reading = await time.reading(picky, { asOf: null, effectiveAt: null });
    if (isRefusal(reading)) throw new Error(reading.message);
    expect(await documentsOf(reading.store, reading)).toEqual({
      'lamp-0': { count: 1 },
      'lamp-1': { count: 2 },
    });
    expect(await reading.store.parked(reading.slot)).toMatchObject([
      { aggregate_id: 'lamp-0', sequence: 2, waiting: 2, error: 'Error: not this one' },
    ]);
    await time.close();
  });

  it('leave out what an operator discarded, and go on after it', async () => {
    const { store } = await happened([plain(0), plain(0), plain(0)]);
    const leftOut = (sequence: number) => ({ source: 'lamp', aggregate_id: 'lamp-0', sequence });
    const discarded = [leftOut(2)];
    let generation = 1;
    const projections = {
      discarded: async () => discarded,
      status: () => [{ name: 'rooms', generation, discarded_events: discarded.length }],
    } as unknown as NonNullable<TimeTravelOptions['projections']>;
    const time = travel(store, { projections });
    const ask = async () => {
      const reading = await time.reading(rooms, { asOf: iso(9), effectiveAt: null });
      if (isRefusal(reading)) throw new Error(reading.message);
      return documentsOf(reading.store, reading);
    };
    expect(await ask()).toEqual({ 'room-a': { lamps: 1, light: 3 } });
    discarded.push(leftOut(3));
    expect(await ask()).toEqual({ 'room-a': { lamps: 1, light: 0 } });
    // Readers are switched to other documents, of which as many other events were left out.
    generation = 2;
    discarded.splice(0, 2, leftOut(1), leftOut(2));
    expect(await ask()).toEqual({ 'room-a': { lamps: 0, light: 3 } });
    await time.close();
  });
});

describe('one long history', () => {
  const EVENTS = 600;
  const moment: Moment = { asOf: null, effectiveAt: iso(60) };
  type Time = ReturnType<typeof travel>;
  const last = { version: EVENTS };
  const questions: readonly (readonly [string, (time: Time) => Promise<unknown>, number])[] = [
    ['a document at a version', (time) => time.document(lamps, Lamp, idOf(0), last), EVENTS],
    ['a document at a moment', (time) => time.document(lamps, Lamp, idOf(0), moment), EVENTS],
    ['its state in the world', (time) => time.aggregate(Lamp, idOf(0), moment), EVENTS],
    // As it was recorded, it is read page by page.
    ['its state at a version', (time) => time.aggregate(Lamp, idOf(0), last), EVENTS / READ_PAGE],
    ['its statuses', (time) => time.stays(Lamp, idOf(0)), EVENTS],
    ['a projection in the world', (time) => time.reading(rooms, moment), EVENTS],
  ];
  it.each(questions)('is told while others get their turn: %s', async (_, ask, least) => {
    // The second became true before the first: what it tells is put in another order.
    const late = [plain(0, 0, { effective: 9 }), plain(0, 0, { effective: 0 })];
    const rest = Array.from({ length: EVENTS - 2 }, () => plain(0, 0, { wait: 0 }));
    const { bare } = await happened([...late, ...rest]);
    const { turns, made } = await turnsDuring(async () => {
      const time = travel(bare);
      const told = await ask(time);
      await time.close();
      return told;
    });
    expect(made).not.toHaveProperty('refused');
    expect(turns).toBeGreaterThanOrEqual(least);
  });
});

it('what was left out is looked up once per question', async () => {
  const { store } = await happened([plain(0), plain(0), plain(0)]);
  const status = vi.fn(() => [{ name: 'lamps', generation: 1, discarded_events: 0 }]);
  const projections = { discarded: async () => [], status };
  const time = travel(store, {
    projections: projections as unknown as NonNullable<TimeTravelOptions['projections']>,
  });
  for (const minute of [1, 2, 9]) {
    await time.reading(lamps, { asOf: iso(minute), effectiveAt: null });
    expect(status).toHaveBeenCalledTimes(1);
    status.mockClear();
  }
  await time.close();
});

describe('a log whose leader of a moment shows less than the one before it', () => {
  it.each([null, 90])('is not told without the rest (effective minute %s)', async (minute) => {
    const { store, events } = await happened(Array.from({ length: 6 }, () => plain(0)));
    let shown = 3;
    const cut: EventStore = {
      ...store,
      scan: async function* (kind, from) {
        for await (const entry of store.scan(kind, from)) if (entry.sequence <= shown) yield entry;
      },
    };
    const time = travel(cut);
    const moment = { asOf: null, effectiveAt: minute === null ? null : iso(minute) };
    await expect(time.reading(lamps, moment)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    shown = events.length;
    const reading = await time.reading(lamps, moment);
    if (isRefusal(reading)) throw new Error(reading.message);
    expect(await documentsOf(reading.store, reading)).toEqual(
      expected(lamps, events, { asOf: null, effectiveAt: minute }),
    );
  });
});

describe('a log that was restored from an older copy, or made anew,', () => {
  const put = (lamp: number, wait = 0): Happening => ({
    lamp,
    pick: 0,
    wait,
    effective: null,
    snapshot: false,
  });
  const dim = (lamp: number): Happening => put(lamp, 1);
  /** A store that is another one from a moment on, as a stream of the same name is after a restore. */
  const swapped = (first: EventStore) => {
    let now = first;
    const store: EventStore = {
      ...first,
      read: (...asked) => now.read(...asked),
      scan: (...asked) => now.scan(...asked),
      ends: (...asked) => now.ends(...asked),
    };
    return {
      store,
      swap: (other: EventStore) => {
        now = other;
      },
    };
  };
  const told = async (time: ReturnType<typeof travel>, events: readonly StoredEvent[]) => {
    const asOf = new Map([[Lamp.slug, events.length]]);
    const reading = await time.reading(lamps, { asOf, effectiveAt: null });
    if (isRefusal(reading)) throw new Error(reading.message);
    return documentsOf(reading.store, reading);
  };
  const before = [put(0), dim(0), put(1), dim(1)];

  it.each([
    ['and is shorter than it was', [put(2), dim(2)]],
    ['and is as long as it was', [put(2), dim(2), put(3), dim(3)]],
    ['and has grown beyond what it was', [put(2), dim(2), put(3), dim(3), dim(2), dim(3)]],
  ])('%s is told as it is now', async (_, after) => {
    const [old, restored] = [await happened(before), await happened(after)];
    const { store, swap } = swapped(old.store);
    const time = travel(store);
    const none = { asOf: null, effectiveAt: null };
    expect(await told(time, old.events)).toEqual(expected(lamps, old.events, none));
    swap(restored.store);
    expect(await told(time, restored.events)).toEqual(expected(lamps, restored.events, none));
  });

  it('as another stream of the same name, and equally long, is told as it is now', async () => {
    const { store: old, events } = await happened(before);
    const { store, swap } = swapped(old);
    const time = travel(store);
    await told(time, events);
    const begins: number[] = [];
    swap({
      ...old,
      ends: async (source) => ({ ...(await old.ends(source)), created: '2026-01-01T00:00:00Z' }),
      scan: (...asked) => {
        begins.push(asked[1]);
        return old.scan(...asked);
      },
    });
    await told(time, events);
    expect(begins).toContain(1);
  });
});

it('a snapshot that is not true is passed over', async () => {
  const { bare, events } = await happened(Array.from({ length: 5 }, () => plain(0)));
  const folded = extend(Lamp, nothing(Lamp), events.slice(0, 3));
  const honest = snapshotOf(Lamp, folded);
  const want = { state: stateOf(events.slice(0, 4)), version: 4 };
  for (const wrong of [
    { ...honest, head: 'another' },
    { ...honest, state: { status: 'lit', data: { room: 'x', levels: [] } } },
    { ...honest, definition: 'another' },
  ]) {
    await bare.saveSnapshot(Lamp, 'lamp-0', wrong);
    expect(await travel(bare).aggregate(Lamp, 'lamp-0', { version: 4 })).toMatchObject(want);
  }
});
