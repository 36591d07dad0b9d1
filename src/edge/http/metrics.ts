import type { Metrics } from '../../operate/metrics/index.js';
import { answerText } from './answer.js';
import type { Routes } from './route-list.js';

/** `GET /metrics`: the numbers of this node, for Prometheus. */
export const metricsRoutes = (app: Routes, metrics: Metrics): void => {
  app.get('/metrics', async (c) => {
    const { type, body } = await metrics.scrape(c.req.header('accept'));
    return answerText(c, type, body, { 'cache-control': 'no-store' });
  });
};
