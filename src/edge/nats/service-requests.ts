import type {
  Msg,
  NatsConnection,
  Subscription,
  SubscriptionOptions,
} from '@nats-io/transport-node';
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

/** A message whose answer may fail to go out, as one that is too long for the server does. */
const answeredOrNot = (msg: Msg, failed: (error: unknown) => void): Msg => {
  const respond: Msg['respond'] = (data, options) => {
    try {
      return msg.respond(data, options);
    } catch (error) {
      failed(error);
      return false;
    }
  };
  return Object.create(msg, { respond: { value: respond } }) as Msg;
};

/**
 * The connection that a micro service listens on: it hears no request whose answer should go
 * anywhere but to an inbox, and only so many a second who ask what the service is. Any client may
 * ask that, without a credential, in a few bytes; all endpoints with their schemas are long. What a
 * request makes throw is told here: past this, it would end the reading of the connection, and what
 * the service itself answers is promised where nobody listens.
 */
export const serviceRequests = (
  nc: NatsConnection,
  failed: (error: unknown) => void,
): NatsConnection => {
  const described = new Map(
    ['INFO', 'STATS'].map((verb) => [verb, new PerSecond(DESCRIPTIONS_PER_SECOND)]),
  );
  const take = (
    subject: string,
    msg: Msg,
    callback: NonNullable<SubscriptionOptions['callback']>,
  ): void => {
    if (!INBOX.test(msg.reply ?? '')) return;
    const bound = described.get(LONG.exec(subject)?.[1] ?? '');
    if (bound?.lets(performance.now()) === false) return;
    callback(null, bound ? answeredOrNot(msg, failed) : msg);
  };
  const subscribe = (
    subject: string,
    { callback, ...options }: SubscriptionOptions = {},
  ): Subscription =>
    nc.subscribe(subject, {
      ...options,
      ...(callback && {
        callback: (error, msg) => {
          try {
            if (error) callback(error, msg);
            else take(subject, msg, callback);
          } catch (thrown) {
            failed(thrown);
          }
        },
      }),
    });
  return Object.create(nc, { subscribe: { value: subscribe } }) as NatsConnection;
};
