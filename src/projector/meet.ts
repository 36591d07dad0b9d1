import type { Vector } from './projections.js';
import type { Worker } from './worker.js';

const furthest = (one: Vector, other: Vector): Vector =>
  new Map(
    [...one].map(([source, sequence]) => [source, Math.max(sequence, other.get(source) ?? 0)]),
  );

export const covers = (positions: Vector, wanted: Vector): boolean =>
  [...wanted].every(([source, sequence]) => (positions.get(source) ?? sequence) >= sequence);

/** Wait until a worker has come so far; false when it has not in time. */
export const comesTo = (worker: Worker, wanted: Vector, ms: number): Promise<boolean> => {
  if (covers(worker.positions, wanted)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (reached: boolean): void => {
      clearTimeout(timer);
      done();
      resolve(reached);
    };
    const timer = setTimeout(() => end(false), ms);
    const done = worker.onMoved(() => {
      if (covers(worker.positions, wanted)) end(true);
    });
  });
};

/**
 * Do something while two slots of a projection stand at the same position: the one behind comes
 * to where the other stands and waits. undefined = they did not meet in time.
 */
export const atSamePosition = async <T>(
  [one, other]: readonly [Worker, Worker],
  ms: number,
  work: (position: Vector) => Promise<T>,
): Promise<T | undefined> => {
  try {
    const meeting = await one.exclusive(() =>
      other.exclusive(async () => {
        const target = furthest(one.positions, other.positions);
        one.limitTo(target);
        other.limitTo(target);
        return target;
      }),
    );
    const met = await Promise.all([comesTo(one, meeting, ms), comesTo(other, meeting, ms)]);
    if (!met.every(Boolean)) return undefined;
    return await one.exclusive(() => other.exclusive(() => work(meeting)));
  } finally {
    one.limitTo(undefined);
    other.limitTo(undefined);
  }
};
