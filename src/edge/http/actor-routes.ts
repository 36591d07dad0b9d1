import { z } from 'zod';
import { isRefusal } from '../../core/refusal.js';
import { answerSchema, INSPECTION, inPath, json } from '../openapi/index.js';
import { answer, problem } from './answer.js';
import type { Ctx, Http } from './http.js';
import { ACTORS_PAGE, ACTORS_PAGE_MAX } from './limits.js';
import { noSuch } from './query.js';
import { textIn, wholeIn } from './query-parameter.js';
import { requestContext } from './request-context.js';
import { type Route, routeOf } from './route.js';
import { definitionNamed } from './schema-routes.js';

const Text = z.string();
const Count = z.int().min(0);
const Actors = z.object({
  node: Text.nullable(),
  residents: Count.meta({ description: 'All in memory.' }),
  matching: Count,
  actors: z.array(
    z.object({
      aggregate_type: Text,
      aggregate_id: Text,
      status: Text.nullable(),
      version: Count,
      inbox: Count,
      loaded_at: Text.nullable(),
      last_used_at: Text,
      last_command: z.object({ command_type: Text, outcome: Text, at: Text }).nullable(),
    }),
  ),
});
const Passivated = z.object({
  passivated: z.boolean(),
  reason: z.enum(['not_resident', 'busy']).nullable(),
});

const ROUTE = { needs: 'operate', tag: 'Operations', refusals: INSPECTION } as const;

/** `/actors`: who is in memory on this node. */
export const actorsRoute: Route = routeOf({
  ...ROUTE,
  method: 'GET',
  path: '/actors',
  id: 'actors.list',
  summary: 'Who is in memory on this node.',
  query: {
    aggregate_type: textIn('Only of this type.'),
    search: textIn('Only those whose id holds this text.'),
    limit: wholeIn('How many at most.', { min: 1, max: ACTORS_PAGE_MAX, otherwise: ACTORS_PAGE }),
  },
  answers: {
    200: json('Who is in memory on this node.', answerSchema('OperationActors', Actors)),
  },
  handler: (c, { runtime, operations }, { aggregate_type: type, search, limit }) => {
    const named = type === undefined ? undefined : definitionNamed(runtime.registry, type);
    if (named && isRefusal(named)) return problem(c, named);
    const aggregate_type = named?.definition.name;
    const found = runtime.residents({ aggregate_type, search, most: limit });
    const { total: residents, matching, actors } = found;
    return answer(c, 200, { node: operations?.nodeId ?? null, residents, matching, actors });
  },
});

const passivate = (c: Ctx, { runtime, log }: Http): Response => {
  const [type, id] = [c.req.param('type')!, c.req.param('id')!];
  const named = definitionNamed(runtime.registry, type);
  const refused = isRefusal(named) ? named : noSuch(named.definition, id);
  if (isRefusal(named) || refused) return problem(c, refused);
  const outcome = runtime.passivateOne(named.definition, id);
  const by = requestContext(c).who?.actor ?? 'somebody';
  const what = { aggregate_type: named.definition.name, aggregate_id: id, by, outcome };
  log.warn(what, 'it was asked that an actor leaves memory');
  const passivated = outcome === 'passivated';
  return answer(c, 200, { passivated, reason: passivated ? null : outcome });
};

/** `/actors/{type}/{id}/passivate`: letting one of them go. */
export const passivateRoute = (aggregateTypes: readonly string[]): Route =>
  routeOf({
    ...ROUTE,
    method: 'POST',
    path: '/actors/:type/:id/passivate',
    id: 'actors.passivate',
    summary: 'An actor leaves memory, unless it has something to do; its events stay.',
    parameters: [inPath('type', { type: 'string', enum: aggregateTypes }), inPath('id')],
    query: {},
    answers: { 200: json('Whether it did.', answerSchema('OperationPassivated', Passivated)) },
    handler: passivate,
  });
