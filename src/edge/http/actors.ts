import { isRefusal } from '../../core/refusal.js';
import { answer, problem } from './answer.js';
import type { Http } from './http.js';
import { ACTORS_PAGE, ACTORS_PAGE_MAX } from './limits.js';
import { noSuch, refuseUnknown, wholeNumber } from './query.js';
import { requestContext } from './request-context.js';
import type { Routes } from './route-list.js';
import { definitionNamed } from './schema-routes.js';

/** `/actors`: who is in memory on this node, and letting one of them go. */
export const actorRoutes = (app: Routes, { runtime, operations, log }: Http): void => {
  const node = operations?.nodeId ?? null;
  app.get('/actors', (c) => {
    const unknown = refuseUnknown(c, ['aggregate_type', 'search', 'limit']);
    if (unknown) return problem(c, unknown);
    const limit = wholeNumber(c, 'limit', { min: 1, max: ACTORS_PAGE_MAX, otherwise: ACTORS_PAGE });
    if (isRefusal(limit)) return problem(c, limit);
    const { aggregate_type: type, search } = c.req.query();
    const named = type === undefined ? undefined : definitionNamed(runtime.registry, type);
    if (named && isRefusal(named)) return problem(c, named);
    const aggregate_type = named?.definition.name;
    const found = runtime.residents({ aggregate_type, search, most: limit.number });
    const { total: residents, matching, actors } = found;
    return answer(c, 200, { node, residents, matching, actors });
  });
  app.post('/actors/:type/:id/passivate', (c) => {
    const unknown = refuseUnknown(c, []);
    if (unknown) return problem(c, unknown);
    const { type, id } = c.req.param();
    const named = definitionNamed(runtime.registry, type);
    const refused = isRefusal(named) ? named : noSuch(named.definition, id);
    if (isRefusal(named) || refused) return problem(c, refused);
    const outcome = runtime.passivateOne(named.definition, id);
    const by = requestContext(c).who?.actor ?? 'somebody';
    const what = { aggregate_type: named.definition.name, aggregate_id: id, by, outcome };
    log.warn(what, 'it was asked that an actor leaves memory');
    const passivated = outcome === 'passivated';
    return answer(c, 200, { passivated, reason: passivated ? null : outcome });
  });
};
