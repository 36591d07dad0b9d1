import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import type { Query } from '../api/address.js';
import { Problem } from '../ui/problem.js';
import { timeText, useZone } from '../ui/time.js';
import { useWidth } from '../ui/use-width.js';
import { type Bin, binAt, endsOf, keyed, type Selection, type Span, spanOf } from './bins-of.js';
import './history.css';
import { useHistogram } from './use-histogram.js';

const HEIGHT_PX = 96;
const LEAST_PX = 3;
/** Narrower bars stand side by side without a gap. */
const GAP_FROM_PX = 4;
/** A few bars are not blown up to a wall. */
const WIDEST_PX = 48;
const TICK_PX = 110;

const many = (count: number): string => count.toLocaleString('en');

const Bars = ({
  bins,
  width,
  selection,
}: {
  readonly bins: readonly Bin[];
  readonly width: number;
  readonly selection: Selection | undefined;
}) => {
  const top = Math.max(1, ...bins.map(({ count }) => count));
  const step = width / Math.max(1, bins.length);
  const gap = step >= GAP_FROM_PX ? 1 : 0;
  const [first, last] = selection ? endsOf(selection) : [-1, -1];
  return (
    <svg width={width} height={HEIGHT_PX} aria-hidden="true" className="histogram-bars">
      {selection && (
        <rect
          className="chosen"
          x={first * step}
          width={(last - first + 1) * step}
          height={HEIGHT_PX}
        />
      )}
      {bins.map(({ name, count }, nth) => {
        const height = count === 0 ? 1 : Math.max(LEAST_PX, (count / top) * (HEIGHT_PX - 4));
        const within = selection && nth >= first && nth <= last;
        return (
          <g key={name}>
            <title>{`${name.replace('T', ' ')}: ${many(count)}`}</title>
            <rect className="under" x={nth * step} width={step} height={HEIGHT_PX} />
            <rect
              className={count === 0 ? 'column none' : within ? 'column within' : 'column'}
              x={nth * step}
              y={HEIGHT_PX - height}
              width={Math.min(WIDEST_PX, Math.max(1, step - gap))}
              height={height}
            />
          </g>
        );
      })}
    </svg>
  );
};

/** The bars on which a range is dragged, or chosen by the keyboard. */
const Brush = ({
  bins,
  onChoose,
}: {
  readonly bins: readonly Bin[];
  readonly onChoose: (span: Span) => void;
}) => {
  const [box, width] = useWidth<HTMLDivElement>();
  const [selection, setSelection] = useState<Selection>();
  const [dragging, setDragging] = useState(false);
  const at = (event: PointerEvent<HTMLElement>): number => {
    const { left, width: wide } = event.currentTarget.getBoundingClientRect();
    return binAt(event.clientX - left, wide, bins.length);
  };
  const choose = (chosen: Selection | undefined): void => {
    const span = chosen && spanOf(bins, chosen);
    setSelection(undefined);
    setDragging(false);
    if (span) onChoose(span);
  };
  const press = (event: KeyboardEvent): void => {
    const next = keyed(selection, { key: event.key, shift: event.shiftKey }, bins.length);
    if (next) setSelection(next);
    else if (event.key === 'Enter') choose(selection);
    else if (event.key === 'Escape') setSelection(undefined);
    else return;
    event.preventDefault();
  };
  const chosen = selection && spanOf(bins, selection);
  const [first, last] = selection ? endsOf(selection) : [0, bins.length - 1];
  const count = bins.slice(first, last + 1).reduce((sum, one) => sum + one.count, 0);
  const said = chosen
    ? `${chosen.from.slice(0, 16)} to ${chosen.to.slice(0, 16)}, ${many(count)}`
    : `nothing chosen, ${many(count)} in all`;
  return (
    <div
      ref={box}
      className="histogram-brush"
      role="slider"
      tabIndex={0}
      aria-label="Range of time. Arrow keys move, with Shift they widen, Enter chooses"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, bins.length - 1)}
      aria-valuenow={selection?.head ?? 0}
      aria-valuetext={said}
      onKeyDown={press}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const place = at(event);
        setDragging(true);
        setSelection({ anchor: place, head: place });
      }}
      onPointerMove={(event) => {
        if (!dragging || !selection) return;
        setSelection({ anchor: selection.anchor, head: at(event) });
      }}
      onPointerUp={() => dragging && choose(selection)}
      onPointerCancel={() => choose(undefined)}
    >
      {width > 0 && <Bars bins={bins} width={width} selection={selection} />}
      {chosen && (
        <span className="histogram-said small" aria-hidden="true">
          {said.replaceAll('T', ' ')}
        </span>
      )}
    </div>
  );
};

const Ticks = ({ bins, unit }: { readonly bins: readonly Bin[]; readonly unit: string }) => {
  const zone = useZone();
  const [box, width] = useWidth<HTMLDivElement>();
  const fits = Math.max(2, Math.floor(width / TICK_PX));
  const every = Math.max(1, Math.ceil(bins.length / fits));
  const text = ({ name, from }: Bin): string =>
    unit === 'hour' || unit === 'minute' ? timeText(from, zone).slice(5, 16) : name;
  return (
    <div ref={box} className="histogram-ticks small faint" aria-hidden="true">
      {bins.map((bin, nth) =>
        nth % every === 0 ? (
          <span key={bin.name} style={{ left: `${(nth / bins.length) * 100}%` }}>
            {text(bin)}
          </span>
        ) : null,
      )}
    </div>
  );
};

/** How many over time; a range that is dragged on it narrows the screen to that time. */
export const Histogram = ({
  path,
  query,
  field,
  what,
  onChoose,
}: {
  readonly path: string;
  readonly query: Query;
  /** The time that is counted by. */
  readonly field: string;
  /** What is counted, in words: `events`. */
  readonly what: string;
  readonly onChoose: (span: Span) => void;
}) => {
  const { bins, unit, total, error, retry, loading } = useHistogram(path, query, field);
  const some = bins.filter(({ count }) => count > 0);
  if (error && bins.length === 0) return <Problem error={error} retry={retry} />;
  return (
    <figure className="histogram" aria-label={`${many(total)} ${what} over time, by ${unit}`}>
      <div className={loading ? 'histogram-box waits' : 'histogram-box'}>
        {bins.length > 0 && <Brush bins={bins} onChoose={onChoose} />}
        {bins.length > 0 && <Ticks bins={bins} unit={unit} />}
      </div>
      {some.length > 0 && (
        <figcaption className="small soft">
          <details>
            <summary>Per {unit} (UTC), as a table</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached */}
            <div className="table-wrap histogram-table" tabIndex={0}>
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{unit}</th>
                    <th scope="col" className="num">
                      {what}
                    </th>
                    <th scope="col">Narrow</th>
                  </tr>
                </thead>
                <tbody>
                  {some.toReversed().map(({ name, from, to, count }) => (
                    <tr key={name}>
                      <td>{name.replace('T', ' ')}</td>
                      <td className="num">{many(count)}</td>
                      <td>
                        <button
                          type="button"
                          className="button small quiet"
                          onClick={() => onChoose({ from, to })}
                        >
                          Only these
                        </button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </details>
        </figcaption>
      )}
    </figure>
  );
};
