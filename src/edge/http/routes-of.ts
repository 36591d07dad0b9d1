import type { Aggregate } from '../../core/aggregate.js';
import type { Projection } from '../../core/projection.js';
import { alertRoutes } from './alert-routes.js';
import { anyCommandRoute, commandRoutes } from './command-routes.js';
import { consoleRoutes } from './console-routes.js';
import { descriptionRoutes } from './description-routes.js';
import { eventStreamRoute } from './event-stream-route.js';
import { frontPageRoute } from './front-page-route.js';
import { healthRoutes } from './health-routes.js';
import { importRoutes } from './import-routes.js';
import { logRoutes } from './log-routes.js';
import { machineRoutes } from './machine-routes.js';
import { metricsRoute } from './metrics-route.js';
import { operationRoutes } from './operation-routes.js';
import { type Plural, pluralsOf } from './plurals.js';
import { projectionRoutes } from './projection-routes.js';
import { resourceRoutes } from './resource-routes.js';
import { type Route, undescribed } from './route.js';
import { schemaRoutes } from './schema-routes.js';
import { sessionRoutes } from './session-routes.js';
import { timeRoutes } from './time-routes.js';
import { viewRoutes } from './view-routes.js';
import { partRoutes, writingRoutes } from './writing/writing-routes.js';

/** What routes follow from. */
export type Defined = {
  readonly definitions: readonly Aggregate[];
  /** Every projection of the node; none where there is no read side. */
  readonly projections: readonly Projection[];
};

/** All routes of an aggregate type under one plural; under another noun they are the same again. */
const routesOfType = (one: Plural, projections: readonly Projection[]): readonly Route[] => {
  const { definition, plural } = one;
  const resource = projections.find((projection) => projection.resource === definition.name);
  const auditLog = projections.find(({ name }) => name === 'audit-log');
  const routes = [
    ...logRoutes(one, resource),
    ...timeRoutes(one, resource, auditLog),
    ...resourceRoutes(one, resource),
    ...writingRoutes(one, resource),
    ...commandRoutes(one),
  ];
  return plural === definition.plural ? routes : routes.map(undescribed);
};

/** Everything over HTTP, in the order in which it is described. */
export const routesOf = ({ definitions, projections }: Defined): readonly Route[] => {
  const names = definitions.map(({ name }) => name);
  const operating = projectionRoutes(projections.map(({ name }) => name));
  return [
    ...pluralsOf({ definitions }).flatMap((one) => routesOfType(one, projections)),
    anyCommandRoute(definitions),
    ...viewRoutes(projections),
    ...definitions.flatMap((definition) => partRoutes(definition, projections)),
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
