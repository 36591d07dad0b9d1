import type { Query } from '../../api/address.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Facet } from '../../ui/facet.js';
import type { MomentQuery } from '../../ui/moment-picker.js';
import { FilterBox } from './filter-box.js';
import { FACETS, filtersSaid, noFilters, sentencesOf, WITHIN } from './filters-in.js';
import { useCapabilities } from './use-capabilities.js';

const inProduction = (value: string): string => (value === 'true' ? 'yes' : 'no');

/** The filters of applications, counted by the server; the same on every screen of them. */
export const FilterPanel = ({
  path,
  filters,
  moment,
}: {
  readonly path: string;
  readonly filters: Query;
  readonly moment: MomentQuery;
}) => {
  const { patch } = useUrlState();
  return (
    <FilterBox
      said={filtersSaid(filters)}
      onClear={() => patch(noFilters())}
      chosen={<Sentences filters={filters} />}
    >
      <CapabilityFilter moment={moment} />
      <Facets path={path} query={{ ...filters, ...moment }} />
    </FilterBox>
  );
};

/** Filters that came with a link, each to be taken away. */
const Sentences = ({ filters }: { readonly filters: Query }) => {
  const { patch } = useUrlState();
  return (
    <ul className="row sentences">
      {sentencesOf(filters).map(({ name, says }) => (
        <li key={name}>
          <button
            type="button"
            className="button small"
            title="Take this filter away"
            onClick={() => patch({ [name]: null })}
          >
            {says} <span aria-hidden="true">✕</span>
          </button>
        </li>
      ))}
    </ul>
  );
};

const Facets = ({ path, query }: { readonly path: string; readonly query: Query }) =>
  FACETS.map(({ field, label }) => (
    <Facet
      key={field}
      path={path}
      field={field}
      label={label}
      query={query}
      {...(field === 'in_production' && { name: inProduction })}
      {...((field === 'owner' || field === 'tags') && { name: (value: string) => value })}
    />
  ));

const CapabilityFilter = ({ moment }: { readonly moment: MomentQuery }) => {
  const { get, patch } = useUrlState();
  const capabilities = useCapabilities(moment);
  const chosen = get(WITHIN) ?? '';
  const known = chosen === '' || capabilities.some(({ id }) => id === chosen);
  if (capabilities.length === 0 && chosen === '') return null;
  return (
    <div className="field">
      <label htmlFor="within">Capability, with all below it</label>
      <select
        id="within"
        className="input"
        value={chosen}
        onChange={(event) => patch({ [WITHIN]: event.target.value })}
      >
        <option value="">All</option>
        {!known && <option value={chosen}>{chosen}</option>}
        {capabilities.map(({ id, name, depth }) => (
          <option key={id} value={id}>
            {`${'\u2003'.repeat(depth)}${name}`}
          </option>
        ))}
      </select>
    </div>
  );
};
