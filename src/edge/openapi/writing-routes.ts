import { z } from 'zod';
import type { Aggregate } from '../../core/aggregate.js';
import { type JsonSchema, schemasOf } from '../../core/schema.js';
import { companionsOf, parameterOf, type Rule, settableOf } from '../http/writing/settable.js';
import { headers, json } from './answers.js';
import type { Draft } from './draft.js';
import { exampleOf } from './example.js';
import { placedAt } from './json-schema.js';
import type { Operation } from './operation.js';
import { inPath, inQuery, shared } from './parameters.js';
import { COMMAND } from './refusals.js';
import { answerOf, EventsLeftOut, envelopeSchema } from './shapes.js';

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

const HEADERS = [
  ...(['If-Match', 'Idempotency-Key', 'X-Actor', 'X-Business-Justification'] as const),
  ...(['X-Approval-Id', 'X-Correlation-Id', 'dry_run'] as const),
] as const;

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

/** Writing a resource: what is asked becomes commands, decided together, all or none. */
export const writingRoutes = (draft: Draft, definition: Aggregate): void => {
  const { slug, plural, name } = definition;
  const { settable, fields, begins, ends } = writable(definition);
  const written = draft.schema('Written', answerOf(Written));
  const done = json('What it became: commands and events; or all was so already.', written, {
    headers: ['ETag'],
  });
  const base = { tag: name, refusals: COMMAND } as const;
  const body = (
    suffix: string,
    schema: JsonSchema,
    example?: unknown,
  ): NonNullable<Operation['body']> => ({
    required: true,
    content: {
      'application/json': {
        schema: draft.schema(`${name}.${suffix}`, { type: 'object', ...schema }),
        ...(example !== undefined && { example }),
      },
    },
  });
  const about = (what: string): string =>
    `${what} All of it happens, or nothing: the answer names each command and event, a refusal the command that was refused.`;
  if (settable.creating)
    draft.add({
      ...base,
      method: 'post',
      path: `/${plural}`,
      id: `${slug}.create`,
      summary: `A new ${name}.`,
      description: about(`It becomes ${settable.creating.type} and what else is said of it.`),
      parameters: shared(...HEADERS),
      body: body(
        'create',
        {
          required: begins.required ?? [],
          additionalProperties: false,
          properties: { ...fields, ...propertiesOf(begins), ...PAPERS, ...beside() },
        },
        exampleOf(settable.creating.spec.data),
      ),
      answers: {
        200: done,
        201: { ...done, description: `A ${name} began.`, headers: headers('ETag', 'Location') },
      },
    });
  if (settable.rules.size > 0) {
    const one = {
      path: `/${plural}/{id}`,
      parameters: [inPath('id'), ...shared(...HEADERS)],
    };
    const properties = { ...fields, ...PAPERS, ...beside() };
    draft.add({
      ...base,
      ...one,
      method: 'patch',
      id: `${slug}.patch`,
      answers: { 200: done },
      summary: `Other values for some fields of a ${name}.`,
      description: about('Each field that is not so already becomes the command that sets it.'),
      body: body('patch', { additionalProperties: false, properties }),
    });
    draft.add({
      ...base,
      ...one,
      method: 'put',
      id: `${slug}.put`,
      answers: { 200: done },
      summary: `A ${name} as it was read, with other values.`,
      description: about('What nobody can set may be there if it says what is so.'),
      body: body('put', { properties }),
    });
  }
  if (settable.deleting)
    draft.add({
      ...base,
      method: 'delete',
      path: `/${plural}/{id}`,
      id: `${slug}.delete`,
      summary: `A ${name} is deleted.`,
      description: `It becomes ${settable.deleting.type}; what that takes stands in the query, or in a body.`,
      parameters: [
        inPath('id'),
        ...Object.entries({ ...propertiesOf(ends), ...PAPERS }).map(([field, schema]) =>
          inQuery(field, `Field ${field}.`, placedAt(schema, '')),
        ),
        ...shared(...HEADERS),
      ],
      answers: { 200: done },
    });
};
