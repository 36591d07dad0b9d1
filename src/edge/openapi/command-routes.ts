import type { Aggregate } from '../../core/aggregate.js';
import { creates } from '../../core/command.js';
import { kebab } from '../../core/ids.js';
import type { CommandSpec } from '../../core/message.js';
import { type JsonSchema, schemasOf } from '../../core/schema.js';
import { shaped } from './answers.js';
import type { Draft } from './draft.js';
import { exampleOf } from './example.js';
import type { Ref } from './json-schema.js';
import { inPath, shared } from './parameters.js';
import { COMMAND } from './refusals.js';
import { envelopeSchema, shape } from './shapes.js';
import type { Steps } from './steps.js';

/** Everything that the schema of the envelope says of a field, but for the data. */
const envelopeFields = (draft: Draft): Readonly<Record<string, Ref>> => {
  const { properties } = envelopeSchema() as { properties: Record<string, JsonSchema> };
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([field]) => field !== 'data')
      .map(([field, schema]) => [field, draft.schema(`Envelope.${field}`, schema)]),
  );
};

/** The body of a command whose path says which it is: its data alone, or an envelope around it. */
const bodySchema = (
  draft: Draft,
  { name }: Aggregate,
  type: string,
  data: JsonSchema,
): JsonSchema => {
  const { command_type: _, aggregate_type: __, ...fields } = envelopeFields(draft);
  const inner = draft.schema(`${name}.${type}`, data);
  return {
    anyOf: [
      inner,
      {
        title: `${type} in an envelope`,
        type: 'object',
        required: ['data'],
        additionalProperties: false,
        properties: {
          command_type: { const: type },
          aggregate_type: { const: name },
          ...fields,
          data: inner,
        },
      },
    ],
  };
};

const HEADERS = [
  ...(['If-Match', 'Idempotency-Key', 'X-Actor', 'X-Business-Justification'] as const),
  ...(['X-Approval-Id', 'X-Correlation-Id', 'dry_run'] as const),
] as const;

const described = ({ spec, type }: { spec: CommandSpec; type: string }): string => {
  const papers = [
    spec.sensitive && 'It is sensitive: say why (`business_justification`).',
    spec.approval && 'It needs an approval (`approval_id`).',
    spec.critical && 'It raises an audit alert.',
    spec.aliases?.length && `Also known as ${spec.aliases.join(', ')}.`,
  ].filter(Boolean);
  return [
    `${type} becomes ${spec.emits.join(' or ')}. It is for ${spec.roles.join(', ')}.`,
    ...papers,
  ].join(' ');
};

const traitsOf = ({ emits, roles, aliases = [], sensitive, critical, approval }: CommandSpec) => ({
  'x-roles': roles,
  'x-emits': emits,
  ...(aliases.length > 0 && { 'x-aliases': aliases }),
  ...(sensitive && { 'x-sensitive': true }),
  ...(critical && { 'x-critical': true }),
  ...(approval && { 'x-approval': true }),
});

/** An event of one type: the general form, with the data that this type has now. */
const eventSchema = (draft: Draft, schema: JsonSchema): JsonSchema => {
  const { title, description, properties } = schema as JsonSchema & {
    properties: Record<string, JsonSchema>;
  };
  const { event_type, event_version, aggregate_type, data } = properties;
  return {
    title,
    description,
    allOf: [draft.schema('Event', shape('Event'))],
    properties: { event_type, event_version, aggregate_type, data },
  };
};

const oneCommand = (draft: Draft, definition: Aggregate, type: string, data: JsonSchema): void => {
  const spec = definition.commands[type]!;
  const begins = creates(definition, spec);
  const { slug, plural, name } = definition;
  const schema = bodySchema(draft, definition, type, data);
  const example = exampleOf(spec.data);
  const route = {
    method: 'post',
    tag: name,
    summary: spec.summary ?? `${type} of one ${name}.`,
    description: described({ spec, type }),
    body: {
      // Without a body its data is `{}`.
      required: ((data.required as readonly string[] | undefined) ?? []).length > 0,
      content: { 'application/json': { schema, ...(example !== undefined && { example }) } },
    },
    answers: {
      200: shaped(draft, 'Accepted', 'Accepted; or accepted before, or a dry run.', 'ETag'),
      ...(begins && {
        201: shaped(draft, 'Accepted', `A ${name} began.`, 'ETag', 'Location'),
      }),
    },
    refusals: COMMAND,
    traits: traitsOf(spec),
  } as const;
  const headers = shared(...HEADERS);
  draft.add({
    ...route,
    path: `/${plural}/{id}/commands/${kebab(type)}`,
    id: `${slug}.${type}`,
    parameters: [inPath('id'), ...headers],
  });
  if (begins)
    draft.add({
      ...route,
      path: `/${plural}/commands/${kebab(type)}`,
      id: `${slug}.${type}.new`,
      description: `${route.description} The server names the ${name}.`,
      parameters: headers,
    });
};

/** A route per command of a definition, and the schemas of its events. */
export function* commandRoutes(draft: Draft, definition: Aggregate): Steps {
  const { commands, events } = schemasOf(definition);
  for (const type of Object.keys(commands)) {
    oneCommand(draft, definition, type, commands[type]!.data);
    yield;
  }
  for (const type of Object.keys(events)) {
    draft.schema(`${definition.name}.events.${type}`, eventSchema(draft, events[type]!));
    yield;
  }
}

/** `POST /commands`: any command, as a whole envelope. */
export const anyCommandRoute = (
  draft: Draft,
  definitions: readonly Aggregate[],
  example: unknown,
): void => {
  const envelope = envelopeSchema() as JsonSchema & { properties: Record<string, JsonSchema> };
  const names = definitions.flatMap(({ name, aliases }) => [name, ...aliases]);
  draft.add({
    method: 'post',
    path: '/commands',
    id: 'commands.send',
    tag: 'Commands',
    summary: 'Any command, the whole envelope.',
    description:
      'Its `data` is described by the schema `<aggregate_type>.<command_type>`. Where callers are known, `actor` and `actor_type` may be left out.',
    parameters: shared('If-Match', 'dry_run'),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: draft.schema('Envelope', {
            ...envelope,
            required: (envelope.required as string[]).filter((field) => !/^actor/.test(field)),
            properties: { ...envelope.properties, aggregate_type: { enum: names } },
          }),
          ...(example !== undefined && { example }),
        },
      },
    },
    answers: {
      200: shaped(draft, 'Accepted', 'Accepted; or accepted before, or a dry run.', 'ETag'),
      201: shaped(draft, 'Accepted', 'Accepted: an aggregate began.', 'ETag', 'Location'),
    },
    refusals: COMMAND,
  });
};
