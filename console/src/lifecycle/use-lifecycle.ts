import { useMemo } from 'react';
import { type Chart, chartFrom, type MachineJson } from '../../../src/core/picture/chart-from.js';
import { useAnswer } from '../api/use-answer.js';

export type { Chart, MachineJson };

/** The lifecycle of an aggregate type; definitions do not change while a node runs. */
export const useLifecycle = (
  type: string | undefined,
): {
  readonly machine: MachineJson | undefined;
  readonly chart: Chart | undefined;
  readonly error: Error | null;
  readonly retry: () => void;
} => {
  const path = type === undefined ? null : `/machines/${encodeURIComponent(type)}`;
  const answer = useAnswer<MachineJson>(path, { format: 'json' }, { follows: [] });
  const { data: machine, error, refetch } = answer;
  const chart = useMemo(() => machine && chartFrom(machine), [machine]);
  return { machine, chart, error, retry: () => void refetch() };
};
