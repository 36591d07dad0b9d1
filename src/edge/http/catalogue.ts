import { catalogueOf } from '../../core/catalogue.js';
import { answer, problem } from './answer.js';
import type { Http } from './http.js';
import { refuseUnknown } from './query.js';
import type { Routes } from './route-list.js';
import { schemaPath } from './schema-routes.js';

/** `/catalogue`: every event and command, who writes and who takes them. Definitions do not change. */
export const catalogueRoutes = (
  app: Routes,
  { runtime: { registry }, projections }: Http,
): void => {
  const make = () => {
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
  };
  let made: ReturnType<typeof make> | undefined;
  app.get('/catalogue', (c) => {
    const unknown = refuseUnknown(c, []);
    if (unknown) return problem(c, unknown);
    made ??= make();
    return answer(c, 200, made);
  });
};
