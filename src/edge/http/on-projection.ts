import type { Projection } from '../../core/projection.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import type { ProjectionStatus } from '../../read/projector/projections.js';
import { answer, problem } from './answer.js';
import type { Ctx, Http } from './http.js';
import { hasReadSide, type Reads } from './reflected.js';
import { NO_READ_SIDE } from './resource-routes.js';
import { projectionNamed } from './view-routes.js';

export const shownStatus = (status: ProjectionStatus): object => ({
  ...status,
  links: { self: `/projections/${status.name}`, view: `/views/${status.name}` },
});

export const answered = (c: Ctx, outcome: object | Refusal): Response =>
  isRefusal(outcome) ? problem(c, outcome) : answer(c, 200, outcome);

/** What a route does once its projection is found. */
export type Doing = (c: Ctx, reads: Reads, projection: Projection) => Promise<Response> | Response;

/** Find the projection that the path names. */
export const onProjection =
  (doing: Doing) =>
  (c: Ctx, http: Http): Promise<Response> | Response => {
    if (!hasReadSide(http)) return problem(c, NO_READ_SIDE);
    const named = projectionNamed(http, c.req.param('name')!);
    return isRefusal(named) ? problem(c, named) : doing(c, http, named.projection);
  };

export const answeredStatus = (c: Ctx, status: ProjectionStatus | Refusal): Response =>
  answered(c, isRefusal(status) ? status : shownStatus(status));
