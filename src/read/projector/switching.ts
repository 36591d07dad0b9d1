import type { Projection } from '../../core/projection.js';
import type { Refusal } from '../../core/refusal.js';
import type { Slot } from '../views/port.js';
import { barrier, covers } from './barrier.js';
import { catchUp } from './catch-up.js';
import { DIFFERENCES_SHOWN_MAX } from './limits.js';
import type { Mutex } from './mutex.js';
import type { BuildStatus } from './projections.js';
import type { ProjectorContext } from './projector-context.js';
import { notNow } from './role.js';
import type { Slots } from './slots.js';
import type { Worker } from './worker.js';
import type { Workers } from './workers.js';

/** What a switch changes, and what it must not get in the way of. */
export type Switching = {
  readonly projection: Projection;
  readonly context: ProjectorContext;
  readonly slots: Slots;
  readonly workers: Workers;
  /** Two slots meet for one purpose at a time. */
  readonly barriers: Mutex;
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
  const { projection, context, workers, barriers, build } = switching;
  const behind = `the new documents of ${projection.name}`;
  if (!worker.caughtUp)
    return notNow('BUILD_BEHIND', `${behind} have not caught up yet`, { build: build() });
  const made = await barriers.run(() => {
    const live = workers.live;
    const make = (): Promise<Made> => makeLive(worker, switching);
    if (!live) return worker.exclusive(make);
    // Who stands still does not come to where another one is.
    if (live.problem !== null)
      return live.exclusive(() =>
        worker.exclusive(async () => (hasAllOf(worker, live) ? make() : undefined)),
      );
    return barrier([live, worker], context.limits.meetWithinMs, make);
  });
  return made ? made.refused : notNow('BUILD_BEHIND', `${behind} did not catch up in time`);
};

/** What is ahead of a log that lost its tail cannot be caught up with, and need not be. */
const hasAllOf = (worker: Worker, live: Worker): boolean =>
  live.problem?.state === 'log_truncated' || covers(worker.positions, live.positions);

/** Why it was not done, where it was not. */
type Made = { readonly refused: Refusal | undefined };

/** Call it while neither set of documents is moved: what is left out of one stays left out. */
const makeLive = async (worker: Worker, switching: Switching): Promise<Made> => {
  const { projection, context, slots, workers } = switching;
  const refused = await leaveOutAsLive(worker, switching);
  if (refused) return { refused };
  const from = slots.live?.generation;
  const { generation, version } = worker.slot;
  await slots.makeLive(worker.slot);
  const before = workers.madeLive(worker);
  // Not waited for: what it is asked to finish may be what waits here.
  if (before) void workers.letGo(before).then(() => slots.dropFeeds(before.slot));
  context.log.info({ projection: projection.name, from, generation, version }, 'switched');
  return { refused: undefined };
};

/**
 * What an operator left out of the live documents is left out of these too, unless the definition
 * has changed since.
 */
const leaveOutAsLive = async (
  worker: Worker,
  { projection: { name }, context, slots }: Switching,
): Promise<Refusal | undefined> => {
  const { live } = slots;
  if (live?.hash !== worker.slot.hash || live.generation === worker.slot.generation)
    return undefined;
  const carried = await worker.carryDiscards(await context.views.discarded(live));
  if (!carried) return notNow('BUILD_BEHIND', `the other documents of ${name} are not moved now`);
  const [first] = carried.applied;
  if (!first) return undefined;
  const where = `${first.source}:${first.sequence}`;
  return notNow(
    'DISCARD_LOST',
    `the other documents of ${name} hold ${where}, which was discarded from the live ones: build them anew`,
    { discarded: carried.applied.slice(0, DIFFERENCES_SHOWN_MAX) },
  );
};

/** Make the previous documents live again, once they have caught up. undefined = done. */
export const switchBack = async (switching: Switching): Promise<Refusal | undefined> => {
  const { projection, slots, workers, context } = switching;
  const { name } = projection;
  const slot = slots.previous;
  if (!slot) return notNow('NO_PREVIOUS', `${name} has no documents to switch back to`);
  if (!slots.isOwn(slot)) return outdated(name, slot);
  await expectTables(slot, switching);
  const worker = workers.visit(slot);
  try {
    if (await catchUp(worker, projection, context)) return await switchTo(worker, switching);
    const { problem } = worker;
    const why = problem ? `cannot: ${problem.reason}` : 'did not in time; try again';
    return notNow(
      'PREVIOUS_BEHIND',
      `the previous documents of ${name} must catch up first and ${why}`,
    );
  } finally {
    if (workers.live !== worker) await workers.letGo(worker);
  }
};

/**
 * Where nothing new has happened nobody would touch them before they are read.
 * @throws Fault READ_STORE_UNAVAILABLE when they are gone
 */
const expectTables = async (slot: Slot, { projection, context }: Switching): Promise<void> => {
  await context.views.documents(slot, ['']);
  const [source] = projection.sources;
  if (projection.withState && source) await context.views.folds(slot, source.slug, ['']);
};

const outdated = (name: string, { version }: Slot): Refusal =>
  notNow(
    'PREVIOUS_OUTDATED',
    `the previous documents of ${name} were built by another definition (version ${version}), which this program does not have; run the program that does`,
  );
