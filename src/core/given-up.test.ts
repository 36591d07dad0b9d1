import { describe, expect, it } from 'vitest';
import { epochAt, epochOf, type GivenUp, isGivenUp, keptSince } from './given-up.js';

/** Two losses: messages from 16 on, and, after the stream had grown again, from 25 on. */
const TWICE: readonly GivenUp[] = [
  { epoch: 1, end: 15, kept: 15, lost_to: 75, journal: 40 },
  { epoch: 2, end: 24, kept: 24, lost_to: 39, journal: 60 },
];
const FORMERLY: readonly GivenUp[] = [{ epoch: 0, end: 15, kept: 15, lost_to: 75, journal: null }];
/** Of a log that had been written on, somewhere, before it was found out. */
const WRITTEN_ON: readonly GivenUp[] = [{ epoch: 1, end: 45, kept: 0, lost_to: 45, journal: 40 }];

describe('what a stream once held', () => {
  it.each([
    ['was given up when it stood behind the end of then', 16, 0, TWICE, true],
    ['also where whoever accepted it knew of less', 99, 0, TWICE, true],
    ['also where the log had been written on, and is longer', 14, 0, WRITTEN_ON, true],
    ['is given up by the next', 25, 1, TWICE, true],
    ['is a new loss where it was held since, however little that is', 25, 2, TWICE, false],
    ['is a new loss where nothing was accepted', 1, 0, [], false],
    ['is a new loss where it is of an epoch that was forgotten', 16, 3, TWICE, false],
    ['was given up as far as it was known, where nobody noted its epoch', 75, null, TWICE, true],
    ['and no further', 76, null, TWICE, false],
    ['is a new loss where an earlier program accepted one', 16, 0, FORMERLY, false],
    ['was given up by that as far as it was known', 16, null, FORMERLY, true],
  ] as const)('%s', (_, sequence, epoch, givenUp, is) => {
    expect(isGivenUp({ sequence, epoch }, givenUp)).toBe(is);
  });
});

describe('a stream', () => {
  it('is what it was up to the shortest end since, or nobody knows', () => {
    expect([0, 1, 2].map((epoch) => keptSince(epoch, TWICE))).toEqual([15, 24, undefined]);
    expect(keptSince(0, WRITTEN_ON)).toBe(0);
  });
});

describe('the epoch of a stream', () => {
  it('is that of the loss that was accepted last', () => {
    expect([[], FORMERLY, TWICE].map(epochOf)).toEqual([0, 0, 2]);
  });

  it('is told of a journal by what stood in it when each loss was accepted', () => {
    expect([40, 41, 60, 61].map((at) => epochAt(at, TWICE))).toEqual([null, 1, 1, 2]);
    expect(epochAt(41, FORMERLY)).toBeNull();
  });
});
