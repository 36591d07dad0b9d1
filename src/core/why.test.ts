import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { command } from './message.js';
import { justificationAmong, understandWhy } from './why.js';

const of = (shape: z.ZodRawShape) =>
  command({ data: z.object(shape), emits: ['Done'], roles: ['r'] });
const plain = of({ name: z.string().optional() });
const reasoned = of({ reason: z.string() });
const justified = of({ justification: z.string() });
const perhaps = of({ reason: z.string().nullable().default(null) });

describe('why something is done', () => {
  it.each([
    [
      'what a command calls otherwise',
      justified,
      { reason: 'x' },
      { justification: 'x' },
      undefined,
    ],
    ['its own word', reasoned, { business_justification: 'x' }, { reason: 'x' }, undefined],
    [
      'an own word that may be left out',
      perhaps,
      { justification: 'x' },
      { reason: 'x' },
      undefined,
    ],
    ['the justification of what has no word', plain, { reason: ' x ' }, {}, 'x'],
    ['both', reasoned, { reason: 'x', justification: 'y' }, { reason: 'x' }, 'y'],
  ])('is %s', (_, spec, data, understood, justification) => {
    expect(understandWhy(spec, { data, justification: undefined })).toEqual({
      data: understood,
      justification,
    });
  });

  it("is a text under the first name that is nobody else's", () => {
    const said = new Map<string, unknown>([
      ['reason', ' '],
      ['business_justification', 'y'],
      ['justification', ' x '],
    ]);
    const found = (...own: string[]) => justificationAmong(said, (name) => own.includes(name));
    expect(found()).toEqual({ name: 'justification', text: 'x' });
    expect(found('justification')).toEqual({ name: 'business_justification', text: 'y' });
    expect(found('justification', 'business_justification')).toBeUndefined();
  });

  it('fills what must be said, not what may be left out', () => {
    const said = { data: {}, justification: 'x' };
    expect(understandWhy(reasoned, said).data).toEqual({ reason: 'x' });
    expect(understandWhy(perhaps, said).data).toEqual({});
    expect(understandWhy(plain, said)).toEqual(said);
  });

  it('stays an unknown field where it fits nowhere', () => {
    for (const reason of [7, '', '\u200b', 'x'.repeat(2001)])
      expect(understandWhy(plain, { data: { reason }, justification: undefined })).toEqual({
        data: { reason },
        justification: undefined,
      });
    const twice = { data: { reason: 'x' }, justification: 'y' };
    expect(understandWhy(plain, twice)).toEqual(twice);
  });
});
