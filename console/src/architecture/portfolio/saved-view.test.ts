import { expect, it } from 'vitest';
import { addSavedView, readSavedViews } from './saved-view.js';

it('reads what was kept, and nothing of what is no view', () => {
  const one = { name: 'Critical', query: 'criticality=critical' };
  expect(readSavedViews(JSON.stringify([one, { name: 1 }, null]))).toEqual([one]);
  expect([readSavedViews(null), readSavedViews('{'), readSavedViews('{}')]).toEqual([[], [], []]);
});

it('keeps each name once, and 50 at most', () => {
  const many = Array.from({ length: 50 }, (_, i) => ({ name: `${i}`, query: '' }));
  expect(addSavedView(many, { name: '7', query: 'x' }).at(-1)).toEqual({ name: '7', query: 'x' });
  expect(addSavedView(many, { name: '7', query: 'x' })).toHaveLength(50);
  expect(addSavedView(many, { name: 'new', query: '' })[0]).toEqual({ name: '1', query: '' });
});
