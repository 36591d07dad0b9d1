import { z } from 'zod';
import type { Aggregate } from '../../core/aggregate.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { Registry } from '../../core/registry.js';
import { schemasOf } from '../../core/schema.js';
import { type Answer, answerSchema, DEFINED, inPath, inQuery, json } from '../openapi/index.js';
import { answer, answerText, problem } from './answer.js';
import type { Ctx, Http } from './http.js';
import { badQuery } from './query.js';
import type { Route } from './route.js';

const SCHEMA_TYPE = 'application/schema+json';

export const schemaPath = ({ name }: Aggregate, of: 'commands' | 'events', type: string): string =>
  `/schemas/${name}/${of}/${type}`;

/** A definition that a path names, or the refusal that says which ones there are. */
export const definitionNamed = (
  registry: Registry,
  name: string,
): { readonly definition: Aggregate } | Refusal => {
  const definition = registry.aggregate(name);
  if (definition) return { definition };
  const names = registry.definitions.map((one) => one.name);
  return refuse('NOT_FOUND', `there is no such aggregate type; there are ${names.join(', ')}`, {
    details: { aggregate_types: names },
  });
};

const absent = (definition: Aggregate, what: string, names: readonly string[]): Refusal =>
  refuse('NOT_FOUND', `${definition.name} has no such ${what}; it has ${names.join(', ')}`, {
    details: { [`${what}s`]: names },
  });

const index = ({ definitions }: Registry) =>
  definitions.map((definition) => {
    const links = (of: 'commands' | 'events') =>
      Object.fromEntries(
        Object.keys(definition[of]).map((type) => [type, schemaPath(definition, of, type)]),
      );
    return {
      aggregate_type: definition.name,
      commands: links('commands'),
      events: links('events'),
    };
  });

const show = (c: Ctx, schema: unknown): Response =>
  answerText(c, SCHEMA_TYPE, JSON.stringify(schema));

const showCommand = (c: Ctx, { runtime: { registry } }: Http): Response => {
  const named = definitionNamed(registry, c.req.param('type')!);
  if (isRefusal(named)) return problem(c, named);
  const { definition } = named;
  const found = registry.command(definition, c.req.param('name')!);
  if (!found) return problem(c, absent(definition, 'command', Object.keys(definition.commands)));
  const part = c.req.query('part') ?? 'envelope';
  if (part !== 'envelope' && part !== 'data')
    return problem(c, badQuery('part', 'expected envelope or data', 'ENUM'));
  return show(c, schemasOf(definition).commands[found.type]![part]);
};

const showEvent = (c: Ctx, { runtime: { registry } }: Http): Response => {
  const named = definitionNamed(registry, c.req.param('type')!);
  if (isRefusal(named)) return problem(c, named);
  const { definition } = named;
  const name = c.req.param('name')!;
  if (!Object.hasOwn(definition.events, name))
    return problem(c, absent(definition, 'event', Object.keys(definition.events)));
  return show(c, schemasOf(definition).events[name]);
};

const Links = z.record(z.string(), z.string());
const SchemaIndex = z.object({
  schemas: z.array(z.object({ aggregate_type: z.string(), commands: Links, events: Links })),
});
const ANSWER: Answer = {
  description: 'JSON Schema, draft 2020-12.',
  content: { [SCHEMA_TYPE]: { schema: { type: 'object' } } },
};
const ROUTE = { method: 'GET', needs: 'open', tag: 'Schemas', refusals: DEFINED } as const;

/** JSON Schema of every command and event. */
export const schemaRoutes = (names: readonly string[]): readonly Route[] => {
  const type = inPath('type', { type: 'string', enum: names });
  const name = inPath('name', { type: 'string', minLength: 1 });
  return [
    {
      ...ROUTE,
      path: '/schemas',
      id: 'schemas.list',
      summary: 'All schemas.',
      answers: { 200: json('Where they are.', answerSchema('SchemaIndex', SchemaIndex)) },
      handler: (c, { runtime: { registry } }) => answer(c, 200, { schemas: index(registry) }),
    },
    {
      ...ROUTE,
      path: '/schemas/:type/commands/:name',
      id: 'schemas.command',
      summary: 'JSON Schema of a command.',
      parameters: [
        type,
        name,
        inQuery('part', 'The whole envelope, or the data alone.', {
          type: 'string',
          enum: ['envelope', 'data'],
          default: 'envelope',
        }),
      ],
      answers: { 200: ANSWER },
      handler: showCommand,
    },
    {
      ...ROUTE,
      path: '/schemas/:type/events/:name',
      id: 'schemas.event',
      summary: 'JSON Schema of an event.',
      parameters: [type, name],
      answers: { 200: ANSWER },
      handler: showEvent,
    },
  ];
};
