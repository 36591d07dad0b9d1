import { Application } from '../../actors/application/application.js';
import { actors } from '../../actors/index.js';
import type { State } from '../../src/core/aggregate.js';
import type { StoredEvent } from '../../src/core/event.js';
import { replay } from '../../src/core/fold.js';
import { upcast } from '../../src/core/upcast.js';
import { Runtime } from '../../src/write/runtime/runtime.js';
import { consumed, log, type Opened, openStore } from '../fixtures.js';
import { growAll, type Life, unborn } from '../lives.js';
import { idsOf } from '../samples.js';
import { answerCalls } from '../worker.js';

/** What is loaded: how many events, and at which version the snapshot is, 0 for none. */
export const LOADS = {
  hundred: { events: 100, snapshot: 0 },
  'hundred-snapshot': { events: 100, snapshot: 75 },
  'ten-thousand-snapshot': { events: 10_050, snapshot: 10_000 },
} as const;
export type LoadName = keyof typeof LOADS;

/** The stream is written in so many rounds, so that every aggregate's events lie far apart. */
const ROUNDS = 2_010;

let opened: Opened;
let runtime: Runtime;
const ids: Record<string, readonly string[]> = {};

/** The medians of what one stream holds are asked for by the run; these are single measurements. */
const handlers = {
  /** Writes aggregates of every kind in `LOADS`, all spread over the stream. Returns its length. */
  open: async ({ url, of }: { url: string; of: Record<LoadName, number> }): Promise<number> => {
    opened = await openStore(url);
    // Checks in the background would disturb the next measurement.
    const limits = { verifyOneIn: Number.POSITIVE_INFINITY, snapshotEvery: 1_000_000 };
    runtime = new Runtime({ definitions: actors, store: opened.store, log, limits });
    const all: Life[] = [];
    for (const [name, { events, snapshot }] of Object.entries(LOADS)) {
      ids[name] = idsOf(name, of[name as LoadName]);
      for (const id of ids[name]) all.push(unborn({ id, events, snapshots: [snapshot] }));
    }
    for (let round = 1; round <= ROUNDS; round++) await growAll(opened.store, all, round / ROUNDS);
    return opened.store.last(Application);
  },
  /** How long loading one aggregate takes that is not in memory, milliseconds. */
  load: async ({ name, index }: { name: LoadName; index: number }): Promise<number> => {
    runtime.passivate();
    const start = performance.now();
    const { version } = await runtime.state(Application, ids[name]![index]!);
    const took = performance.now() - start;
    if (version !== LOADS[name].events) throw new Error(`${name} is at version ${version}`);
    return took;
  },
  /** Events per second from a consumer to a callback that parses their data, and no more. */
  consume: ({ upTo }: { upTo: number }): Promise<number> => consumed(opened.nc, upTo),
  /** Events per second from the store into folded state, by a live consumer or by batched reads. */
  replay: async ({ upTo, by }: { upTo: number; by: 'follow' | 'scan' }): Promise<number> => {
    const states = new Map<string, State>();
    const stop = new AbortController();
    const fold = (event: StoredEvent): void => {
      const { aggregate_id, event_type, event_version } = event;
      const data = upcast(Application, event_type, event_version, event.data);
      const state = states.get(aggregate_id) ?? Application.initial;
      states.set(aggregate_id, replay(Application, state, { ...event, data }));
    };
    const start = performance.now();
    if (by === 'follow') {
      for await (const event of opened.store.follow(Application, 1, stop.signal)) {
        fold(event);
        if (event.sequence >= upTo) break;
      }
    } else
      for await (const entry of opened.store.scan(Application, 1)) {
        if ('event' in entry) fold(entry.event);
        if (entry.sequence >= upTo) break;
      }
    const rate = (upTo / (performance.now() - start)) * 1000;
    stop.abort();
    return rate;
  },
};
export type Reads = typeof handlers;

answerCalls(handlers, async () => {
  await runtime?.drain();
  await opened?.store.close();
  await opened?.nc.close();
});
