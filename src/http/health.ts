import { refuse } from '../core/refusal.js';
import { answer, problem } from './answer.js';
import type { App, Http } from './http.js';

/** `/healthz`: the process is up. `/readyz`: it can take commands. */
export const healthRoutes = (app: App, { store, runtime }: Http): void => {
  app.get('/healthz', (c) => answer(c, 200, { status: 'up' }));
  app.get('/readyz', async (c) => {
    if (runtime.draining)
      return problem(
        c,
        refuse('SHUTTING_DOWN', 'not ready: this node is shutting down', {
          details: { not_ready: ['node'] },
        }),
      );
    const ready = await store.ready().catch(() => false);
    if (ready) return answer(c, 200, { status: 'ready' });
    return problem(
      c,
      refuse('STORE_UNAVAILABLE', 'not ready: the event store cannot be written to', {
        details: { not_ready: ['event_store'] },
      }),
    );
  });
};
