import type { Aggregate } from '../../core/aggregate.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import type { Registry } from '../../core/registry.js';
import { schemasOf } from '../../core/schema.js';
import { answer, answerText, problem } from './answer.js';
import type { Ctx, Http } from './http.js';
import { badQuery } from './query.js';
import type { Routes } from './route-list.js';

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

/** JSON Schema of every command and event. */
export const schemaRoutes = (app: Routes, { runtime: { registry } }: Http): void => {
  const show = (c: Ctx, schema: unknown) => answerText(c, SCHEMA_TYPE, JSON.stringify(schema));

  app.get('/schemas', (c) => answer(c, 200, { schemas: index(registry) }));
  app.get('/schemas/:type/commands/:name', (c) => {
    const { type, name } = c.req.param();
    const named = definitionNamed(registry, type);
    if ('refused' in named) return problem(c, named);
    const { definition } = named;
    const found = registry.command(definition, name);
    if (!found) return problem(c, absent(definition, 'command', Object.keys(definition.commands)));
    const part = c.req.query('part') ?? 'envelope';
    if (part !== 'envelope' && part !== 'data')
      return problem(c, badQuery('part', 'expected envelope or data', 'ENUM'));
    return show(c, schemasOf(definition).commands[found.type]![part]);
  });
  app.get('/schemas/:type/events/:name', (c) => {
    const { type, name } = c.req.param();
    const named = definitionNamed(registry, type);
    if ('refused' in named) return problem(c, named);
    const { definition } = named;
    if (!Object.hasOwn(definition.events, name))
      return problem(c, absent(definition, 'event', Object.keys(definition.events)));
    return show(c, schemasOf(definition).events[name]);
  });
};
