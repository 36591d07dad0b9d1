import './servers.css';
import '../landscape/landscape.css';
import { useList } from '../../api/use-list.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Badge } from '../../ui/badge.js';
import { Empty } from '../../ui/empty.js';
import { Facet } from '../../ui/facet.js';
import { Filters } from '../../ui/filters.js';
import { MomentPicker, useMoment } from '../../ui/moment-picker.js';
import { Page } from '../../ui/page.js';
import { type Column, Rows } from '../../ui/rows.js';
import { SearchBox } from '../../ui/search-box.js';
import { Value } from '../../ui/value.js';
import { ChangesLink } from '../landscape/element-link.js';
import { Environments } from './environments.js';
import { FACETS, type Server, useServerQuery } from './server.js';
import { ServerDetail } from './server-detail.js';

const COLUMNS: readonly Column<Server>[] = [
  {
    name: 'hostname',
    label: 'Server',
    width: 'minmax(9rem, 1.6fr)',
    sort: 'hostname',
    cell: ({ hostname }) => <strong>{hostname}</strong>,
  },
  {
    name: 'environment',
    label: 'Environment',
    width: '6.5rem',
    sort: 'environment',
    cell: ({ environment, mismatched }) => (
      <>
        {environment} {mismatched && <Badge word="mixed" tone="warn" />}
      </>
    ),
  },
  {
    name: 'region',
    label: 'Region',
    width: 'minmax(5rem, 1fr)',
    sort: 'region',
    cell: ({ region }) => <Value value={region} />,
  },
  {
    name: 'platform',
    label: 'Platform',
    width: 'minmax(5rem, 1fr)',
    sort: 'platform',
    cell: ({ platform }) => <Value value={platform} />,
  },
  {
    name: 'criticality',
    label: 'Criticality',
    width: '6.5rem',
    sort: 'criticality',
    cell: ({ criticality }) => criticality && <Badge word={criticality} />,
  },
  {
    name: 'status',
    label: 'Status',
    width: '8rem',
    sort: 'status',
    cell: ({ status }) => <Badge word={status} />,
  },
  {
    name: 'runs',
    label: 'Runs',
    width: '5rem',
    sort: 'deployment_count',
    numeric: true,
    cell: ({ deployment_count: count, orphan }) =>
      orphan ? <span className="soft">nothing</span> : count,
  },
];

/** Beside an opened server there is room for these. */
const NARROW: ReadonlySet<string> = new Set(['hostname', 'environment', 'runs']);

/** Where applications run. */
export const Servers = () => {
  const { get, params, patch } = useUrlState();
  const moment = useMoment();
  const query = useServerQuery();
  const sort = get('sort') ?? 'hostname';
  const list = useList<Server>('/servers', { ...query, sort });
  const opened = get('server');
  const href = ({ id }: Server): string => {
    const next = new URLSearchParams(params);
    next.set('server', id);
    return `/servers?${next}`;
  };
  return (
    <Page
      title="Servers"
      lead={list.total !== undefined && `${list.total.toLocaleString('en')} servers`}
      actions={
        <>
          <MomentPicker />
          <ChangesLink view="server-deployments" />
        </>
      }
    >
      <Environments moment={moment} />
      <div className="with-side">
        <aside className="stack" aria-label="Filters">
          <SearchBox label="Find a server" />
          <Filters>
            <div className="side">
              {FACETS.map(({ field, label, name }) => (
                <Facet
                  key={field}
                  path="/servers"
                  field={field}
                  label={label}
                  query={query}
                  {...(name && { name })}
                />
              ))}
            </div>
          </Filters>
        </aside>
        <div className="with-detail" data-open={opened !== undefined}>
          <div className="card">
            <Rows
              list={list}
              columns={
                opened === undefined ? COLUMNS : COLUMNS.filter(({ name }) => NARROW.has(name))
              }
              keyOf={({ id }) => id}
              href={href}
              sort={sort}
              onSort={(next) => patch({ sort: next }, { replace: true })}
              label="Servers"
              empty={<NoServers />}
            />
          </div>
          {opened !== undefined && (
            <ServerDetail id={opened} onClose={() => patch({ server: null })} />
          )}
        </div>
      </div>
    </Page>
  );
};

const NoServers = () => (
  <Empty title="No servers match">
    <p>Take back a filter, choose another day, or import some:</p>
    <code>npx stele import compose ./projects</code>
  </Empty>
);
