import type { Query } from '../api/address.js';
import type { Groups } from '../api/types.js';
import { useAnswer } from '../api/use-answer.js';
import { useUrlState } from '../api/use-url-state.js';

const SHOWN = 8;

/**
 * One field to narrow a list by, with how many there are of each value under all other filters,
 * counted by the server. What is chosen stands in the address.
 */
export const Facet = ({
  path,
  field,
  label,
  query,
  name = (value) => value.replaceAll('_', ' '),
}: {
  readonly path: string;
  readonly field: string;
  readonly label: string;
  /** The filters of the list; those of this field are left out. */
  readonly query: Query;
  readonly name?: (value: string) => string;
}) => {
  const { all, patch } = useUrlState();
  const chosen = all(field);
  const { [field]: _, sort: __, ...others } = query;
  const { data } = useAnswer<Groups>(path, { ...others, group_by: field });
  // Groups of yes and no come as booleans.
  const groups = (data?.groups ?? [])
    .filter(({ value }) => value !== null)
    .map(({ value, count }) => ({ value: String(value), count }));
  const toggle = (value: string): void =>
    patch({
      [field]: chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value],
    });
  if (groups.length === 0 && chosen.length === 0) return null;
  const option = ({ value, count }: { readonly value: string | null; readonly count: number }) => (
    <li key={value}>
      <label className="facet">
        <input
          type="checkbox"
          checked={chosen.includes(value ?? '')}
          onChange={() => toggle(value ?? '')}
        />
        <span className="ellipsis">{name(value ?? '')}</span>
        <span className="faint num">{count.toLocaleString('en')}</span>
      </label>
    </li>
  );
  return (
    <fieldset className="facets">
      <legend>{label}</legend>
      <ul>{groups.slice(0, SHOWN).map(option)}</ul>
      {groups.length > SHOWN && (
        <details>
          <summary className="small soft">{groups.length - SHOWN} more</summary>
          <ul className="facet-more">{groups.slice(SHOWN).map(option)}</ul>
        </details>
      )}
    </fieldset>
  );
};
