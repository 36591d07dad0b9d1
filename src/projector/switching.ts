import type { Projection } from '../core/projection.js';
import type { Refusal } from '../core/refusal.js';
import type { Slot } from '../views/port.js';
import { catchUp } from './catch-up.js';
import { atSamePosition } from './meet.js';
import type { OneAtATime } from './one-at-a-time.js';
import type { BuildStatus } from './projections.js';
import { notNow } from './role.js';
import type { Slots } from './slots.js';
import type { Worker } from './worker.js';
import type { Workers } from './workers.js';
import type { World } from './world.js';

/** What a switch changes, and what it must not get in the way of. */
export type Switching = {
  readonly projection: Projection;
  readonly world: World;
  readonly slots: Slots;
  readonly workers: Workers;
  /** Two slots meet for one purpose at a time. */
  readonly meetings: OneAtATime;
  readonly build: () => BuildStatus | null;
};

/**
 * Readers get the slot of this worker from now on, which knows at least what they knew before.
 * undefined = done.
 */
export const switchTo = async (
  worker: Worker,
  switching: Switching,
): Promise<Refusal | undefined> => {
  const { projection, world, workers, meetings, build } = switching;
  const behind = `the new documents of ${projection.name}`;
  if (!worker.caughtUp)
    return notNow('BUILD_BEHIND', `${behind} have not caught up yet`, { build: build() });
  const switched = await meetings.run(() => {
    const live = workers.live;
    // What is ahead of a log that lost its tail cannot be caught up with.
    if (!live || live.problem !== null) return makeLive(worker, switching);
    const { meetWithinMs } = world.limits;
    return atSamePosition([live, worker], meetWithinMs, () => makeLive(worker, switching));
  });
  return switched ? undefined : notNow('BUILD_BEHIND', `${behind} did not catch up in time`);
};

const makeLive = async (
  worker: Worker,
  { projection, world, slots, workers }: Switching,
): Promise<true> => {
  const from = slots.live?.generation;
  const { generation, version } = worker.slot;
  await slots.makeLive(worker.slot);
  const before = workers.madeLive(worker);
  // Not waited for: what it is asked to finish may be what waits here.
  if (before) void workers.letGo(before).then(() => slots.dropFeeds(before.slot));
  world.log.info({ projection: projection.name, from, generation, version }, 'switched');
  return true;
};

/** Make the previous documents live again, once they have caught up. undefined = done. */
export const switchBack = async (switching: Switching): Promise<Refusal | undefined> => {
  const { projection, slots, workers, world } = switching;
  const { name } = projection;
  const slot = slots.previous;
  if (!slot) return notNow('NO_PREVIOUS', `${name} has no documents to switch back to`);
  if (!slots.isOwn(slot)) return outdated(name, slot);
  const worker = workers.visit(slot);
  try {
    if (await catchUp(worker, projection, world)) return await switchTo(worker, switching);
    return notNow(
      'PREVIOUS_BEHIND',
      `the previous documents of ${name} did not catch up in time; try again`,
    );
  } finally {
    if (workers.live !== worker) await workers.letGo(worker);
  }
};

const outdated = (name: string, { version }: Slot): Refusal =>
  notNow(
    'PREVIOUS_OUTDATED',
    `the previous documents of ${name} were built by another definition (version ${version}), which this program does not have; run the program that does`,
  );
