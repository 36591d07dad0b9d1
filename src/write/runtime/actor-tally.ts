import { Distribution } from '../../core/distribution.js';
import type { ActorObserver } from './actor-context.js';

/** What actors did since the node started. */
export type ActorCounts = {
  readonly loads: number;
  readonly loadsFromSnapshot: number;
  readonly conflicts: number;
  /** How long loading an aggregate took, seconds. */
  readonly rehydration: Distribution;
  readonly snapshotsSaved: number;
  readonly snapshotsFailed: number;
};

/** Counts what actors do. */
export class ActorTally implements ActorObserver {
  readonly #onAppended: (slug: string, sequence: number) => void;
  readonly #rehydration = new Distribution();
  #loads = 0;
  #loadsFromSnapshot = 0;
  #conflicts = 0;
  #snapshotsSaved = 0;
  #snapshotsFailed = 0;

  constructor(onAppended: (slug: string, sequence: number) => void) {
    this.#onAppended = onAppended;
  }

  loaded(tookMs: number, usedSnapshot: boolean): void {
    this.#loads++;
    this.#rehydration.observe(tookMs / 1_000);
    if (usedSnapshot) this.#loadsFromSnapshot++;
  }

  conflicted(): void {
    this.#conflicts++;
  }

  appended(slug: string, sequence: number): void {
    this.#onAppended(slug, sequence);
  }

  snapshotted(isSaved: boolean): void {
    if (isSaved) this.#snapshotsSaved++;
    else this.#snapshotsFailed++;
  }

  counts(): ActorCounts {
    return {
      loads: this.#loads,
      loadsFromSnapshot: this.#loadsFromSnapshot,
      conflicts: this.#conflicts,
      rehydration: this.#rehydration,
      snapshotsSaved: this.#snapshotsSaved,
      snapshotsFailed: this.#snapshotsFailed,
    };
  }
}
