import { z } from 'zod';
import { type Refusal, refuse } from '../../core/refusal.js';
import type { Inspection } from '../../write/store/inspection.js';
import { answerSchema, INSPECTION, inPath, json } from '../openapi/index.js';
import { answer, problem } from './answer.js';
import { AUDITED } from './audited.js';
import { MESSAGES_PAGE, MESSAGES_PAGE_MAX } from './limits.js';
import { wholeIn } from './query-parameter.js';
import { type Route, routeOf } from './route.js';
import { SHOWN_CONTENT } from './shown-content.js';

export const NO_STREAMS = refuse('NOT_FOUND', 'this node stands on no NATS that could be shown');

const unknownStream = async (inspection: Inspection): Promise<Refusal> => {
  const streams = (await inspection.streams()).map(({ name }) => name);
  return refuse('NOT_FOUND', `there is no such stream; there are ${streams.join(', ')}`, {
    details: { streams },
  });
};

const Text = z.string();
const Count = z.int().min(0);
const Flag = z.boolean();
const Consumer = z.object({
  name: Text,
  durable: Flag,
  delivered: Count,
  ack_floor: Count,
  pending: Count,
  ack_pending: Count,
  redelivered: Count,
  created_at: Text,
});
const Stream = z.object({
  name: Text,
  kind: z.enum(['events', 'journal', 'alerts']),
  aggregate_type: Text.nullable(),
  subjects: z.array(Text),
  messages: Count,
  bytes: Count,
  first_sequence: Count,
  last_sequence: Count,
  first_at: Text.nullable(),
  last_at: Text.nullable(),
  replicas: Count,
  storage: Text,
  retention: Text,
  deny_delete: Flag,
  deny_purge: Flag,
  sealed: Flag,
  leader: Text.nullable().meta({
    description: 'The server that leads it; null while there is none.',
  }),
  consumers: z.array(Consumer),
});
const Messages = z.object({
  stream: Text,
  messages: z.array(
    z.object({
      sequence: Count,
      subject: Text,
      at: Text,
      headers: z.record(Text, z.array(Text)),
      ...SHOWN_CONTENT,
    }),
  ),
  next: Count.nullable().meta({ description: '`from` of the next page; null at the end.' }),
});

const NAME = inPath('name', { type: 'string', minLength: 1 });
const ROUTE = { method: 'GET', tag: 'Operations', refusals: INSPECTION } as const;

/** `/streams`: the streams of Stele and who reads them. Nothing here deletes or purges. */
export const streamRoutes: readonly Route[] = [
  routeOf({
    ...ROUTE,
    path: '/streams',
    needs: 'operate',
    id: 'streams.list',
    summary: 'The streams and who reads them.',
    query: {},
    answers: {
      200: json(
        'The streams and who reads them.',
        answerSchema('OperationStreams', z.object({ streams: z.array(Stream) })),
      ),
    },
    handler: async (c, { operations }) =>
      operations
        ? answer(c, 200, { streams: await operations.inspection.streams() })
        : problem(c, NO_STREAMS),
  }),
  routeOf({
    ...ROUTE,
    path: '/streams/:name',
    needs: 'operate',
    id: 'streams.get',
    summary: 'One stream.',
    parameters: [NAME],
    query: {},
    answers: { 200: json('One stream.', answerSchema('OperationStream', Stream)) },
    handler: async (c, { operations }) => {
      if (!operations) return problem(c, NO_STREAMS);
      const { inspection } = operations;
      const stream = await inspection.stream(c.req.param('name')!);
      return stream ? answer(c, 200, stream) : problem(c, await unknownStream(inspection));
    },
  }),
  routeOf({
    ...ROUTE,
    path: '/streams/:name/messages',
    // To operators who may see what stands there elsewhere, too.
    needs: (c) => ['operate', AUDITED.has(c.req.param('name') ?? '') ? 'audit' : 'events'],
    id: 'streams.messages',
    summary: 'What stands in it, as it was written.',
    parameters: [NAME],
    query: {
      from: wholeIn('The first sequence.', { min: 1, otherwise: 1 }),
      limit: wholeIn('How many at most.', {
        min: 1,
        max: MESSAGES_PAGE_MAX,
        otherwise: MESSAGES_PAGE,
      }),
    },
    answers: {
      200: json(
        'What stands in it, as it was written.',
        answerSchema('OperationMessages', Messages),
      ),
    },
    handler: async (c, { operations }, { from, limit }) => {
      if (!operations) return problem(c, NO_STREAMS);
      const { inspection } = operations;
      const stream = c.req.param('name')!;
      const found = await inspection.messages(stream, from, limit);
      if (!found) return problem(c, await unknownStream(inspection));
      return answer(c, 200, { stream, ...found });
    },
  }),
];
