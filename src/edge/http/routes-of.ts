import type { Aggregate } from '../../core/aggregate.js';
import type { Projection } from '../../core/projection.js';
import { alertRoutes } from './alert-routes.js';
import { consoleRoutes } from './console-routes.js';
import { descriptionRoutes } from './description-routes.js';
import { eventStreamRoute } from './event-stream-route.js';
import { frontPageRoute } from './front-page-route.js';
import { healthRoutes } from './health-routes.js';
import { machineRoutes } from './machine-routes.js';
import { metricsRoute } from './metrics-route.js';
import { operationRoutes } from './operation-routes.js';
import type { Route } from './route.js';
import { schemaRoutes } from './schema-routes.js';
import { sessionRoutes } from './session-routes.js';

/** What routes follow from. */
export type Defined = {
  readonly definitions: readonly Aggregate[];
  /** Every projection of the node; none where there is no read side. */
  readonly projections: readonly Projection[];
};

/** Everything over HTTP, in the order in which it is described. */
export const routesOf = ({ definitions }: Defined): readonly Route[] => {
  const names = definitions.map(({ name }) => name);
  return [
    ...operationRoutes(names),
    eventStreamRoute(definitions),
    ...alertRoutes,
    ...machineRoutes(names),
    ...schemaRoutes(names),
    ...descriptionRoutes,
    frontPageRoute,
    ...healthRoutes,
    metricsRoute,
    ...sessionRoutes,
    ...consoleRoutes,
  ];
};
