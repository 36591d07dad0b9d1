import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dataOf, fieldsOf, type JsonSchema, typeText } from './fields-of.js';

const schemaOf = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema) as JsonSchema;
const said = (schema: z.ZodType): string => typeText(schemaOf(schema));

describe('typeText', () => {
  it.each([
    [z.string(), 'text'],
    [z.string().min(1).max(20), 'text, 1 to 20 characters'],
    [z.string().max(20), 'text, at most 20 characters'],
    [z.iso.date(), 'date'],
    [z.iso.datetime(), 'time'],
    [z.uuid(), 'id'],
    [z.boolean(), 'yes or no'],
    [z.int(), 'whole number'],
    [z.int().min(1).max(5), 'whole number, 1 to 5'],
    [z.enum(['open', 'shut']), 'one of open, shut'],
    [z.literal('door'), 'always "door"'],
    [z.array(z.string()), 'list of text'],
    [z.array(z.enum(['a', 'b'])).max(3), 'list of one of a, b, at most 3 of them'],
    [z.string().nullable(), 'text'],
    [z.union([z.string(), z.number()]), 'text or number'],
    [z.record(z.string(), z.number()), 'by name: number'],
    [z.unknown(), 'anything'],
    [z.null(), 'nothing'],
  ])('says %# in words', (schema, words) => {
    expect(said(schema)).toBe(words);
  });

  it('shows the first of many values', () => {
    const many = Array.from({ length: 15 }, (_, i) => `v${i}`);
    expect(said(z.enum(many))).toMatch(/v11 and 3 more$/);
  });
});

describe('fieldsOf', () => {
  it('tells what is required, what may be null, and what is inside', () => {
    const schema = schemaOf(
      z.object({
        name: z.string().describe('What it is called.'),
        size: z.object({ width: z.number(), unit: z.string().optional() }).nullable(),
        keys: z.array(z.object({ id: z.uuid() })).optional(),
      }),
    );
    expect(
      fieldsOf(schema).map(({ path, depth, required, nullable }) => [
        path,
        depth,
        required,
        nullable,
      ]),
    ).toEqual([
      ['name', 0, true, false],
      ['size', 0, true, true],
      ['size.width', 1, true, false],
      ['size.unit', 1, false, false],
      ['keys', 0, false, false],
      ['keys.id', 1, true, false],
    ]);
    expect(fieldsOf(schema)[0]?.description).toBe('What it is called.');
  });

  it('ends where a schema refers to itself', () => {
    type Tree = { name: string; parts: Tree[] };
    const tree: z.ZodType<Tree> = z.object({
      name: z.string(),
      get parts() {
        return z.array(tree);
      },
    });
    const rows = fieldsOf(schemaOf(z.object({ tree })));
    expect(rows.length).toBeGreaterThan(3);
    expect(Math.max(...rows.map(({ depth }) => depth))).toBeLessThanOrEqual(5);
  });

  it('is not put off by what it does not know', () => {
    expect(fieldsOf({})).toEqual([]);
    expect(fieldsOf({ type: 'string' })).toEqual([]);
    expect(typeText({ $ref: '#/nowhere' })).toBe('anything');
  });
});

it('reads what an event says itself', () => {
  const event = schemaOf(
    z.object({ event_id: z.string(), data: z.object({ colour: z.string() }) }),
  );
  expect(fieldsOf(dataOf(event)).map(({ path }) => path)).toEqual(['colour']);
});
