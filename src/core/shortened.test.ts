import { expect, it } from 'vitest';
import { shortened } from './shortened.js';

it('cuts a text at a whole character, and says so', () => {
  expect(shortened('abcde', 5)).toBe('abcde');
  expect(shortened('abcdef', 5)).toBe('abcd…');
  expect(shortened('abc😀def', 5)).toBe('abc…');
  expect(shortened('ab😀def', 5)).toBe('ab😀…');
});
