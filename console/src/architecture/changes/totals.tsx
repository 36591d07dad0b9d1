import { useUrlState } from '../../api/use-url-state.js';
import type { Tone } from '../../ui/tone.js';
import { CHANGES, type ChangeKind } from './compared.js';
import type { Difference } from './use-changes.js';

export const TONES: Readonly<Record<ChangeKind, Tone>> = {
  added: 'good',
  removed: 'bad',
  changed: 'info',
};
export const MARKS: Readonly<Record<ChangeKind, string>> = {
  added: '+',
  removed: '−',
  changed: '±',
};

/** How many of each kind; one lists only those. */
export const Totals = ({
  totals,
  chosen,
}: {
  readonly totals: Difference['totals'];
  readonly chosen: ChangeKind | null;
}) => {
  const { patch } = useUrlState();
  return (
    <ul className="totals" aria-label="Totals">
      {CHANGES.map((one) => (
        <li key={one}>
          <button
            type="button"
            className={`card figure total tone tone-${TONES[one]}`}
            aria-pressed={one === chosen}
            onClick={() => patch({ change: one === chosen ? null : one })}
          >
            <span className="label">{one}</span>
            <span className="value">
              <span aria-hidden="true" className="sign">
                {MARKS[one]}
              </span>
              {totals[one].toLocaleString('en')}
            </span>
          </button>
        </li>
      ))}
      <li className="card figure">
        <span className="label">unchanged</span>
        <span className="value soft">{totals.unchanged.toLocaleString('en')}</span>
      </li>
    </ul>
  );
};
