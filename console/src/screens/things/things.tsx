import { useMemo } from 'react';
import { Link, useParams } from 'wouter';
import type { View } from '../../api/types.js';
import {
  type Kind,
  useFrontPage,
  useKindOf,
  useThingHref,
  useViewsAnswer,
} from '../../api/use-kinds.js';
import { useList } from '../../api/use-list.js';
import { useMay } from '../../api/use-session.js';
import { useUrlState } from '../../api/use-url-state.js';
import { wordsOf } from '../../forms/words-of.js';
import { ShownValue } from '../../names/shown-value.js';
import { NameText } from '../../names/thing-link.js';
import { Badge } from '../../ui/badge.js';
import { CopyId } from '../../ui/copy-id.js';
import { Empty } from '../../ui/empty.js';
import { Facet } from '../../ui/facet.js';
import { Filters } from '../../ui/filters.js';
import { MomentPicker } from '../../ui/moment-picker.js';
import { Page } from '../../ui/page.js';
import { type Column, Rows } from '../../ui/rows.js';
import { SearchBox } from '../../ui/search-box.js';
import { Skeleton } from '../../ui/skeleton.js';
import { Time } from '../../ui/time.js';
import { columnsOf, facetsOf, nameFieldOf, sortable, viewOf } from './columns-of.js';
import { NewThing } from './new-thing.js';
import './things.css';

type Thing = Readonly<Record<string, unknown>> & { readonly id: string };

/** Parameters of the screen that are no filters of the list. */
const OWN: ReadonlySet<string> = new Set(['new', 'data']);

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const columns = (view: View, type: string): readonly Column<Thing>[] => {
  const name = nameFieldOf(view);
  const own = columnsOf(view).map((field): Column<Thing> => {
    const { name: of, type, values } = field;
    const worded = values !== null || of === 'status';
    return {
      name: of,
      label: wordsOf(of),
      numeric: type === 'number',
      width: type === 'number' || worded ? 'minmax(6.5rem, 1fr)' : 'minmax(7rem, 1.5fr)',
      ...(sortable(field) && { sort: of }),
      cell: (row) => {
        const value = row[of];
        return worded && typeof value === 'string' ? (
          <Badge word={value} />
        ) : (
          <ShownValue name={of} value={value} beside={row} />
        );
      },
    };
  });
  const called: Column<Thing> = {
    name: 'name',
    label: wordsOf(name ?? 'name'),
    // What has no name is called by what it connects, which is longer.
    width: name ? 'minmax(11rem, 2fr)' : 'minmax(18rem, 4fr)',
    ...(name && { sort: name }),
    cell: (row) => (
      <strong>{(name && textOf(row[name])) ?? <NameText type={type} id={row.id} />}</strong>
    ),
  };
  const id: Column<Thing> = {
    name: 'id',
    label: 'Id',
    width: '7rem',
    cell: (row) => <CopyId id={row.id} />,
  };
  const changed: Column<Thing> = {
    name: 'occurred_at',
    label: 'Last changed',
    width: '7.5rem',
    sort: 'occurred_at',
    cell: (row) => <Time at={textOf(row.occurred_at)} date />,
  };
  return [called, ...own, changed, id];
};

const Listed = ({ kind, view }: { readonly kind: Kind; readonly view: View }) => {
  const { params, get, patch } = useUrlState();
  const href = useThingHref();
  const mayTravel = useMay('time_travel');
  const query = useMemo(() => {
    const names = [...new Set(params.keys())].filter((name) => !OWN.has(name));
    return Object.fromEntries(names.map((name) => [name, params.getAll(name)]));
  }, [params]);
  const sort = get('sort') ?? view.sort;
  const list = useList<Thing>(`/${kind.plural}`, { ...query, sort });
  const shown = useMemo(() => columns(view, kind.type), [view, kind]);
  const narrowed = Object.keys(query).some((name) => name !== 'sort');
  const facets = facetsOf(view);
  const moment = get('effective_at') ?? get('as_of');
  return (
    <div className={facets.length > 0 ? 'with-side' : undefined}>
      {facets.length > 0 && (
        <aside className="card body-pad" aria-label="Filters">
          <Filters>
            <div className="side">
              {facets.map(({ name }) => (
                <Facet
                  key={name}
                  path={`/${kind.plural}`}
                  field={name}
                  label={wordsOf(name)}
                  query={query}
                  name={(value) =>
                    ({ true: 'yes', false: 'no' })[value] ?? value.replaceAll('_', ' ')
                  }
                />
              ))}
            </div>
          </Filters>
        </aside>
      )}
      <section className="card" aria-label="List">
        <header>
          <div className="row things-find">
            {view.search.length > 0 && (
              <SearchBox
                label={`Search by ${view.search.map((one) => wordsOf(one).toLowerCase()).join(', ')}`}
              />
            )}
          </div>
          {mayTravel && <MomentPicker />}
          <span className="soft small num" role="status">
            {list.total === undefined ? '' : `${list.total.toLocaleString('en')} found`}
          </span>
        </header>
        <div className="rows-wide">
          <Rows
            list={list}
            columns={shown}
            keyOf={({ id }) => id}
            href={({ id }) => {
              const at = get('effective_at') ? 'effective_at' : 'as_of';
              return `${href(kind.type, id)}${moment ? `?${at}=${encodeURIComponent(moment)}` : ''}`;
            }}
            sort={sort}
            onSort={(next) => patch({ sort: next }, { replace: true })}
            label={`All ${kind.plural.replaceAll('-', ' ')}`}
            empty={
              narrowed ? (
                <Empty title="No results">
                  <button
                    type="button"
                    className="button"
                    onClick={() =>
                      patch(Object.fromEntries(Object.keys(query).map((name) => [name, null])))
                    }
                  >
                    Show all
                  </button>
                </Empty>
              ) : (
                <Empty title={`There are no ${kind.plural.replaceAll('-', ' ')} yet`}>
                  <p>Make one with the button above, or import a model:</p>
                  <code>npx stele import --help</code>
                </Empty>
              )
            }
          />
        </div>
      </section>
    </div>
  );
};

/** All things of a type, whatever it is. */
export const Things = () => {
  const { plural = '' } = useParams<{ plural: string }>();
  const kind = useKindOf(plural);
  const { isSuccess: known, isError: failed } = useFrontPage();
  const { data, isSuccess: listed, isError: unlisted } = useViewsAnswer();
  const views = data?.views ?? [];
  const view = kind && viewOf(views, kind);
  if (!kind)
    return (
      <Page title={known ? 'No such type' : wordsOf(plural)}>
        {known ? (
          <Empty title={`There is no type "${plural}"`}>Choose one in the search (Ctrl K).</Empty>
        ) : (
          !failed && <Skeleton lines={8} />
        )}
      </Page>
    );
  return (
    <Page
      title={wordsOf(kind.plural)}
      lead={kind.summary}
      crumbs={<Link href={`/lifecycles/${kind.type}`}>Lifecycle of {kind.type}</Link>}
      actions={<NewThing kind={kind} />}
    >
      {view ? (
        <Listed kind={kind} view={view} />
      ) : listed ? (
        <Empty title="Nothing lists these">
          No read model has this type as its resource. One thing is found by its id in the search
          (Ctrl K).
        </Empty>
      ) : (
        !unlisted && <Skeleton lines={8} />
      )}
    </Page>
  );
};
