import type { NatsConnection, Subscription, SubscriptionOptions } from '@nats-io/transport-node';

/**
 * Where answers may go: to an inbox, or to where another account is answered. A client names that
 * subject, and the node may write where the client may not: to the streams of events.
 */
const INBOX = /^_(INBOX|R_)\./;

/** The same connection, on which no request is heard whose answer should go anywhere else. */
export const answeringInboxes = (nc: NatsConnection): NatsConnection =>
  Object.create(nc, {
    subscribe: {
      value: (subject: string, { callback, ...options }: SubscriptionOptions = {}): Subscription =>
        nc.subscribe(subject, {
          ...options,
          ...(callback && {
            callback: (error, msg) => {
              if (error || INBOX.test(msg.reply ?? '')) callback(error, msg);
            },
          }),
        }),
    },
  }) as NatsConnection;
