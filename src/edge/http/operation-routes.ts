import { actorRoutes } from './actors.js';
import { bucketRoutes, entryRoutes } from './buckets.js';
import { catalogueRoutes } from './catalogue.js';
import { doctorRoutes, examineRoute } from './doctor.js';
import type { Http } from './http.js';
import { nodeListRoutes } from './nodes.js';
import { contentsNeed } from './requirements.js';
import type { RouteList } from './route-list.js';
import { messageRoutes, streamRoutes } from './streams.js';

/** What operators see, each part under what it needs. */
export const operationRoutes = (routes: RouteList, http: Http): void => {
  for (const add of [streamRoutes, bucketRoutes, actorRoutes, nodeListRoutes, doctorRoutes])
    add(routes.under('operate'), http);
  messageRoutes(routes.under(contentsNeed), http);
  entryRoutes(routes.under(contentsNeed), http);
  // What it needs follows from the body.
  examineRoute(routes.under('known'), http);
  catalogueRoutes(routes.under('open'), http);
};
