import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { beyondJson } from './beyond-json.js';

const of = (schema: z.ZodType, stored = true) => beyondJson(z.object({ at: schema }), { stored });

describe('what JSON cannot hold', () => {
  it.each<[string, z.ZodType, RegExp]>([
    ['a date', z.date(), /^"at" is a date, which JSON does not have: write z\.iso\.datetime\(\)/],
    ['a coerced date', z.coerce.date(), /^"at" is a date/],
    ['a bigint', z.bigint().optional(), /^"at" is a bigint/],
    ['a map', z.map(z.string(), z.string()), /^"at" is a map, .* z\.record\(\)$/],
    ['a set', z.set(z.string()).default(new Set()), /^"at" is a set, .* z\.array\(\)$/],
    ['an instance of a class', z.instanceof(URL), /^"at" is a URL, which JSON does not have/],
    ['a coerced number', z.coerce.number(), /^"at" is coerced, .* for a number: write z\.number/],
    ['a coerced text', z.coerce.string().nullable(), /^"at" is coerced, .* write z\.string\(\)$/],
    ['a date in a list', z.array(z.object({ on: z.date() })), /^"at\.\*\.on" is a date/],
    ['a date among others', z.union([z.string(), z.date()]), /^"at" is a date/],
    ['a date in a record', z.record(z.string(), z.date()), /^"at\.\*" is a date/],
    ['a date that a text becomes', z.string().pipe(z.coerce.date()), /^"at" is a date/],
  ])('is found: %s', (_, schema, complaint) => {
    expect(of(schema)).toMatch(complaint);
    expect(of(schema, false)).toMatch(complaint);
  });

  const length = z.string().transform((text) => text.length);
  const codec = z.codec(z.string(), z.number(), { decode: Number, encode: String });
  it.each([
    ['transformed', length],
    ['a codec', codec],
    ['a word for a boolean', z.stringbool()],
  ])('may be sent, but not stored, when it is %s', (_, schema) => {
    expect(of(schema)).toMatch(/^"at" is transformed, but what is stored is parsed again/);
    expect(of(schema, false)).toBeUndefined();
  });

  it.each([
    ['texts', z.string().trim().toLowerCase().max(9)],
    ['times', z.iso.datetime().nullable().default(null)],
    ['anything', z.unknown()],
    ['checks of its own', z.custom<`x${string}`>((one) => String(one).startsWith('x'))],
    ['a form from before', z.preprocess((old) => old ?? '', z.string())],
    ['JSON itself', z.json()],
    ['literals, tuples and records', z.tuple([z.literal(1), z.record(z.string(), z.int())])],
  ])('is not: %s', (_, schema) => {
    expect(of(schema)).toBeUndefined();
  });

  it('is looked for once in a schema that holds itself', () => {
    const Branch = z.object({
      at: z.string(),
      get inner() {
        return z.array(Branch);
      },
    });
    expect(beyondJson(Branch, { stored: true })).toBeUndefined();
  });
});
