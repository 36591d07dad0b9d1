import { wordsOf } from '../../forms/words-of.js';
import { Badge } from '../../ui/badge.js';
import { durationText, Time } from '../../ui/time.js';
import type { StatusStep } from './status-history.js';

/** The legend of the picture: each step, when, by whom, why, and how long it stayed. */
export const StepsTable = ({
  steps,
  upTo,
  onVersion,
}: {
  readonly steps: readonly StatusStep[];
  readonly upTo: number;
  readonly onVersion: (version: number) => void;
}) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
  <section className="table-wrap steps" tabIndex={0} aria-label="Steps through its lifecycle">
    <table className="table">
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">From → to</th>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">Why</th>
          <th scope="col">Stayed</th>
        </tr>
      </thead>
      <tbody>
        {steps.map(({ number, from, to, stay }) => (
          <tr
            key={stay.event_id}
            className={number > upTo ? 'later' : ''}
            aria-current={number === upTo ? 'step' : undefined}
          >
            <td>
              <button
                type="button"
                className="step-number"
                aria-label={`Go to step ${number}: ${to}`}
                onClick={() => onVersion(stay.aggregate_version)}
              >
                {number}
              </button>
            </td>
            <td>
              <span className="row nowrap">
                <span className="soft">{number === 1 ? 'begins' : from.replaceAll('_', ' ')}</span>
                <span aria-hidden="true">→</span>
                <Badge word={to} />
              </span>
            </td>
            <td className="nowrap">
              <Time at={stay.from} />
            </td>
            <td>{stay.actor}</td>
            <td>
              {stay.business_justification ?? (
                <span className="faint">{wordsOf(stay.command_type ?? stay.event_type)}</span>
              )}
            </td>
            <td className="nowrap">
              {stay.to === null
                ? `${durationText(stay.seconds)}, until now`
                : durationText(stay.seconds)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
