import { useEffect, useSyncExternalStore } from 'react';

/** The errors that the screen tells of now; the same one may be told in two places. */
let told: ReadonlyMap<Error, number> = new Map();
const watchers = new Set<() => void>();

const count = (error: Error, by: 1 | -1): void => {
  const next = new Map(told);
  const times = (next.get(error) ?? 0) + by;
  if (times > 0) next.set(error, times);
  else next.delete(error);
  told = next;
  for (const watcher of watchers) watcher();
};

/** Says that this error is told by the part of the screen that calls it. */
export const useSaid = (error: Error | null | undefined): void => {
  useEffect(() => {
    if (!error) return;
    count(error, 1);
    return () => count(error, -1);
  }, [error]);
};

const subscribe = (watcher: () => void): (() => void) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};
export const useTold = (): ReadonlyMap<Error, number> =>
  useSyncExternalStore(subscribe, () => told);
