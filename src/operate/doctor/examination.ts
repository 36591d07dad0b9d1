import type { Aggregate } from '../../core/aggregate.js';
import type { Folded } from '../../write/runtime/load.js';
import type { Finding } from './finding.js';
import type { Pace } from './pace.js';
import type { ReadingStore } from './reading-store.js';

/** Aggregates whose snapshot and claims are looked at at a time. */
const AT_ONCE = 16;

/** What was found out about one stream of events. */
export type StreamReport = {
  readonly stream: string;
  readonly aggregate_type: string;
  messages: number;
  events: number;
  aggregates: number;
  snapshots: number;
  claims: number;
  readonly findings: Finding[];
};

export type Known = {
  /** Every aggregate folded to its last event; undefined for one whose history is broken. */
  readonly aggregates: Map<string, Folded | undefined>;
  /** `scope.key` of every claim that was ever written. */
  readonly claims: Set<string>;
};

export type Examination = {
  readonly store: ReadingStore;
  readonly definition: Aggregate;
  readonly onProgress?: (done: number) => void;
  /** Asked between two steps; without it the examination has the process to itself. */
  readonly pace?: Pace;
};

/** Run over all, a few at a time. */
export const each = async <T>(
  all: Iterable<T>,
  run: (one: T) => Promise<void>,
  pace?: Pace,
): Promise<void> => {
  const left = all[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = left.next(); !next.done; next = left.next()) {
      await pace?.();
      await run(next.value);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
};
