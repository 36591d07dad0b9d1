import { address, type Query } from '../../api/address.js';
import type { View } from '../../api/types.js';
import { useThingHref, useViews } from '../../api/use-kinds.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Empty } from '../../ui/empty.js';
import { Page } from '../../ui/page.js';
import { Problem } from '../../ui/problem.js';
import { SearchBox } from '../../ui/search-box.js';
import { Skeleton } from '../../ui/skeleton.js';
import { ChangeItem } from './change-item.js';
import { aboutOf, type Compared, comparedIn, dayOf } from './compared.js';
import './changes.css';
import { FieldFilters, facetsOf } from './field-filters.js';
import { Period } from './period.js';
import { Totals } from './totals.js';
import { type Change, useChanges } from './use-changes.js';

const WITHIN = '.within';

/** The filters that the address says and the list knows. */
const filtersOf = (params: URLSearchParams, view: View | undefined): Query => {
  const fields = view?.fields ?? [];
  const names = [
    ...(view ? facetsOf(view) : []),
    ...fields.flatMap(({ name, within }) => (within ? [name, `${name}${WITHIN}`] : [])),
    ...(view && view.search.length > 0 ? ['search'] : []),
  ];
  return Object.fromEntries(
    [...new Set(names)].flatMap((name) => {
      const said = params.getAll(name);
      return said.length === 0 ? [] : [[name, said]];
    }),
  );
};

/** The end of the comparison as a moment of lists and of things. */
const momentOf = ({ to, clock }: Compared): Query =>
  to === 'now' ? {} : { [clock === 'recorded' ? 'as_of' : 'effective_at']: to };
const beginOf = ({ from, clock }: Compared): Query => ({
  [clock === 'recorded' ? 'as_of' : 'effective_at']: from,
});

/** The difference between two days: what came, what went, what is not the same any more. */
export const Changes = () => {
  const { params } = useUrlState();
  const today = dayOf(new Date());
  const compared = comparedIn(params, today);
  const view = useViews().find(({ name }) => name === compared.view);
  const filters = filtersOf(params, view);
  return (
    <Page
      title="What changed"
      lead="Any list on one day against itself on another: what came, what went, and what is different."
    >
      <Period compared={compared} today={today} />
      <div className="with-side">
        {view && <FieldFilters view={view} query={filters} moment={momentOf(compared)} />}
        <Found compared={compared} filters={filters} view={view} />
      </div>
    </Page>
  );
};

const Found = ({
  compared,
  filters,
  view,
}: {
  readonly compared: Compared;
  readonly filters: Query;
  readonly view: View | undefined;
}) => {
  const { from, to, clock, change } = compared;
  const answer = useChanges(compared.view, { from, to, clock, change, ...filters });
  const thing = useThingHref();
  const pages = answer.data?.pages ?? [];
  const items = pages.flatMap((page) => page.items);
  const totals = pages[0]?.totals;
  const hrefOf = (one: Change): string | null => {
    const about = view ? aboutOf(view, one.document) : null;
    if (!about) return null;
    // What is gone is shown as it was at the beginning.
    const moment = one.change === 'removed' ? beginOf(compared) : momentOf(compared);
    return address(thing(about.type, about.id), moment);
  };
  return (
    <div className="stack" aria-busy={answer.isFetching}>
      {answer.error && <Problem error={answer.error} retry={() => void answer.refetch()} />}
      {answer.isPending && !answer.error && <Skeleton lines={8} />}
      {totals && <Totals totals={totals} chosen={change} />}
      {totals && (
        <section className="card" aria-label="Changes">
          <header>
            {view && view.search.length > 0 && (
              <div className="changes-search">
                <SearchBox label={`Search by ${view.search.join(', ').replaceAll('_', ' ')}`} />
              </div>
            )}
            <h2 className="small soft" aria-live="polite">
              {from} to {to === 'now' ? 'now' : to},{' '}
              {clock === 'recorded' ? 'as we knew it' : 'as it was true'}
            </h2>
          </header>
          {items.length === 0 && <Nothing change={change} />}
          <ul>
            {items.map((one) => (
              <ChangeItem key={one.key} one={one} href={hrefOf(one)} />
            ))}
          </ul>
          {answer.hasNextPage && (
            <div className="more">
              <button
                type="button"
                className="button"
                disabled={answer.isFetchingNextPage}
                onClick={() => void answer.fetchNextPage()}
              >
                {answer.isFetchingNextPage ? 'Loading …' : 'Show more'}
              </button>
            </div>
          )}
        </section>
      )}
    </div>
  );
};

const Nothing = ({ change }: { readonly change: string | null }) => {
  const { patch } = useUrlState();
  return (
    <Empty title={change === null ? 'Nothing is different' : `Nothing was ${change}`}>
      {change === null ? (
        <p>Choose an earlier day to compare with, or fewer filters.</p>
      ) : (
        <button type="button" className="button" onClick={() => patch({ change: null })}>
          Show all changes
        </button>
      )}
    </Empty>
  );
};
