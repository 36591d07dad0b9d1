import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Times } from './measure.js';
import { ENGINES, type EngineName } from './read-store.js';
import { AGGREGATES, idsOf } from './samples.js';
import type { Run } from './sections.js';
import { startThrowawayPostgres } from './throwaway-postgres.js';
import { startThrowawayServer } from './throwaway-server.js';
import { startWorker, type Worker } from './worker.js';
import type { Load } from './workers/load.js';
import type { NodeWorker } from './workers/node.js';

const CALLERS = 64;
/** Commands that find out what the most is. */
const MOST_CALLERS = 256;
/** Half of the most that the node takes. */
const SHARE = 0.5;
/** Changes per second that are read again, over HTTP and inside the node each. */
const READS_PER_SECOND = 50;
const NODE_IDS = 'node';
const PROBE_IDS = 'probe';
/** Applications that the node changes itself, one after the other. */
const PROBES = 200;
const WARM_MS = 1_000;

export type Lag = {
  readonly engine: EngineName;
  /** Commands per second: the most, and what was sent while the lag was measured. */
  readonly most: number;
  readonly perSecond: number;
  /** Until the projection has it, seen from inside the node. */
  readonly reached: Times;
  /** Until an answer over HTTP shows it. */
  readonly read: Times;
  /** Answers over HTTP that did not show it yet. */
  readonly stale: number;
};

/**
 * Commands per second that a node both takes and projects: from the first one until the last
 * projection has them all. Without the second part it would be the pace at which it falls behind.
 */
const mostOf = async (
  { node, load }: { readonly node: Worker<NodeWorker>; readonly load: Worker<Load> },
  { url, mostMs }: { readonly url: string; readonly mostMs: number },
): Promise<number> => {
  const commands = { url, callers: MOST_CALLERS, ids: NODE_IDS, warmMs: 0 };
  await load.call('http', { ...commands, ms: WARM_MS });
  await node.call('settle', null);
  const start = performance.now();
  const { perSecond } = await load.call('http', { ...commands, ms: mostMs });
  await node.call('settle', null);
  return (perSecond * mostMs) / (performance.now() - start);
};

const lagOf = async (run: Run, engine: EngineName, databaseUrl: string | null): Promise<Lag> => {
  const { mostMs, lagMs } = run.extent;
  const server = await startThrowawayServer();
  const dataDir = mkdtempSync(join(tmpdir(), 'stele-bench-node-'));
  const node = startWorker<NodeWorker>('node');
  const load = startWorker<Load>('load');
  try {
    const probes = idsOf(PROBE_IDS, PROBES);
    const ids = [...idsOf(NODE_IDS, AGGREGATES), ...probes];
    const url = await node.call('open', { url: server.url, ids, dataDir, databaseUrl, more: 10 });
    const perSecond = await mostOf({ node, load }, { url, mostMs });
    const window = { warmMs: WARM_MS, ms: lagMs };
    const written =
      run.profiles && (await node.profile(join(run.profiles, `lag-${engine}.cpuprofile`)));
    const wanted = perSecond * SHARE;
    const [paced, reached] = await Promise.all([
      load.call('paced', {
        url,
        callers: CALLERS,
        ids: NODE_IDS,
        ...window,
        perSecond: wanted,
        readEvery: Math.max(1, Math.round(wanted / READS_PER_SECOND)),
      }),
      node.call('probe', {
        ids: probes,
        ...window,
        everyMs: 1_000 / READS_PER_SECOND,
      }),
    ]);
    await (written || undefined)?.();
    const { perSecond: sent, lags, stale } = paced;
    return { engine, most: perSecond, perSecond: sent, reached, read: lags, stale };
  } finally {
    await load.end();
    await node.end();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
};

/** The time from a write to its being read, on a whole node under half of the most it takes. */
export const measureLag = async (run: Run): Promise<readonly Lag[] | undefined> => {
  if (!run.wanted('lag')) return undefined;
  const postgres = await startThrowawayPostgres();
  const lags: Lag[] = [];
  try {
    for (const engine of ENGINES) {
      run.step(`write to read with ${engine}`);
      if (engine === 'sqlite') lags.push(await lagOf(run, engine, null));
      else if (postgres) lags.push(await lagOf(run, engine, postgres.url));
    }
  } finally {
    await postgres?.stop();
  }
  return lags;
};

/** How often `step` is called. */
export const lagSteps = ({ wanted }: Pick<Run, 'wanted'>): number =>
  wanted('lag') ? ENGINES.length : 0;
