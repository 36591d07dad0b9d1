import { setTimeout as pause } from 'node:timers/promises';
import { actors } from '../../actors/index.js';
import { createHttp } from '../../src/edge/http/create-http.js';
import { type Served, serveHttp } from '../../src/edge/http/serve-http.js';
import type { Projections, Reading } from '../../src/read/projector/projections.js';
import { startProjections } from '../../src/read/projector/start-projections.js';
import { openViews } from '../../src/read/views/index.js';
import type { ViewQuery } from '../../src/read/views/port.js';
import { Runtime } from '../../src/write/runtime/runtime.js';
import { applicationPortfolio } from '../../streams/application-portfolio/application-portfolio.js';
import { log, type Opened, openStore } from '../fixtures.js';
import { landscapeIds, teamOf } from '../landscape.js';
import { closedLoop, type Rate, type Window } from '../measure.js';
import { type Peaks, watchMemory } from '../memory-watch.js';
import { plainProjection } from '../plain-projection.js';
import { type Asking, drawn, LIST_LIMIT } from '../questions.js';
import type { Place } from '../read-store.js';
import { answerCalls } from '../worker.js';

const PROJECTIONS = { plain: plainProjection, portfolio: applicationPortfolio } as const;
export type Projected = keyof typeof PROJECTIONS;

/** How long one look at whether it is there may take, and how long all may take together. */
const LOOK_MS = 10_000;
const BUILT_WITHIN_MS = 800_000;

const logged = { ...log, info: () => undefined };

let opened: Opened | undefined;
let projections: Projections;
let reading: Reading;
let served: Served | undefined;

export type Built = {
  readonly perSecond: number;
  /** CPU time of this process, all its threads, for one event, microseconds. */
  readonly cpuUs: number;
  readonly documents: number;
  readonly peaks: Peaks;
};

/** The query that HTTP makes of a request for the first page: one more than it shows. */
const queryOf = (asking: 'list' | 'browse', count: number): ViewQuery => ({
  where: [
    ...(asking === 'list'
      ? [{ column: 'owner', op: 'in', values: [teamOf(drawn(count))] } as const]
      : []),
    { column: 'deleted', op: 'in', values: [false] },
  ],
  sort: [{ column: 'name', descending: false }],
  limit: LIST_LIMIT + 1,
});

/** One projection of a large stream: built from nothing, then asked. */
const handlers = {
  /** Builds it in an empty read store, up to an event. */
  build: async (asked: {
    url: string;
    place: Place;
    projection: Projected;
    upTo: number;
  }): Promise<Built> => {
    opened = await openStore(asked.url);
    const definition = PROJECTIONS[asked.projection];
    const views = await openViews(asked.place);
    const wanted = new Map([['application', asked.upTo]]);
    const watched = watchMemory();
    const cpuBefore = process.cpuUsage();
    const start = performance.now();
    const { store } = opened;
    projections = startProjections({ definitions: [definition], store, views, log: logged });
    // It has no documents at first, and says so.
    const there = (): Promise<boolean> =>
      projections.waitForPosition(definition.name, wanted, LOOK_MS).catch(() => false);
    while (!(await there())) {
      if (performance.now() - start > BUILT_WITHIN_MS) throw new Error('it is not built in time');
      await pause(1); // a wait that is given up at once must not keep the builder from its work
    }
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpuBefore);
    const peaks = watched();
    reading = await projections.reading(definition.name);
    const documents = await reading.store.count(reading.slot);
    const cpuUs = (user + system) / asked.upTo;
    return { perSecond: asked.upTo / seconds, cpuUs, documents, peaks };
  },
  /** Serves it over HTTP. Returns where. */
  serve: async (_: null): Promise<string> => {
    const { store } = opened!;
    const runtime = new Runtime({ definitions: actors, store, log });
    const info = { name: 'bench', version: '0' };
    const app = createHttp({ runtime, store, projections, log, info });
    served = await serveHttp({ app, host: '127.0.0.1', port: 0 });
    return served.url;
  },
  /** Questions to the read store itself. */
  ask: async ({
    asking,
    callers,
    applications,
    ...window
  }: Window & { asking: Asking; callers: number; applications: number }): Promise<Rate> => {
    const ids = landscapeIds(applications);
    const { store, slot } = reading;
    return closedLoop(callers, window, async () => {
      if (asking === 'point') {
        const id = ids[drawn(ids.length)]!;
        const found = await store.documents(slot, [id]);
        if (!found.has(id)) throw new Error(`${id} is not there`);
        return;
      }
      const { documents } = await store.find(slot, queryOf(asking, applications));
      if (documents.length === 0) throw new Error(`${asking} found nothing`);
    });
  },
};
export type Projecting = typeof handlers;

answerCalls(handlers, async () => {
  await served?.close();
  await projections?.close();
  await reading?.store.close();
  await opened?.store.close();
  await opened?.nc.close();
});
