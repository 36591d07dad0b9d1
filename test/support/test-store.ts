import type { NatsConnection } from '@nats-io/transport-node';
import { onceLed } from '../../src/node/once-led.js';
import {
  type NatsStore,
  type NatsStoreOptions,
  natsStore,
} from '../../src/write/store/nats/nats-store.js';
import { defaultTopology } from '../../src/write/store/topology.js';

type Given = Pick<NatsStoreOptions, 'kinds'> & Partial<NatsStoreOptions>;

/** A store, opened as a node opens its own: a server that elects, or is slow, is asked again. */
export const openTestStore = (nc: NatsConnection, given: Given): Promise<NatsStore> =>
  onceLed(() => natsStore(nc, { topology: defaultTopology, replicas: 1, ...given }), {
    what: 'the event store of a test',
    log: { warn: () => {} },
  });
