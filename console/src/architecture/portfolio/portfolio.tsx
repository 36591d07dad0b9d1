import { useMemo } from 'react';
import { Link } from 'wouter';
import { address, type Query } from '../../api/address.js';
import { useThingHref } from '../../api/use-kinds.js';
import { useList } from '../../api/use-list.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Empty } from '../../ui/empty.js';
import { ExportLinks } from '../../ui/export-links.js';
import { MomentPicker, type MomentQuery, useMoment } from '../../ui/moment-picker.js';
import { Page } from '../../ui/page.js';
import { Rows } from '../../ui/rows.js';
import { SearchBox } from '../../ui/search-box.js';
import { ChangesLink } from './changes-link.js';
import { type Application, columnsOf } from './columns-of.js';
import { FilterPanel } from './filter-panel.js';
import { filtersIn, filtersSaid, noFilters, PORTFOLIO_FILTERS } from './filters-in.js';
import './portfolio.css';
import { QuickViews } from './quick-views.js';
import { SavedViews } from './saved-views.js';
import { Summary } from './summary.js';

const PATH = '/applications';

/** The day that is shown, in UTC. */
export const dayShown = ({ as_of, effective_at }: MomentQuery): string =>
  (as_of ?? effective_at ?? new Date().toISOString()).slice(0, 'YYYY-MM-DD'.length);

/** Every application as a fact sheet of one line, as of any day. */
export const Portfolio = () => {
  const { params, get, patch } = useUrlState();
  const moment = useMoment();
  const today = dayShown(moment);
  const filters = filtersIn(params, PORTFOLIO_FILTERS);
  const sort = get('sort');
  const query: Query = { ...filters, ...moment };
  const list = useList<Application>(PATH, { ...query, sort }, { follows: ['Application'] });
  const thing = useThingHref();
  const { as_of, effective_at } = moment;
  const { columns, href } = useMemo(() => {
    const to = (one: Application): string =>
      address(thing('applications', one.id), { as_of, effective_at });
    return { columns: columnsOf(today, to), href: to };
  }, [thing, today, as_of, effective_at]);
  return (
    <Page
      title="Portfolio"
      lead="Every application: who owns it, what it supports, where it runs, and how long it stays."
      actions={<MomentPicker />}
    >
      <div className="row between tools">
        <QuickViews today={today} moment={moment} />
        <div className="row">
          <SavedViews storage="stele.portfolio.views" path="/portfolio" keeps={['sort']} />
          <ChangesLink view="application-portfolio" query={query} />
          <ExportLinks path={PATH} query={{ ...query, sort }} />
        </div>
      </div>
      <div className="with-side">
        <FilterPanel path={PATH} filters={filters} moment={moment} />
        <section className="card portfolio" aria-label="Applications">
          <header>
            <div className="grow">
              <SearchBox label="Search by name, owner or description" />
            </div>
            <Total total={list.total} />
          </header>
          <Summary path={PATH} query={query} />
          <Rows
            list={list}
            columns={columns}
            keyOf={({ id }) => id}
            href={href}
            sort={sort ?? 'name'}
            onSort={(next) => patch({ sort: next })}
            label="Applications"
            empty={<Nothing filtered={filtersSaid(filters) > 0} moment={moment} />}
          />
        </section>
      </div>
    </Page>
  );
};

export const Total = ({ total }: { readonly total: number | undefined }) => (
  <p className="soft" role="status">
    {total !== undefined && (
      <>
        <strong>{total.toLocaleString('en')}</strong> application{total === 1 ? '' : 's'}
      </>
    )}
  </p>
);

/** Why there are none: the filters, the day, or nobody recorded any yet. */
export const Nothing = ({
  filtered,
  moment,
}: {
  readonly filtered: boolean;
  readonly moment: MomentQuery;
}) => {
  const { patch } = useUrlState();
  if (filtered)
    return (
      <Empty title="No application meets these filters">
        <button type="button" className="button" onClick={() => patch(noFilters())}>
          Clear all filters
        </button>
      </Empty>
    );
  if (moment.as_of || moment.effective_at)
    return (
      <Empty title={`No application ${moment.as_of ? 'was known' : 'existed'} on that day`}>
        <button
          type="button"
          className="button"
          onClick={() => patch({ as_of: null, effective_at: null })}
        >
          Back to now
        </button>
      </Empty>
    );
  return (
    <Empty title="No applications yet">
      <p>Import an inventory with its history, or a model from an architecture tool:</p>
      <code>npx stele import govuk-history examples/govuk/history.jsonl.gz</code>
      <code>npx stele import archimate model.archimate</code>
      <p>
        Or <Link href="/things/applications">record one by hand</Link>.
      </p>
    </Empty>
  );
};
