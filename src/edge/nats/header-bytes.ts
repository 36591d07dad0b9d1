import type { ServiceMsg } from '@nats-io/services';
import type { Msg } from '@nats-io/transport-node';

/** A message of a service wraps the one that came, which tells how long all of it is. */
type Wrapping = { readonly msg?: Msg & { size(): number } };

/**
 * How long the headers of a request are, bytes, without reading them: the client takes a time for
 * that which grows with the square of their number. Without a message to ask, as long as can be.
 */
export const headerBytes = (request: ServiceMsg): number => {
  const { msg } = request as ServiceMsg & Wrapping;
  if (!msg) return Number.POSITIVE_INFINITY;
  return msg.size() - msg.subject.length - (msg.reply?.length ?? 0) - msg.data.length;
};
