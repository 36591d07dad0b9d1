import type { Groups } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import type { Kind } from '../../api/use-kinds.js';
import { useMay } from '../../api/use-session.js';
import { useUrlState } from '../../api/use-url-state.js';
import { wordsOf } from '../../forms/words-of.js';
import type { Filter } from './use-history.js';

const FILTERS = [
  { name: 'event_type', by: 'event_type', label: 'Any event' },
  { name: 'field', by: 'fields', label: 'Any field' },
  { name: 'actor', by: 'actor', label: 'Anybody' },
] as const;

export const useFilter = (): Filter => {
  const { get } = useUrlState();
  return { event_type: get('event_type'), field: get('field'), actor: get('actor') };
};

/** One filter of the timeline, with how many events there are of each value. */
const Choice = ({
  kind,
  id,
  filter: { name, by, label },
}: {
  readonly kind: Kind;
  readonly id: string;
  readonly filter: (typeof FILTERS)[number];
}) => {
  const { get, patch } = useUrlState();
  const chosen = get(name) ?? '';
  const { data } = useAnswer<Groups>(
    '/audit',
    { aggregate_type: kind.type, aggregate_id: id, group_by: by },
    { follows: [kind.type] },
  );
  const groups = (data?.groups ?? []).filter(({ value }) => value !== null);
  const shown = groups.some(({ value }) => value === chosen) || chosen === '' ? [] : [chosen];
  return (
    <select
      className="input"
      aria-label={label}
      value={chosen}
      onChange={({ target }) => patch({ [name]: target.value }, { replace: true })}
    >
      <option value="">{label}</option>
      {shown.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
      {groups.map(({ value, count }) => (
        <option key={value} value={value ?? ''}>
          {name === 'actor' ? value : wordsOf(value ?? '')} ({count.toLocaleString('en')})
        </option>
      ))}
    </select>
  );
};

/** What of the timeline is shown; counted and filtered by the server. */
export const TimelineFilters = ({ kind, id }: { readonly kind: Kind; readonly id: string }) => {
  const { patch } = useUrlState();
  const { event_type, field, actor } = useFilter();
  if (!useMay('audit'))
    return <p className="small soft">To filter events one needs the permission audit.</p>;
  return (
    <div className="row filters">
      {FILTERS.map((filter) => (
        <Choice key={filter.name} kind={kind} id={id} filter={filter} />
      ))}
      {(event_type || field || actor) && (
        <button
          type="button"
          className="button small"
          onClick={() => patch({ event_type: null, field: null, actor: null }, { replace: true })}
        >
          Show all
        </button>
      )}
    </div>
  );
};
