import type { Query } from '../../api/address.js';
import type { Page } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { type Patch, useUrlState } from '../../api/use-url-state.js';
import type { MomentQuery } from '../../ui/moment-picker.js';
import { noFilters } from './filters-in.js';
import { type Question, questionsOn } from './questions-on.js';

/** Each with how many there are; one that nothing meets is not offered. */
export const QuickViews = ({
  today,
  moment,
}: {
  readonly today: string;
  readonly moment: MomentQuery;
}) => (
  <ul className="row" aria-label="Questions to ask">
    {questionsOn(today).map((one) => (
      <QuickView key={one.label} {...one} moment={moment} />
    ))}
  </ul>
);

const QuickView = ({ label, filters, moment }: Question & { readonly moment: MomentQuery }) => {
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
