import { setTimeout as pause } from 'node:timers/promises';
import { covers } from './barrier.js';
import { FOLLOWER_LOOK_MS } from './limits.js';
import type { Reading, Vector } from './projections.js';
import type { Worker } from './worker.js';

/** What is waited for, on one projection. */
export type Awaited = {
  /** Its live documents and how far they are now; rejects while that cannot be said. */
  readonly reading: () => Promise<Reading>;
  /** The worker that moves them, if this node does. */
  readonly worker: () => Worker | undefined;
  /** Whether an operator must set it going first: that does not come while somebody waits. */
  readonly hopeless: () => boolean;
};

/** Wait until documents have come so far, at most `ms`; false = they have not. */
export const waitForPosition = async (
  wanted: Vector,
  { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
  { reading, worker, hopeless }: Awaited,
): Promise<boolean> => {
  const deadline = performance.now() + ms;
  for (;;) {
    // Before it is asked how far they are: a move between the two must not be missed.
    const move = nextMove(worker());
    try {
      // Not there (yet): it may be in a moment.
      const now = await reading().catch(() => undefined);
      if (now && has(now, wanted)) return true;
      const left = deadline - performance.now();
      if (left <= 0 || hopeless()) return false;
      await move.within(left);
      if (signal.aborted) return false;
    } finally {
      move.forget();
    }
  }
};

/** Sequences of sources that it does not follow are none of its business. */
const has = ({ projection, positions }: Reading, wanted: Vector): boolean => {
  const own = new Set(projection.sources.map(({ slug }) => slug));
  return covers(positions, new Map([...wanted].filter(([source]) => own.has(source))));
};

type NextMove = { within(ms: number): Promise<void>; forget(): void };

/** The next move of a worker from now on; one that stops tells, too. */
const nextMove = (worker: Worker | undefined): NextMove => {
  if (!worker || worker.stopped)
    return { within: (ms) => pause(Math.min(ms, FOLLOWER_LOOK_MS)), forget: () => {} };
  const moved = new AbortController();
  const forget = worker.onMoved(() => moved.abort());
  return {
    within: (ms) => pause(ms, undefined, { signal: moved.signal }).catch(() => {}),
    forget,
  };
};
