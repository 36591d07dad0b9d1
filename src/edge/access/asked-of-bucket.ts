import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  type AskInfo,
  type BucketKeys,
  type BucketState,
  bucketKeys,
} from '../../core/bucket-keys.js';
import { bucketStream } from '../../core/subjects.js';

/** What a bucket is asked besides its values. */
export type AskedOfBucket = {
  readonly keys: () => Promise<BucketKeys>;
  readonly state: () => Promise<BucketState>;
};

export const askedOfBucket = (nc: NatsConnection, bucket: string): AskedOfBucket => {
  const ask: AskInfo = async (stream, query) =>
    (await jetstreamManager(nc, { checkAPI: false })).streams.info(stream, query);
  return {
    keys: () => bucketKeys(ask, bucket),
    state: async () => {
      const { created, state } = await ask(bucketStream(bucket));
      return { made: created, last: state.last_seq };
    },
  };
};
