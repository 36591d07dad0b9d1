import { setTimeout as pause } from 'node:timers/promises';
import type { Projection } from '../../core/projection.js';
import type { Refusal } from '../../core/refusal.js';
import type { Slot } from '../views/port.js';
import { barrier } from './barrier.js';
import { catchUp } from './catch-up.js';
import { compareDocuments, documentsInMemory, documentsOfSlot } from './compare.js';
import { FOLLOWER_LOOK_MS } from './limits.js';
import type { Mutex } from './mutex.js';
import type { Comparison } from './projections.js';
import type { ProjectorContext } from './projector-context.js';
import { Recomputed } from './recompute.js';
import { notNow } from './role.js';
import type { Slots } from './slots.js';
import type { Tally } from './tally.js';
import type { Worker } from './worker.js';
import type { Workers } from './workers.js';

/** What a comparison of slots reads, and what moves them meanwhile. */
export type Comparing = {
  readonly projection: Projection;
  readonly context: ProjectorContext;
  readonly slots: Slots;
  readonly workers: Workers;
  readonly tally: Tally;
  /** Two slots meet for one purpose at a time. */
  readonly barriers: Mutex;
};

/** Live against the slot being built, or against the previous one, at the same position. */
export const compareSlots = async (comparing: Comparing): Promise<Comparison | Refusal> => {
  const { projection, slots } = comparing;
  const { name } = projection;
  const { live } = slots;
  const other = slots.building ?? slots.previous;
  if (!other || !live) return notNow('NOTHING_TO_COMPARE', `${name} has one set of documents only`);
  // Documents of another definition stand where they stood: they are compared with what this
  // one makes of the log up to there.
  const still = [live, other].find((slot) => !slots.isOwn(slot));
  if (still) return compareWithLog(still, comparing);
  const met = await withWorker(other, comparing, (worker) => compareMoving(worker, comparing));
  return met ?? notNow('BUILD_BEHIND', `the two sets of ${name} did not come to the same position`);
};

const compareWithLog = async (
  slot: Slot,
  { projection, context, tally }: Comparing,
): Promise<Comparison> => {
  const until = await tally.written(slot);
  const computed = new Recomputed(projection, { parked: [], discarded: [] }, context);
  await computed.advance(until, () => {});
  return compareDocuments(context.views, slot, documentsInMemory(computed.documents), until);
};

/** With the worker that moves a slot, or with one for as long as this takes. */
const withWorker = async <T>(
  slot: Slot,
  { projection, context, workers }: Comparing,
  work: (worker: Worker) => Promise<T>,
): Promise<T> => {
  const building = workers.build;
  if (building?.slot.generation === slot.generation) return work(building);
  const worker = workers.visit(slot);
  try {
    await catchUp(worker, projection, context);
    return await work(worker);
  } finally {
    await workers.letGo(worker);
  }
};

const compareMoving = (
  worker: Worker,
  { projection, context, workers, barriers }: Comparing,
): Promise<Comparison | Refusal | undefined> =>
  barriers.run(async () => {
    const { live } = workers;
    if (!live || live === worker) return undefined;
    const { views, limits } = context;
    // Whoever makes indexes stands still with its turn taken: nobody else is kept waiting for that.
    const deadline = performance.now() + limits.meetWithinMs;
    while (live.indexing || worker.indexing) {
      if (performance.now() >= deadline)
        return notNow('BUILD_BEHIND', `indexes of ${projection.name} are being made: ask again`);
      await pause(FOLLOWER_LOOK_MS);
    }
    return barrier([live, worker], limits.meetWithinMs, (position) =>
      compareDocuments(views, live.slot, documentsOfSlot(views, worker.slot), position),
    );
  });
