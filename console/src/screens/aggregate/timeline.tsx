import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef, useState } from 'react';
import type { Kind } from '../../api/use-kinds.js';
import { Empty } from '../../ui/empty.js';
import { Problem } from '../../ui/problem.js';
import { Skeleton } from '../../ui/skeleton.js';
import { TimelineEvent } from './timeline-event.js';
import { TimelineFilters, useFilter } from './timeline-filters.js';
import { useHistory } from './use-history.js';

const EVENT_PX = 96;
const OVERSCAN = 6;
/** Heights are known when what was scrolled to has been drawn. */
const SETTLE_MS = 80;

/** Every event, newest first: only what is seen is on the page, and asked for. */
const Whole = ({
  kind,
  id,
  version,
  last,
  known,
  onVersion,
}: {
  readonly kind: Kind;
  readonly id: string;
  /** The version shown. */
  readonly version: number | undefined;
  readonly last: number;
  /** The fields that its read model has. */
  readonly known: ReadonlySet<string>;
  readonly onVersion: (version: number) => void;
}) => {
  const scroller = useRef<HTMLDivElement>(null);
  const filter = useFilter();
  const filtered = Object.values(filter).some(Boolean);
  const [range, setRange] = useState({ first: 0, last: 0 });
  const { total, at, error, retry } = useHistory({ kind, id, filter }, range);
  const virtual = useVirtualizer({
    count: total ?? 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => EVENT_PX,
    overscan: OVERSCAN,
    getItemKey: (index) => at(index)?.event_id ?? index,
  });
  const seen = virtual.getVirtualItems();
  const first = seen[0]?.index ?? 0;
  const end = seen.at(-1)?.index ?? 0;
  useEffect(() => {
    // One more, to know how long after it the last one seen came.
    setRange((before) =>
      before.first === first && before.last === end + 1 ? before : { first, last: end + 1 },
    );
  }, [first, end]);

  // Where one goes to in time, the timeline goes too; with a filter a place is no version.
  const place = version === undefined || filtered || total === undefined ? -1 : total - version;
  const loaded = place >= 0 && at(place) !== undefined;
  const follow = useRef({ virtual, place });
  follow.current = { virtual, place };
  const gone = useRef<number>(undefined);
  // Only when one goes to another version: neither what one reads nor where one scrolled to is
  // moved. Once more when the event is there: only then its height is known.
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    if (gone.current === version) return;
    if (loaded) gone.current = version;
    const go = (): void => {
      const now = follow.current;
      if (now.place >= 0) now.virtual.scrollToIndex(now.place, { align: 'center' });
    };
    const timers = [0, SETTLE_MS].map((after) => setTimeout(go, after));
    return () => timers.forEach(clearTimeout);
  }, [version, filtered, place >= 0, loaded]);

  return (
    <section className="card timeline" aria-label="Timeline">
      <header>
        <h2>
          Timeline{' '}
          <span className="faint num" role="status">
            {total === undefined
              ? ''
              : `${total.toLocaleString('en')} of ${last.toLocaleString('en')} events`}
          </span>
        </h2>
        <TimelineFilters kind={kind} id={id} />
      </header>
      {error && (
        <div className="body">
          <Problem error={error} retry={retry} />
        </div>
      )}
      {total === undefined && !error && (
        <div className="body">
          <Skeleton lines={8} />
        </div>
      )}
      {total === 0 && <Empty title="No events match">Choose other filters.</Empty>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <div ref={scroller} className="timeline-scroll" tabIndex={0} hidden={!total}>
        <ol style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {seen.map(({ index, key, start }) => {
            const event = at(index);
            const later = event && version !== undefined && event.aggregate_version > version;
            return (
              <li
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                aria-setsize={total ?? -1}
                aria-posinset={index + 1}
                className={later ? 'timeline-row later' : 'timeline-row'}
                style={{ transform: `translateY(${start}px)` }}
              >
                {event ? (
                  <TimelineEvent
                    event={event}
                    before={at(index + 1)}
                    shown={event.aggregate_version === version}
                    known={known}
                    onVersion={onVersion}
                  />
                ) : (
                  <div className="event-wait">
                    <div className="skeleton" />
                  </div>
                )}
              </li>
            );
          })}
        </ol>
      </div>
    </section>
  );
};

/** While a slider moves it stays as it is until the slider rests. */
export const Timeline = memo(Whole);
