import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { splitLines } from './split-lines.js';

test.prop([fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1 }), fc.nat(7), fc.boolean()])(
  'lines are whole however the text is cut, the last one with or without an end',
  async (lines, size, isEnded) => {
    const text = `${lines.join('\n')}${isEnded ? '\n' : ''}`;
    const pieces = text.match(new RegExp(`[^]{1,${size + 1}}`, 'g'))!;
    const found: string[] = [];
    for await (const line of ReadableStream.from(pieces).pipeThrough(splitLines()))
      found.push(line);
    expect(found).toEqual(lines);
  },
);
