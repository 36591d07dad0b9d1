import { expect, it } from 'vitest';
import { percentOf, sharesOf } from './lifecycles.js';

it('puts lifecycles in the order of life, whatever else there is last', () => {
  const groups = [
    { value: 'retired', count: 3 },
    { value: null, count: 1 },
    { value: 'planned', count: 2 },
  ];
  expect(sharesOf(groups).map(({ lifecycle }) => lifecycle)).toEqual([
    'planned',
    'retired',
    'none',
  ]);
});

it('never rounds something to nothing, nor a part to the whole', () => {
  expect([percentOf(0, 0), percentOf(1, 4), percentOf(4, 4)]).toEqual(['0 %', '25 %', '100 %']);
  expect([percentOf(1, 5_000), percentOf(4_999, 5_000)]).toEqual(['<1 %', '>99 %']);
});
