import { startTestCluster } from './support/cluster.js';
import { KIND, OTHER_KIND } from './support/events.js';
import { storeContract } from './support/store-contract.js';
import { openTestStore } from './support/test-store.js';

storeContract('JetStream, three replicas', async () => {
  const cluster = await startTestCluster();
  const nc = await cluster.connect();
  const store = await openTestStore(nc, { kinds: [KIND, OTHER_KIND], replicas: 3 });
  return {
    store,
    close: async () => {
      await store.close();
      await nc.close();
      await cluster.stop();
    },
  };
});
