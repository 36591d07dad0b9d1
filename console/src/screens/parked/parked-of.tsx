import { useState } from 'react';
import { Link } from 'wouter';
import { seg } from '../../api/address.js';
import { useAnswer } from '../../api/use-answer.js';
import type { Discarded, Parked as ParkedEvents } from '../../api/wire.js';
import { ThingLink, Told } from '../../names/thing-link.js';
import { Answered } from '../../ui/answered.js';
import { Notice } from '../../ui/notice.js';
import { Problem } from '../../ui/problem.js';
import { Time } from '../../ui/time.js';
import { useOperation } from '../projections/use-operation.js';
import { DiscardDialog } from './discard-dialog.js';
import type { Drained } from './drained.js';
import { useSourceType } from './use-source-type.js';

const drainedText = ({ drained, still_parked }: Drained): string =>
  `${drained} ${drained === 1 ? 'event was' : 'events were'} taken; ${still_parked} still wait.`;

/** What waits for one projection, and what can be done about it. */
export const ParkedOf = ({ projection }: { readonly projection: string }) => {
  const path = `/projections/${seg(projection)}/parked`;
  const answer = useAnswer<{ parked: readonly ParkedEvents[]; total: number }>(path);
  const { running, error, run } = useOperation();
  const [came, setCame] = useState<Drained>();
  const [leaving, setLeaving] = useState<ParkedEvents>();
  const typeOf = useSourceType();
  const busy = running !== null;
  const of = ({ source, aggregate_id }: ParkedEvents): string =>
    `${path}/${seg(source)}/${seg(aggregate_id)}`;
  const retry = async (where: string): Promise<void> => setCame(await run('retry', where));
  const discard = async (one: ParkedEvents, reason: string): Promise<void> => {
    setLeaving(undefined);
    setCame(await run('discard', `${of(one)}/discard`, { reason, sequence: one.sequence }));
  };
  return (
    <section className="card" aria-label={projection}>
      <header>
        <h2>
          <Link href={`/projections/${projection}`}>{projection}</Link>
        </h2>
        <button
          type="button"
          className="button"
          disabled={busy}
          onClick={() => void retry(`${path}/retry`)}
        >
          {busy ? 'Trying…' : 'Retry all'}
        </button>
      </header>
      <div className="body stack">
        {error && <Problem error={error} />}
        {came && (
          <Notice tone={came.still_parked === 0 ? 'good' : 'warn'}>
            <p>{drainedText(came)}</p>
          </Notice>
        )}
        <Answered answer={answer}>
          {({ parked, total }) => (
            <>
              {total > parked.length && (
                <p className="small soft">
                  {total.toLocaleString('en')} aggregates wait; the first {parked.length} are shown.
                </p>
              )}
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached */}
              <div className="table-wrap" tabIndex={0}>
                <table className="table">
                  <thead>
                    <tr>
                      <th>Aggregate</th>
                      <th>Event that fails</th>
                      <th>Why</th>
                      <th className="num">Waiting</th>
                      <th>Since</th>
                      <th>
                        <span className="visually-hidden">What to do</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {parked.map((one) => (
                      <tr key={`${one.source} ${one.aggregate_id}`}>
                        <td>
                          {one.source} <ThingLink type={typeOf(one.source)} id={one.aggregate_id} />
                        </td>
                        <td>
                          {one.event_type}
                          <div className="small soft">
                            {one.source}:{one.sequence}
                          </div>
                        </td>
                        <td>
                          <Told text={one.error} />
                        </td>
                        <td className="num">{one.waiting}</td>
                        <td>
                          <Time at={one.parked_at} />
                          <div className="small soft">
                            tried {one.attempts} times, last <Time at={one.last_tried_at} />
                          </div>
                        </td>
                        <td>
                          <div className="row">
                            <button
                              type="button"
                              className="button small"
                              disabled={busy}
                              onClick={() => void retry(`${of(one)}/retry`)}
                            >
                              Retry
                            </button>
                            <button
                              type="button"
                              className="button small danger"
                              disabled={busy}
                              onClick={() => setLeaving(one)}
                            >
                              Leave out
                            </button>
                          </div>
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </>
          )}
        </Answered>
      </div>
      {leaving && (
        <DiscardDialog
          projection={projection}
          parked={leaving}
          onClose={() => setLeaving(undefined)}
          onDiscard={(reason) => void discard(leaving, reason)}
        />
      )}
    </section>
  );
};

/** What operators decided to leave out of one projection, and why. */
export const DiscardedOf = ({ projection }: { readonly projection: string }) => {
  const answer = useAnswer<{ discarded: readonly Discarded[]; total: number }>(
    `/projections/${seg(projection)}/discarded`,
  );
  const typeOf = useSourceType();
  return (
    <section className="card" aria-label={projection}>
      <header>
        <h2>
          <Link href={`/projections/${projection}`}>{projection}</Link>
        </h2>
      </header>
      <div className="body">
        <Answered answer={answer}>
          {({ discarded }) => (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached
            <div className="table-wrap" tabIndex={0}>
              <table className="table">
                <thead>
                  <tr>
                    <th>Event</th>
                    <th>Aggregate</th>
                    <th>It failed with</th>
                    <th>Left out by</th>
                    <th>Because</th>
                  </tr>
                </thead>
                <tbody>
                  {discarded.map((one) => (
                    <tr key={`${one.source} ${one.sequence}`}>
                      <td>
                        {one.event_type}
                        <div className="small soft">
                          {one.source}:{one.sequence}
                        </div>
                      </td>
                      <td>
                        {one.source} <ThingLink type={typeOf(one.source)} id={one.aggregate_id} />
                      </td>
                      <td>
                        <Told text={one.error} />
                      </td>
                      <td>
                        {one.by} <Time at={one.at} />
                      </td>
                      <td>{one.reason}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Answered>
      </div>
    </section>
  );
};
