import { natsStore } from '../src/write/store/nats/nats-store.js';
import { defaultTopology } from '../src/write/store/topology.js';
import { startTestCluster } from './support/cluster.js';
import { KIND, OTHER_KIND } from './support/events.js';
import { storeContract } from './support/store-contract.js';

storeContract('JetStream, three replicas', async () => {
  const cluster = await startTestCluster();
  const nc = await cluster.connect();
  const store = await natsStore(nc, {
    kinds: [KIND, OTHER_KIND],
    topology: defaultTopology,
    replicas: 3,
  });
  return {
    store,
    close: async () => {
      await store.close();
      await nc.close();
      await cluster.stop();
    },
  };
});
