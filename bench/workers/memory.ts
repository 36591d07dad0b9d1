import { Application } from '../../actors/application/application.js';
import { actors } from '../../actors/index.js';
import { Runtime } from '../../src/runtime/runtime.js';
import { appendTo, eachOf, log, type Opened, openStore } from '../fixtures.js';
import { idsOf, typicalHistory } from '../samples.js';
import { answerCalls } from '../worker.js';

/** Loads under way at a time. */
const LOADING_AT_ONCE = 64;
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
    const { store } = (opened = await openStore(url));
    const ids = idsOf('memory', count);
    await eachOf(ids, async (id) => void (await appendTo(store, typicalHistory(id), 0)));
    const limits = { residentsMax: 10_000_000, passivateAfterMs: 3_600_000 };
    const runtime = new Runtime({ definitions: actors, store, log, limits });
    const loadAll = (some: readonly string[]): Promise<void> =>
      eachOf(some, async (id) => void (await runtime.state(Application, id)), LOADING_AT_ONCE);
    await loadAll(ids.slice(0, WARM_UP));
    runtime.passivate();
    const before = memory();
    await loadAll(ids);
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
