import type { Aggregate } from '../../core/aggregate.js';
import { creates } from '../../core/command.js';
import { kebab } from '../../core/ids.js';
import type { CommandSpec } from '../../core/message.js';
import { type JsonSchema, schemasOf } from '../../core/schema.js';
import {
  COMMAND,
  envelopeSchema,
  exampleOf,
  inPath,
  namedSchema,
  type Ref,
  shaped,
  withArticle,
  withCapital,
} from '../openapi/index.js';
import type { Described } from './route.js';
import { COMMAND_PARAMETERS, shared } from './shared-parameters.js';

/** Everything that the schema of the envelope says of a field, but for the data. */
const envelopeFields = (): Readonly<Record<string, Ref>> => {
  const { properties } = envelopeSchema() as { properties: Record<string, JsonSchema> };
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([field]) => field !== 'data')
      .map(([field, schema]) => [field, namedSchema(`Envelope.${field}`, () => schema)]),
  );
};

/** The body of a command whose path says which it is: its data alone, or an envelope around it. */
const bodySchema = ({ name }: Aggregate, type: string, data: JsonSchema): JsonSchema => {
  const { command_type: _, aggregate_type: __, ...fields } = envelopeFields();
  const inner = namedSchema(`${name}.${type}`, () => data);
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

function* describeCommand(
  definition: Aggregate,
  type: string,
  data: JsonSchema,
): Iterable<Described> {
  const spec = definition.commands[type]!;
  const begins = creates(definition, spec);
  const { slug, plural, name } = definition;
  const schema = bodySchema(definition, type, data);
  const example = exampleOf(spec.data);
  const route = {
    tag: name,
    summary: spec.summary ?? `${type} of one ${name}.`,
    description: described({ spec, type }),
    body: {
      // Without a body its data is `{}`.
      required: ((data.required as readonly string[] | undefined) ?? []).length > 0,
      content: { 'application/json': { schema, ...(example !== undefined && { example }) } },
    },
    answers: {
      200: shaped('Accepted', 'Accepted; or accepted before, or a dry run.', 'ETag'),
      ...(begins && {
        201: shaped('Accepted', `${withCapital(withArticle(name))} began.`, 'ETag', 'Location'),
      }),
    },
    refusals: COMMAND,
    traits: traitsOf(spec),
  } as const;
  const headers = shared(...COMMAND_PARAMETERS);
  yield {
    ...route,
    path: `/${plural}/{id}/commands/${kebab(type)}`,
    id: `${slug}.${type}`,
    parameters: [inPath('id'), ...headers],
  };
  if (begins)
    yield {
      ...route,
      path: `/${plural}/commands/${kebab(type)}`,
      id: `${slug}.${type}.new`,
      description: `${route.description} The server names the ${name}.`,
      parameters: headers,
    };
}

/** Each command of a definition, by its path. */
export function* describeCommands(definition: Aggregate): Iterable<Described> {
  const { commands } = schemasOf(definition);
  for (const type of Object.keys(commands))
    yield* describeCommand(definition, type, commands[type]!.data);
}

/** An envelope that is taken as it stands, of the first command for which one can be made up. */
const exampleEnvelope = (definitions: readonly Aggregate[]): unknown => {
  for (const definition of definitions)
    for (const [command_type, spec] of Object.entries(definition.commands)) {
      const data = creates(definition, spec) ? exampleOf(spec.data) : undefined;
      if (data !== undefined)
        return {
          command_id: '3f0c1f7e-2c53-4a2b-9d3c-0a5f6f0f4c11',
          command_type,
          aggregate_type: definition.name,
          actor: 'ada',
          actor_type: 'user',
          source: 'api',
          command_timestamp: '2026-01-06T10:00:00Z',
          data,
          metadata: { business_justification: 'An example.', approval_id: 'example-1' },
        };
    }
  return undefined;
};

/** `POST /commands`: any command, as a whole envelope. */
export const describeAnyCommand = (definitions: readonly Aggregate[]): Described => {
  const envelope = envelopeSchema() as JsonSchema & { properties: Record<string, JsonSchema> };
  const names = definitions.flatMap(({ name, aliases }) => [name, ...aliases]);
  const example = exampleEnvelope(definitions);
  return {
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
          schema: namedSchema('Envelope', () => ({
            ...envelope,
            required: (envelope.required as string[]).filter((field) => !/^actor/.test(field)),
            properties: { ...envelope.properties, aggregate_type: { enum: names } },
          })),
          ...(example !== undefined && { example }),
        },
      },
    },
    answers: {
      200: shaped('Accepted', 'Accepted; or accepted before, or a dry run.', 'ETag'),
      201: shaped('Accepted', 'Accepted: an aggregate began.', 'ETag', 'Location'),
    },
    refusals: COMMAND,
  };
};
