import type { NatsConnection, Subscription, SubscriptionOptions } from '@nats-io/transport-node';
import { PerSecond } from '../wire/per-second.js';

/**
 * Where answers may go: to an inbox, or to where another account is answered. A client names that
 * subject, and the node may write where the client may not: to the streams of events.
 */
const INBOX = /^_(INBOX|R_)\./;
/** Questions after the endpoints, and after the figures, of a node that it answers in a second. */
export const DESCRIPTIONS_PER_SECOND = 50;
/** What a question after the name alone is answered with is made already. */
const LONG = /^\$SRV\.(INFO|STATS)(?:\.|$)/;

/**
 * The connection that a micro service listens on: it hears no request whose answer should go
 * anywhere but to an inbox, and only so many a second who ask what the service is. Any client may
 * ask that, without a credential, in a few bytes; all endpoints with their schemas are long.
 */
export const serviceRequests = (nc: NatsConnection): NatsConnection => {
  const described = new Map(
    ['INFO', 'STATS'].map((verb) => [verb, new PerSecond(DESCRIPTIONS_PER_SECOND)]),
  );
  const lets = (subject: string, reply = ''): boolean => {
    if (!INBOX.test(reply)) return false;
    const bound = described.get(LONG.exec(subject)?.[1] ?? '');
    return bound?.lets(performance.now()) ?? true;
  };
  const subscribe = (
    subject: string,
    { callback, ...options }: SubscriptionOptions = {},
  ): Subscription =>
    nc.subscribe(subject, {
      ...options,
      ...(callback && {
        callback: (error, msg) => {
          if (error || lets(subject, msg.reply)) callback(error, msg);
        },
      }),
    });
  return Object.create(nc, { subscribe: { value: subscribe } }) as NatsConnection;
};
