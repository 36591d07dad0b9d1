import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { naiveStatistics } from '../../../test/support/lifecycle-oracle.js';
import { arrowsFrom } from '../../core/chart.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { command } from '../../core/message.js';
import { givenEvents } from '../../testing/index.js';
import { eventsOf, type GivenEvent } from '../../testing/projections.js';
import { lifecycles } from './lifecycles.js';

const roles = ['tester'];
const nothing = z.object({});
const Turn = z.object({ to: z.enum(['ajar', 'wide', 'shut', 'lock', 'open']) });

const Door = defineAggregate({
  name: 'Door',
  summary: 'A door.',
  events: {
    DoorBuilt: nothing,
    DoorTurned: Turn,
    DoorPainted: nothing,
    DoorForced: nothing,
    DoorGone: nothing,
  },
  commands: {
    Use: command({
      data: nothing,
      emits: ['DoorBuilt', 'DoorTurned', 'DoorPainted', 'DoorForced', 'DoorGone'],
      roles,
    }),
  },
  data: z.object({}),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { DoorBuilt: 'closed' } },
      closed: {
        on: {
          DoorTurned: {
            by: 'to',
            to: { ajar: 'open', wide: 'open', shut: 'closed', lock: 'locked' },
          },
          DoorPainted: {},
          DoorGone: 'gone',
        },
      },
      open: { on: { DoorTurned: { by: 'to', to: { shut: 'closed' } }, DoorPainted: {} } },
      locked: { on: { DoorForced: 'open', DoorTurned: { by: 'to', to: { open: 'closed' } } } },
      gone: { kind: 'deleted' },
    },
  },
  evolve: { DoorTurned: null },
  decide: { Use: () => [] },
});
const Bell = defineAggregate({
  name: 'Bell',
  summary: 'A bell.',
  events: { BellHung: nothing },
  commands: { Hang: command({ data: nothing, emits: ['BellHung'], roles }) },
  data: z.object({}),
  chart: { initial: 'absent', states: { absent: { on: { BellHung: 'hung' } }, hung: {} } },
  evolve: {},
  decide: { Hang: () => [] },
});

const projection = lifecycles([Door, Bell]);
const NOW = '2026-06-01T00:00:00.000Z';
const at = (day: string): string => `2026-01-${day}T00:00:00Z`;
const door = (event: string, day: string, data: object = {}, id = 'd'): GivenEvent =>
  ({ type: 'Door', id, event, data, effective_at: at(day) }) as GivenEvent;
const DAY_S = 86_400;
const life = [
  door('DoorBuilt', '01'),
  door('DoorPainted', '02'),
  door('DoorTurned', '03', { to: 'wide' }),
  door('DoorTurned', '06', { to: 'shut' }),
  door('DoorTurned', '07', { to: 'ajar' }),
];

describe('a lifecycle', () => {
  it('is where an aggregate stands and how it came there, by the clock of the world', () => {
    givenEvents(projection, ...life).then({
      'door/d': {
        aggregate_type: 'Door',
        aggregate_id: 'd',
        status: 'open',
        since: '2026-01-07T00:00:00.000Z',
        deleted: false,
        edges: [
          {
            from: 'absent',
            event: 'DoorBuilt',
            to: 'closed',
            count: 1,
            last_at: '2026-01-01T00:00:00.000Z',
          },
          {
            from: 'closed',
            event: 'DoorTurned',
            to: 'open',
            count: 2,
            last_at: '2026-01-07T00:00:00.000Z',
          },
          {
            from: 'open',
            event: 'DoorTurned',
            to: 'closed',
            count: 1,
            last_at: '2026-01-06T00:00:00.000Z',
          },
        ],
      },
    });
  });

  it('has no stay of less than nothing when events are told late', () => {
    const { documents } = givenEvents(
      projection,
      door('DoorBuilt', '05'),
      door('DoorTurned', '02', { to: 'wide' }),
    );
    expect(documents.get('door/d')).toMatchObject({
      since: '2026-01-05T00:00:00.000Z',
      statuses: [{ status: 'closed', seconds: 0 }, { status: 'open' }],
    });
  });

  it('is not written again for an event that leaves the status as it is', () => {
    const [built, painted] = eventsOf(projection, life);
    const before = projection.apply(projection.initial, built!, 'door/d');
    expect(projection.apply(before!, painted!, 'door/d')).toBe(before);
  });

  it('does not take an event that does not fit', () => {
    const [, , turned] = eventsOf(projection, life);
    expect(() => projection.apply(projection.initial, turned!, 'door/d')).toThrow(
      /does not fit the chart in status "absent"/,
    );
  });

  it('stays of one size, however often it goes to and fro', () => {
    const often = (times: number) =>
      [...Array(times).keys()].flatMap(() => [
        door('DoorTurned', '02', { to: 'wide' }),
        door('DoorTurned', '03', { to: 'shut' }),
      ]);
    const size = (times: number): number => {
      const { documents } = givenEvents(projection, door('DoorBuilt', '01'), ...often(times));
      return JSON.stringify(documents.get('door/d')).length;
    };
    expect(size(200)).toBeLessThan(size(25) + 20);
  });

  it('is built anew when a chart changes', () => {
    const chart = { ...Door.chart, states: { ...Door.chart.states, rusty: {} } };
    expect(lifecycles([{ ...Door, chart }, Bell]).hash).not.toBe(projection.hash);
  });
});

describe('the statistics', () => {
  const report = (params: Record<string, string>, ...events: GivenEvent[]) =>
    givenEvents(projection, ...events).report('statistics', params, NOW);

  it('say how long, how often and by which way', () => {
    const told = report(
      { aggregate_type: 'Door' },
      ...life,
      door('DoorBuilt', '02', {}, 'e'),
      door('DoorGone', '12', {}, 'e'),
    );
    expect(told).toMatchObject({ aggregate_type: 'Door', aggregates: 2 });
    const { statuses, edges } = told as { statuses: object[]; edges: object[] };
    expect(statuses).toEqual([
      {
        status: 'closed',
        count: 0,
        entered: 3,
        current_seconds: null,
        dwell_seconds: {
          median: 2 * DAY_S,
          p90: 10 * DAY_S,
          max: 10 * DAY_S,
          mean: (13 / 3) * DAY_S,
        },
      },
      {
        status: 'open',
        count: 1,
        entered: 2,
        dwell_seconds: { median: 3 * DAY_S, p90: 3 * DAY_S, max: 3 * DAY_S, mean: 3 * DAY_S },
        current_seconds: { median: 145 * DAY_S, max: 145 * DAY_S },
      },
      { status: 'locked', count: 0, entered: 0, dwell_seconds: null, current_seconds: null },
      {
        status: 'gone',
        count: 1,
        entered: 1,
        dwell_seconds: null,
        current_seconds: { median: 140 * DAY_S, max: 140 * DAY_S },
      },
    ]);
    expect(edges).toHaveLength(7);
    expect(edges).toContainEqual({
      from: 'locked',
      event: 'DoorForced',
      to: 'open',
      count: 0,
      last_at: null,
    });
  });

  it('are counts only, of every type, when none is named', () => {
    expect(report({}, ...life)).toEqual({
      types: [
        {
          aggregate_type: 'Door',
          aggregates: 1,
          statuses: [
            { status: 'closed', count: 0 },
            { status: 'open', count: 1 },
            { status: 'locked', count: 0 },
            { status: 'gone', count: 0 },
          ],
        },
        { aggregate_type: 'Bell', aggregates: 0, statuses: [{ status: 'hung', count: 0 }] },
      ],
    });
    expect(() => report({ aggregate_type: 'Window' })).toThrow(/Door/);
  });

  it('are what one works out from every stay there ever was, whatever happened', () => {
    const choices = fc.array(fc.nat(100), { minLength: 1, maxLength: 150, size: 'max' });
    const lives = fc.array(choices, { minLength: 1, maxLength: 3 });
    /** A walk over the chart: numbers say which arrow, and when it was true. */
    const walk = (numbers: readonly number[], id: string): GivenEvent[] => {
      let status = 'absent';
      return numbers.flatMap((number, index) => {
        const ways = arrowsFrom(Door.chart, status);
        // Seldom to the end: then nothing follows.
        const going = ways.filter(({ to }) => to !== 'gone' || number === 100);
        const way = going[number % Math.max(1, going.length)];
        if (!way) return [];
        status = way.to;
        const ms = Date.UTC(1961, 0, 1) + index * 7_000_000 - (number % 13) * 3_333_333;
        const data = way.when ? { [way.when.field]: way.when.value } : {};
        const effective_at = new Date(ms).toISOString();
        return [{ type: 'Door', id, event: way.event, data, effective_at } as GivenEvent];
      });
    };
    fc.assert(
      fc.property(lives, fc.nat(2_000), (all, hours) => {
        const events = all.flatMap((numbers, index) => walk(numbers, `d${index}`));
        const now = new Date(Date.UTC(1961, 0, 1) + hours * 3_600_000).toISOString();
        const told = givenEvents(projection, ...events).report(
          'statistics',
          { aggregate_type: 'Door' },
          now,
        ) as { statuses: { dwell_seconds: { mean: number } | null }[] };
        const expected = naiveStatistics(Door, eventsOf(projection, events) as never, now);
        const means = (of: typeof told) =>
          of.statuses.map((one) => one.dwell_seconds?.mean ?? null);
        for (const [index, mean] of means(told).entries())
          if (mean !== null) expect(mean).toBeCloseTo(means(expected as typeof told)[index]!, 3);
        const bare = (of: object) =>
          JSON.parse(JSON.stringify(of, (key, value) => (key === 'mean' ? 0 : value)));
        expect(bare(told)).toEqual(bare(expected));
      }),
      // Walks are long, and so would be the way to the shortest one.
      { numRuns: 25, endOnFailure: true },
    );
  });
});
