import { describe, expect, it } from 'vitest';
import { arrows, arrowsFrom, type Chart, nextStatus, presence } from './chart.js';

const chart: Chart = {
  initial: 'absent',
  states: {
    absent: { on: { Built: { by: 'to', to: { open: 'open', shut: 'shut' } } } },
    open: { on: { Shut: 'shut', Noted: {} } },
    shut: { on: { Burnt: 'gone', Counted: { by: 'rings', to: { '3': 'open' } } } },
    gone: { kind: 'deleted' },
  },
};

describe('nextStatus', () => {
  it.each([
    ['open', 'Shut', {}, 'shut'],
    ['open', 'Noted', {}, 'open'],
    ['absent', 'Built', { to: 'shut' }, 'shut'],
    ['shut', 'Counted', { rings: 3 }, 'open'],
    ['absent', 'Built', { to: 'ajar' }, undefined],
    ['absent', 'Built', {}, undefined],
    ['open', 'Burnt', {}, undefined],
    ['gone', 'Noted', {}, undefined],
    ['nowhere', 'Noted', {}, undefined],
  ])('from %s by %s %j: %s', (status, event, data, to) => {
    expect(nextStatus(chart, status, event, data)).toBe(to);
  });
});

describe('arrows', () => {
  it('are all that is drawn, in the order it is written, one per value of a branch', () => {
    expect(
      arrows(chart).map(({ from, event, to, when }) => [from, event, to, when?.value]),
    ).toEqual([
      ['absent', 'Built', 'open', 'open'],
      ['absent', 'Built', 'shut', 'shut'],
      ['open', 'Shut', 'shut', undefined],
      ['open', 'Noted', 'open', undefined],
      ['shut', 'Burnt', 'gone', undefined],
      ['shut', 'Counted', 'open', '3'],
    ]);
  });

  it('lead where nextStatus leads', () => {
    for (const { from, event, to, when } of arrows(chart))
      expect(nextStatus(chart, from, event, when ? { [when.field]: when.value } : {})).toBe(to);
  });

  it('leave an end or a status that is none nowhere', () => {
    expect(arrowsFrom(chart, 'gone')).toEqual([]);
    expect(arrowsFrom(chart, 'nowhere')).toEqual([]);
  });
});

describe('presence', () => {
  it.each([
    ['absent', 'absent'],
    ['open', 'present'],
    ['shut', 'present'],
    ['gone', 'deleted'],
  ])('in status %s an aggregate is %s', (status, is) => {
    expect(presence(chart, status)).toBe(is);
  });
});
