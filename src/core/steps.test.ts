import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { done, type Steps, sortedInSteps } from './steps.js';

const SIZE = 3_000;
const STEPS = 20;

const steps = function* (): Steps<string> {
  for (let n = 0; n < STEPS; n++) yield;
  return 'there';
};

it('a work in steps comes to what it would come to at once', () => {
  expect(done(steps())).toBe('there');
  for (const plain of [null, undefined, 'text', [1], { next: 'month' }])
    expect(done(plain)).toBe(plain);
});

// Few values, so that the order of equal ones shows.
const values = fc.array(fc.nat({ max: 9 }), { maxLength: SIZE, size: 'max' });
test.prop([values], { numRuns: 20 })('what is sorted in steps is sorted as at once', (all) => {
  const given = all.map((value, at) => ({ value, at }));
  const compare = (a: { value: number }, b: { value: number }) => a.value - b.value;
  expect(done(sortedInSteps(given, compare))).toEqual(given.toSorted(compare));
});
