import { Link } from 'wouter';
import { useAnswer } from '../../api/use-answer.js';
import { Answered } from '../../ui/answered.js';
import { Badge } from '../../ui/badge.js';
import { Notice } from '../../ui/notice.js';
import { Page } from '../../ui/page.js';
import { BuildBar } from './build-bar.js';
import './projections.css';
import type { ProjectionStatus } from '../../api/wire.js';
import { isMoving, toneOfState, troubles } from './troubles.js';

const WHILE_MOVING_MS = 1_500;
const OTHERWISE_MS = 10_000;

/** The state of all projections, asked anew often while something moves. */
const useProjections = () => {
  const answer = useAnswer<{ projections: readonly ProjectionStatus[] }>(
    '/projections',
    {},
    { everyMs: OTHERWISE_MS },
  );
  const moving = answer.data?.projections.some(isMoving) ?? false;
  // A second observer of the same question, which asks more often while it is wanted.
  useAnswer('/projections', {}, { everyMs: WHILE_MOVING_MS, enabled: moving });
  return answer;
};

const Summary = ({ all }: { readonly all: readonly ProjectionStatus[] }) => {
  const wrong = troubles(all);
  const building = all.filter(({ build }) => build !== null).length;
  if (wrong.length === 0)
    return (
      <Notice tone="good">
        <p>
          All {all.length} projections follow the log; nothing is late, nothing is stuck
          {building > 0 && `; ${building} ${building === 1 ? 'is' : 'are'} being built anew`}.
        </p>
      </Notice>
    );
  return (
    <Notice tone="warn">
      <p>
        {wrong.length} of {all.length} need{wrong.length === 1 ? 's' : ''} a look:
      </p>
      <ul>
        {wrong.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </Notice>
  );
};

const Row = ({ one }: { readonly one: ProjectionStatus }) => (
  <tr>
    <td>
      <Link href={`/projections/${one.name}`}>{one.name}</Link>
      <div className="small soft">{one.summary}</div>
    </td>
    <td>
      <Badge word={one.state} tone={toneOfState(one.state)} />
    </td>
    <td className="num">{one.documents.toLocaleString('en')}</td>
    <td className="num">
      {one.lag_events === 0
        ? 'up to date'
        : `${one.lag_events.toLocaleString('en')} events, ${one.lag_seconds} s`}
    </td>
    <td className="num">
      {one.parked_events > 0 ? (
        <Link href={`/parked?projection=${one.name}`}>{one.parked_events}</Link>
      ) : (
        <span className="faint">none</span>
      )}
    </td>
    <td className="projection-build">{one.build ? <BuildBar build={one.build} /> : null}</td>
  </tr>
);

/** Every projection: where it stands, whether it is late or stuck, what is being built. */
export const Projections = () => {
  const answer = useProjections();
  return (
    <Page
      title="Projections"
      lead="What people read is computed from the log by projections. Each can be stopped, checked against the log, and built anew beside the live one."
    >
      <Answered answer={answer}>
        {({ projections }) => (
          <>
            <Summary all={projections} />
            <section className="card" aria-label="All projections">
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached */}
              <div className="table-wrap" tabIndex={0}>
                <table className="table">
                  <thead>
                    <tr>
                      <th>Projection</th>
                      <th>State</th>
                      <th className="num">Documents</th>
                      <th className="num">Behind</th>
                      <th className="num">Parked</th>
                      <th>Build under way</th>
                    </tr>
                  </thead>
                  <tbody>
                    {projections.map((one) => (
                      <Row key={one.name} one={one} />
                    ))}
                  </tbody>
                </table>
              </div>
            </section>
          </>
        )}
      </Answered>
    </Page>
  );
};
