import { Link, useParams } from 'wouter';
import { useAnswer } from '../../api/use-answer.js';
import { Answered } from '../../ui/answered.js';
import { Badge } from '../../ui/badge.js';
import { Notice } from '../../ui/notice.js';
import { Page } from '../../ui/page.js';
import './projections.css';
import type { ProjectionStatus } from '../../api/wire.js';
import { Rebuild } from './rebuild.js';
import { isMoving, toneOfState } from './troubles.js';
import { Verify } from './verify.js';

const WHILE_MOVING_MS = 1_000;

const Sources = ({ one }: { readonly one: ProjectionStatus }) => (
  <section className="card" aria-label="Sources">
    <header>
      <h2>What it reads</h2>
      <span className="small soft">{one.documents.toLocaleString('en')} documents</span>
    </header>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached */}
    <div className="table-wrap" tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th>Source</th>
            <th className="num">Taken up to</th>
            <th className="num">Log ends at</th>
            <th className="num">Behind</th>
          </tr>
        </thead>
        <tbody>
          {one.sources.map(({ source, sequence, end, lag_events, lag_seconds }) => (
            <tr key={source}>
              <td>{source}</td>
              <td className="num">{sequence.toLocaleString('en')}</td>
              <td className="num">{end.toLocaleString('en')}</td>
              <td className="num">
                {lag_events === 0
                  ? 'nothing'
                  : `${lag_events.toLocaleString('en')} events, ${lag_seconds} s`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </section>
);

const Left = ({ one }: { readonly one: ProjectionStatus }) => (
  <section className="card" aria-label="What waits and what was left out">
    <header>
      <h2>What waits</h2>
    </header>
    <div className="body stack">
      <p>
        {one.parked_events === 0
          ? 'No event waits.'
          : `${one.parked_events} events of ${one.parked_aggregates} aggregates could not be taken and wait.`}{' '}
        {one.discarded_events > 0 && `${one.discarded_events} were left out by an operator.`}
      </p>
      {one.parked_events + one.discarded_events > 0 && (
        <Link href={`/parked?projection=${one.name}`}>Look at them</Link>
      )}
      <Link href={`/changes?view=${one.name}`} className="small">
        What changed in it between two dates
      </Link>
    </div>
  </section>
);

/** One projection: how far it is, and everything that can be done to it. */
export const Projection = () => {
  const { name = '' } = useParams<{ name: string }>();
  const path = `/projections/${encodeURIComponent(name)}`;
  const answer = useAnswer<ProjectionStatus>(path, {}, { everyMs: 10_000 });
  const moving = answer.data ? isMoving(answer.data) : false;
  useAnswer(path, {}, { everyMs: WHILE_MOVING_MS, enabled: moving });
  const one = answer.data;
  return (
    <Page
      title={name}
      lead={one?.summary}
      crumbs={<Link href="/projections">Projections</Link>}
      actions={one && <Badge word={one.state} tone={toneOfState(one.state)} />}
    >
      <Answered answer={answer}>
        {(status) => (
          <>
            {status.reason && (
              <Notice tone={toneOfState(status.state) === 'bad' ? 'bad' : 'info'}>
                <p>{status.reason}</p>
              </Notice>
            )}
            <Rebuild one={status} />
            <Verify one={status} />
            <div className="projection-parts">
              <Sources one={status} />
              <Left one={status} />
            </div>
          </>
        )}
      </Answered>
    </Page>
  );
};
