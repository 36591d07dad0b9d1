import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import type { List } from '../../api/use-list.js';
import { useKeptPlace } from '../../ui/use-kept-place.js';
import { Axis, Grid } from './axis.js';
import { LinePicture } from './line-picture.js';
import { type Grouping, type Line, linesOf } from './lines-of.js';
import { AXIS_PX, GROUP_PX, LINE, NAMES_PX, NARROW_PX } from './measures.js';
import type { Picture, StatusHistory } from './shapes-of.js';
import { useWidth } from './use-width.js';
import { ticksOf, type Window } from './window-of.js';

const OVERSCAN = 12;
/** The next page is asked for this many lines before the end. */
const AHEAD = 40;

type ChartProps = {
  readonly list: List<StatusHistory>;
  readonly grouping: Grouping;
  readonly window: Window;
  readonly now: number;
  readonly href: (statusHistory: StatusHistory) => string;
  /** How many there are of each group, by its value. */
  readonly counts: ReadonlyMap<string, number>;
};

/** Lives over time, one line each; only what is seen is in the page. */
export const Chart = ({ list, grouping, window, now, href, counts }: ChartProps) => {
  const scroller = useRef<HTMLDivElement>(null);
  const whole = useWidth(scroller);
  const [, navigate] = useLocation();
  const names = whole < NARROW_PX ? NAMES_PX.narrow : NAMES_PX.wide;
  const width = Math.max(0, whole - names);
  const { items, hasMore, more } = list;
  const lines = useMemo(() => linesOf(items, grouping), [items, grouping]);
  const { from, to } = window;
  const picture = useMemo(() => ({ window: { from, to }, width, now }), [from, to, width, now]);
  const ticks = useMemo(() => ticksOf({ from, to }, width), [from, to, width]);
  useKeptPlace(scroller, 'Roadmap', true);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (lines[index]?.kind === 'group' ? GROUP_PX : LINE.height),
    getItemKey: (index) => lines[index]?.key ?? index,
    overscan: OVERSCAN,
    scrollMargin: AXIS_PX,
  });
  const seen = virtual.getVirtualItems();
  const last = seen.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= lines.length - AHEAD) more();
  }, [hasMore, last, lines.length, more]);

  const walk = (event: KeyboardEvent<HTMLElement>, index: number): void => {
    const line = lines[index];
    if (
      event.key === 'Enter' &&
      line?.kind === 'application' &&
      event.target === event.currentTarget
    )
      navigate(href(line.statusHistory));
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: lines.length - 1 }[
      event.key
    ];
    if (next === undefined || next < 0 || next >= lines.length) return;
    event.preventDefault();
    virtual.scrollToIndex(next);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-line="${next}"]`)?.focus(),
    );
  };

  const columns = { gridTemplateColumns: `${names}px minmax(0, 1fr)` };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows by position
    <div
      ref={scroller}
      className="gantt"
      role="table"
      aria-label="Roadmap"
      aria-rowcount={hasMore ? -1 : lines.length + 1}
      tabIndex={-1}
      style={{ height: `min(70vh, ${virtual.getTotalSize() + AXIS_PX + 2}px)` }}
    >
      <Axis columns={columns} ticks={ticks} picture={picture} />
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" className="gantt-lines" style={{ height: virtual.getTotalSize() }}>
        <Grid ticks={ticks} picture={picture} left={names} />
        {seen.map(({ index, start, size }) => {
          const line = lines[index];
          return (
            line && (
              // biome-ignore lint/a11y/useSemanticElements: as above
              <div
                key={line.key}
                role="row"
                className={`gantt-${line.kind}`}
                data-line={index}
                aria-rowindex={index + 2}
                tabIndex={index === seen[0]?.index ? 0 : -1}
                style={{
                  ...columns,
                  height: size,
                  transform: `translateY(${start - AXIS_PX}px)`,
                }}
                onKeyDown={(event) => walk(event, index)}
              >
                <LineCells line={line} picture={picture} href={href} counts={counts} />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
};

const LineCells = ({
  line,
  picture,
  href,
  counts,
}: Pick<ChartProps, 'href' | 'counts'> & { readonly line: Line; readonly picture: Picture }) => {
  if (line.kind === 'group') {
    const count = counts.get(line.value);
    return (
      // biome-ignore lint/a11y/useSemanticElements: as above
      <div role="rowheader" tabIndex={-1} className="gantt-name" title={line.name}>
        {line.name} {count !== undefined && <span className="faint small">{count}</span>}
      </div>
    );
  }
  const { statusHistory } = line;
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowheader" tabIndex={-1} className="gantt-name ellipsis">
        <Link
          href={href(statusHistory)}
          tabIndex={-1}
          title={`${statusHistory.name}: ${statusHistory.owner}`}
        >
          {statusHistory.name}
        </Link>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="cell">
        {picture.width > 0 && <LinePicture statusHistory={statusHistory} picture={picture} />}
      </div>
    </>
  );
};
