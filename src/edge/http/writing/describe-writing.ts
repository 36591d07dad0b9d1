import { z } from 'zod';
import type { Aggregate } from '../../../core/aggregate.js';
import { parameterOf } from '../../../core/message.js';
import type { Projection } from '../../../core/projection.js';
import { type JsonSchema, schemasOf } from '../../../core/schema.js';
import {
  type Answer,
  answerSchema,
  COMMAND,
  documentRef,
  EventsLeftOut,
  envelopeSchema,
  exampleOf,
  headers,
  inPath,
  inQuery,
  json,
  namedSchema,
  placedAt,
} from '../../openapi/index.js';
import type { Described } from '../route.js';
import { COMMAND_PARAMETERS, shared } from '../shared-parameters.js';
import { companionsOf, type Rule, settableOf } from './settable.js';

type Schemas = Readonly<Record<string, { readonly data: JsonSchema }>>;
type Fields = Readonly<Record<string, JsonSchema>>;

const propertiesOf = (schema: JsonSchema): Fields => (schema.properties ?? {}) as Fields;
const TEXT = { type: 'string', minLength: 1, maxLength: 2_000, pattern: '\\S' };
const PAPERS: Fields = {
  business_justification: TEXT,
  approval_id: { ...TEXT, maxLength: 128 },
};

/** What one command takes as the value of a field of the resource. */
const valueBy = ({ type, how, whole }: Rule, schemas: Schemas): JsonSchema => {
  if (how === 'clear') return { type: 'null' };
  const parameter = propertiesOf(schemas[type]!.data)[parameterOf(how)!] ?? {};
  if ('to' in how && how.empty !== undefined) return { anyOf: [parameter, { type: 'null' }] };
  return 'to' in how || whole ? parameter : { type: 'array', items: parameter };
};

/** What a field may be set to: whatever any of its commands takes. */
const valueSchema = (rules: readonly Rule[], schemas: Schemas): JsonSchema => {
  const values = rules.map((rule) => valueBy(rule, schemas));
  const texts = new Set(values.map((one) => JSON.stringify(one)));
  const different = [...texts].map((text) => JSON.parse(text) as JsonSchema);
  return different.length === 1 ? different[0]! : { anyOf: different };
};

/** Everything that can be said of the resources of one type when they are written. */
const writable = (definition: Aggregate) => {
  const schemas = schemasOf(definition).commands;
  const settable = settableOf(definition);
  const own = [...settable.rules].map(([field, rules]) => [field, valueSchema(rules, schemas)]);
  const companions = [...settable.rules.values()]
    .flat()
    .flatMap(({ type, spec }) =>
      companionsOf(spec).map((name) => [name, propertiesOf(schemas[type]!.data)[name]]),
    );
  const fields: Fields = Object.fromEntries([...companions, ...own]);
  const data = (type: string | undefined) => (type === undefined ? {} : schemas[type]!.data);
  return {
    settable,
    fields,
    begins: data(settable.creating?.type) as JsonSchema,
    ends: data(settable.deleting?.type) as JsonSchema,
  };
};

const beside = (): Fields => {
  const { metadata, correlation_id } = propertiesOf(envelopeSchema());
  return { metadata: metadata!, correlation_id: correlation_id! };
};

const Written = z.object({
  aggregate_type: z.string(),
  aggregate_id: z.string(),
  aggregate_version: z.int().min(0),
  position: z.string().nullable(),
  replayed: z.boolean(),
  dry_run: z.literal(true).optional(),
  commands: z.array(
    z.object({
      command_id: z.string(),
      command_type: z.string(),
      fields: z.array(z.string()),
      events: z.array(z.looseObject({ event_type: z.string() })),
      events_left_out: EventsLeftOut,
    }),
  ),
  unchanged: z.array(z.string()),
});

const WRITTEN = answerSchema('Written', Written);
const DONE = json('What it became: commands and events; or all was so already.', WRITTEN, {
  headers: ['ETag'],
});
/** The same, or the resource for whoever prefers that. */
const shownOf = (projection: Projection | undefined): Answer =>
  projection
    ? json(
        'What it became: commands and events; or all was so already. With Prefer, the resource.',
        { anyOf: [WRITTEN, documentRef(projection)] },
        { headers: ['ETag', 'Preference-Applied'] },
      )
    : DONE;
const begun = (name: string, projection: Projection | undefined): Answer => {
  const shown = shownOf(projection);
  return {
    ...shown,
    description: `A ${name} began.`,
    headers: { ...shown.headers, ...headers('Location') },
  };
};

const about = (what: string): string =>
  `${what} All of it happens, or nothing: the answer names each command and event, a refusal the command that was refused.`;

const bodyOf = (
  { name }: Aggregate,
  suffix: string,
  { schema, example }: { readonly schema: JsonSchema; readonly example?: unknown },
): NonNullable<Described['body']> => ({
  required: true,
  content: {
    'application/json': {
      schema: namedSchema(`${name}.${suffix}`, () => ({ type: 'object', ...schema })),
      ...(example !== undefined && { example }),
    },
  },
});

const baseOf = ({ name }: Aggregate) => ({ tag: name, refusals: COMMAND }) as const;

/** `POST` of a new resource. */
export const describeCreating = (
  definition: Aggregate,
  projection: Projection | undefined,
): Described => {
  const { slug, name } = definition;
  const { settable, fields, begins } = writable(definition);
  const { type, spec } = settable.creating!;
  const schema = {
    required: begins.required ?? [],
    additionalProperties: false,
    properties: { ...fields, ...propertiesOf(begins), ...PAPERS, ...beside() },
  };
  return {
    ...baseOf(definition),
    id: `${slug}.create`,
    summary: `A new ${name}.`,
    description: about(`It becomes ${type} and what else is said of it.`),
    parameters: shared(...COMMAND_PARAMETERS, 'Prefer'),
    body: bodyOf(definition, 'create', { schema, example: exampleOf(spec.data) }),
    answers: { 200: shownOf(projection), 201: begun(name, projection) },
  };
};

/** `PATCH` and `PUT` of a resource. */
export const describeChanging = (
  definition: Aggregate,
  {
    method,
    projection,
  }: { readonly method: 'PATCH' | 'PUT'; readonly projection: Projection | undefined },
): Described => {
  const { slug, name } = definition;
  const { fields } = writable(definition);
  const properties = { ...fields, ...PAPERS, ...beside() };
  const one = {
    ...baseOf(definition),
    parameters: [inPath('id'), ...shared(...COMMAND_PARAMETERS, 'Prefer')],
    answers: { 200: shownOf(projection) },
  };
  if (method === 'PATCH')
    return {
      ...one,
      id: `${slug}.patch`,
      summary: `Other values for some fields of a ${name}.`,
      description: about('Each field that is not so already becomes the command that sets it.'),
      body: bodyOf(definition, 'patch', { schema: { additionalProperties: false, properties } }),
    };
  return {
    ...one,
    id: `${slug}.put`,
    summary: `A ${name} as it was read, with other values.`,
    description: about('What nobody can set may be there if it says what is so.'),
    body: bodyOf(definition, 'put', { schema: { properties } }),
  };
};

/** `DELETE` of a resource. */
export const describeDeleting = (definition: Aggregate): Described => {
  const { slug, name } = definition;
  const { settable, ends } = writable(definition);
  return {
    ...baseOf(definition),
    id: `${slug}.delete`,
    summary: `A ${name} is deleted.`,
    description: `It becomes ${settable.deleting!.type}; what that takes stands in the query, or in a body.`,
    parameters: [
      inPath('id'),
      ...Object.entries({ ...propertiesOf(ends), ...PAPERS }).map(([field, schema]) =>
        inQuery(field, `Field ${field}.`, placedAt(schema, '')),
      ),
      ...shared(...COMMAND_PARAMETERS),
    ],
    answers: { 200: DONE },
  };
};
