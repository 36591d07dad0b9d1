import { z } from 'zod';
import { refuse } from '../../core/refusal.js';
import { ALERT, answerSchema, inPath, json } from '../openapi/index.js';
import { answer, problem } from './answer.js';
import type { Ctx, Http } from './http.js';
import type { Route } from './route.js';

const NO_ALERTS = refuse('NOT_FOUND', 'this node raises no alerts');
const Text = z.string();
const Count = z.number().min(0);

const Alerts = z.object({
  raised: Count,
  delivered: Count,
  failed: Count,
  given_up: Count,
  pending: Count,
  receiver: z.enum(['off', 'on', 'gone']),
  last_error: Text.nullable(),
});
const FailedAlerts = z.object({
  total: Count,
  alerts: z.array(
    z.object({
      alert_id: Text,
      attempts: Count,
      failed_at: Text,
      reason: Text,
      alert: z.unknown().optional(),
    }),
  ),
});
const Retried = z.object({ alert_id: Text, delivered: z.literal(true) });

const retry = async (c: Ctx, { alerts }: Http): Promise<Response> => {
  if (!alerts) return problem(c, NO_ALERTS);
  const id = c.req.param('id')!;
  const retried = await alerts.retry(id);
  if (!retried)
    return problem(c, refuse('NOT_FOUND', `there is no failed alert ${id}; see /alerts/failed`));
  if (!retried.delivered)
    return problem(
      c,
      refuse('ALERT_NOT_DELIVERED', `the receiver did not take it: ${retried.why}`),
    );
  return answer(c, 200, { alert_id: id, delivered: true });
};

const ROUTE = { tag: 'Alerts', refusals: ALERT } as const;

/** `/alerts`: how audit alerts fare, and those that could not be delivered. */
export const alertRoutes: readonly Route[] = [
  {
    ...ROUTE,
    method: 'GET',
    path: '/alerts',
    needs: 'audit',
    id: 'alerts.get',
    summary: 'How audit alerts fare on this node.',
    answers: { 200: json('Numbers.', answerSchema('Alerts', Alerts)) },
    handler: (c, { alerts }) => (alerts ? answer(c, 200, alerts.stats()) : problem(c, NO_ALERTS)),
  },
  {
    ...ROUTE,
    method: 'GET',
    path: '/alerts/failed',
    needs: 'audit',
    id: 'alerts.failed',
    summary: 'Alerts that could not be delivered.',
    answers: { 200: json('Some of them.', answerSchema('FailedAlerts', FailedAlerts)) },
    handler: async (c, { alerts }) =>
      alerts ? answer(c, 200, await alerts.failed()) : problem(c, NO_ALERTS),
  },
  {
    ...ROUTE,
    method: 'POST',
    path: '/alerts/failed/:id/retry',
    // To see them is one thing, to send them again another.
    needs: () => ['audit', 'operate'],
    id: 'alerts.retry',
    summary: 'One of them is sent once more, now.',
    parameters: [inPath('id', { type: 'string', minLength: 1 })],
    answers: { 200: json('It was taken.', answerSchema('RetriedAlert', Retried)) },
    handler: retry,
  },
];
