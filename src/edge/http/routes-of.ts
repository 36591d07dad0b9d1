import type { Aggregate } from '../../core/aggregate.js';
import type { Projection } from '../../core/projection.js';
import { alertRoutes } from './alert-routes.js';
import { consoleRoutes } from './console-routes.js';
import { descriptionRoutes } from './description-routes.js';
import { eventStreamRoute } from './event-stream-route.js';
import { frontPageRoute } from './front-page-route.js';
import { healthRoutes } from './health-routes.js';
import { importRoutes } from './import-routes.js';
import { machineRoutes } from './machine-routes.js';
import { metricsRoute } from './metrics-route.js';
import { operationRoutes } from './operation-routes.js';
import { projectionRoutes } from './projection-routes.js';
import type { Route } from './route.js';
import { schemaRoutes } from './schema-routes.js';
import { sessionRoutes } from './session-routes.js';

/** What routes follow from. */
export type Defined = {
  readonly definitions: readonly Aggregate[];
  /** Every projection of the node; none where there is no read side. */
  readonly projections: readonly Projection[];
};

/** On a node that has nothing behind it a route answers that, and is not described. */
const undescribed = (route: Route): Route => ({ ...route, describe: () => [] });

/** Everything over HTTP, in the order in which it is described. */
export const routesOf = ({ definitions, projections }: Defined): readonly Route[] => {
  const names = definitions.map(({ name }) => name);
  const operating = projectionRoutes(projections.map(({ name }) => name));
  return [
    ...(projections.length > 0 ? operating : operating.map(undescribed)),
    ...importRoutes,
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
