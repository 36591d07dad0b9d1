import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { actors } from '../../actors/index.js';
import { isRefusal } from '../../src/core/refusal.js';
import { type Node, startNode } from '../../src/node/node.js';
import { defaultTopology } from '../../src/write/store/topology.js';
import { projections } from '../../streams/index.js';
import { loadAll, seedApplications } from '../fixtures.js';
import { type Times, timesOf, type Window } from '../measure.js';
import { setOwner } from '../samples.js';
import { answerCalls } from '../worker.js';

const PORTFOLIO = 'application-portfolio';
/** How long a projection may be behind before that is a fault and not a lag. */
const READABLE_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 20;
/** How long what was written before all measurements may take to be projected. */
const SETTLED_WITHIN_MS = 300_000;
/** Above every number that anybody else sets. */
let count = 900_000_000;

let node: Node | undefined;
let before = process.cpuUsage();

/** Wait until all projections have taken what is there now. */
const settled = async (): Promise<void> => {
  const { projections: all, store } = node!;
  const ends = new Map<string, number>();
  for (const definition of [...actors, 'journal'] as const) {
    const slug = typeof definition === 'string' ? definition : definition.slug;
    ends.set(slug, (await store.ends(definition)).last);
  }
  for (const { name, sources } of all.definitions) {
    const wanted = new Map(sources.map(({ slug }) => [slug, ends.get(slug) ?? 0]));
    const deadline = performance.now() + SETTLED_WITHIN_MS;
    // A projection that is being started has no documents yet, and says so.
    while (!(await all.waitForPosition(name, wanted, SETTLED_WITHIN_MS).catch(() => false))) {
      if (performance.now() > deadline) throw new Error(`${name} does not catch up`);
      await pause(LOOK_EVERY_MS);
    }
  }
};

/** Change an application. Returns how long it took until the portfolio had it, milliseconds. */
const lagOfOne = async (id: string): Promise<number> => {
  const result = await node!.runtime.dispatch(setOwner(id, count++), 'bench');
  const acknowledged = performance.now();
  if (isRefusal(result)) throw new Error(`${result.refused}: ${result.message}`);
  const [source, sequence] = result.position!.split(':') as [string, string];
  const vector = new Map([[source, Number(sequence)]]);
  if (!(await node!.projections.waitForPosition(PORTFOLIO, vector, READABLE_WITHIN_MS)))
    throw new Error(`${PORTFOLIO} does not have ${result.position}`);
  return performance.now() - acknowledged;
};

const handlers = {
  /** A whole node on the server at `url`. Returns where it takes commands over HTTP. */
  open: async (asked: {
    url: string;
    ids: readonly string[];
    dataDir: string;
    databaseUrl: string | null;
    /** Most events that an application has beside the typical ones. */
    more: number;
  }): Promise<string> => {
    const { url, ids, dataDir, databaseUrl, more } = asked;
    node = await startNode({
      config: {
        host: '127.0.0.1',
        port: 0,
        dataDir,
        databaseUrl,
        nats: { servers: [url], tls: false, auth: { kind: 'none' } },
        logLevel: 'warn',
        replicas: 1,
        alerts: null,
        access: { adminKey: null, jwt: null },
        web: { origins: [], proxies: [], limits: { commandsPerMinute: 0, readsPerMinute: 0 } },
      },
      definitions: actors,
      projections,
      topology: defaultTopology,
      log: pino({ level: 'warn' }, process.stderr),
    });
    await seedApplications(node.store, ids, more);
    await loadAll(node.runtime, ids);
    await settled();
    return node.url;
  },
  /** CPU time since the last time this was asked, milliseconds. */
  cpu: async (_: null): Promise<number> => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    return (user + system) / 1000;
  },
  /** Wait until all projections have taken what there is. */
  settle: async (_: null): Promise<void> => settled(),
  /** From the answer to a command to the portfolio having it, for a while, one every `everyMs`. */
  probe: async ({
    ids,
    everyMs,
    warmMs,
    ms,
  }: Window & { ids: readonly string[]; everyMs: number }): Promise<Times> => {
    const begin = performance.now();
    const lags: Promise<number>[] = [];
    for (let due = begin + warmMs; due < begin + warmMs + ms; due += everyMs) {
      const early = due - performance.now();
      if (early > 0) await pause(early);
      lags.push(lagOfOne(ids[lags.length % ids.length]!));
    }
    return timesOf(await Promise.all(lags));
  },
};
export type NodeWorker = typeof handlers;

answerCalls(handlers, async () => node?.close());
