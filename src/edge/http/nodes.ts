import { refuse } from '../../core/refusal.js';
import { answer, problem } from './answer.js';
import type { Http } from './http.js';
import { refuseUnknown } from './query.js';
import type { Routes } from './route-list.js';

const ALONE = refuse('NOT_FOUND', 'this node knows no others: it stands on no NATS');

/** `/cluster/nodes`: all nodes on the same NATS that answer right now. */
export const nodeListRoutes = (app: Routes, { operations }: Http): void => {
  app.get('/cluster/nodes', async (c) => {
    const unknown = refuseUnknown(c, []);
    if (unknown) return problem(c, unknown);
    if (!operations) return problem(c, ALONE);
    return answer(c, 200, { nodes: await operations.nodes() }, { 'cache-control': 'no-store' });
  });
};
