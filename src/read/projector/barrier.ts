import type { Vector } from './projections.js';
import type { Worker } from './worker.js';

/** The further one of two positions, source by source. */
export const furthest = (one: Vector, other: Vector): Vector =>
  new Map(
    [...one].map(([source, sequence]) => [source, Math.max(sequence, other.get(source) ?? 0)]),
  );

export const covers = (positions: Vector, wanted: Vector): boolean =>
  [...wanted].every(([source, sequence]) => (positions.get(source) ?? sequence) >= sequence);

/** Wait until a worker has come so far; false when it has not in time, or was stopped. */
export const arrivesAt = (worker: Worker, wanted: Vector, ms: number): Promise<boolean> =>
  new Promise((resolve) => {
    const end = (reached: boolean): void => {
      clearTimeout(timer);
      done();
      resolve(reached);
    };
    const look = (): void => {
      if (worker.loaded && covers(worker.positions, wanted)) end(true);
      else if (worker.stopped) end(false);
    };
    const timer = setTimeout(() => end(false), ms);
    const done = worker.onMoved(look);
    look();
  });

/**
 * Do something while two slots of a projection stand at the same position: the one behind comes
 * to where the other stands and waits. undefined = they did not meet in time, or one was stopped.
 * A worker takes part in one barrier at a time.
 */
export const barrier = async <T>(
  [one, other]: readonly [Worker, Worker],
  ms: number,
  work: (position: Vector) => Promise<T>,
): Promise<T | undefined> => {
  const deadline = performance.now() + ms;
  const left = (): number => Math.max(0, deadline - performance.now());
  const bothCome = async (there: Vector): Promise<boolean> => {
    const met = await Promise.all([arrivesAt(one, there, left()), arrivesAt(other, there, left())]);
    return met.every(Boolean);
  };
  // One whose indexes are being made stands still for as long as that takes.
  const bothHeld = <R>(held: () => Promise<R>): Promise<R | undefined> =>
    one.exclusiveWithin(left(), () => other.exclusiveWithin(left(), held));
  // Nobody stands still for one that is far behind.
  if (!(await bothCome(furthest(one.positions, other.positions)))) return undefined;
  try {
    const position = await bothHeld(async () => {
      const target = furthest(one.positions, other.positions);
      one.limitTo(target);
      other.limitTo(target);
      return target;
    });
    if (!position || !(await bothCome(position))) return undefined;
    return await bothHeld(() => work(position));
  } finally {
    one.limitTo(undefined);
    other.limitTo(undefined);
  }
};
