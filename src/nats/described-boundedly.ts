import type { NatsConnection, Subscription, SubscriptionOptions } from '@nats-io/transport-node';
import { PerSecond } from '../edge/per-second.js';

/** Questions after the endpoints, and after the figures, of a node that it answers in a second. */
export const DESCRIPTIONS_PER_SECOND = 50;
/** What a question after the name alone is answered with is made already. */
const LONG = /^\$SRV\.(INFO|STATS)(?:\.|$)/;

/**
 * The same connection, on which only so many a second are heard who ask what this service is. Any
 * client may ask, without a credential, in a few bytes; all endpoints with their schemas are long.
 */
export const describedBoundedly = (nc: NatsConnection): NatsConnection => {
  const heard = new Map(
    ['INFO', 'STATS'].map((verb) => [verb, new PerSecond(DESCRIPTIONS_PER_SECOND)]),
  );
  return Object.create(nc, {
    subscribe: {
      value: (
        subject: string,
        { callback, ...options }: SubscriptionOptions = {},
      ): Subscription => {
        const bound = heard.get(LONG.exec(subject)?.[1] ?? '');
        return nc.subscribe(subject, {
          ...options,
          ...(callback && {
            callback: (error, msg) => {
              if (error || !bound || bound.lets(performance.now())) callback(error, msg);
            },
          }),
        });
      },
    },
  }) as NatsConnection;
};
