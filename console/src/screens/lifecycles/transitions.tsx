import { Link } from 'wouter';
import { address } from '../../api/address.js';
import { useMay } from '../../api/use-session.js';
import { Time } from '../../ui/time.js';
import type { Transition } from './statistics.js';

const words = (status: string): string => status.replaceAll('_', ' ');

/** Which transitions happened, the most frequent first, with the events behind each. */
export const Transitions = ({
  transitions,
  type,
}: {
  readonly transitions: readonly Transition[];
  readonly type: string;
}) => {
  const mayAudit = useMay('audit');
  const happened = transitions.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  const most = happened[0]?.count ?? 1;
  const never = transitions.length - happened.length;
  return (
    <section className="card" aria-labelledby="transitions">
      <header>
        <h2 id="transitions">Most frequent transitions</h2>
      </header>
      {happened.length === 0 ? (
        <p className="body soft">No transitions yet.</p>
      ) : (
        <div className="table-wrap">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">From and to</th>
                <th scope="col" className="num">
                  Times
                </th>
                <th scope="col">Last</th>
              </tr>
            </thead>
            <tbody>
              {happened.map(({ from, event, to, count, last_at }) => (
                <tr key={`${from} ${event} ${to}`}>
                  <td className="transition">
                    <span>
                      {words(from)} → {words(to)}
                    </span>
                    <span className="small soft">
                      {mayAudit ? (
                        <Link
                          href={address('/events', {
                            aggregate_type: type,
                            event_type: event,
                            status: to,
                          })}
                        >
                          {event}
                        </Link>
                      ) : (
                        event
                      )}
                    </span>
                    <span
                      className="transition-share"
                      aria-hidden="true"
                      style={{ width: `${(count / most) * 100}%` }}
                    />
                  </td>
                  <td className="num">{count.toLocaleString('en')}</td>
                  <td>
                    <Time at={last_at} date />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {never > 0 && happened.length > 0 && (
        <p className="small soft never">
          {never === 1 ? '1 transition' : `${never} transitions`} never happened: the thin lines of
          the picture.
        </p>
      )}
    </section>
  );
};
