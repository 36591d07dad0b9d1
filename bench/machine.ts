import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { percentile } from './measure.js';

const SYNCS = 200;
const GIB = 1024 ** 3;

/** Where a run took place. */
export type Machine = {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGib: number;
  readonly node: string;
  /** Of the last minute, before and after the run. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  /** Writing 1 KiB and having it on disk, milliseconds. */
  readonly fsyncP50: number;
  readonly fsyncP99: number;
};

const fsyncs = (): Float64Array => {
  const dir = mkdtempSync(join(tmpdir(), 'stele-bench-fsync-'));
  const file = openSync(join(dir, 'file'), 'w');
  const block = Buffer.alloc(1024, 1);
  const took = new Float64Array(SYNCS);
  for (let i = 0; i < SYNCS; i++) {
    const start = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    took[i] = performance.now() - start;
  }
  closeSync(file);
  rmSync(dir, { recursive: true, force: true });
  return took.sort();
};

export const load = (): number => loadavg()[0] ?? 0;

export const describeMachine = (loadBefore: number): Machine => {
  const all = cpus();
  const took = fsyncs();
  return {
    cores: all.length,
    cpu: all[0]?.model ?? 'unknown',
    memoryGib: totalmem() / GIB,
    node: process.version,
    loadBefore,
    loadAfter: load(),
    fsyncP50: percentile(took, 0.5),
    fsyncP99: percentile(took, 0.99),
  };
};
