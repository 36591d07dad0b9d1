import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import type { List } from '../api/use-list.js';
import { Problem } from './problem.js';
import { Skeleton } from './skeleton.js';
import { useKeptPlace } from './use-kept-place.js';

const ROW_PX = 44;
const OVERSCAN = 12;
/** The next page is asked for this many rows before the end. */
const AHEAD = 30;

export type Column<T> = {
  readonly name: string;
  readonly label: string;
  /** A track of CSS grid: `2fr`, `8rem`, `minmax(10rem, 1fr)`. */
  readonly width: string;
  readonly cell: (row: T) => ReactNode;
  /** The field the server sorts by. */
  readonly sort?: string;
  readonly numeric?: boolean;
};

/** `-created_at` after `created_at`, and the other way round. */
const turned = (sort: string | undefined, field: string): string =>
  sort === field ? `-${field}` : field;
const direction = (sort: string | undefined, field: string) =>
  sort === field ? 'ascending' : sort === `-${field}` ? 'descending' : 'none';

type RowsProps<T> = {
  readonly list: List<T>;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string;
  /** Where a row leads. */
  readonly href?: (row: T) => string;
  readonly sort?: string | undefined;
  readonly onSort?: (sort: string) => void;
  readonly label: string;
  readonly empty: ReactNode;
  readonly height?: string;
};

/**
 * A list of any length: only what is seen is in the page, the rest is asked for while scrolling.
 * Rows are walked by arrow keys, Home and End, and opened by Enter.
 */
export const Rows = <T,>(props: RowsProps<T>) => {
  const { list, columns, keyOf, href, label } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [, navigate] = useLocation();
  const { items } = list;
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  });
  useKeptPlace(scroller, label, items.length > 0);
  const seen = virtual.getVirtualItems();
  const last = seen.at(-1)?.index ?? 0;
  const { more, hasMore } = list;
  useEffect(() => {
    if (hasMore && last >= items.length - AHEAD) more();
  }, [hasMore, last, items.length, more]);

  const walk = (event: KeyboardEvent<HTMLElement>, index: number): void => {
    const to = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: items.length - 1,
    }[event.key];
    if (to === undefined || to < 0 || to >= items.length) return;
    event.preventDefault();
    virtual.scrollToIndex(to);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-row="${to}"]`)?.focus(),
    );
  };
  const tracks = { gridTemplateColumns: columns.map(({ width }) => width).join(' ') };

  if (list.loading && !list.error) return <Skeleton lines={8} />;
  return (
    <>
      {list.error && <Problem error={list.error} retry={list.retry} />}
      {items.length === 0 && !list.error && props.empty}
      {items.length > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows by position
        <div
          ref={scroller}
          className="rows"
          role="table"
          aria-label={label}
          aria-rowcount={list.total ?? -1}
          tabIndex={-1}
          style={{
            height: props.height ?? `min(70vh, ${ROW_PX * items.length + 40}px)`,
          }}
        >
          <Head {...props} tracks={tracks} />
          {/* biome-ignore lint/a11y/useSemanticElements: as above */}
          <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {seen.map(({ index, start, size }) => {
              const row = items[index] as T;
              const to = href?.(row);
              return (
                // biome-ignore lint/a11y/useSemanticElements: as above
                <div
                  key={keyOf(row)}
                  role="row"
                  data-row={index}
                  aria-rowindex={index + 2}
                  tabIndex={index === (seen[0]?.index ?? 0) ? 0 : -1}
                  className="rows-row"
                  style={{
                    ...tracks,
                    height: size,
                    transform: `translateY(${start}px)`,
                    cursor: to ? 'pointer' : undefined,
                  }}
                  onClick={() => to && navigate(to)}
                  onKeyDown={(event) => {
                    if (event.key === 'Enter' && to && event.target === event.currentTarget)
                      navigate(to);
                    walk(event, index);
                  }}
                >
                  {columns.map(({ name, cell, numeric }) => (
                    // biome-ignore lint/a11y/useSemanticElements: as above
                    <div key={name} role="cell" className={numeric ? 'num ellipsis' : 'ellipsis'}>
                      {cell(row)}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      )}
    </>
  );
};

const Head = <T,>({
  columns,
  sort,
  onSort,
  tracks,
}: RowsProps<T> & { readonly tracks: { readonly gridTemplateColumns: string } }) => (
  // biome-ignore lint/a11y/useSemanticElements: as above
  <div role="row" className="rows-head" style={tracks} tabIndex={-1}>
    {columns.map(({ name, label, sort: field, numeric }) => (
      // biome-ignore lint/a11y/useSemanticElements: as above
      <div
        key={name}
        role="columnheader"
        tabIndex={-1}
        className={numeric ? 'num' : ''}
        aria-sort={field ? direction(sort, field) : undefined}
      >
        {field && onSort ? (
          <button type="button" onClick={() => onSort(turned(sort, field))}>
            {label}{' '}
            <span aria-hidden="true">{sort === field ? '↑' : sort === `-${field}` ? '↓' : ''}</span>
          </button>
        ) : (
          label
        )}
      </div>
    ))}
  </div>
);
