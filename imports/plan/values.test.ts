import { describe, expect, it } from 'vitest';
import { checked } from './values.js';

describe('what is wrong with a value', () => {
  it('is said with the whole of a short one', () => {
    expect(checked({ criticality: 'huge', tags: ['a', ''] }).wrong).toEqual([
      expect.stringMatching(/^criticality "huge": /),
      expect.stringMatching(/^tags \["a",""\]: /),
    ]);
  });

  it('is said with the beginning of a long one, which may be that of each of many elements', () => {
    const long = 'o'.repeat(400_000);
    const tags = Array.from({ length: 400 }, () => long);
    const { wrong } = checked({ owner: long, tags, domains: Array(2_000).fill(long) });
    const begin = `"${'o'.repeat(100)}"`;
    const five = `[${Array(5).fill(begin).join()}]`;
    expect(wrong).toEqual([
      expect.stringContaining(`owner ${begin} … (400000 characters): `),
      expect.stringContaining(`tags ${five} … (400 in all): `),
      `domains ${five} … (2000 in all): more than 1000 values`,
    ]);
  });
});
