import { z } from 'zod';
import { refuse } from '../../core/refusal.js';
import { answerSchema, INSPECTION, json } from '../openapi/index.js';
import { answer, problem } from './answer.js';
import { type Route, routeOf } from './route.js';

const ALONE = refuse('NOT_FOUND', 'this node knows no others: it stands on no NATS');

const Text = z.string();
const Figure = z.int().min(0).nullable();
const Nodes = z.object({
  nodes: z.array(
    z.object({
      id: Text,
      name: Text,
      version: Text,
      started_at: Text,
      url: Text.nullable(),
      this: z.boolean().meta({ description: 'The node that answers.' }),
      draining: z.boolean(),
      residents: Figure,
      under_way: Figure,
      waiting: Figure,
      commands_total: Figure,
      conflicts: Figure,
      memory_bytes: Figure,
      uptime_seconds: Figure,
    }),
  ),
});
const SUMMARY = 'All nodes on the same NATS that answer.';

/** `/cluster/nodes`: all nodes on the same NATS that answer right now. */
export const nodesRoute: Route = routeOf({
  method: 'GET',
  path: '/cluster/nodes',
  needs: 'operate',
  id: 'nodes.list',
  tag: 'Operations',
  summary: SUMMARY,
  query: {},
  answers: { 200: json(SUMMARY, answerSchema('OperationNodes', Nodes)) },
  refusals: INSPECTION,
  handler: async (c, { operations }) =>
    operations
      ? answer(c, 200, { nodes: await operations.nodes() }, { 'cache-control': 'no-store' })
      : problem(c, ALONE),
});
