import { join } from 'node:path';
import { median, type Times, timesOf } from './measure.js';
import type { Run } from './sections.js';
import { timeToReady } from './startup.js';
import { startThrowawayServer } from './throwaway-server.js';
import { startWorker } from './worker.js';
import type { Memory } from './workers/memory.js';
import type { LoadName, Reads } from './workers/reads.js';

/** Messages that one replay reads. */
const REPLAYED_MAX = 150_000;

export type Replays = Readonly<Record<'consume' | 'follow' | 'scan', readonly number[]>>;
export type ReadFigures = {
  /** Messages that were replayed. */
  readonly messages: number;
  readonly loads: Readonly<Partial<Record<LoadName, Times>>>;
  readonly replays: Replays | undefined;
};

/** Cold loads and replays, on one stream that holds all the aggregates. */
export const measureReads = async (run: Run): Promise<ReadFigures | undefined> => {
  const { extent, wanted, step, profiles } = run;
  if (!wanted('cold') && !wanted('replay')) return undefined;
  const of = {
    hundred: extent.hundreds,
    'hundred-snapshot': extent.hundreds,
    'ten-thousand-snapshot': extent.tenThousands,
  };
  const server = await startThrowawayServer();
  const reads = startWorker<Reads>('reads');
  try {
    step('writing the histories to read');
    const messages = await reads.call('open', { url: server.url, of });
    const names = Object.keys(of) as LoadName[];
    const took: Record<LoadName, number[]> = {
      hundred: [],
      'hundred-snapshot': [],
      'ten-thousand-snapshot': [],
    };
    step('cold loads');
    if (wanted('cold'))
      for (let pass = 0; pass < extent.passes; pass++)
        for (let index = 0; index < Math.max(...Object.values(of)); index++)
          for (const name of names)
            if (index < of[name]) took[name].push(await reads.call('load', { name, index }));
    const upTo = Math.min(messages, REPLAYED_MAX);
    const replays = { consume: [] as number[], follow: [] as number[], scan: [] as number[] };
    if (wanted('replay'))
      for (let round = 1; round <= extent.replays; round++) {
        step(`replay ${round} of ${extent.replays}`);
        replays.consume.push(await reads.call('consume', { upTo }));
        const written = profiles && (await reads.profile(join(profiles, 'replay.cpuprofile')));
        replays.follow.push(await reads.call('replay', { upTo, by: 'follow' }));
        await (written || undefined)?.();
        replays.scan.push(await reads.call('replay', { upTo, by: 'scan' }));
      }
    const loads = Object.fromEntries(names.map((name) => [name, timesOf(took[name])]));
    return {
      messages: upTo,
      loads: wanted('cold') ? loads : {},
      replays: wanted('replay') ? replays : undefined,
    };
  } finally {
    await reads.end();
    await server.stop();
  }
};

export type MemoryFigures = {
  readonly count: number;
  readonly heapBytes: number;
  readonly residentBytes: number;
};

export const measureMemory = async (run: Run): Promise<MemoryFigures | undefined> => {
  if (!run.wanted('memory')) return undefined;
  run.step('resident actors');
  const server = await startThrowawayServer();
  const memory = startWorker<Memory>('memory', ['--expose-gc']);
  try {
    const count = run.extent.residents;
    return { count, ...(await memory.call('residents', { url: server.url, count })) };
  } finally {
    await memory.end();
    await server.stop();
  }
};

/** Median milliseconds from the start to ready, or why it could not be measured. */
export const measureStart = async (run: Run): Promise<number | string | undefined> => {
  if (!run.wanted('start')) return undefined;
  const took: number[] = [];
  try {
    for (let start = 1; start <= run.extent.starts; start++) {
      run.step(`start ${start} of ${run.extent.starts}`);
      took.push(await timeToReady(run.root));
    }
  } catch (error) {
    return (error as Error).message;
  }
  return median(took);
};
