import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { PATIENCE_MS } from './patience.js';

/** Who asks a server of its streams, and has the patience of a test. */
export const jetStreamOf = (nc: NatsConnection): Promise<JetStreamManager> =>
  jetstreamManager(nc, { timeout: PATIENCE_MS });
