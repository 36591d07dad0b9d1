import { expect, it } from 'vitest';
import { residentsMax } from './residents-max.js';

it('keeps as many actors in memory as there is room for', () => {
  expect(residentsMax(512 * 1024 ** 2)).toBe(26_214);
  expect(residentsMax(4 * 1024 ** 3)).toBe(100_000);
});
