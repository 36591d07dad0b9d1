import { z } from 'zod';
import { type Refusal, refuse } from '../../core/refusal.js';
import type { BucketState, Inspection } from '../../write/store/inspection.js';
import { answerSchema, INSPECTION, inPath, json } from '../openapi/index.js';
import { answer, problem } from './answer.js';
import { AUDITED } from './audited.js';
import type { Ctx, Http } from './http.js';
import { KEYS_PAGE, KEYS_PAGE_MAX } from './limits.js';
import { badQuery } from './query.js';
import { textIn, wholeIn } from './query-parameter.js';
import { type Route, routeOf } from './route.js';
import { SHOWN_CONTENT } from './shown-content.js';
import { NO_STREAMS } from './stream-routes.js';

const HIDDEN = refuse(
  'FORBIDDEN',
  'this bucket holds hashes of credentials, which are shown to nobody',
);

const unknownBucket = async (inspection: Inspection): Promise<Refusal> => {
  const buckets = (await inspection.buckets()).map(({ name }) => name);
  return refuse('NOT_FOUND', `there is no such bucket; there are ${buckets.join(', ')}`, {
    details: { buckets },
  });
};

/** What a route does once its bucket is found. */
type Doing = (inspection: Inspection, bucket: BucketState) => Promise<Response>;

const inBucket = async (c: Ctx, { operations }: Http, doing: Doing): Promise<Response> => {
  if (!operations) return problem(c, NO_STREAMS);
  const { inspection } = operations;
  const bucket = await inspection.bucket(c.req.param('name')!);
  return bucket ? doing(inspection, bucket) : problem(c, await unknownBucket(inspection));
};

const Text = z.string();
const Count = z.int().min(0);
const Bucket = z.object({
  name: Text,
  kind: z.enum(['snapshots', 'access', 'other']),
  values: Count,
  bytes: Count,
  history: Count,
  replicas: Count,
  ttl_ms: Count.nullable(),
  hidden: z.boolean().meta({ description: 'What it holds is shown to nobody.' }),
});
const Keys = z.object({ bucket: Text, keys: z.array(Text), next: Text.nullable() });
const Entries = z.object({
  bucket: Text,
  key: Text,
  entries: z.array(
    z.object({
      revision: Count,
      operation: z.enum(['put', 'delete', 'purge']),
      at: Text,
      ...SHOWN_CONTENT,
    }),
  ),
});

const NAME = inPath('name', { type: 'string', minLength: 1 });
const ROUTE = { method: 'GET', tag: 'Operations', refusals: INSPECTION } as const;

/** `/buckets`: the buckets of Stele, the keys in them, and what a key holds and held. */
export const bucketRoutes: readonly Route[] = [
  routeOf({
    ...ROUTE,
    path: '/buckets',
    needs: 'operate',
    id: 'buckets.list',
    summary: 'The buckets.',
    query: {},
    answers: {
      200: json(
        'The buckets.',
        answerSchema('OperationBuckets', z.object({ buckets: z.array(Bucket) })),
      ),
    },
    handler: async (c, { operations }) =>
      operations
        ? answer(c, 200, { buckets: await operations.inspection.buckets() })
        : problem(c, NO_STREAMS),
  }),
  routeOf({
    ...ROUTE,
    path: '/buckets/:name/keys',
    needs: 'operate',
    id: 'buckets.keys',
    summary: 'The keys of one, in order.',
    parameters: [NAME],
    query: {
      prefix: textIn('Only keys that begin so.'),
      after: textIn('`next` of the answer before.'),
      limit: wholeIn('How many at most.', { min: 1, max: KEYS_PAGE_MAX, otherwise: KEYS_PAGE }),
    },
    answers: { 200: json('The keys of one, in order.', answerSchema('OperationKeys', Keys)) },
    handler: (c, http, { prefix = '', after = '', limit }) =>
      inBucket(c, http, async (inspection, { name: bucket }) => {
        const keys = await inspection.keys(bucket, { prefix, after, most: limit });
        return answer(c, 200, { bucket, ...keys });
      }),
  }),
  routeOf({
    ...ROUTE,
    path: '/buckets/:name/entries',
    // To operators who may see what stands there elsewhere, too.
    needs: (c) => ['operate', AUDITED.has(c.req.param('name') ?? '') ? 'audit' : 'read'],
    id: 'buckets.entries',
    summary: 'What a key holds and held, newest first.',
    parameters: [NAME],
    query: { key: { ...textIn('Which key.'), required: true } },
    answers: {
      200: json(
        'What a key holds and held, newest first.',
        answerSchema('OperationEntries', Entries),
      ),
    },
    handler: (c, http, { key }) =>
      inBucket(c, http, async (inspection, { name: bucket, hidden }) => {
        if (hidden) return problem(c, HIDDEN);
        if (key === undefined || key === '')
          return problem(c, badQuery('key', 'say which key', 'REQUIRED'));
        const entries = await inspection.entries(bucket, key);
        if (entries.length > 0) return answer(c, 200, { bucket, key, entries });
        return problem(c, refuse('NOT_FOUND', `${bucket} has no such key`));
      }),
  }),
];
