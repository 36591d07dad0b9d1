/** A JSON Schema, as far as it is read here. */
export type JsonSchema = {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly description?: string;
  readonly title?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly 'x-emitted-by'?: readonly string[];
};

/** One field as a reader sees it; fields of nested objects follow the one they are in. */
export type FieldRow = {
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  readonly type: string;
  readonly required: boolean;
  readonly nullable: boolean;
  readonly description: string | null;
};

/** Deeper ones are left to the JSON: schemas may refer to themselves. */
const DEPTH_MAX = 5;
const VALUES_MAX = 12;
const FORMATS: Readonly<Record<string, string>> = {
  date: 'date',
  'date-time': 'time',
  uuid: 'id',
  uri: 'address',
  email: 'e-mail address',
};
const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'yes or no',
  object: 'object',
  null: 'nothing',
};
/** A bound that a programming language has, not the domain. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

const isNull = (schema: JsonSchema): boolean => schema.type === 'null' || schema.const === null;

const resolved = (schema: JsonSchema, root: JsonSchema): JsonSchema => {
  const name = schema.$ref?.replace(/^#\/\$defs\//, '');
  return (name === undefined ? undefined : root.$defs?.[name]) ?? schema;
};

type Plain = { readonly variants: readonly JsonSchema[]; readonly nullable: boolean };
/** What it may be when it is not null. */
const plainOf = (schema: JsonSchema, root: JsonSchema): Plain => {
  const real = resolved(schema, root);
  const among = (real.anyOf ?? real.oneOf ?? [real]).map((one) => resolved(one, root));
  const types = Array.isArray(real.type) ? (real.type as readonly string[]) : [];
  const variants =
    types.length > 0
      ? types.filter((type) => type !== 'null').map((type) => ({ ...real, type }))
      : among.filter((one) => !isNull(one));
  return { variants, nullable: types.includes('null') || among.some(isNull) };
};

const bounds = (low: number | undefined, high: number | undefined, unit = ''): string => {
  const from = low !== undefined && low > -UNBOUNDED ? low : undefined;
  const to = high !== undefined && high < UNBOUNDED ? high : undefined;
  if (from !== undefined && to !== undefined) return `, ${from} to ${to}${unit}`;
  if (to !== undefined) return `, at most ${to}${unit}`;
  return from === undefined ? '' : `, at least ${from}${unit}`;
};

const textOf = (schema: JsonSchema, root: JsonSchema): string => {
  if (schema.const !== undefined) return `always ${JSON.stringify(schema.const)}`;
  if (schema.enum) {
    const more = schema.enum.length - VALUES_MAX;
    const shown = schema.enum.slice(0, VALUES_MAX).map(String).join(', ');
    return `one of ${shown}${more > 0 ? ` and ${more} more` : ''}`;
  }
  if (schema.type === 'array')
    return `list of ${schema.items ? typeText(schema.items, root) : 'anything'}${bounds(schema.minItems, schema.maxItems, ' of them')}`;
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object')
    return `by name: ${typeText(schema.additionalProperties, root)}`;
  if (schema.type === 'string' && schema.format !== undefined)
    return FORMATS[schema.format] ?? schema.format;
  if (schema.type === 'string')
    return `text${bounds(schema.minLength, schema.maxLength, ' characters')}`;
  const word = WORDS[String(schema.type)] ?? 'anything';
  return `${word}${bounds(schema.minimum, schema.maximum)}`;
};

/** A type in words: `one of open, shut`, `list of text`, `whole number, 1 to 5`. */
export const typeText = (schema: JsonSchema, root: JsonSchema = schema): string => {
  const { variants } = plainOf(schema, root);
  return [...new Set(variants.map((one) => textOf(one, root)))].join(' or ') || 'nothing';
};

const withFields = (schema: JsonSchema, root: JsonSchema): readonly JsonSchema[] =>
  plainOf(schema, root).variants.flatMap((one) =>
    one.properties ? [one] : one.items ? withFields(one.items, root) : [],
  );

type Place = { readonly root: JsonSchema; readonly path: string; readonly depth: number };

const rowsOf = (object: JsonSchema, { root, path, depth }: Place): readonly FieldRow[] =>
  Object.entries(object.properties ?? {}).flatMap(([name, schema]): readonly FieldRow[] => {
    const at = path === '' ? name : `${path}.${name}`;
    const row: FieldRow = {
      path: at,
      name,
      depth,
      type: typeText(schema, root),
      required: object.required?.includes(name) ?? false,
      nullable: plainOf(schema, root).nullable,
      description: schema.description ?? null,
    };
    if (depth >= DEPTH_MAX) return [row];
    const inner = withFields(schema, root).flatMap((one) =>
      rowsOf(one, { root, path: at, depth: depth + 1 }),
    );
    // Variants of one field may share fields: said once.
    return [row, ...new Map(inner.map((one) => [`${one.path} ${one.type}`, one])).values()];
  });

/** The fields of an object's schema in the order they are written; variants one after the other. */
export const fieldsOf = (schema: JsonSchema): readonly FieldRow[] =>
  withFields(schema, schema).flatMap((one) => rowsOf(one, { root: schema, path: '', depth: 0 }));

/** Of an event as it is stored: what it says itself, without what is said of every event. */
export const dataOf = (event: JsonSchema): JsonSchema => {
  const data = event.properties?.data;
  return data ? { ...data, ...(event.$defs && { $defs: event.$defs }) } : event;
};
