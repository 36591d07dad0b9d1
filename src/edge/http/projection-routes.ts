import type { Projection } from '../../core/projection.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { ProjectionStatus } from '../../read/projector/projections.js';
import { inPath, json, OPERATION, type Parameter } from '../openapi/index.js';
import { answer, problem } from './answer.js';
import { PARKED_SHOWN_MAX } from './limits.js';
import { answeredStatus, onProjection, shownStatus } from './on-projection.js';
import { PROJECTION_ANSWERS } from './projection-answers.js';
import { actorOf } from './projection-body.js';
import { type Operating, PROJECTION_OPERATIONS } from './projection-operations.js';
import type { Reads } from './reflected.js';
import { NO_READ_SIDE } from './resource-routes.js';
import type { Route } from './route.js';

const statusOf = ({ projections }: Reads, { name }: Projection): ProjectionStatus | Refusal =>
  projections.status().find((one) => one.name === name) ??
  refuse('PROJECTION_NOT_READY', `${name} has not begun yet: ask again in a moment`);

const ACTOR: Parameter = {
  name: 'X-Actor',
  in: 'header',
  description: 'Who does it; required where callers are not known otherwise.',
  schema: { type: 'string', maxLength: 255 },
};

/** What is journalled as done, whether to all that wait or to one: `retry`, `discard`. */
const nameOf = ({ path }: Operating): string => path.slice(path.lastIndexOf('/') + 1);

const ROUTE = { tag: 'Projections', needs: 'operate', refusals: OPERATION } as const;

const operatingRoute = (which: Parameter, operating: Operating): Route => {
  const { path, id, summary, body, one = [], also, doing } = operating;
  const done = json('Done.', operating.answer);
  return {
    ...ROUTE,
    method: 'POST',
    path: `/projections/:name/${path}`,
    id: `projections.${id}`,
    summary,
    parameters: [which, ...one, ACTOR],
    body: { required: 'required' in body, content: { 'application/json': { schema: body } } },
    answers: { 200: { ...done, content: { ...done.content, ...also } } },
    handler: onProjection((c, http, projection) => {
      // It is logged before it begins: what it does may take long.
      const by = actorOf(c) ?? 'somebody';
      const what = { operation: nameOf(operating), projection: projection.name, by };
      http.log.warn({ ...what, path: c.req.path }, 'an operation on a projection was asked for');
      return doing(c, http, projection);
    }),
  };
};

/**
 * `/projections`: the state of every projection, and what an operator can do to one. Whoever does
 * something is logged with it.
 */
export const projectionRoutes = (names: readonly string[]): readonly Route[] => {
  const which = inPath('name', { type: 'string', ...(names.length > 0 && { enum: names }) });
  const below = { ...ROUTE, method: 'GET', parameters: [which], query: {} } as const;
  return [
    {
      ...ROUTE,
      method: 'GET',
      path: '/projections',
      id: 'projections.list',
      summary: 'The state of all projections.',
      query: {},
      answers: { 200: json('The state of all projections.', PROJECTION_ANSWERS.Statuses) },
      handler: (c, { projections }) =>
        projections
          ? answer(c, 200, { projections: projections.status().map(shownStatus) })
          : problem(c, NO_READ_SIDE),
    },
    {
      ...below,
      path: '/projections/:name',
      id: 'projections.get',
      summary: 'The state of one.',
      answers: { 200: json('The state of one.', PROJECTION_ANSWERS.Status) },
      handler: onProjection((c, http, projection) => answeredStatus(c, statusOf(http, projection))),
    },
    {
      ...below,
      path: '/projections/:name/parked',
      id: 'projections.parked',
      summary: 'What waits, and why.',
      answers: { 200: json('What waits, and why.', PROJECTION_ANSWERS.Parked) },
      handler: onProjection(async (c, { projections }, { name }) => {
        const parked = await projections.parked(name);
        if (isRefusal(parked)) return problem(c, parked);
        return answer(c, 200, { parked: parked.slice(0, PARKED_SHOWN_MAX), total: parked.length });
      }),
    },
    {
      ...below,
      path: '/projections/:name/discarded',
      id: 'projections.discarded',
      summary: 'What was left out.',
      answers: { 200: json('What was left out.', PROJECTION_ANSWERS.Discarded) },
      handler: onProjection(async (c, { projections }, { name }) => {
        const discarded = await projections.discarded(name);
        if (isRefusal(discarded)) return problem(c, discarded);
        const shown = discarded.slice(0, PARKED_SHOWN_MAX);
        return answer(c, 200, { discarded: shown, total: discarded.length });
      }),
    },
    ...PROJECTION_OPERATIONS.map((one) => operatingRoute(which, one)),
  ];
};
