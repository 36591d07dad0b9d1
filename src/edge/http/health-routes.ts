import { z } from 'zod';
import { type Refusal, refuse } from '../../core/refusal.js';
import type { Part } from '../../operate/metrics/index.js';
import { answerSchema, HEALTH, inQuery, json } from '../openapi/index.js';
import { answer, problem } from './answer.js';
import type { Ctx, Http } from './http.js';
import { badQuery } from './query.js';
import type { Route } from './route.js';

/** Whose order `?for=` asks about: everything, or only what taking commands needs. */
const PURPOSES = ['everything', 'commands'] as const;
const FOR_COMMANDS: ReadonlySet<string> = new Set(['node', 'event_store']);

const showPart = ({ name, state, reason }: Part) => ({ name, state, reason });

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
    foreign: 'READ_STORE_FOREIGN',
  };
  const isStore = first.name === 'event_store' || first.name === 'read_store';
  const ofStore = isStore ? byState[first.state] : undefined;
  const said = missing.map(({ name, state, reason }) => reason ?? `${name} is ${state}`);
  return refuse(
    ofStore ?? codes[first.name] ?? 'PROJECTION_NOT_READY',
    `not ready: ${said.join('; ')}`,
    {
      details: {
        not_ready: missing.map(({ name }) => name),
        parts: parts.map(showPart),
      },
    },
  );
};

const ready = async (c: Ctx, { readiness }: Http): Promise<Response> => {
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
    { status: 'ready', parts: parts.map(showPart) },
    { 'cache-control': 'no-store' },
  );
};

const Up = z.object({ status: z.literal('up') });
const Ready = z.object({
  status: z.literal('ready'),
  parts: z.array(z.object({ name: z.string(), state: z.string(), reason: z.string().nullable() })),
});

/**
 * `/healthz`: the process is up. `/readyz`: it takes commands and its read side is in order.
 * `/readyz?for=commands` leaves the read side out of the verdict, not out of the answer: for a load
 * balancer that shall go on sending commands while a projection, which all nodes share, stands
 * still.
 */
export const healthRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/healthz',
    needs: 'open',
    id: 'node.health',
    tag: 'Node',
    summary: 'The process is up.',
    answers: { 200: json('Up.', answerSchema('Up', Up)) },
    refusals: { name: 'node', codes: [] },
    handler: (c) => answer(c, 200, { status: 'up' }),
  },
  {
    method: 'GET',
    path: '/readyz',
    needs: 'open',
    id: 'node.ready',
    tag: 'Node',
    summary: 'It takes commands and its read side is in order.',
    parameters: [
      inQuery('for', 'Whose order: everything, or what commands need.', {
        type: 'string',
        enum: PURPOSES,
        default: 'everything',
      }),
    ],
    answers: { 200: json('Ready.', answerSchema('Ready', Ready)) },
    refusals: HEALTH,
    handler: ready,
  },
];
