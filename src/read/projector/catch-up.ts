import { setTimeout as pause } from 'node:timers/promises';
import type { Projection } from '../../core/projection.js';
import type { StreamEnds } from '../../write/store/event-log.js';
import type { EventStore } from '../../write/store/event-store.js';
import { FOLLOWER_LOOK_MS } from './limits.js';
import { instantOf, type ProjectorContext } from './projector-context.js';
import type { Worker } from './worker.js';

/** Wait until a worker has come to the end of the log; false when it has not in time. */
export const catchUp = async (
  worker: Worker,
  projection: Projection,
  context: ProjectorContext,
): Promise<boolean> => {
  const { store, limits } = context;
  const deadline = performance.now() + limits.meetWithinMs;
  while (!worker.caughtUp && !worker.stopped && performance.now() < deadline) {
    const before = worker.positions;
    const asked = instantOf(context);
    const ends = await endsOf(store, projection).catch(() => new Map<string, StreamEnds>());
    worker.look(ends, before, asked);
    await pause(FOLLOWER_LOOK_MS);
  }
  return worker.caughtUp;
};

const endsOf = async (
  store: EventStore,
  { sources }: Projection,
): Promise<ReadonlyMap<string, StreamEnds>> =>
  new Map(
    await Promise.all(
      sources.map(
        async ({ slug, definition }) => [slug, await store.ends(definition ?? 'journal')] as const,
      ),
    ),
  );
