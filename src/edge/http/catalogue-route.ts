import { z } from 'zod';
import { answerSchema, DEFINED, json } from '../openapi/index.js';
import { catalogueOf } from '../wire/catalogue.js';
import { answer } from './answer.js';
import { oncePerNode } from './once-per-node.js';
import { type Route, routeOf } from './route.js';
import { schemaPath } from './schema-routes.js';

const catalogue = oncePerNode(({ runtime: { registry }, projections }) => {
  const { events, commands } = catalogueOf(registry.definitions, projections?.definitions ?? []);
  const schemaOf = (name: string, of: 'commands' | 'events', type: string): string =>
    schemaPath(registry.aggregate(name)!, of, type);
  return {
    events: events.map((one) => ({
      ...one,
      schema: schemaOf(one.aggregate_type, 'events', one.event_type),
    })),
    commands: commands.map((one) => ({
      ...one,
      schema: schemaOf(one.aggregate_type, 'commands', one.command_type),
    })),
  };
});

const Text = z.string();
const Flag = z.boolean();
const Count = z.int().min(0);
const Catalogue = z.object({
  events: z.array(
    z.object({
      aggregate_type: Text,
      event_type: Text,
      summary: Text.nullable(),
      version: Count,
      versions: z.array(Count),
      upcasters: z.array(z.object({ from: Count, to: Count })),
      readable: Flag,
      unreadable_versions: z.array(Count),
      definition: Text,
      sensitive: Flag,
      critical: Flag,
      commands: z.array(Text),
      transitions: z.array(
        z.object({
          from: Text,
          to: Text,
          when: z.object({ field: Text, value: Text }).optional(),
        }),
      ),
      projections: z.array(Text),
      schema: Text,
    }),
  ),
  commands: z.array(
    z.object({
      aggregate_type: Text,
      command_type: Text,
      summary: Text.nullable(),
      aliases: z.array(Text),
      sensitive: Flag,
      critical: Flag,
      approval: Flag,
      creates: Flag,
      roles: z.array(Text),
      emits: z.array(Text),
      schema: Text,
    }),
  ),
});

/** `/catalogue`: every event and command, who writes and who takes them. */
export const catalogueRoute: Route = routeOf({
  method: 'GET',
  path: '/catalogue',
  needs: 'open',
  id: 'catalogue.get',
  tag: 'Schemas',
  summary: 'Every event and command: who writes, reads and takes it.',
  query: {},
  answers: { 200: json('The catalogue.', answerSchema('OperationCatalogue', Catalogue)) },
  refusals: DEFINED,
  handler: (c, http) => answer(c, 200, catalogue(http)),
});
