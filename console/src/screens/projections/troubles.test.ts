import { describe, expect, it } from 'vitest';
import type { ProjectionStatus } from '../../api/wire.js';
import { fieldsThatDiffer, isMoving, troubles } from './troubles.js';

const fine: ProjectionStatus = {
  name: 'portfolio',
  summary: '',
  state: 'running',
  reason: null,
  version: 1,
  generation: 1,
  documents: 3,
  sources: [],
  lag_events: 0,
  lag_seconds: 0,
  parked_aggregates: 0,
  parked_events: 0,
  discarded_events: 0,
  build: null,
  previous: null,
};

describe('what is late or stuck', () => {
  it('is nothing when all follow the log', () => expect(troubles([fine, fine])).toEqual([]));

  it('names what stands still first, then what was stopped, is behind, or waits', () => {
    const all = [
      { ...fine, name: 'd', parked_events: 4, parked_aggregates: 2 },
      { ...fine, name: 'c', lag_events: 12_000, lag_seconds: 9 },
      { ...fine, name: 'b', state: 'stopped' },
      { ...fine, name: 'a', state: 'stalled', reason: 'the store refuses' },
    ];
    expect(troubles(all)).toEqual([
      'a stands still: the store refuses',
      'b was stopped by an operator and takes no events',
      'c is 9 s behind (12,000 events)',
      'd has 4 parked events of 2 aggregates',
    ]);
  });

  it('a second behind is not late', () =>
    expect(troubles([{ ...fine, lag_events: 3, lag_seconds: 1 }])).toEqual([]));
});

describe('asking anew', () => {
  const build = {
    generation: 2,
    version: 1,
    started_at: '',
    done: 1,
    total: 9,
    events_per_second: 1,
    eta_seconds: 8,
    caught_up: false,
    switch_when_ready: false,
  };
  it('goes on while a build runs or events wait', () => {
    expect(isMoving(fine)).toBe(false);
    expect(isMoving({ ...fine, lag_events: 1 })).toBe(true);
    expect(isMoving({ ...fine, build })).toBe(true);
    expect(isMoving({ ...fine, build: { ...build, caught_up: true } })).toBe(false);
  });
});

it('says which fields of two documents differ', () => {
  expect(fieldsThatDiffer({ a: 1, b: [1] }, { a: 1, b: [2], c: null })).toEqual([
    { field: 'b', first: [1], second: [2] },
    { field: 'c', first: undefined, second: null },
  ]);
  expect(fieldsThatDiffer(null, { a: 1 })).toEqual([{ field: 'a', first: undefined, second: 1 }]);
});
