import { Link } from 'wouter';
import { address } from '../../api/address.js';
import { useMay } from '../../api/session.js';
import { Time } from '../../ui/time.js';
import type { Way } from './statistics.js';

const words = (status: string): string => status.replaceAll('_', ' ');

/** Which ways were travelled, the most travelled first, with the events behind each. */
export const Ways = ({ ways, type }: { readonly ways: readonly Way[]; readonly type: string }) => {
  const mayAudit = useMay('audit');
  const travelled = ways.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  const most = travelled[0]?.count ?? 1;
  const never = ways.length - travelled.length;
  return (
    <section className="card" aria-labelledby="ways">
      <header>
        <h2 id="ways">Most travelled ways</h2>
      </header>
      {travelled.length === 0 ? (
        <p className="body soft">None was travelled yet.</p>
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
              {travelled.map(({ from, event, to, count, last_at }) => (
                <tr key={`${from} ${event} ${to}`}>
                  <td className="way">
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
                      className="way-share"
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
      {never > 0 && travelled.length > 0 && (
        <p className="small soft never">
          {never === 1 ? '1 way was' : `${never} ways were`} never travelled: thin lines, and what
          the picture says in words.
        </p>
      )}
    </section>
  );
};
