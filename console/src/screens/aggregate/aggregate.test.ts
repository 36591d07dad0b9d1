import { describe, expect, it } from 'vitest';
import { attributesOf, listDifference, recordDifference, statusField } from './attributes-of.js';
import {
  dateOf,
  dayOf,
  documentQuery,
  inAddress,
  type Moment,
  momentAt,
  momentIn,
  momentOn,
  NOW,
  shareOf,
  sinceQuery,
} from './moment.js';
import { type StatusPeriod, stepAt, stepsOf } from './status-history.js';

const MOMENTS: readonly Moment[] = [
  NOW,
  { kind: 'version', version: 12 },
  { kind: 'effective_at', at: '2019-05-01' },
  { kind: 'as_of', at: '2019-05-01T12:00:00Z' },
];

describe('a moment', () => {
  it.each(MOMENTS)('stands in the address: $kind', (moment) => {
    const said = new Map(Object.entries(inAddress(moment)));
    expect(momentIn((name) => said.get(name) ?? undefined)).toEqual(moment);
    expect(Object.keys(inAddress(moment)).sort()).toEqual(['as_of', 'at', 'effective_at']);
  });

  it.each(['v0', 'v', 'x', '-1', 'v1.5'])('is not %s', (at) => {
    expect(momentIn((name) => (name === 'at' ? at : undefined))).toEqual(NOW);
  });

  it('is asked for in the words of the server', () => {
    expect(MOMENTS.map(documentQuery)).toEqual([
      { include_deleted: true },
      { include_deleted: true, version: 12 },
      { include_deleted: true, effective_at: '2019-05-01' },
      { include_deleted: true, as_of: '2019-05-01T12:00:00Z' },
    ]);
    expect(MOMENTS.map(sinceQuery)).toEqual([
      { from: 'now' },
      { from: 12 },
      { from: '2019-05-01', clock: 'effective' },
      { from: '2019-05-01T12:00:00Z', clock: 'recorded' },
    ]);
  });

  it('is a place on a slider, whose end is now', () => {
    const day = dayOf('2019-05-01T23:59:59Z');
    expect(dateOf(day)).toBe('2019-05-01');
    expect(momentOn(day, day + 1, 'as_of')).toEqual({ kind: 'as_of', at: '2019-05-01' });
    expect(momentOn(day, day, 'as_of')).toEqual(NOW);
    expect(momentAt(3, 4)).toEqual({ kind: 'version', version: 3 });
    expect(momentAt(4, 4)).toEqual(NOW);
    expect([shareOf(5, 0, 10), shareOf(11, 0, 10), shareOf(1, 1, 1)]).toEqual([0.5, 1, 0]);
  });
});

const stay = (status: string, from: string, aggregate_version: number): StatusPeriod => ({
  status,
  from,
  to: null,
  seconds: 1,
  event_id: `e${aggregate_version}`,
  event_type: 'Moved',
  aggregate_version,
  command_type: null,
  actor: 'ada',
  business_justification: null,
});

describe('the way it took', () => {
  const items = [
    stay('open', '2016-01-01T00:00:00Z', 1),
    stay('shut', '2019-05-01T12:00:00Z', 5),
    stay('gone', '2020-01-01T00:00:00Z', 9),
  ];
  const steps = stepsOf({ items, total: 3 }, 'absent');

  it('begins where the chart does', () => {
    expect(steps.map(({ number, from, to }) => [number, from, to])).toEqual([
      [1, 'absent', 'open'],
      [2, 'open', 'shut'],
      [3, 'shut', 'gone'],
    ]);
  });

  it('keeps its numbers when its beginning is cut off', () => {
    const cut = stepsOf({ items: items.slice(1), total: 3 }, 'absent');
    expect(cut.map(({ number, from }) => [number, from])).toEqual([[3, 'shut']]);
  });

  it.each<[Moment, number | undefined, number | undefined]>([
    [NOW, undefined, 3],
    [{ kind: 'version', version: 8 }, undefined, 2],
    [{ kind: 'effective_at', at: '2019-05-01' }, undefined, 2],
    [{ kind: 'effective_at', at: '2019-05-01T11:00:00Z' }, undefined, 1],
    [{ kind: 'effective_at', at: '2015-05-01' }, undefined, undefined],
    [{ kind: 'as_of', at: '2019-05-01' }, 6, 2],
    [{ kind: 'as_of', at: '2019-05-01' }, undefined, undefined],
  ])('is %j at version %s: step %s', (moment, version, number) => {
    expect(stepAt(steps, moment, version)?.number).toBe(number);
  });
});

describe('attributes', () => {
  it('stand with what changed, the records of the runtime last', () => {
    const document = { id: 'x', name: 'Ledger', stage: 'shut' };
    const changes = [
      { field: 'status', from: 'open', to: 'shut' },
      { field: 'hidden', from: 1, to: 2 },
    ];
    const all = attributesOf(document, changes, 'stage');
    expect(all.map(({ name, change }) => [name, change?.from])).toEqual([
      ['name', undefined],
      ['stage', 'open'],
      ['hidden', 1],
      ['id', undefined],
    ]);
  });

  it('know which field is the status', () => {
    const values = ['open', 'shut'];
    const field = { name: 'stage', values };
    expect(statusField([{ name: 'level', values: ['low'] }, field], [...values, 'gone'])).toBe(
      'stage',
    );
    expect(statusField([field, { name: 'status', values: null }], values)).toBe('status');
    expect(statusField([{ name: 'level', values: null }], values)).toBeUndefined();
  });

  it('say of records which entries are others', () => {
    expect(recordDifference({ a: 1, b: [2], c: 3 }, { a: 1, b: [4], d: 5 })).toEqual([
      { field: 'b', from: [2], to: [4] },
      { field: 'c', from: 3, to: undefined },
      { field: 'd', from: undefined, to: 5 },
    ]);
    expect(recordDifference(null, { a: 1 })).toEqual([{ field: 'a', from: undefined, to: 1 }]);
    expect(recordDifference(null, null)).toBeUndefined();
    expect(recordDifference({}, [])).toBeUndefined();
  });

  it('say of lists what came and what went', () => {
    expect(listDifference(['a', 'b'], ['b', 'c'])).toEqual({ gone: ['a'], come: ['c'] });
    expect(listDifference(null, [{ a: 1 }])).toEqual({ gone: [], come: [{ a: 1 }] });
    expect(listDifference('a', 'b')).toBeUndefined();
    expect(listDifference(null, null)).toBeUndefined();
  });
});
