import { Link } from 'wouter';
import { seg } from '../../api/address.js';
import { useAnswer } from '../../api/use-answer.js';
import { useMay } from '../../api/use-session.js';
import { Answered } from '../../ui/answered.js';
import { Empty } from '../../ui/empty.js';
import { Problem } from '../../ui/problem.js';
import { Time } from '../../ui/time.js';
import { useOperation } from '../projections/use-operation.js';

type FailedAlert = {
  readonly alert_id: string;
  readonly attempts: number;
  readonly failed_at: string;
  readonly reason: string;
  readonly alert: unknown;
};
const EVERY_MS = 10_000;

const typeOf = (alert: unknown): string =>
  typeof alert === 'object' && alert !== null && 'type' in alert ? String(alert.type) : 'alert';

/** Audit alerts that their receiver did not take. */
export const FailedAlerts = () => {
  const answer = useAnswer<{ total: number; alerts: readonly FailedAlert[] }>(
    '/alerts/failed',
    {},
    { everyMs: EVERY_MS },
  );
  const { running, error, run } = useOperation();
  const mayRetry = useMay('operate');
  return (
    <Answered answer={answer}>
      {({ total, alerts }) =>
        total === 0 ? (
          <Empty title="No alert failed">
            <p>Every audit alert was delivered, or no receiver is configured.</p>
          </Empty>
        ) : (
          <section className="card" aria-label="Failed alerts">
            <div className="body stack">
              {error && <Problem error={error} />}
              <p className="soft">
                {total.toLocaleString('en')} could not be delivered
                {total > alerts.length && `; ${alerts.length} are shown`}.
              </p>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached */}
              <div className="table-wrap" tabIndex={0}>
                <table className="table">
                  <thead>
                    <tr>
                      <th>Alert</th>
                      <th>Why</th>
                      <th className="num">Attempts</th>
                      <th>Given up</th>
                      <th>
                        <span className="visually-hidden">What to do</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {alerts.map(({ alert_id, reason, attempts, failed_at, alert }) => (
                      <tr key={alert_id}>
                        <td>
                          <Link href={`/events/${alert_id}`}>{typeOf(alert)}</Link>
                        </td>
                        <td>{reason}</td>
                        <td className="num">{attempts}</td>
                        <td>
                          <Time at={failed_at} />
                        </td>
                        <td>
                          <button
                            type="button"
                            className="button small"
                            disabled={!mayRetry || running !== null}
                            title={mayRetry ? undefined : 'This needs the permission “operate”'}
                            onClick={() =>
                              void run('retry', `/alerts/failed/${seg(alert_id)}/retry`)
                            }
                          >
                            Send again
                          </button>
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </div>
          </section>
        )
      }
    </Answered>
  );
};
