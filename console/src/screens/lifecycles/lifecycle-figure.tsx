import { useMemo, useRef } from 'react';
import type { Counts } from '../../../../src/core/picture/layout.js';
import { useUrlState } from '../../api/use-url-state.js';
import { LifecyclePicture } from '../../lifecycle/lifecycle-picture.js';
import type { Chart, MachineJson } from '../../lifecycle/use-lifecycle.js';
import { Downloads } from './downloads.js';

type FigureProps = {
  readonly machine: MachineJson;
  readonly chart: Chart;
  readonly counts: Counts | undefined;
  readonly total: number | undefined;
  readonly onStatus: (status: string) => void;
  /** The statuses that lead to a list. */
  readonly listed: readonly string[];
};

const Toggle = ({
  on,
  onClick,
  children,
}: {
  readonly on: boolean;
  readonly onClick: () => void;
  readonly children: string;
}) => (
  <button type="button" className="button small" aria-pressed={on} onClick={onClick}>
    {children}
  </button>
);

/** The lifecycle large, with numbers on it; how it is shown stands in the address. */
export const LifecycleFigure = ({
  machine,
  chart,
  counts,
  total,
  onStatus,
  listed,
}: FigureProps) => {
  const { get, patch } = useUrlState();
  const frame = useRef<HTMLElement>(null);
  const numbers = get('numbers') !== 'off';
  const all = get('events') === 'all';
  const actual = get('size') === 'actual';
  const options = useMemo(
    () => ({
      detail: all ? ('all' as const) : ('moves' as const),
      ...(numbers && counts && { counts }),
    }),
    [all, numbers, counts],
  );
  return (
    <figure
      className="card lifecycle-figure"
      ref={frame}
      data-size={actual ? 'actual' : 'fit'}
      aria-label={`Lifecycle of ${machine.name}`}
    >
      <header>
        <div className="row">
          <Toggle on={numbers} onClick={() => patch({ numbers: numbers ? 'off' : null })}>
            Numbers
          </Toggle>
          <Toggle on={all} onClick={() => patch({ events: all ? null : 'all' })}>
            All events
          </Toggle>
          <Toggle on={actual} onClick={() => patch({ size: actual ? null : 'actual' })}>
            Actual size
          </Toggle>
          <button
            type="button"
            className="button small"
            onClick={() =>
              void (document.fullscreenElement
                ? document.exitFullscreen()
                : frame.current?.requestFullscreen())
            }
          >
            Full screen
          </button>
        </div>
        {total !== undefined && (
          <span className="soft num">{total.toLocaleString('en')} altogether</span>
        )}
      </header>
      <LifecyclePicture chart={chart} options={options} onStatus={onStatus} statuses={listed} />
      <figcaption>
        <p className="small soft">
          {numbers &&
            'In a state: how many are in it. On an arrow: how often it happened; the wider the line, the more often. '}
          {numbers && 'Broken lines lead back to an earlier state. '}
          {listed.length > 0 && 'Choose a state to list what is in it.'}
        </p>
        <Downloads name={machine.name} chart={chart} options={options} />
      </figcaption>
    </figure>
  );
};
