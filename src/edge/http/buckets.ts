import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { BucketState, Inspection } from '../../write/store/inspection.js';
import { answer, problem } from './answer.js';
import type { Ctx, Http } from './http.js';
import { KEYS_PAGE, KEYS_PAGE_MAX } from './limits.js';
import { badQuery, refuseUnknown, wholeNumber } from './query.js';
import type { Routes } from './route-list.js';
import { NO_STREAMS } from './streams.js';

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
type Doing = (c: Ctx, inspection: Inspection, bucket: BucketState) => Promise<Response>;

const on =
  ({ operations }: Http, known: readonly string[], doing: Doing) =>
  async (c: Ctx): Promise<Response> => {
    const unknown = refuseUnknown(c, known);
    if (unknown) return problem(c, unknown);
    if (!operations) return problem(c, NO_STREAMS);
    const { inspection } = operations;
    const bucket = await inspection.bucket(c.req.param('name')!);
    return bucket ? doing(c, inspection, bucket) : problem(c, await unknownBucket(inspection));
  };

/** `/buckets`: the buckets of Stele and the keys in them. */
export const bucketRoutes = (app: Routes, http: Http): void => {
  app.get('/buckets', async (c) => {
    const unknown = refuseUnknown(c, []);
    if (unknown) return problem(c, unknown);
    if (!http.operations) return problem(c, NO_STREAMS);
    return answer(c, 200, { buckets: await http.operations.inspection.buckets() });
  });
  app.get(
    '/buckets/:name/keys',
    on(http, ['prefix', 'after', 'limit'], async (c, inspection, { name: bucket }) => {
      const limit = wholeNumber(c, 'limit', { min: 1, max: KEYS_PAGE_MAX, otherwise: KEYS_PAGE });
      if (isRefusal(limit)) return problem(c, limit);
      const { prefix = '', after = '' } = c.req.query();
      const wanted = { prefix, after, most: limit.number };
      return answer(c, 200, { bucket, ...(await inspection.keys(bucket, wanted)) });
    }),
  );
};

/** `/buckets/{name}/entries`: what a key holds and held. */
export const entryRoutes = (app: Routes, http: Http): void => {
  app.get(
    '/buckets/:name/entries',
    on(http, ['key'], async (c, inspection, { name: bucket, hidden }) => {
      if (hidden) return problem(c, HIDDEN);
      const key = c.req.query('key');
      if (key === undefined || key === '')
        return problem(c, badQuery('key', 'say which key', 'REQUIRED'));
      const entries = await inspection.entries(bucket, key);
      if (entries.length === 0) return problem(c, refuse('NOT_FOUND', `${bucket} has no such key`));
      return answer(c, 200, { bucket, key, entries });
    }),
  );
};
