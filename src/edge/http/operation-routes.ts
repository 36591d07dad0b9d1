import type { Door } from './access.js';
import { actorRoutes } from './actors.js';
import { bucketRoutes, entryRoutes } from './buckets.js';
import { catalogueRoutes } from './catalogue.js';
import { doctorRoutes, examineRoute } from './doctor.js';
import type { Http } from './http.js';
import { contentsNeed } from './needs.js';
import { nodeListRoutes } from './nodes.js';
import { messageRoutes, streamRoutes } from './streams.js';

/** What operators see, each part under what it needs. */
export const operationRoutes = (under: Door['under'], http: Http): void => {
  for (const routes of [streamRoutes, bucketRoutes, actorRoutes, nodeListRoutes, doctorRoutes])
    routes(under('operate'), http);
  messageRoutes(under(contentsNeed), http);
  entryRoutes(under(contentsNeed), http);
  // What it needs follows from the body.
  examineRoute(under('known'), http);
  catalogueRoutes(under('open'), http);
};
