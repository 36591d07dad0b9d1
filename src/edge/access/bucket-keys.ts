import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { Fault } from '../../core/refusal.js';
import { bucketStream, entrySubject, entrySubjects } from '../../core/subjects.js';

/** Keys of a bucket, and when it was made: one that was removed and made anew is another one. */
export type BucketKeys = { readonly made: string; readonly keys: readonly string[] };

/** When a bucket was made. */
export const bucketMade = async (nc: NatsConnection, bucket: string): Promise<string> => {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  return (await jsm.streams.info(bucketStream(bucket))).created;
};

/**
 * Keys of a bucket, also of what was removed, as the leader of its stream knows them. A consumer, by
 * which the client lists them, stands on any copy: on one that lags it leaves out what is not there
 * yet, and nobody knows.
 *
 * @throws Fault STORE_UNAVAILABLE while nobody leads
 */
export const bucketKeys = async (nc: NatsConnection, bucket: string): Promise<BucketKeys> => {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const stream = bucketStream(bucket);
  const wanted = { subjects_filter: entrySubjects(bucket) };
  const { cluster, created, state } = await jsm.streams.info(stream, wanted);
  if (cluster && !cluster.leader)
    throw new Fault('STORE_UNAVAILABLE', `nobody leads ${stream} right now`);
  const skipped = entrySubject(bucket, '').length;
  const keys = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(skipped));
  return { made: created, keys };
};
