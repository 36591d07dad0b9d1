import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { PATIENTLY } from '../../../test/support/patience.js';
import { defineBoundary } from '../../core/boundary.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { stableCommandId } from '../../core/ids.js';
import { command } from '../../core/message.js';
import { isRefusal } from '../../core/refusal.js';
import { defineWatch, type Item } from '../../core/watch.js';
import { Runtime } from '../../write/runtime/runtime.js';
import type { EventStore } from '../../write/store/event-store.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { startWatches, type Watches } from './start-watches.js';

const none = z.object({});
const Ticket = defineAggregate({
  name: 'Ticket',
  summary: 'A seat of a guest.',
  events: { SeatTaken: z.object({ seat: z.string() }), SeatLeft: none },
  commands: {
    TakeSeat: command({ data: z.object({ seat: z.string() }), emits: ['SeatTaken'], roles: ['r'] }),
    LeaveSeat: command({ data: none, emits: ['SeatLeft'], roles: ['r'] }),
  },
  data: none,
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { SeatTaken: 'taken' } },
      taken: { on: { SeatLeft: 'left' } },
      left: {},
    },
  },
  evolve: { SeatTaken: null },
  decide: {
    TakeSeat: (_, data) => [{ type: 'SeatTaken', data }],
    LeaveSeat: () => [{ type: 'SeatLeft', data: {} }],
  },
});
const Quarrel = defineAggregate({
  name: 'Quarrel',
  summary: 'Two guests on one seat.',
  events: {
    QuarrelBegun: z.object({ seat: z.string() }),
    QuarrelEnded: none,
    QuarrelIgnored: none,
  },
  commands: {
    Begin: command({
      data: z.object({ seat: z.string() }),
      emits: ['QuarrelBegun'],
      roles: ['r'],
      identity: ({ seat }) => stableCommandId('quarrel', seat),
    }),
    End: command({ data: none, emits: ['QuarrelEnded'], roles: ['r'] }),
    Ignore: command({ data: none, emits: ['QuarrelIgnored'], roles: ['r'] }),
  },
  data: none,
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { QuarrelBegun: 'loud' } },
      loud: { on: { QuarrelEnded: 'over', QuarrelIgnored: 'ignored' } },
      over: { on: { QuarrelBegun: 'loud' } },
      ignored: { on: { QuarrelEnded: 'over' } },
    },
  },
  evolve: { QuarrelBegun: null },
  decide: {
    Begin: (_, data) => [{ type: 'QuarrelBegun', data }],
    End: () => [{ type: 'QuarrelEnded', data: {} }],
    Ignore: () => [{ type: 'QuarrelIgnored', data: {} }],
  },
});

const seats = defineBoundary<string>()({
  of: 'Ticket',
  events: { SeatTaken: z.object({ seat: z.string() }), SeatLeft: none },
  on: {
    SeatTaken: (_, { aggregate_id, data: { seat } }) => [[aggregate_id, seat]],
    SeatLeft: (_, { aggregate_id }) => [[aggregate_id, undefined]],
  },
});
const quarrels = defineBoundary<Item['state']>()({
  of: 'Quarrel',
  events: { QuarrelBegun: none, QuarrelEnded: none, QuarrelIgnored: none },
  on: {
    QuarrelBegun: (_, { aggregate_id }) => [[aggregate_id, 'open']],
    QuarrelEnded: (_, { aggregate_id }) => [[aggregate_id, 'resolved']],
    QuarrelIgnored: (_, { aggregate_id }) => [[aggregate_id, 'dismissed']],
  },
});
const watch = defineWatch({
  name: 'seats',
  summary: 'No two guests on one seat.',
  boundaries: { seats, quarrels },
  findings: (facts) => {
    const taken = [...facts.seats.values()];
    return [...new Set(taken.filter((seat, at) => taken.indexOf(seat) !== at))].map((seat) => ({
      seat,
    }));
  },
  items: {
    of: 'Quarrel',
    open: 'Begin',
    resolve: 'End',
    resolution: {},
    known: (facts) => [...facts.quarrels].map(([id, state]) => ({ id, state })),
  },
});

let store: EventStore;
let runtime: Runtime;
const log = { warn: vi.fn(), error: vi.fn() };
const running: Watches[] = [];
const start = (over: Partial<EventStore> = {}) => {
  const watches = startWatches({
    watches: [watch],
    runtime,
    store: { ...store, ...over },
    log,
    everyMs: 20,
  });
  running.push(watches);
  return watches;
};
beforeEach(() => {
  vi.clearAllMocks();
  store = memoryStore();
  runtime = new Runtime({ definitions: [Ticket, Quarrel], store, log });
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

const send = async (aggregate_type: string, command_type: string, id: string, data = {}) => {
  const result = await runtime.dispatch(
    {
      command_id: crypto.randomUUID(),
      aggregate_type,
      command_type,
      aggregate_id: id,
      data,
      actor: 'ada',
      actor_type: 'user',
      source: 'api',
      command_timestamp: '2026-01-06T10:00:00Z',
    },
    'test',
  );
  if (isRefusal(result)) throw new Error(result.message);
};
const sit = (guest: string, seat: string) => send('Ticket', 'TakeSeat', guest, { seat });
const id = stableCommandId('quarrel', '7a');
const status = async () => (await runtime.state(Quarrel, id)).status;
const becomes = (wanted: string) =>
  vi.waitFor(async () => expect(await status()).toBe(wanted), PATIENTLY);

describe('a watch', () => {
  it('opens what it finds, once, and resolves it when it is no longer so', async () => {
    const watches = start();
    await sit('ada', '7a');
    await sit('bob', '7a');
    watches.wrote();
    await becomes('loud');
    expect(watches.status()).toMatchObject([{ name: 'seats', findings: 1, failing: null }]);
    await send('Ticket', 'LeaveSeat', 'bob');
    await becomes('over');
    await sit('cleo', '7a');
    await becomes('loud'); // and again
    expect((await runtime.state(Quarrel, id)).version).toBe(3);
  });

  it('finds what was so before it started, on every node, without doing it twice', async () => {
    await sit('ada', '7a');
    await sit('bob', '7a');
    start();
    start();
    await becomes('loud');
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect((await runtime.state(Quarrel, id)).version).toBe(1);
  });

  it('leaves alone what somebody has dismissed, until it is no longer so', async () => {
    start();
    await sit('ada', '7a');
    await sit('bob', '7a');
    await becomes('loud');
    await send('Quarrel', 'Ignore', id);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await status()).toBe('ignored');
    await send('Ticket', 'LeaveSeat', 'bob');
    await becomes('over');
  });

  it('says so while it cannot look, once, and goes on', async () => {
    let away = true;
    const watches = start({
      scan: (...args) => {
        if (away) throw new Error('the store is away');
        return store.scan(...args);
      },
    });
    await sit('ada', '7a');
    await sit('bob', '7a');
    await vi.waitFor(() => expect(watches.status()[0]?.failing).not.toBeNull(), PATIENTLY);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(log.warn).toHaveBeenCalledTimes(1);
    away = false;
    await becomes('loud');
    await vi.waitFor(() => expect(watches.status()[0]?.failing).toBeNull(), PATIENTLY);
  });

  it('needs commands that are there, and an identity', () => {
    const items = { ...watch.items };
    for (const [wrong, why] of [
      [{ of: 'Nothing' }, /needs Nothing with the commands Begin and End/],
      [{ open: 'Start' }, /Start and End/],
      [{ open: 'Ignore' }, /Ignore needs an identity/],
    ] as const)
      expect(() =>
        startWatches({
          watches: [{ ...watch, items: { ...items, ...wrong } }],
          runtime,
          store,
          log,
        }),
      ).toThrow(why);
  });
});
