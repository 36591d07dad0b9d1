import { useMemo } from 'react';
import { address, type Query } from '../../api/address.js';
import type { Page as Answer, Groups } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useThingHref } from '../../api/use-kinds.js';
import { useList } from '../../api/use-list.js';
import { useUrlState } from '../../api/use-url-state.js';
import { MomentPicker, useMoment } from '../../ui/moment-picker.js';
import { Page } from '../../ui/page.js';
import { Problem } from '../../ui/problem.js';
import { SearchBox } from '../../ui/search-box.js';
import { Skeleton } from '../../ui/skeleton.js';
import { ChangesLink } from '../portfolio/changes-link.js';
import { FilterPanel } from '../portfolio/filter-panel.js';
import { filtersIn, filtersSaid, ROADMAP_FILTERS } from '../portfolio/filters-in.js';
import { dayShown, Nothing, Total } from '../portfolio/portfolio.js';
import { SavedViews } from '../portfolio/saved-views.js';
import { Chart } from './chart.js';
import { Download } from './download.js';
import { Legend } from './legend.js';
import { groupingNamed, orderNamed, sortOf } from './lines-of.js';
import type { StatusHistory } from './shapes-of.js';
import { Toolbar } from './toolbar.js';
import { useRange } from './use-range.js';
import { instantOf, windowOf, zoomNamed } from './window-of.js';
import './roadmap.css';

const PATH = '/views/application-roadmap';
/** As many as the server gives at once: a line is small. */
const LINES_A_PAGE = 200;
const FOLLOWS = { follows: ['Application'] } as const;
const SHAPED_BY = ['zoom', 'at', 'group', 'order'] as const;

/** Lives of applications over time: what was, and what is planned, as of any day. */
export const Roadmap = () => {
  const { params, get } = useUrlState();
  const moment = useMoment();
  const { as_of, effective_at } = moment;
  const day = dayShown(moment);
  // Not at every drawing: what is drawn is as it was when the screen was opened.
  const now = useMemo(() => instantOf(day, new Date()), [day]);
  const filters = filtersIn(params, ROADMAP_FILTERS);
  const query: Query = { ...filters, ...moment };
  const grouping = groupingNamed(get('group'));
  const sort = sortOf(grouping, orderNamed(get('order')));
  const list = useList<StatusHistory>(PATH, { ...query, sort, limit: LINES_A_PAGE }, FOLLOWS);
  const middle = Date.parse(`${get('at') ?? day}T12:00:00Z`);
  const all = useRange(PATH, query, now);
  const window = windowOf(zoomNamed(get('zoom')), Number.isNaN(middle) ? now : middle, all);
  const counts = useCounts(query, grouping.field);
  const thing = useThingHref();
  const href = useMemo(
    () => (statusHistory: StatusHistory) =>
      address(thing('applications', statusHistory.id), { as_of, effective_at }),
    [thing, as_of, effective_at],
  );
  return (
    <Page
      title="Roadmap"
      lead="When applications came, when they go, and what slipped: drawn from what happened."
      actions={<MomentPicker />}
    >
      <div className="row between tools">
        <Slipped query={query} />
        <div className="row">
          <SavedViews storage="stele.roadmap.views" path="/roadmap" keeps={SHAPED_BY} />
          <ChangesLink view="application-roadmap" query={query} />
          <Download
            path={PATH}
            query={{ ...query, sort }}
            grouping={grouping}
            window={window}
            now={now}
            total={list.total}
          />
        </div>
      </div>
      <div className="with-side">
        <FilterPanel path={PATH} filters={filters} moment={moment} />
        <section className="card roadmap" aria-label="Roadmap">
          <header>
            <div className="grow">
              <SearchBox label="Search by name or owner" />
            </div>
            <Total total={list.total} />
          </header>
          <div className="roadmap-tools stack">
            <Toolbar window={window} />
            <Legend />
          </div>
          {list.error && <Problem error={list.error} retry={list.retry} />}
          {list.loading && !list.error && (
            <div className="roadmap-tools">
              <Skeleton lines={8} />
            </div>
          )}
          {list.items.length > 0 && (
            <Chart
              list={list}
              grouping={grouping}
              window={window}
              now={now}
              href={href}
              counts={counts}
            />
          )}
          {!list.loading && !list.error && list.items.length === 0 && (
            <Nothing filtered={filtersSaid(filters) > 0} moment={moment} />
          )}
        </section>
      </div>
    </Page>
  );
};

const useCounts = (query: Query, field: string | null): ReadonlyMap<string, number> => {
  const asked = { ...query, group_by: field };
  const { data } = useAnswer<Groups>(field === null ? null : PATH, asked, FOLLOWS);
  return useMemo(
    () => new Map((data?.groups ?? []).map(({ value, count }) => [value ?? '', count])),
    [data],
  );
};

/** Two questions to every roadmap, each with how many there are under the filters. */
const Slipped = ({ query }: { readonly query: Query }) => {
  const today = new Date().toISOString().slice(0, 'YYYY-MM-DD'.length);
  const day = typeof query.effective_at === 'string' ? query.effective_at : today;
  return (
    <ul className="row" aria-label="Questions to ask">
      <Question label="Slipped" query={query} filters={{ 'slips.gte': ['1'] }} />
      <Question
        label="Past their sunset"
        query={query}
        filters={{ 'sunset_date.lt': [day.slice(0, today.length)], ended_on: ['null'] }}
      />
    </ul>
  );
};

const Question = ({
  label,
  query,
  filters,
}: {
  readonly label: string;
  readonly query: Query;
  readonly filters: Readonly<Record<string, readonly string[]>>;
}) => {
  const { all, patch } = useUrlState();
  const { data } = useAnswer<Answer<unknown>>(PATH, { ...query, ...filters, limit: 1 }, FOLLOWS);
  const pressed = Object.entries(filters).every(
    ([name, values]) => all(name).join() === values.join(),
  );
  const names = Object.keys(filters);
  const without = Object.fromEntries(names.map((name) => [name, null]));
  return (
    <li>
      <button
        type="button"
        className="button small"
        aria-pressed={pressed}
        onClick={() => patch(pressed ? without : { ...without, ...filters })}
      >
        {label} <strong>{data?.total.toLocaleString('en')}</strong>
      </button>
    </li>
  );
};
