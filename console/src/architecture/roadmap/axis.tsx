import type { ReactNode } from 'react';
import type { Picture } from './shapes-of.js';
import { placeOf, type Tick } from './window-of.js';

/** A label needs this much room before the right edge. */
const LABEL_PX = 44;
const labelled = (ticks: readonly Tick[], { window, width }: Picture): readonly Tick[] =>
  ticks.filter(({ at }) => placeOf(at, window, width) < width - LABEL_PX);

/** The line of time over all lives. */
export const Axis = ({
  columns,
  ticks,
  picture,
}: {
  readonly columns: { readonly gridTemplateColumns: string };
  readonly ticks: readonly Tick[];
  readonly picture: Picture;
}) => (
  // biome-ignore lint/a11y/useSemanticElements: as above
  <div role="row" tabIndex={-1} className="gantt-axis" style={columns}>
    {/* biome-ignore lint/a11y/useSemanticElements: as above */}
    <div role="columnheader" tabIndex={-1} className="gantt-name">
      Application
    </div>
    {/* biome-ignore lint/a11y/useSemanticElements: as above */}
    <div role="columnheader" tabIndex={-1} className="gantt-times">
      <span className="visually-hidden">Life over time</span>
      {labelled(ticks, picture).map(({ at, label, major }) => (
        <At key={at} at={at} picture={picture} className={major ? 'tick major' : 'tick'}>
          {label}
        </At>
      ))}
    </div>
  </div>
);

const At = ({
  at,
  picture,
  className,
  children,
}: {
  readonly at: number;
  readonly picture: Picture;
  readonly className: string;
  readonly children: ReactNode;
}) => (
  <span
    className={className}
    aria-hidden="true"
    style={{ left: placeOf(at, picture.window, picture.width) }}
  >
    {children}
  </span>
);

/** The lines of the calendar, and today. */
export const Grid = ({
  ticks,
  picture,
  left,
}: {
  readonly ticks: readonly Tick[];
  readonly picture: Picture;
  readonly left: number;
}) => {
  const { window, width, now } = picture;
  return (
    <svg className="gantt-grid" style={{ left }} width={width} height="100%" aria-hidden="true">
      {ticks.map(({ at, major }) => {
        const x = placeOf(at, window, width);
        return <line key={at} data-major={major} x1={x} x2={x} y1="0" y2="100%" />;
      })}
      {now >= window.from && now <= window.to && (
        <line
          className="today"
          x1={placeOf(now, window, width)}
          x2={placeOf(now, window, width)}
          y1="0"
          y2="100%"
        />
      )}
    </svg>
  );
};
