import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { paintFor, write } from './io.js';
import { printable, STYLES } from './printable.js';

it.each([
  ['a title', 'a\u001b]0;owned\u0007b', 'a\\u001b]0;owned\\u0007b'],
  ['a cleared screen', '\u001b[2J', '\\u001b[2J'],
  ['eight-bit controls', '\u009b2J', '\\u009b2J'],
  ['text that overwrites', 'good\rbad', 'good\\u000dbad'],
  ['text that is turned around', 'a\u202eb', 'a\\u202eb'],
  ['concealed text', 'a\u001b[8mb', 'a\\u001b[8mb'],
  ['black on black', '\u001b[30;40mb', '\\u001b[30;40mb'],
  ['a code of ours among others', '\u001b[31;8mb', '\\u001b[31;8mb'],
  ['colours, tabs and lines', '\u001b[31mred\u001b[39m\tx\nÄ 漢 😀', undefined],
])('%s', (_, text, shown) => {
  expect(printable(text)).toBe(shown ?? text);
});

it('lets pass all that we paint with', () => {
  const paint = paintFor({ isTTY: true } as NodeJS.WriteStream, {});
  for (const style of STYLES) expect(printable(paint(style, 'x'))).toBe(paint(style, 'x'));
  expect(paint('red', 'x')).not.toBe('x');
});

it('is how everything is written, and JSON is what it was', () => {
  const stream = new PassThrough();
  const value = { name: 'a\u009b\u202e\u007f"\\' };
  write(stream, JSON.stringify(value));
  const text = String(stream.read());
  expect(text).not.toContain('\u009b');
  expect(JSON.parse(text)).toEqual(value);
});
