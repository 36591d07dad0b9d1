/** What the console reads of a JSON Schema. */
export type JsonSchema = {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema | boolean;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly 'x-mark'?: string;
  readonly 'x-roles'?: readonly string[];
  readonly 'x-sensitive'?: boolean;
  readonly 'x-approval'?: boolean;
  readonly 'x-emits'?: readonly string[];
};

export type Field = {
  readonly name: string;
  readonly required: boolean;
  readonly shape: Shape;
  readonly help?: string;
};
type Variant = { readonly label: string; readonly shape: Shape };

/** What a form has to ask for. What is not understood is asked for as JSON. */
export type Shape = { readonly nullable?: boolean } & (
  | {
      readonly kind: 'text';
      readonly long: boolean;
      readonly secret: boolean;
      readonly maxLength?: number;
      /** Nothing at all is a text, too. */
      readonly mayBeEmpty: boolean;
    }
  | {
      readonly kind: 'choice';
      readonly options: readonly Scalar[];
      /** Options that cannot be chosen now. */
      readonly impossible?: readonly Scalar[];
    }
  | {
      readonly kind: 'number';
      readonly integer: boolean;
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly kind: 'boolean' | 'date' | 'datetime' | 'json' }
  | { readonly kind: 'const'; readonly value: unknown }
  | { readonly kind: 'list'; readonly item: Shape; readonly max?: number }
  | { readonly kind: 'object'; readonly fields: readonly Field[] }
  | { readonly kind: 'variants'; readonly variants: readonly Variant[] }
);
export type Scalar = string | number | boolean;
export type ShapeOf<K extends Shape['kind']> = Extract<Shape, { readonly kind: K }>;

/** Texts that may be longer get more than a line. */
const LONG_CHARS = 1_000;

const isScalar = (value: unknown): value is Scalar =>
  ['string', 'number', 'boolean'].includes(typeof value);
const typesOf = ({ type }: JsonSchema): readonly string[] =>
  type === undefined ? [] : typeof type === 'string' ? [type] : type;
const isNull = (schema: JsonSchema): boolean => schema.type === 'null' || schema.const === null;

const textShape = (schema: JsonSchema): Shape => {
  if (schema.format === 'date') return { kind: 'date' };
  if (schema.format === 'date-time') return { kind: 'datetime' };
  const { minLength = 0, maxLength, pattern } = schema;
  return {
    kind: 'text',
    long: (maxLength ?? 0) >= LONG_CHARS,
    secret: schema['x-mark'] === 'secret',
    mayBeEmpty: minLength === 0 && pattern === undefined,
    ...(maxLength !== undefined && { maxLength }),
  };
};

const numberShape = (schema: JsonSchema): Shape => {
  const min = schema.minimum ?? schema.exclusiveMinimum;
  const { maximum } = schema;
  const bounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  return {
    kind: 'number',
    integer: schema.type === 'integer',
    ...(min !== undefined && min > Number.MIN_SAFE_INTEGER && { min }),
    ...(bounded && { max: maximum }),
  };
};

/** A constant that may also be left out, or be null, is a choice. */
const optional = (shape: Shape): Shape =>
  shape.kind === 'const' && isScalar(shape.value)
    ? { kind: 'choice', options: [shape.value] }
    : shape;

const objectShape = (schema: JsonSchema): Shape => {
  const { properties, required = [], additionalProperties } = schema;
  if (!properties || typeof additionalProperties === 'object') return { kind: 'json' };
  const fields = Object.entries(properties).map(([name, one]): Field => {
    const said = one.description;
    const needed = required.includes(name);
    const shape = needed ? shapeOf(one) : optional(shapeOf(one));
    return { name, required: needed, shape, ...(said && { help: said }) };
  });
  return { kind: 'object', fields };
};

/** What a variant is called: by its name, by the constants that tell it from others, by what it is. */
const variantLabel = (schema: JsonSchema, shape: Shape, nth: number): string => {
  if (schema.title) return schema.title;
  if (shape.kind === 'object') {
    const told = shape.fields.flatMap((one) =>
      one.shape.kind === 'const' ? [String(one.shape.value)] : [],
    );
    return told.join(' ') || shape.fields.map(({ name }) => name).join(', ');
  }
  return shape.kind === 'json' ? `variant ${nth + 1}` : shape.kind;
};

const branchesShape = (branches: readonly JsonSchema[]): Shape => {
  const told = branches.map((one) => (one.const !== undefined ? [one.const] : one.enum));
  const options = told.flatMap((all) => all ?? [null]);
  if (options.every(isScalar)) return { kind: 'choice', options };
  const variants = branches.map((one, nth) => {
    const shape = shapeOf(one);
    return { label: variantLabel(one, shape, nth), shape };
  });
  return { kind: 'variants', variants };
};

const typedShape = (schema: JsonSchema): Shape => {
  switch (schema.type) {
    case 'string':
      return textShape(schema);
    case 'number':
    case 'integer':
      return numberShape(schema);
    case 'boolean':
      return { kind: 'boolean' };
    case 'object':
      return objectShape(schema);
    case 'array': {
      const { items, maxItems } = schema;
      if (typeof items !== 'object') return { kind: 'json' };
      return {
        kind: 'list',
        item: shapeOf(items),
        ...(maxItems !== undefined && { max: maxItems }),
      };
    }
    default:
      return { kind: 'json' };
  }
};

/** What a form asks for so that its answer fits a schema. */
export const shapeOf = (schema: JsonSchema): Shape => {
  const types = typesOf(schema);
  const branches = schema.anyOf ?? schema.oneOf;
  if (types.length > 1) {
    const rest = types.filter((one) => one !== 'null').map((type) => ({ ...schema, type }));
    const shape = rest.length === 1 && rest[0] ? shapeOf(rest[0]) : branchesShape(rest);
    return rest.length < types.length ? { ...shape, nullable: true } : shape;
  }
  if (branches?.some(isNull)) {
    const rest = branches.filter((one) => !isNull(one));
    const shape = rest.length === 1 && rest[0] ? shapeOf(rest[0]) : branchesShape(rest);
    return { ...optional(shape), nullable: true };
  }
  if (schema.const !== undefined) return { kind: 'const', value: schema.const };
  if (schema.enum) {
    const options = schema.enum.filter(isScalar);
    if (options.length === schema.enum.length) return { kind: 'choice', options };
    return options.length > 0 && options.length === schema.enum.filter((one) => one !== null).length
      ? { kind: 'choice', options, nullable: true }
      : { kind: 'json' };
  }
  if (branches && branches.length > 0) return branchesShape(branches);
  return typedShape(schema);
};
