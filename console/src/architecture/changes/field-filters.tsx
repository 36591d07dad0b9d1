import type { Query } from '../../api/address.js';
import type { View } from '../../api/types.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Facet } from '../../ui/facet.js';
import { FilterBox } from '../portfolio/filter-box.js';

/** Fields of any list by which differences are worth narrowing, beside those with fixed values. */
const NAMED: ReadonlySet<string> = new Set(['owner', 'tags', 'aggregate_type', 'environments']);
const FACETS_MAX = 8;

/** The fields of a list that have few values. */
export const facetsOf = ({ fields, deleted }: View): readonly string[] =>
  fields
    .filter(({ name, type, values }) => values !== null || type === 'boolean' || NAMED.has(name))
    .map(({ name }) => name)
    .filter((name) => name !== deleted)
    .slice(0, FACETS_MAX);

/** Filters that hold at both ends; counted as it is at the end. */
export const FieldFilters = ({
  view,
  query,
  moment,
}: {
  readonly view: View;
  readonly query: Query;
  readonly moment: Query;
}) => {
  const { patch } = useUrlState();
  const fields = facetsOf(view);
  const names = Object.keys(query);
  if (fields.length === 0) return null;
  return (
    <FilterBox
      said={names.length}
      onClear={() => patch(Object.fromEntries(names.map((name) => [name, null])))}
    >
      {fields.map((field) => (
        <Facet
          key={field}
          path={view.links.list ?? `/views/${view.name}`}
          field={field}
          label={`${field.charAt(0).toUpperCase()}${field.slice(1)}`.replaceAll('_', ' ')}
          query={{ ...query, ...moment }}
        />
      ))}
    </FilterBox>
  );
};
