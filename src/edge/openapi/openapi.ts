import type { Aggregate } from '../../core/aggregate.js';
import { kebab, pluralOf } from '../../core/ids.js';
import { type JsonSchema, schemasOf } from '../../core/schema.js';
import { HEADERS } from './answers.js';
import { Draft } from './draft.js';
import type { Operation } from './operation.js';
import { shape } from './shapes.js';
import { inOneGo, type Steps } from './steps.js';

/** What the descriptions of an API are made from. */
export type Described = {
  readonly definitions: readonly Aggregate[];
  readonly info: { readonly name: string; readonly version: string };
  /** What is said of the routes, in their order. */
  readonly operations: () => Iterable<Operation>;
};

const SECURITY = {
  apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'An API key.' },
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A token.' },
  session: { type: 'apiKey', in: 'cookie', name: 'stele_session', description: 'A browser.' },
} as const;

const ABOUT = `Commands become events or are refused with a reason; documents are made from events.

Every answer carries \`X-Request-Id\` (yours, if it is well-formed) and \`traceparent\`. A refusal is problem details (RFC 9457) with a stable \`code\`. Sending a command again with the same command id is always harmless: do so after 503.`;

const TAGS = [
  ['Commands', 'Any command, by its envelope.'],
  ['Events', 'What happened, as it happens.'],
  ['Views', 'Documents made from events, by the name of their projection.'],
  ['Projections', 'For operators: how documents are kept up to date.'],
  ['Imports', 'Models that are brought in, and taken back.'],
  ['Operations', 'For operators: streams, buckets, actors, nodes, the doctor.'],
  ['Alerts', 'Audit alerts.'],
  ['Machines', 'Lifecycles.'],
  ['Schemas', 'What commands and events look like.'],
  ['Session', 'Who asks, and how browsers sign in.'],
  ['Node', 'This node itself.'],
] as const;

/** Other plurals that the same routes are reached by. */
const otherPaths = ({ plural, aliases }: Aggregate): readonly string[] =>
  aliases.map((one) => `/${pluralOf(kebab(one))}`).filter((path) => path !== `/${plural}`);

const tagOf = (definition: Aggregate) => {
  const others = otherPaths(definition);
  const also = others.length > 0 ? ` Also reached at ${others.join(', ')}.` : '';
  return {
    name: definition.name,
    description: `${definition.summary}${also}`,
    ...(others.length > 0 && { 'x-also-at': others }),
  };
};

/** The schemas of commands are made when they are asked for, once: here one by one. */
function* makeSchemas(definition: Aggregate): Steps {
  const { commands } = schemasOf(definition);
  for (const type of Object.keys(commands)) {
    void commands[type]!.data;
    yield;
  }
}

/** An event of one type: the general form, with the data that this type has now. */
const eventSchema = (schema: JsonSchema): JsonSchema => {
  const { title, description, properties } = schema as JsonSchema & {
    properties: Record<string, JsonSchema>;
  };
  const { event_type, event_version, aggregate_type, data } = properties;
  return {
    title,
    description,
    allOf: [{ $ref: '#/components/schemas/Event' }],
    properties: { event_type, event_version, aggregate_type, data },
  };
};

/** The schemas of its events: no route answers with one alone. */
function* keepEvents(draft: Draft, definition: Aggregate): Steps {
  const { events } = schemasOf(definition);
  for (const type of Object.keys(events)) {
    draft.schema(`${definition.name}.events.${type}`, eventSchema(events[type]!));
    yield;
  }
}

/**
 * The OpenAPI 3.1 description of everything over HTTP, from definitions and projections alone: the
 * same definitions give the same description.
 */
export function* openApiSteps({ definitions, info, operations }: Described): Steps<object> {
  const draft = new Draft();
  draft.schema('Problem', shape('Problem'));
  draft.schema('Event', shape('Event'));
  for (const definition of definitions) {
    yield* makeSchemas(definition);
    yield* keepEvents(draft, definition);
  }
  for (const operation of operations()) {
    draft.add(operation);
    yield;
  }
  const { paths, ...components } = draft.parts;
  return {
    openapi: '3.1.0',
    info: { title: info.name, version: info.version, description: ABOUT },
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }, { bearer: [] }, { session: [] }],
    tags: [
      ...definitions.map(tagOf),
      ...TAGS.map(([name, description]) => ({ name, description })),
    ],
    paths,
    components: { ...components, headers: HEADERS, securitySchemes: SECURITY },
  };
}

/** The same at once. */
export const openApiOf = (described: Described): object => inOneGo(openApiSteps(described));
