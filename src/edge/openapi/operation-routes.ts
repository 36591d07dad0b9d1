import {
  ACTORS_PAGE,
  ACTORS_PAGE_MAX,
  KEYS_PAGE,
  KEYS_PAGE_MAX,
  MESSAGES_PAGE,
  MESSAGES_PAGE_MAX,
} from '../http/limits.js';
import { json } from './answers.js';
import type { Draft } from './draft.js';
import type { Answer, Operation } from './operation.js';
import { OPERATION_SHAPES } from './operation-shapes.js';
import { inPath, inQuery } from './parameters.js';
import { DEFINED, INSPECTION } from './refusals.js';
import { answerOf } from './shapes.js';

const TAG = 'Operations';
const NAME = inPath('name', { type: 'string', minLength: 1 });
const limit = (page: number, most: number) =>
  inQuery('limit', 'How many at most.', {
    type: 'integer',
    minimum: 1,
    maximum: most,
    default: page,
  });

/** Paths, what they answer, and what they take. */
const READS: readonly (readonly [
  path: string,
  id: string,
  summary: string,
  shape: keyof typeof OPERATION_SHAPES,
  parameters?: Operation['parameters'],
])[] = [
  ['/streams', 'streams.list', 'The streams and who reads them.', 'Streams'],
  ['/streams/{name}', 'streams.get', 'One stream.', 'Stream', [NAME]],
  [
    ...(['/streams/{name}/messages', 'streams.messages'] as const),
    ...(['What stands in it, as it was written.', 'Messages'] as const),
    [
      NAME,
      inQuery('from', 'The first sequence.', { type: 'integer', minimum: 1, default: 1 }),
      limit(MESSAGES_PAGE, MESSAGES_PAGE_MAX),
    ],
  ],
  ['/buckets', 'buckets.list', 'The buckets.', 'Buckets'],
  [
    ...(['/buckets/{name}/keys', 'buckets.keys', 'The keys of one, in order.', 'Keys'] as const),
    [
      NAME,
      inQuery('prefix', 'Only keys that begin so.'),
      inQuery('after', '`next` of the answer before.'),
      limit(KEYS_PAGE, KEYS_PAGE_MAX),
    ],
  ],
  [
    ...(['/buckets/{name}/entries', 'buckets.entries'] as const),
    ...(['What a key holds and held, newest first.', 'Entries'] as const),
    [NAME, { ...inQuery('key', 'Which key.'), required: true }],
  ],
  [
    ...(['/actors', 'actors.list', 'Who is in memory on this node.', 'Actors'] as const),
    [
      inQuery('aggregate_type', 'Only of this type.'),
      inQuery('search', 'Only those whose id holds this text.'),
      limit(ACTORS_PAGE, ACTORS_PAGE_MAX),
    ],
  ],
  ['/cluster/nodes', 'nodes.list', 'All nodes on the same NATS that answer.', 'Nodes'],
  ['/doctor', 'doctor.get', 'The examination of the store, and what it found.', 'Doctor'],
];

/** `/streams`, `/buckets`, `/actors`, `/cluster/nodes`, `/doctor`, `/catalogue`. */
export const operationRoutes = (draft: Draft, aggregateTypes: readonly string[]): void => {
  const answer = (description: string, name: keyof typeof OPERATION_SHAPES): Answer =>
    json(description, draft.schema(`Operation${name}`, answerOf(OPERATION_SHAPES[name])));
  const base = { tag: TAG, refusals: INSPECTION } as const;
  for (const [path, id, summary, shape, parameters = []] of READS)
    draft.add({
      ...base,
      method: 'get',
      path,
      id,
      summary,
      parameters,
      answers: { 200: answer(summary, shape) },
    });
  draft.add({
    ...base,
    method: 'post',
    path: '/actors/{type}/{id}/passivate',
    id: 'actors.passivate',
    summary: 'An actor leaves memory, unless it has something to do; its events stay.',
    parameters: [inPath('type', { type: 'string', enum: aggregateTypes }), inPath('id')],
    answers: { 200: answer('Whether it did.', 'Passivated') },
  });
  const properties = {
    aggregate_type: { type: 'string', enum: aggregateTypes },
    aggregate_id: { type: 'string', minLength: 1 },
  };
  const schema = { type: 'object', additionalProperties: false, properties };
  draft.add({
    ...base,
    method: 'post',
    path: '/doctor',
    id: 'doctor.examine',
    summary: 'Examine the store in the background, or one aggregate at once.',
    body: { required: false, content: { 'application/json': { schema } } },
    answers: {
      200: answer('What was found of one aggregate.', 'Diagnosis'),
      202: {
        ...answer('It has begun, or one is under way already.', 'Doctor'),
        headers: { Location: { $ref: '#/components/headers/Location' } },
      },
    },
  });
  draft.add({
    method: 'get',
    tag: 'Schemas',
    open: true,
    refusals: DEFINED,
    path: '/catalogue',
    id: 'catalogue.get',
    summary: 'Every event and command: who writes, reads and takes it.',
    answers: { 200: answer('The catalogue.', 'Catalogue') },
  });
};
