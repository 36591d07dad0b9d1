import type { Query } from '../../api/http.js';
import type { Page } from '../../api/types.js';
import { type Patch, useUrlState } from '../../api/url-state.js';
import { useAnswer } from '../../api/use-answer.js';
import type { MomentQuery } from '../../ui/moment.js';
import { noFilters } from './filters.js';

type Quick = {
  readonly label: string;
  readonly filters: Readonly<Record<string, readonly string[]>>;
};

/** Questions that are asked of every portfolio. */
const quickViews = (today: string): readonly Quick[] => [
  {
    label: 'Critical in production',
    filters: { criticality: ['critical'], in_production: ['true'] },
  },
  {
    label: 'Past their sunset',
    filters: { lifecycle: ['deprecated', 'active'], 'sunset_date.lt': [today] },
  },
  {
    label: 'Deprecated without a date',
    filters: { lifecycle: ['deprecated'], sunset_date: ['null'] },
  },
  {
    label: 'Without a capability',
    filters: { capability_id: ['null'], lifecycle: ['planned', 'active', 'deprecated'] },
  },
];

/** Each with how many there are; one that nothing meets is not offered. */
export const QuickViews = ({
  today,
  moment,
}: {
  readonly today: string;
  readonly moment: MomentQuery;
}) => (
  <ul className="row" aria-label="Questions to ask">
    {quickViews(today).map((one) => (
      <QuickView key={one.label} {...one} moment={moment} />
    ))}
  </ul>
);

const QuickView = ({ label, filters, moment }: Quick & { readonly moment: MomentQuery }) => {
  const { all, patch } = useUrlState();
  const query: Query = { ...filters, ...moment, limit: 1 };
  const { data } = useAnswer<Page<unknown>>('/applications', query, { follows: ['Application'] });
  const pressed = Object.entries(filters).every(
    ([name, values]) => all(name).join() === values.join(),
  );
  if (!pressed && (data?.total ?? 0) === 0) return null;
  const to: Patch = { ...noFilters(), ...(!pressed && filters) };
  return (
    <li>
      <button
        type="button"
        className="button small"
        aria-pressed={pressed}
        onClick={() => patch(to)}
      >
        {label} <strong>{(data?.total ?? 0).toLocaleString('en')}</strong>
      </button>
    </li>
  );
};
