import type { Projection } from '../../core/projection.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import type { StreamEnds } from '../../write/store/event-log.js';
import type { EventStore } from '../../write/store/event-store.js';
import type { ViewStore } from '../views/port.js';
import { PROJECTOR_LIMITS, type ProjectorLimits, TURNS_AT_ONCE } from './limits.js';
import type { Projections, Vector } from './projections.js';
import { Projector } from './projector.js';
import { instantOf, type Log, type ProjectorContext } from './projector-context.js';
import { Semaphore } from './semaphore.js';
import type { Worker } from './worker.js';

export type ProjectionsOptions = {
  readonly definitions: readonly Projection[];
  readonly store: EventStore;
  readonly views: ViewStore;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  readonly limits?: Partial<ProjectorLimits>;
  readonly onTruncated?: ProjectorContext['onTruncated'];
  readonly epochOf?: ProjectorContext['epochOf'];
};

/**
 * Start all projections of a node. It comes back at once: what cannot be reached now is tried
 * again, and `status` says why nothing moves. The stores stay the caller's.
 *
 * @throws TypeError when two projections have the same name.
 */
export const startProjections = (options: ProjectionsOptions): Projections => {
  const { definitions, store, views, log, clock = Date.now, limits } = options;
  const context: ProjectorContext = {
    store,
    views,
    log,
    clock,
    turns: new Semaphore(TURNS_AT_ONCE[views.engine]),
    limits: { ...PROJECTOR_LIMITS, ...limits },
    epochOf: options.epochOf ?? (() => 0),
    ...(options.onTruncated && { onTruncated: options.onTruncated }),
  };
  const projectors = new Map<string, Projector>();
  for (const one of definitions) {
    if (projectors.has(one.name)) throw new TypeError(`two projections are called ${one.name}`);
    projectors.set(one.name, new Projector(one, context));
  }
  const all = [...projectors.values()];
  const written = new Map<string, number>();
  const closing = new AbortController();

  const onlyOf = (name: string): Projector => {
    const found = projectors.get(name);
    if (found) return found;
    throw new TypeError(`there is no projection ${name}`);
  };
  const named = async <T>(
    name: string,
    work: (projector: Projector) => Promise<T | Refusal>,
  ): Promise<T | Refusal> => {
    const found = projectors.get(name);
    if (found) return work(found);
    return refuse('UNKNOWN_PROJECTION', `there is no projection "${name}"`, {
      details: { projections: [...projectors.keys()] },
    });
  };

  /** Where the streams end that anything here follows. What does not answer is left out. */
  const endsNow = async (): Promise<ReadonlyMap<string, StreamEnds>> => {
    const sources = new Map(
      definitions.flatMap((one) => one.sources).map((one) => [one.slug, one]),
    );
    const ends = new Map<string, StreamEnds>();
    await Promise.all(
      [...sources.values()].map(async ({ slug, definition }) => {
        const found = await store.ends(definition ?? 'journal').catch(() => undefined);
        if (found) ends.set(slug, found);
      }),
    );
    return ends;
  };

  const look = async (): Promise<void> => {
    const asked = instantOf(context);
    const before = new Map<Worker, Vector>(
      all.flatMap(({ workers }) => workers.map((worker) => [worker, worker.positions] as const)),
    );
    const found = { ends: await endsNow(), before, asked };
    for (const projector of all) {
      projector.see(found);
      // One that waits for something, such as a switch, does not hold up the others.
      void looked(projector, found);
    }
  };
  const looking = new Map<Projector, Promise<void>>();
  const looked = async (projector: Projector, found: Parameters<Projector['look']>[0]) => {
    if (looking.has(projector)) return;
    const one = projector.look(found).finally(() => looking.delete(projector));
    looking.set(projector, one);
    await one.catch((err: unknown) =>
      log.error({ err, projection: projector.projection.name }, 'a projection was not looked at'),
    );
  };

  let underWay: Promise<void> | undefined;
  const tick = (): void => {
    underWay ??= look().finally(() => {
      underWay = undefined;
    });
  };
  tick();
  const timer = setInterval(tick, context.limits.lookEveryMs);
  timer.unref();

  return {
    definitions,
    status: () => all.map((projector) => projector.status()),
    reading: async (name) => onlyOf(name).reading(),
    readTransaction: async (who) => {
      const taken = new Map(all.map((one) => [one, one.taken]));
      const reads = await views.readTransaction(who);
      return {
        reading: async (name) => {
          const projector = onlyOf(name);
          return projector.readingIn(reads, taken.get(projector));
        },
        end: () => reads.end(),
      };
    },
    waitForPosition: async (name, vector, ms) => onlyOf(name).reached(vector, ms, closing.signal),
    written: () => new Map(written),
    wrote: (source, sequence) => {
      if (sequence > (written.get(source) ?? 0)) written.set(source, sequence);
    },
    givenUp: (source) => {
      written.delete(source);
      for (const { workers } of all) for (const worker of workers) worker.lookAgain(source);
    },
    stop: (name) => named(name, (one) => one.setStopped(true)),
    start: (name) => named(name, (one) => one.setStopped(false)),
    rebuild: (name, { switchWhenReady }) => named(name, (one) => one.rebuild(switchWhenReady)),
    cancelBuild: (name) => named(name, (one) => one.cancelBuild()),
    compare: (name) => named(name, (one) => one.compare()),
    switch: (name) => named(name, (one) => one.switch()),
    switchBack: (name) => named(name, (one) => one.switchBack()),
    verify: (name, onProgress = () => {}) => named(name, (one) => one.verify(onProgress)),
    parked: (name) => named(name, (one) => one.parked()),
    discarded: (name) => named(name, (one) => one.discarded()),
    retry: (name, which) => named(name, (one) => one.retry(which)),
    discard: (name, which, by) => named(name, (one) => one.discard(which, by)),
    close: async () => {
      clearInterval(timer);
      closing.abort();
      await underWay;
      await Promise.all(all.map((projector) => projector.close()));
    },
  };
};
