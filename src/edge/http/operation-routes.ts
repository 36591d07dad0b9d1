import { actorsRoute, passivateRoute } from './actor-routes.js';
import { bucketRoutes } from './bucket-routes.js';
import { catalogueRoute } from './catalogue-route.js';
import { doctorRoute, examineRoute } from './doctor-routes.js';
import { nodesRoute } from './nodes-route.js';
import type { Route } from './route.js';
import { streamRoutes } from './stream-routes.js';

/** What operators see of a node. */
export const operationRoutes = (aggregateTypes: readonly string[]): readonly Route[] => [
  ...streamRoutes,
  ...bucketRoutes,
  actorsRoute,
  nodesRoute,
  doctorRoute,
  passivateRoute(aggregateTypes),
  examineRoute(aggregateTypes),
  catalogueRoute,
];
