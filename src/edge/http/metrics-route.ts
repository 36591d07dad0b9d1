import { text } from '../openapi/index.js';
import { answerText } from './answer.js';
import type { Route } from './route.js';

/** `GET /metrics`: the numbers of this node, for Prometheus. */
export const metricsRoute: Route = {
  method: 'GET',
  path: '/metrics',
  needs: 'operate',
  id: 'node.metrics',
  tag: 'Node',
  summary: 'The numbers of this node, for Prometheus.',
  answers: {
    200: text(
      'Metrics.',
      'text/plain; version=0.0.4; charset=utf-8',
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    ),
  },
  refusals: { name: 'metrics', codes: [] },
  handler: async (c, { metrics }) => {
    const { type, body } = await metrics.scrape(c.req.header('accept'));
    return answerText(c, type, body, { 'cache-control': 'no-store' });
  },
};
