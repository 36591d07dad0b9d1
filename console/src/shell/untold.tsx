import { type Query, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { SteleProblem } from '../../../src/client/stele-problem.js';
import { Problem } from '../ui/problem.js';
import { useTold } from '../ui/use-said.js';

/** Parts of a screen have time to tell by themselves, and answers to come together. */
const GATHER_MS = 120;
/** What is not there is for the screen to say, if it says anything of it. */
const NOT_THERE: ReadonlySet<number> = new Set([401, 404, 410]);

const isProblem = ({ error }: Query['state']): boolean =>
  error !== null && !(error instanceof SteleProblem && NOT_THERE.has(error.status));

/** The questions of this screen that were not answered. */
const useFailed = (): readonly Query[] => {
  const client = useQueryClient();
  const [failed, setFailed] = useState<readonly Query[]>([]);
  useEffect(() => {
    const cache = client.getQueryCache();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      timer = undefined;
      const now = cache
        .getAll()
        .filter((one) => one.isActive() && one.queryKey[0] !== 'session' && isProblem(one.state));
      setFailed((before) => (before.length + now.length === 0 ? before : now));
    };
    const stop = cache.subscribe(() => {
      timer ??= setTimeout(look, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client]);
  return failed;
};

/**
 * Small parts of a screen have no room for what went wrong with their question. It is told here,
 * once, so that nothing is left out in silence.
 */
export const Untold = () => {
  const told = useTold();
  const failed = useFailed();
  const words = new Set([...told.keys()].map(({ message }) => message));
  const untold = failed.filter(({ state }) => state.error && !words.has(state.error.message));
  const error = untold[0]?.state.error;
  if (!error) return null;
  const ask = (): void => {
    for (const query of untold) void query.fetch().catch(() => undefined);
  };
  return (
    <div className="untold">
      <Problem error={error} retry={ask} part />
    </div>
  );
};
