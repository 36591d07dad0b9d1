import { expect, it } from 'vitest';
import { JSON_DEPTH_MAX, JSON_VALUES_MAX, tooMuchJson } from './json-size.js';

const nested = (levels: number): string => '['.repeat(levels) + ' '.repeat(99) + ']'.repeat(levels);
const keyed = (keys: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: keys }, (_, n) => [`k${n}`, 1])));

it.each([
  ['as deep as it may be', nested(JSON_DEPTH_MAX), undefined],
  ['deeper', nested(JSON_DEPTH_MAX + 1), 'depth'],
  ['brackets in strings', JSON.stringify(['['.repeat(300), '"\\'.repeat(300), '{']), undefined],
  ['brackets beside one another', `[${'[],'.repeat(300)}[]]`, undefined],
  ['as many keys as there may be', keyed(JSON_VALUES_MAX), undefined],
  ['more keys', keyed(JSON_VALUES_MAX + 1), 'values'],
  ['more members', JSON.stringify(Array(JSON_VALUES_MAX + 1).fill(1)), 'values'],
  ['more empty lists', `[${Array(JSON_VALUES_MAX).fill('[]').join(',')}]`, 'values'],
  ['a long string', JSON.stringify([',{['.repeat(JSON_VALUES_MAX)]), undefined],
  ['a string that does not end', `["${'\\"'.repeat(1_000)}`, undefined],
])('%s', (_, text, tooMuch) => {
  expect(tooMuchJson(text)).toBe(tooMuch);
});
