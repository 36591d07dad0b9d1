import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { whereJsonBreaks } from './json-break.js';

it.each([
  ['', 0],
  ['{', 1],
  ['{"a":1', 6],
  ['{"a":1,}', 7],
  ['[1,]', 3],
  ['[1 2]', 3],
  ["{'a':1}", 1],
  ['{"a" 1}', 5],
  ['{"a":nul}', 5],
  ['{"a":01}', 6],
  ['"a\nb"', 2],
  ['"\\x"', 1],
  ['"open', 5],
  ['{}}', 2],
  ['[}', 1],
  ['1 1', 2],
])('%j breaks at %i', (text, position) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(whereJsonBreaks(text)).toBe(position);
});

test.prop([fc.json()])('a whole text breaks where something follows it', (text) => {
  expect(whereJsonBreaks(`${text}}`)).toBe(text.length);
});

test.prop([fc.oneof(fc.json(), fc.string()), fc.nat(), fc.string({ maxLength: 2 })])(
  'there is a place in every text that is not JSON',
  (text, at, put) => {
    const broken = text.slice(0, at % (text.length + 1)) + put;
    const position = whereJsonBreaks(broken);
    expect(position).toBeGreaterThanOrEqual(0);
    expect(position).toBeLessThanOrEqual(broken.length);
  },
);
