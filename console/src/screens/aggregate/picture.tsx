import { useCallback, useMemo, useRef, useState } from 'react';
import { LifecyclePicture } from '../../lifecycle/lifecycle-picture.js';
import type { Chart } from '../../lifecycle/use-lifecycle.js';
import { useLit } from './lit.js';
import type { StatusStep } from './status-history.js';

/** The way through its lifecycle, the status at the moment shown lit; a click goes there. */
export const Picture = ({
  chart,
  steps,
  current,
  upTo,
  onVersion,
}: {
  readonly chart: Chart;
  readonly steps: readonly StatusStep[];
  readonly current: string | undefined;
  readonly upTo: number;
  readonly onVersion: (version: number) => void;
}) => {
  const root = useRef<HTMLDivElement>(null);
  const [fit, setFit] = useState(true);
  const options = useMemo(() => ({ travelled: steps }), [steps]);
  // The nearest of them before the one shown, and round again: all can be gone to.
  const goTo = useCallback(
    (wanted: (step: StatusStep) => boolean) => {
      const found = steps.filter(wanted);
      const next = found.findLast(({ number }) => number < upTo) ?? found.at(-1);
      if (next) onVersion(next.stay.aggregate_version);
    },
    [steps, upTo, onVersion],
  );
  const latest = useRef(goTo);
  latest.current = goTo;
  const onStep = useCallback(
    (numbers: readonly number[]) => latest.current(({ number }) => numbers.includes(number)),
    [],
  );
  const onStatus = useCallback((status: string) => latest.current(({ to }) => to === status), []);
  useLit(root, { current, upTo }, [chart, steps]);
  return (
    <div className="picture" data-fit={fit}>
      <div className="picture-scroll" ref={root}>
        <LifecyclePicture chart={chart} options={options} onStep={onStep} onStatus={onStatus} />
      </div>
      <button
        type="button"
        className="button small picture-fit"
        aria-pressed={fit}
        onClick={() => setFit((before) => !before)}
      >
        Fit to width
      </button>
    </div>
  );
};
