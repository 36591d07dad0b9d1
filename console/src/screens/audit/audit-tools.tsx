import { useKinds } from '../../api/use-kinds.js';
import { useUrlState } from '../../api/use-url-state.js';
import { wordsOf } from '../../forms/words-of.js';
import { TextFilter } from '../../history/text-filter.js';
import { ThingFilter } from '../../history/thing-filter.js';
import { Filters } from '../../ui/filters.js';
import { SearchBox } from '../../ui/search-box.js';
import type { TabName } from './period.js';

const FLAGS = [
  { name: 'sensitive', label: 'Sensitive only' },
  { name: 'critical', label: 'Critical only' },
] as const;

const Day = ({ name, label }: { readonly name: 'from' | 'to'; readonly label: string }) => {
  const { get, patch } = useUrlState();
  return (
    <label className="field">
      <span className="label">{label}</span>
      <input
        type="date"
        className="input"
        value={(get(name) ?? '').slice(0, 10)}
        onChange={({ target }) => patch({ [name]: target.value })}
      />
    </label>
  );
};

/** Who, what, when and where: the same for all lists of the audit. */
export const AuditTools = ({ tab }: { readonly tab: TabName }) => {
  const { get, patch } = useUrlState();
  const kinds = useKinds();
  return (
    <section className="card body-pad no-print" aria-label="Filters">
      <Filters>
        <div className="audit-tools">
          <div className="field wide">
            <span className="label" aria-hidden="true">
              Search
            </span>
            <SearchBox
              label={
                tab === 'changes' ? 'Person, reason, event or command' : 'Person, command or code'
              }
            />
          </div>
          <TextFilter name="actor" label="Who" />
          <label className="field">
            <span className="label">What</span>
            <select
              className="input"
              value={get('aggregate_type') ?? ''}
              onChange={({ target }) => patch({ aggregate_type: target.value })}
            >
              <option value="">Everything</option>
              {kinds.map(({ type }) => (
                <option key={type} value={type}>
                  {wordsOf(type)}
                </option>
              ))}
            </select>
          </label>
          <ThingFilter name="aggregate_id" label="Which one" />
          <Day name="from" label="From (day, UTC)" />
          <Day name="to" label="To (day, UTC)" />
          {tab === 'changes' && (
            <fieldset className="audit-flags">
              <legend className="visually-hidden">Only what matters more</legend>
              {FLAGS.map(({ name, label }) => (
                <label key={name} className="row">
                  <input
                    type="checkbox"
                    checked={get(name) === 'true'}
                    onChange={({ target }) => patch({ [name]: target.checked ? 'true' : null })}
                  />
                  {label}
                </label>
              ))}
            </fieldset>
          )}
        </div>
      </Filters>
    </section>
  );
};
