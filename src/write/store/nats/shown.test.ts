import { expect, it } from 'vitest';
import { shownOf } from './shown.js';

const MAX = 64 * 1024;

it('shows JSON, text and bytes as what they are', () => {
  expect(shownOf(Buffer.from('{"a":1}'))).toEqual({ size: 7, encoding: 'json', payload: { a: 1 } });
  expect(shownOf(Buffer.from('{"a":'))).toEqual({ size: 5, encoding: 'text', payload: '{"a":' });
  expect(shownOf(Buffer.alloc(0))).toEqual({ size: 0, encoding: 'text', payload: '' });
  expect(shownOf(Buffer.from([0xff, 0]))).toEqual({ size: 2, encoding: 'base64', payload: '/wA=' });
});

it('cuts between characters, and bytes anywhere', () => {
  const euros = `x${'€'.repeat(MAX)}`;
  const cut = shownOf(Buffer.from(euros));
  expect(cut).toMatchObject({ size: 1 + 3 * MAX, encoding: 'text', cut: true });
  expect(euros.startsWith(cut.payload as string)).toBe(true);
  expect(Buffer.byteLength(cut.payload as string)).toBeGreaterThan(MAX - 4);
  const bytes = shownOf(Buffer.alloc(MAX + 1, 0xff));
  expect(bytes).toMatchObject({ size: MAX + 1, encoding: 'base64', cut: true });
  expect(Buffer.from(bytes.payload as string, 'base64')).toHaveLength(MAX);
  expect(shownOf(Buffer.from(`"${'x'.repeat(MAX)}"`)).encoding).toBe('text');
  // What fits exactly is not cut.
  const whole = `"${'x'.repeat(MAX - 2)}"`;
  expect(shownOf(Buffer.from(whole))).toEqual({
    size: MAX,
    encoding: 'json',
    payload: JSON.parse(whole),
  });
  const ending = (text: string) => shownOf(Buffer.from(text.padStart(MAX + 9, 'x'))).payload;
  for (const end of ['é', '€', '🦉'])
    for (const behind of [6, 7, 8, 9])
      expect(ending(end + 'y'.repeat(behind))).toMatch(/^x+[é€🦉]?y*$/u);
});
