import type { Msg, NatsConnection, SubscriptionOptions } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { serviceRequests } from './service-requests.js';

const TOO_LONG = new Error('max_payload size exceeded');
type Callback = NonNullable<SubscriptionOptions['callback']>;

/** What becomes of one request on a subject, and what was told of it. */
const hear = (subject: string, callback: Callback): readonly unknown[] => {
  const told: unknown[] = [];
  let heard: Callback | undefined;
  const subscribe = (_: string, options: SubscriptionOptions): void => {
    heard = options.callback;
  };
  const nc = serviceRequests({ subscribe } as unknown as NatsConnection, (error) => {
    told.push(error);
  });
  nc.subscribe(subject, { callback });
  const respond = () => {
    throw TOO_LONG;
  };
  heard!(null, { reply: '_INBOX.a', respond } as unknown as Msg);
  return told;
};

it('tells what is thrown while a request is read: the next one is read all the same', () => {
  const thrown = new Error('x');
  const told = hear('cmd.a.B', () => {
    throw thrown;
  });
  expect(told).toEqual([thrown]);
});

it('tells of what the service answers by itself that it did not go out, as nobody else would', async () => {
  let answered: Promise<boolean> | undefined;
  const told = hear('$SRV.STATS', (_, msg) => {
    answered = Promise.resolve(msg.respond('long'));
  });
  expect(told).toEqual([TOO_LONG]);
  await expect(answered).resolves.toBe(false);
  // A command is answered that its answer is too long: it has to hear of it.
  expect(hear('cmd.a.B', (_, msg) => expect(() => msg.respond('long')).toThrow(TOO_LONG))).toEqual(
    [],
  );
});
