import { connect } from '@nats-io/transport-node';
import { memoryStore } from '../src/write/store/memory-store.js';
import { KIND, OTHER_KIND } from './support/events.js';
import { startTestServer } from './support/nats.js';
import { storeContract } from './support/store-contract.js';
import { openTestStore } from './support/test-store.js';

/** What is tried is the store on JetStream, and on one is enough. */
const isMutating = process.env.STELE_TEST_MUTATE !== undefined;

if (!isMutating)
  storeContract('memory', async () => ({ store: memoryStore(), close: async () => {} }));

if (!isMutating)
  storeContract('memory, with copies that lag', async () => ({
    store: memoryStore({ lagMs: 15 }),
    close: async () => {},
  }));

for (const sync of isMutating ? (['lazy'] as const) : (['always', 'lazy'] as const))
  storeContract(`JetStream, sync ${sync}`, async () => {
    const server = await startTestServer({ sync });
    const nc = await connect({ servers: server.url });
    const store = await openTestStore(nc, { kinds: [KIND, OTHER_KIND] });
    return {
      store,
      close: async () => {
        await store.close();
        await nc.close();
        await server.stop();
      },
    };
  });
