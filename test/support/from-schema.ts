import fc from 'fast-check';

type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
};
const LONGEST = 40;
const DEEPEST = 5;

const at = (document: unknown, ref: string): Schema => {
  let found: unknown = document;
  for (const key of ref.slice(2).split('/'))
    found = (found as Record<string, unknown>)[
      decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')
    ];
  return found as Schema;
};

/** Times are made up as numbers, since not every year that fast-check knows is one of ISO 8601. */
const moment = fc
  .integer({ min: 0, max: Date.parse('2030-01-01T00:00:00Z') })
  .map((ms) => new Date(ms).toISOString());

const known = new Map<string, fc.Arbitrary<string> | undefined>();
/** Texts that a pattern takes, made once; nothing where fast-check cannot turn it around. */
const matching = (pattern: string, maxLength: number): fc.Arbitrary<string> | undefined => {
  const key = `${maxLength} ${pattern}`;
  if (!known.has(key)) {
    try {
      known.set(key, fc.stringMatching(new RegExp(pattern), { maxLength }));
    } catch {
      known.set(key, undefined);
    }
  }
  return known.get(key);
};

const textOf = ({ format, pattern, minLength = 0, maxLength = LONGEST }: Schema) => {
  if (format === 'date-time') return moment;
  if (format === 'date') return moment.map((time) => time.slice(0, 10));
  if (format === 'uuid') return fc.uuid({ version: 4 });
  if (format === 'uri') return fc.webUrl();
  const plain = fc.string({ minLength, maxLength: Math.min(maxLength, minLength + LONGEST) });
  if (pattern === undefined) return plain;
  return matching(pattern, Math.min(maxLength, 200)) ?? plain;
};

/** Something that a JSON Schema takes, as far as that can be read from it; else something close. */
export const fromSchema = (schema: Schema, document: unknown, depth = 0): fc.Arbitrary<unknown> => {
  const inner = (one: Schema) => fromSchema(one, document, depth + 1);
  if (depth > DEEPEST) return fc.constant(null);
  if (schema.$ref !== undefined) return inner(at(document, schema.$ref));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map(inner));
  if (schema.allOf?.[0]) return inner(schema.allOf[0]);
  const { type, minimum, maximum } = schema;
  if (type === 'string') return textOf(schema);
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'integer')
    return fc.integer({ min: minimum ?? -1_000, max: Math.min(maximum ?? 1_000, 1e9) });
  if (type === 'number')
    return fc.double({ min: minimum ?? -1e9, max: maximum ?? 1e9, noNaN: true });
  if (type === 'array')
    return fc.array(inner(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 3 });
  if (type === 'object') {
    const fields = Object.entries(schema.properties ?? {});
    return fc.record(Object.fromEntries(fields.map(([name, one]) => [name, inner(one)])), {
      requiredKeys: [...(schema.required ?? [])].filter((name) => schema.properties?.[name]),
      noNullPrototype: true,
    });
  }
  return fc.jsonValue({ maxDepth: 2 });
};
