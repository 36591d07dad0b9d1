import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rate, Window } from './measure.js';
import { AGGREGATES, idsOf } from './samples.js';
import type { Run, Section } from './sections.js';
import { startThrowawayServer } from './throwaway-server.js';
import { startWorker, type Worker } from './worker.js';
import type { Bare } from './workers/bare.js';
import type { Inside } from './workers/inside.js';
import type { Load } from './workers/load.js';
import type { NodeWorker } from './workers/node.js';

/** Every rate that was measured, in the order of the rounds, by `<section> <callers>`. */
export type Rates = ReadonlyMap<string, readonly Rate[]>;

/** One way in at one number of callers. Those that are compared stand next to each other. */
export const CELLS: readonly (readonly [Section, number])[] = [
  ['single', 1],
  ['group', 1],
  ['commands', 1],
  ['http', 1],
  ['single', 16],
  ['group', 16],
  ['commands', 16],
  ['group', 64],
  ['http', 64],
  ['single', 128],
  ['group', 128],
  ['commands', 128],
  ['single', 256],
  ['group', 256],
  ['commands', 256],
  ['hot', 256],
  ['http', 256],
  ['bare', 256],
  ['nats', 256],
];
const NEEDS_RAW: readonly Section[] = ['commands', 'hot', 'http', 'nats'];
const NODE_IDS = 'node';
/** Code is compiled for real only after some ten thousand calls: cells that busy warm up so long. */
const JIT_MS = 1_500;
const JIT_CALLERS = 256;
/** A profile makes all code be compiled anew: it needs a long look to show what costs time. */
const PROFILED_MS = 5_000;
const PROFILED_CALLERS = 256;

/** The cells a run measures: what was asked for, and what that is compared with. */
export const cellsOf = ({ wanted }: Pick<Run, 'wanted'>): typeof CELLS =>
  CELLS.filter(
    ([section, callers]) =>
      wanted(section) ||
      (section === 'group' &&
        CELLS.some(
          ([other, same]) => NEEDS_RAW.includes(other) && wanted(other) && same === callers,
        )),
  );

type System = {
  readonly inside: Worker<Inside>;
  readonly node: Worker<NodeWorker> | undefined;
  readonly bare: Worker<Bare> | undefined;
  readonly load: Worker<Load>;
  readonly url: string;
  readonly nodeUrl: string;
  readonly bareUrl: string;
  /** Of the node: its read store. */
  readonly dataDir: string;
};

/** The same with a CPU profile of the process that does the work. */
const profiled = async (
  system: System,
  [section, callers]: (typeof CELLS)[number],
  { window, dir }: { readonly window: Window; readonly dir: string | undefined },
): Promise<Rate> => {
  const remote = section === 'http' || section === 'nats';
  const worker = remote ? system.node : system.inside;
  if (!dir || !worker || section === 'bare' || callers < PROFILED_CALLERS)
    return measure(system, [section, callers], window);
  const write = await worker.profile(join(dir, `${section}-${callers}.cpuprofile`));
  const rate = await measure(system, [section, callers], { ...window, ms: PROFILED_MS });
  await write();
  return rate;
};

const measure = async (
  { inside, node, load, url, nodeUrl, bareUrl }: System,
  [section, callers]: (typeof CELLS)[number],
  window: Window,
): Promise<Rate> => {
  const cell = { callers, ids: NODE_IDS, ...window };
  switch (section) {
    case 'single':
    case 'group':
    case 'commands':
    case 'hot':
      return inside.call(section, cell);
    case 'bare':
      return load.call('http', { ...cell, url: bareUrl });
    case 'http':
    case 'nats': {
      await node!.call('cpu', null);
      const rate = await load.call(section, { ...cell, url: section === 'http' ? nodeUrl : url });
      const cpuMs = await node!.call('cpu', null);
      const seconds = (window.warmMs + window.ms) / 1000;
      return { ...rate, cpuUs: (cpuMs * 1000) / (rate.perSecond * seconds) };
    }
    default:
      throw new Error(`${section} is no rate`);
  }
};

const open = async (url: string, sections: Set<Section>): Promise<System> => {
  const inside = startWorker<Inside>('inside');
  await inside.call('open', { url });
  const over = sections.has('http') || sections.has('nats');
  const node = over ? startWorker<NodeWorker>('node') : undefined;
  const dataDir = mkdtempSync(join(tmpdir(), 'stele-bench-node-'));
  const ids = idsOf(NODE_IDS, AGGREGATES);
  const nodeUrl = await node?.call('open', { url, ids, dataDir, databaseUrl: null, more: 100 });
  const bare = sections.has('bare') ? startWorker<Bare>('bare') : undefined;
  const bareUrl = await bare?.call('open', null);
  const load = startWorker<Load>('load');
  const urls = { url, nodeUrl: nodeUrl ?? '', bareUrl: bareUrl ?? '' };
  return { inside, node, bare, load, ...urls, dataDir };
};

/** All rates, interleaved: every round measures every cell once. */
export const measureRates = async (run: Run): Promise<Rates> => {
  const rates = new Map<string, Rate[]>();
  const cells = cellsOf(run);
  if (cells.length === 0) return rates;
  const { warmMs, ms, rounds } = run.extent;
  const server = await startThrowawayServer();
  let system: System | undefined;
  try {
    system = await open(server.url, new Set(cells.map(([section]) => section)));
    for (const cell of cells) {
      run.step(`warming up: ${cell.join(' ')}`);
      await measure(system, cell, { warmMs: 0, ms: cell[1] < JIT_CALLERS ? ms : JIT_MS });
    }
    for (let round = 1; round <= rounds; round++)
      for (const cell of cells) {
        run.step(`round ${round} of ${rounds}: ${cell.join(' ')}`);
        const key = cell.join(' ');
        const rate = await profiled(system, cell, { window: { warmMs, ms }, dir: run.profiles });
        rates.set(key, [...(rates.get(key) ?? []), rate]);
      }
  } finally {
    const { load, bare, node, inside } = system ?? {};
    for (const worker of [load, bare, node, inside]) await worker?.end();
    if (system) rmSync(system.dataDir, { recursive: true, force: true });
    await server.stop();
  }
  return rates;
};
