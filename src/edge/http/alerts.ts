import { refuse } from '../../core/refusal.js';
import { answer, problem } from './answer.js';
import type { Http } from './http.js';
import type { Routes } from './route-list.js';

/** `/alerts`: how audit alerts fare, and those that could not be delivered. */
export const alertRoutes = (app: Routes, { alerts }: Http): void => {
  const none = refuse('NOT_FOUND', 'this node raises no alerts');
  app.get('/alerts', (c) => (alerts ? answer(c, 200, alerts.stats()) : problem(c, none)));
  app.get('/alerts/failed', async (c) =>
    alerts ? answer(c, 200, await alerts.failed()) : problem(c, none),
  );
  app.post('/alerts/failed/:id/retry', async (c) => {
    if (!alerts) return problem(c, none);
    const id = c.req.param('id');
    const retried = await alerts.retry(id);
    if (!retried)
      return problem(c, refuse('NOT_FOUND', `there is no failed alert ${id}; see /alerts/failed`));
    if (!retried.delivered)
      return problem(
        c,
        refuse('ALERT_NOT_DELIVERED', `the receiver did not take it: ${retried.why}`),
      );
    return answer(c, 200, { alert_id: id, delivered: true });
  });
};
