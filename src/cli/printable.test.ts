import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { write } from './io.js';
import { printable } from './printable.js';

it.each([
  ['a title', 'a\u001b]0;owned\u0007b', 'a\\u001b]0;owned\\u0007b'],
  ['a cleared screen', '\u001b[2J', '\\u001b[2J'],
  ['eight-bit controls', '\u009b2J', '\\u009b2J'],
  ['text that overwrites', 'good\rbad', 'good\\u000dbad'],
  ['text that is turned around', 'a\u202eb', 'a\\u202eb'],
  ['colours, tabs and lines', '\u001b[31mred\u001b[0m\tx\nÄ 漢 😀', undefined],
])('%s', (_, text, shown) => {
  expect(printable(text)).toBe(shown ?? text);
});

it('is how everything is written, and JSON is what it was', () => {
  const stream = new PassThrough();
  const value = { name: 'a\u009b\u202e\u007f"\\' };
  write(stream, JSON.stringify(value));
  const text = String(stream.read());
  expect(text).not.toContain('\u009b');
  expect(JSON.parse(text)).toEqual(value);
});
