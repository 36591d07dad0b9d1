import { useMemo } from 'react';
import type { StoredEvent } from '../../api/types.js';
import { type List, useList } from '../../api/use-list.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Chips } from '../../history/chips.js';
import { EventPanel, useOpenHref } from '../../history/event-panel.js';
import { filtersIn } from '../../history/filters-in.js';
import { Histogram } from '../../history/histogram.js';
import { RangeBar } from '../../history/range-bar.js';
import { useTail } from '../../history/use-tail.js';
import { Empty } from '../../ui/empty.js';
import { ExportLinks } from '../../ui/export-links.js';
import { Page } from '../../ui/page.js';
import { Rows } from '../../ui/rows.js';
import { SearchBox } from '../../ui/search-box.js';
import { columnsFor, type TimeField } from './columns-for.js';
import './events.css';
import { EventFilters } from './event-filters.js';
import { LiveBar } from './live-bar.js';
import { SavedTabs } from './saved-tabs.js';

const CLOCKS = [
  { field: 'recorded_at', name: 'recorded', label: 'Recorded' },
  { field: 'occurred_at', name: 'effective', label: 'Effective' },
] as const;

/** The clock that an address means: as it says, or as its range does. */
const timeIn = (params: URLSearchParams): TimeField => {
  const ranged = [...params.keys()].some((name) => name.startsWith('occurred_at.'));
  return params.get('clock') === 'effective' || ranged ? 'occurred_at' : 'recorded_at';
};

const ClockChoice = ({ time }: { readonly time: TimeField }) => {
  const { patch } = useUrlState();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields, these are buttons
    <div className="row" role="group" aria-label="Which time">
      {CLOCKS.map(({ field, name, label }) => (
        <button
          key={field}
          type="button"
          className="button small"
          aria-pressed={field === time}
          title={
            field === 'recorded_at' ? 'When it was written down' : 'When it was true in the world'
          }
          onClick={() =>
            patch({
              clock: name === 'effective' ? name : null,
              sort: null,
              [`${time}.gte`]: null,
              [`${time}.lte`]: null,
            })
          }
        >
          {label}
        </button>
      ))}
    </div>
  );
};

/** New events stand above those that were loaded; none stands there twice. */
const withTail = (list: List<StoredEvent>, fresh: readonly StoredEvent[]): List<StoredEvent> => {
  if (fresh.length === 0) return list;
  const known = new Set(list.items.map(({ event_id }) => event_id));
  const added = fresh.filter(({ event_id }) => !known.has(event_id));
  const total = list.total === undefined ? undefined : list.total + added.length;
  return { ...list, items: [...added, ...list.items], total };
};

const Log = ({ time }: { readonly time: TimeField }) => {
  const { params, get, patch } = useUrlState();
  const openHref = useOpenHref('/events');
  const text = params.toString();
  const query = useMemo(() => filtersIn(new URLSearchParams(text)), [text]);
  const newest = `-${time}`;
  const sort = get('sort') ?? newest;
  const onTop = sort === newest;
  // What is new comes by the tail: a list that was scrolled far is not loaded again for it.
  const loaded = useList<StoredEvent>('/audit', { ...query, sort }, { follows: [] });
  const { tail, pause, resume, clear } = useTail(query);
  const list = useMemo(
    () => (onTop ? withTail(loaded, tail.shown) : loaded),
    [loaded, tail, onTop],
  );
  const columns = useMemo(() => columnsFor(time), [time]);
  const reload = (): void => {
    clear();
    loaded.retry();
  };
  const filtered = Object.keys(query).length > 0;
  return (
    <div className="with-side">
      <EventFilters query={query} />
      <div className="stack">
        <section className="card" aria-label="Over time">
          <header>
            <h2>
              <span className="num" role="status">
                {list.total === undefined ? 'Events' : `${list.total.toLocaleString('en')} events`}
              </span>
            </h2>
            <ClockChoice time={time} />
          </header>
          <div className="body stack">
            <p className="small soft">
              Drag over the bars to narrow the time; or use the arrow keys and Enter.
            </p>
            <Histogram
              path="/audit"
              query={query}
              field={time}
              what="events"
              onChoose={({ from, to }) => patch({ [`${time}.gte`]: from, [`${time}.lte`]: to })}
            />
            <RangeBar field={time} />
          </div>
        </section>
        <section className="card history-list" aria-label="List">
          <header>
            <div className="events-find">
              <SearchBox label="Search by person, reason, event or command" />
            </div>
            <LiveBar
              tail={tail}
              onTop={onTop}
              onPause={pause}
              onResume={resume}
              onNewest={() => patch({ sort: null })}
              onReload={reload}
            />
          </header>
          {filtered && (
            <div className="body">
              <Chips query={query} />
            </div>
          )}
          <Rows
            list={list}
            columns={columns}
            keyOf={({ event_id }) => event_id}
            href={({ event_id }) => openHref(event_id)}
            sort={sort}
            onSort={(next) => patch({ sort: next === newest ? null : next }, { replace: true })}
            label="Events"
            empty={
              filtered ? (
                <Empty title="No events match">
                  Take a filter away above, or choose another time.
                </Empty>
              ) : (
                <Empty title="Nothing happened yet">
                  <p>The first command writes the first event. Import a model, or write by hand:</p>
                  <code>npx stele import --help</code>
                </Empty>
              )
            }
          />
        </section>
      </div>
    </div>
  );
};

/** The whole log, searched and followed. */
export const Events = () => {
  const { params, get } = useUrlState();
  const time = timeIn(params);
  const query = { ...filtersIn(params), sort: get('sort') ?? `-${time}` };
  return (
    <Page
      title="Events"
      lead="Everything that ever happened, as it was written. Nothing is changed or deleted."
      actions={<ExportLinks path="/audit" query={query} />}
    >
      <SavedTabs />
      <Log time={time} />
      <EventPanel />
    </Page>
  );
};
