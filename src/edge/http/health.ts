import { type Refusal, refuse } from '../../core/refusal.js';
import type { Part, Readiness } from '../../operate/metrics/index.js';
import { answer, problem } from './answer.js';
import { badQuery } from './query.js';
import type { Routes } from './route-list.js';

/** Whose order `?for=` asks about: everything, or only what taking commands needs. */
const PURPOSES = ['everything', 'commands'] as const;
const FOR_COMMANDS: ReadonlySet<string> = new Set(['node', 'event_store']);

const shown = ({ name, state, reason }: Part) => ({ name, state, reason });

/** The parts that are not in order, as one problem: the most fundamental one gives the code. */
const notReady = (parts: readonly Part[], missing: readonly Part[]): Refusal => {
  const [first] = missing as [Part];
  const codes: Readonly<Record<string, string>> = {
    node: 'SHUTTING_DOWN',
    event_store: 'STORE_UNAVAILABLE',
    read_store: 'READ_STORE_UNAVAILABLE',
  };
  const byState: Readonly<Record<string, string>> = {
    full: 'STORE_FULL',
    log_truncated: 'LOG_TRUNCATED',
  };
  const ofStore = first.name === 'event_store' ? byState[first.state] : undefined;
  const said = missing.map(({ name, state, reason }) => reason ?? `${name} is ${state}`);
  return refuse(
    ofStore ?? codes[first.name] ?? 'PROJECTION_NOT_READY',
    `not ready: ${said.join('; ')}`,
    {
      details: {
        not_ready: missing.map(({ name }) => name),
        parts: parts.map(shown),
      },
    },
  );
};

/**
 * `/healthz`: the process is up. `/readyz`: it takes commands and its read side is in order.
 * `/readyz?for=commands` leaves the read side out of the verdict, not out of the answer: for a load
 * balancer that shall go on sending commands while a projection, which all nodes share, stands
 * still.
 */
export const healthRoutes = (app: Routes, readiness: Readiness): void => {
  app.get('/healthz', (c) => answer(c, 200, { status: 'up' }));
  app.get('/readyz', async (c) => {
    const purpose = c.req.query('for') ?? 'everything';
    if (!PURPOSES.some((one) => one === purpose))
      return problem(c, badQuery('for', `expected ${PURPOSES.join(' or ')}`, 'ENUM'));
    const parts = await readiness.parts();
    const missing = parts.filter(
      ({ name, ready }) => !ready && (purpose === 'everything' || FOR_COMMANDS.has(name)),
    );
    if (missing.length > 0) return problem(c, notReady(parts, missing));
    return answer(
      c,
      200,
      { status: 'ready', parts: parts.map(shown) },
      { 'cache-control': 'no-store' },
    );
  });
};
