import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { linesIn } from './verify.js';

test.prop([fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1 }), fc.nat(7)])(
  'lines are whole however the text is cut',
  (lines, size) => {
    const text = `${lines.join('\n')}\n`;
    let rest = '';
    const found: string[] = [];
    for (let at = 0; at < text.length; at += size + 1) {
      const next = linesIn(rest, text.slice(at, at + size + 1));
      found.push(...next.lines);
      rest = next.rest;
    }
    expect({ found, rest }).toEqual({ found: lines, rest: '' });
  },
);
