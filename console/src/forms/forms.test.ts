import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftOf, emptyDraft, valueIn } from './draft.js';
import { type JsonSchema, shapeOf } from './shape-of.js';

/** A schema, and a value that a person could have in mind for it. */
type Sample = { readonly schema: JsonSchema; readonly value: unknown };

const word = fc.stringMatching(/^[a-z][a-zé ']{0,8}$/);
const leaf: fc.Arbitrary<Sample> = fc.oneof(
  word.map((value) => ({ schema: { type: 'string', minLength: 1, maxLength: 255 }, value })),
  fc.integer().map((value) => ({ schema: { type: 'integer' }, value })),
  fc
    .double({ noNaN: true, min: 0, max: 1 })
    .map((value) => ({ schema: { type: 'number', minimum: 0, maximum: 1 }, value })),
  fc.boolean().map((value) => ({ schema: { type: 'boolean' }, value })),
  fc
    .uniqueArray(word, { minLength: 1, maxLength: 4 })
    .map((all) => ({ schema: { type: 'string', enum: all }, value: all.at(-1) })),
  fc.constant({ schema: { type: 'string', format: 'date' }, value: '2019-05-01' }),
  fc.constant({ schema: { type: 'string', format: 'date-time' }, value: '2019-05-01T12:00:00Z' }),
  word.map((value) => ({ schema: { const: value }, value })),
  fc.dictionary(word, fc.integer(), { minKeys: 1 }).map((value) => ({
    schema: { type: 'object', additionalProperties: { type: 'integer' } },
    value,
  })),
);

const objectOf = (fields: readonly (readonly [Sample, boolean, boolean])[]): Sample => {
  const named = fields.map((one, nth) => [`field_${nth}`, one] as const);
  const said = named.filter(([, [, required, left]]) => required || !left);
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(named.map(([name, [{ schema }]]) => [name, schema])),
      required: named.filter(([, [, required]]) => required).map(([name]) => name),
      additionalProperties: false,
    },
    value: Object.fromEntries(said.map(([name, [{ value }]]) => [name, value])),
  };
};

const { sample } = fc.letrec<{ sample: Sample; object: Sample }>((tie) => ({
  object: fc
    .array(fc.tuple(tie('sample'), fc.constant(true), fc.boolean()), { minLength: 1, maxLength: 4 })
    .map(objectOf),
  sample: fc.oneof(
    { maxDepth: 3 },
    leaf,
    tie('object'),
    leaf.map(({ schema, value }) => ({ schema: { anyOf: [schema, { type: 'null' }] }, value })),
    fc.tuple(leaf, fc.integer({ min: 1, max: 3 })).map(([{ schema, value }, times]) => ({
      schema: { type: 'array', items: schema },
      value: Array.from({ length: times }, () => value),
    })),
    fc.tuple(tie('sample'), tie('sample')).map(([first, second]) => {
      const tagged = ({ schema }: Sample, tag: string): JsonSchema => ({
        type: 'object',
        properties: { kind: { const: tag }, what: schema },
        required: ['kind', 'what'],
        additionalProperties: false,
      });
      return {
        schema: { oneOf: [tagged(first, 'first'), tagged(second, 'second')] },
        value: { kind: 'second', what: second.value },
      };
    }),
  ),
}));

const ajv = new Ajv2020({ formats: { date: true, 'date-time': true }, strict: false });
const round = ({ schema, value }: Sample) =>
  valueIn(shapeOf(schema), draftOf(shapeOf(schema), value));

describe('a form made from a schema', () => {
  it('gives back what was typed in, and that is valid', () => {
    const form = fc
      .array(fc.tuple(sample, fc.boolean(), fc.boolean()), { maxLength: 4 })
      .map(objectOf);
    fc.assert(
      fc.property(form, (one) => {
        const answer = round(one);
        if (!('value' in answer)) throw new Error(JSON.stringify(answer));
        expect(answer.value).toEqual(one.value);
        expect(ajv.validate(one.schema, answer.value), ajv.errorsText()).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  const owner: JsonSchema = {
    type: 'object',
    properties: {
      owner: { type: 'string', minLength: 1 },
      level: { type: 'string', enum: ['low', 'high'] },
      until: { default: null, anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] },
      parent: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      note: { type: 'string' },
    },
    required: ['owner', 'level', 'parent', 'note'],
  };

  it('says what is missing, where it is', () => {
    const shape = shapeOf(owner);
    expect(valueIn(shape, emptyDraft(shape))).toEqual({
      errors: [
        { field: 'owner', message: 'is needed' },
        { field: 'level', message: 'choose one' },
      ],
    });
  });

  it('says what is too long, and cuts nothing off', () => {
    const schema: JsonSchema = {
      type: 'object',
      properties: { owner: { type: 'string', minLength: 1, maxLength: 5 } },
      required: ['owner'],
    };
    const shape = shapeOf(schema);
    expect(valueIn(shape, draftOf(shape, { owner: 'pasted' }))).toEqual({
      errors: [{ field: 'owner', message: 'has 6 characters, 5 at most' }],
    });
    expect(valueIn(shape, draftOf(shape, { owner: 'paste' }))).toEqual({
      value: { owner: 'paste' },
    });
  });

  it('leaves out what was left out, and says null only where it must', () => {
    const shape = shapeOf(owner);
    expect(valueIn(shape, draftOf(shape, { owner: 'ada', level: 'low' }))).toEqual({
      value: { owner: 'ada', level: 'low', parent: null, note: '' },
    });
  });

  it('names the row of a list that is wrong', () => {
    const schema: JsonSchema = {
      type: 'object',
      properties: { ports: { type: 'array', items: { type: 'integer' } } },
      required: ['ports'],
    };
    const shape = shapeOf(schema);
    expect(valueIn(shape, draftOf(shape, { ports: [1, 1.5, 'x'] }))).toEqual({
      errors: [
        { field: 'ports.1', message: 'must be a whole number' },
        { field: 'ports.2', message: 'is not a number' },
      ],
    });
  });

  it('asks for JSON where it does not know better', () => {
    expect(shapeOf({})).toEqual({ kind: 'json' });
    expect(shapeOf({ type: 'object' })).toEqual({ kind: 'json' });
    expect(shapeOf({ type: ['string', 'null'] })).toMatchObject({ kind: 'text', nullable: true });
    expect(shapeOf({ type: ['string', 'integer'] })).toMatchObject({ kind: 'variants' });
    expect(valueIn({ kind: 'json' }, { kind: 'text', text: '{' })).toEqual({
      errors: [{ field: '', message: 'is not JSON' }],
    });
  });
});
