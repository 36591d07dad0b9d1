import { actors } from '../../actors/index.js';
import { Runtime } from '../../src/write/runtime/runtime.js';
import { appendTo, eachOf, loadAll, log, type Opened, openStore } from '../fixtures.js';
import { idsOf, typicalHistory } from '../samples.js';
import { answerCalls } from '../worker.js';

/** Actors loaded and let go before memory is first looked at, so that code and pools are there. */
const WARM_UP = 1_000;

let opened: Opened | undefined;

const memory = (): { readonly heap: number; readonly resident: number } => {
  for (let i = 0; i < 3; i++) globalThis.gc!();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
};

const handlers = {
  /** Bytes that one resident application takes, on the heap and of the process. */
  residents: async ({ url, count }: { url: string; count: number }) => {
    opened = await openStore(url);
    const { store } = opened;
    const ids = idsOf('memory', count);
    await eachOf(ids, async (id) => void (await appendTo(store, typicalHistory(id), 0)));
    const limits = { residentsMax: 10_000_000, passivateAfterMs: 3_600_000 };
    const runtime = new Runtime({ definitions: actors, store, log, limits });
    await loadAll(runtime, ids.slice(0, WARM_UP));
    runtime.passivate();
    const before = memory();
    await loadAll(runtime, ids);
    const after = memory();
    const { residents } = runtime.stats();
    await runtime.drain();
    return {
      heapBytes: (after.heap - before.heap) / residents,
      residentBytes: (after.resident - before.resident) / residents,
    };
  },
};
export type Memory = typeof handlers;

answerCalls(handlers, async () => {
  await opened?.store.close();
  await opened?.nc.close();
});
