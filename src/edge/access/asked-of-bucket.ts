import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { type AskInfo, type BucketKeys, bucketKeys } from '../../core/bucket-keys.js';
import { bucketStream } from '../../core/subjects.js';

/** What a bucket is asked besides its values. */
export type AskedOfBucket = {
  readonly keys: () => Promise<BucketKeys>;
  /** When the bucket that is there was made. */
  readonly made: () => Promise<string>;
};

export const askedOfBucket = (nc: NatsConnection, bucket: string): AskedOfBucket => {
  const ask: AskInfo = async (stream, query) =>
    (await jetstreamManager(nc, { checkAPI: false })).streams.info(stream, query);
  return {
    keys: () => bucketKeys(ask, bucket),
    made: async () => (await ask(bucketStream(bucket))).created,
  };
};
