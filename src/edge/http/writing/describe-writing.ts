import { z } from 'zod';
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
  withArticle,
  withCapital,
} from '../../openapi/index.js';
import type { Described } from '../route.js';
import { COMMAND_PARAMETERS, shared } from '../shared-parameters.js';
import { companionsOf, type Rule, type Settable } from './settable.js';

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
  const data = schemas[type]!.data;
  const taken = propertiesOf(data);
  if ('members' in how)
    return {
      type: 'object',
      required: how.members.filter((name) => (data.required as readonly string[])?.includes(name)),
      additionalProperties: false,
      properties: Object.fromEntries(how.members.map((name) => [name, taken[name]])),
    };
  const parameter = taken[parameterOf(how)!] ?? {};
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

/** Resources of one kind as their routes are described. */
export type Resource = {
  readonly plural: string;
  readonly settable: Settable;
  /** What shows them. */
  readonly projection: Projection | undefined;
  /** What the paths of one call its id. */
  readonly parameter: 'id' | 'key';
};

/** Everything that can be said of the resources of one kind when they are written. */
const writable = (settable: Settable) => {
  const schemas = schemasOf(settable.definition).commands;
  const own = [...settable.rules].map(([field, rules]) => [field, valueSchema(rules, schemas)]);
  const companions = [...settable.rules.values()]
    .flat()
    .flatMap(({ type, spec }) =>
      companionsOf(spec).map((name) => [name, propertiesOf(schemas[type]!.data)[name]]),
    );
  const fields: Fields = Object.fromEntries([...companions, ...own]);
  const data = (type: string | undefined) => (type === undefined ? {} : schemas[type]!.data);
  return {
    fields,
    begins: data(settable.creating?.type) as JsonSchema,
    ends: data(settable.deleting?.type) as JsonSchema,
  };
};

/** What the creating command takes, by the names of the resource. Of a part, also where it is. */
const begunOf = ({ part, begun }: Settable, begins: JsonSchema): JsonSchema => {
  const properties = propertiesOf(begins);
  const fields = [...begun].map(([field, name]) => [field, properties[name]] as const);
  const needed = (begins.required ?? []) as readonly string[];
  const required = [...begun].flatMap(([field, name]) => (needed.includes(name) ? [field] : []));
  if (!part) return { required, properties: Object.fromEntries(fields) };
  const { id, resource } = part;
  return {
    required: [resource.owner, ...required.filter((field) => field !== id)],
    properties: Object.fromEntries([[resource.owner, properties[id]], ...fields]),
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
  part_id: z.string().optional(),
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
    description: `${withCapital(withArticle(name))} began.`,
    headers: { ...shown.headers, ...headers('Location') },
  };
};

const about = (what: string): string =>
  `${what} All of it happens, or nothing: the answer names each command and event, a refusal the command that was refused.`;

/** How it is called in descriptions: its operations, its schemas. */
const namesOf = ({ settable: { definition, part } }: Resource) => {
  const { slug, name } = definition;
  return part ? { id: part.within, schema: `${name}.${part.within}` } : { id: slug, schema: name };
};

const bodyOf = (
  resource: Resource,
  suffix: string,
  { schema, example }: { readonly schema: JsonSchema; readonly example?: unknown },
): NonNullable<Described['body']> => ({
  required: true,
  content: {
    'application/json': {
      schema: namedSchema(`${namesOf(resource).schema}.${suffix}`, () => ({
        type: 'object',
        ...schema,
      })),
      ...(example !== undefined && { example }),
    },
  },
});

const baseOf = ({ settable: { definition } }: Resource) =>
  ({ tag: definition.name, refusals: COMMAND }) as const;

/** A body of its creating command, in the words of the resource. */
const exampleOfNew = ({ part, begun, creating }: Settable): unknown => {
  const example = exampleOf(creating!.spec.data) as Readonly<Record<string, unknown>> | undefined;
  if (!example || !part) return example;
  const fields = [...begun].filter(([field, name]) => field !== part.id && name in example);
  return Object.fromEntries([
    [part.resource.owner, example[part.id]],
    ...fields.map(([field, name]) => [field, example[name]] as const),
  ]);
};

/** `POST` of a new resource. */
export const describeCreating = (resource: Resource): Described => {
  const { settable, projection } = resource;
  const { fields, begins } = writable(settable);
  const { required, properties } = begunOf(settable, begins);
  const schema = {
    required,
    additionalProperties: false,
    properties: { ...fields, ...(properties as Fields), ...PAPERS, ...beside() },
  };
  const example = exampleOfNew(settable);
  return {
    ...baseOf(resource),
    id: `${namesOf(resource).id}.create`,
    summary: `A new ${settable.one}.`,
    description: about(`It becomes ${settable.creating!.type} and what else is said of it.`),
    parameters: shared(...COMMAND_PARAMETERS, 'Prefer'),
    body: bodyOf(resource, 'create', { schema, example }),
    answers: { 200: shownOf(projection), 201: begun(settable.one, projection) },
  };
};

/** `PATCH` and `PUT` of a resource. */
export const describeChanging = (resource: Resource, method: 'PATCH' | 'PUT'): Described => {
  const { settable, projection, parameter } = resource;
  const { id } = namesOf(resource);
  const { fields } = writable(settable);
  const properties = { ...fields, ...PAPERS, ...beside() };
  const one = {
    ...baseOf(resource),
    parameters: [inPath(parameter), ...shared(...COMMAND_PARAMETERS, 'Prefer')],
    answers: { 200: shownOf(projection) },
  };
  if (method === 'PATCH')
    return {
      ...one,
      id: `${id}.patch`,
      summary: `Other values for some fields of ${withArticle(settable.one)}.`,
      description: about('Each field that is not so already becomes the command that sets it.'),
      body: bodyOf(resource, 'patch', { schema: { additionalProperties: false, properties } }),
    };
  return {
    ...one,
    id: `${id}.put`,
    summary: `${withCapital(withArticle(settable.one))} as it was read, with other values.`,
    description: about('What nobody can set may be there if it says what is so.'),
    body: bodyOf(resource, 'put', { schema: { properties } }),
  };
};

/** `DELETE` of a resource. */
export const describeDeleting = (resource: Resource): Described => {
  const { settable, parameter } = resource;
  const ends = Object.entries(propertiesOf(writable(settable).ends));
  const own = Object.fromEntries(ends.filter(([field]) => field !== settable.part?.id));
  return {
    ...baseOf(resource),
    id: `${namesOf(resource).id}.delete`,
    summary: `${withCapital(withArticle(settable.one))} is deleted.`,
    description: `It becomes ${settable.deleting!.type}; what that takes stands in the query, or in a body.`,
    parameters: [
      inPath(parameter),
      ...Object.entries({ ...own, ...PAPERS }).map(([field, schema]) =>
        inQuery(field, `Field ${field}.`, placedAt(schema, '')),
      ),
      ...shared(...COMMAND_PARAMETERS),
    ],
    answers: { 200: DONE },
  };
};
