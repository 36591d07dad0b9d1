import { Link } from 'wouter';
import { Badge } from '../../ui/badge.js';
import { durationText } from '../../ui/time.js';
import type { Statistics } from './statistics.js';

const duration = (seconds: number | undefined) =>
  seconds === undefined ? <span className="faint">–</span> : durationText(seconds);

/** What the picture and the bars show, as numbers. */
export const StateTable = ({
  statistics,
  initial,
  hrefOf,
}: {
  readonly statistics: Statistics;
  readonly initial: string;
  readonly hrefOf: (status: string) => string | undefined;
}) => {
  const { aggregates, statuses } = statistics;
  const share = (count: number): string =>
    aggregates === 0 ? '–' : `${Math.round((count / aggregates) * 100)} %`;
  return (
    <section className="card" aria-labelledby="states">
      <header>
        <h2 id="states">The states in numbers</h2>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <div className="table-wrap" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">State</th>
              {[
                'In it',
                'Share',
                'Ever entered',
                'Half stayed',
                '9 of 10',
                'Longest',
                'In it for',
              ].map((label) => (
                <th key={label} scope="col" className="num">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {statuses
              .filter(({ status }) => status !== initial)
              .map(({ status, count, entered, dwell_seconds: dwell, current_seconds: now }) => {
                const href = hrefOf(status);
                return (
                  <tr key={status}>
                    <th scope="row">
                      <Badge word={status} />
                    </th>
                    <td className="num">
                      {href && count > 0 ? (
                        <Link href={href} aria-label={`${count} ${status}: list them`}>
                          {count.toLocaleString('en')}
                        </Link>
                      ) : (
                        count.toLocaleString('en')
                      )}
                    </td>
                    <td className="num">{share(count)}</td>
                    <td className="num">{entered.toLocaleString('en')}</td>
                    <td className="num">{duration(dwell?.median)}</td>
                    <td className="num">{duration(dwell?.p90)}</td>
                    <td className="num">{duration(dwell?.max)}</td>
                    <td className="num">{duration(now?.median)}</td>
                  </tr>
                );
              })}
          </tbody>
        </table>
      </div>
    </section>
  );
};
