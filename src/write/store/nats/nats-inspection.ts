import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Kind } from '../event-log.js';
import type { Inspection } from '../inspection.js';
import { BucketInspection } from './inspect-buckets.js';
import { StreamInspection } from './inspect-streams.js';
import { reaching } from './unavailable.js';

/**
 * What operators see of the streams and buckets. It knows no call that changes one, and asks the
 * server only when somebody asks. @throws Fault STORE_UNAVAILABLE
 */
export const natsInspection = (nc: NatsConnection, kinds: readonly Kind[]): Inspection => {
  const opened = async () => {
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    return {
      streams: new StreamInspection(jsm, kinds),
      buckets: new BucketInspection(jsm, kinds),
    };
  };
  const asked = <T>(ask: (on: Awaited<ReturnType<typeof opened>>) => Promise<T>): Promise<T> =>
    reaching(async () => ask(await opened()));
  return {
    streams: () => asked(({ streams }) => streams.all()),
    stream: (name) => asked(({ streams }) => streams.one(name)),
    messages: (name, from, most) => asked(({ streams }) => streams.messages(name, from, most)),
    buckets: () => asked(({ buckets }) => buckets.all()),
    bucket: (name) => asked(({ buckets }) => buckets.one(name)),
    keys: (bucket, wanted) => asked(({ buckets }) => buckets.keys(bucket, wanted)),
    entries: (bucket, key) => asked(({ buckets }) => buckets.entries(bucket, key)),
  };
};
