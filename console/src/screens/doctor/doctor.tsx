import { type FormEvent, useState } from 'react';
import { ask } from '../../api/node.js';
import { useAnswer } from '../../api/use-answer.js';
import { useKinds } from '../../api/use-kinds.js';
import { Answered } from '../../ui/answered.js';
import { Empty } from '../../ui/empty.js';
import { Notice } from '../../ui/notice.js';
import { Page } from '../../ui/page.js';
import { Problem } from '../../ui/problem.js';
import { Time } from '../../ui/time.js';
import '../projections/projections.css';
import type { DiagnosisJson as Diagnosis, DoctorStatus } from '../../api/wire.js';
import { useOperation } from '../projections/use-operation.js';
import './doctor.css';
import { Examined, Findings } from './findings.js';

const WHILE_RUNNING_MS = 1_000;

const Whole = () => {
  const answer = useAnswer<DoctorStatus>('/doctor', {}, { follows: [] });
  const running = answer.data?.state === 'running';
  useAnswer('/doctor', {}, { everyMs: WHILE_RUNNING_MS, enabled: running, follows: [] });
  const { error, run, running: sending } = useOperation();
  return (
    <section className="card" aria-label="The whole store">
      <header>
        <h2>The whole store</h2>
        <button
          type="button"
          className="button primary"
          disabled={running || sending !== null}
          onClick={() => void run('examine', '/doctor', {})}
        >
          {running ? 'Examining…' : 'Examine now'}
        </button>
      </header>
      <div className="body stack" aria-live="polite">
        {error && <Problem error={error} />}
        <Answered answer={answer}>
          {({ state, progress, started_at, finished_at, reason, result }) => (
            <>
              {state === 'never' && (
                <Empty title="Nothing was examined yet">
                  <p>
                    It reads every event and checks it against its hash, its schema and its
                    lifecycle, snapshots against the replay, and the read side against the log. The
                    node goes on working meanwhile.
                  </p>
                </Empty>
              )}
              {state === 'running' && (
                <>
                  <progress
                    value={progress?.done ?? 0}
                    max={Math.max(1, progress?.total ?? 1)}
                    aria-label="Examined"
                  />
                  <p className="small soft">
                    {progress
                      ? `${progress.done.toLocaleString('en')} of ${progress.total.toLocaleString('en')} messages`
                      : 'It begins'}
                    , since <Time at={started_at} />
                  </p>
                </>
              )}
              {state === 'failed' && (
                <Notice tone="bad">
                  <p>The examination failed: {reason ?? 'nobody knows why'}</p>
                </Notice>
              )}
              {result && (
                <>
                  <p className="small soft">
                    Examined from <Time at={started_at} /> to <Time at={finished_at} />, nats-server{' '}
                    {result.server.version}
                  </p>
                  <Findings result={result} />
                  <Examined result={result} />
                </>
              )}
            </>
          )}
        </Answered>
      </div>
    </section>
  );
};

const OneAggregate = () => {
  const kinds = useKinds();
  const [type, setType] = useState('');
  const [id, setId] = useState('');
  const [result, setResult] = useState<Diagnosis>();
  const [error, setError] = useState<Error>();
  const examine = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setError(undefined);
    setResult(undefined);
    const body = { aggregate_type: type || kinds[0]?.type, aggregate_id: id.trim() };
    try {
      setResult(await ask<Diagnosis>('/doctor', { method: 'POST', body }));
    } catch (failed) {
      setError(failed as Error);
    }
  };
  return (
    <section className="card" aria-label="One aggregate">
      <header>
        <h2>One aggregate</h2>
      </header>
      <form className="body stack" onSubmit={(event) => void examine(event)}>
        <div className="one-aggregate">
          <div className="field">
            <label htmlFor="doctor-type">Type</label>
            <select
              id="doctor-type"
              className="input"
              value={type}
              onChange={({ target }) => setType(target.value)}
            >
              {kinds.map((kind) => (
                <option key={kind.type}>{kind.type}</option>
              ))}
            </select>
          </div>
          <div className="field">
            <label htmlFor="doctor-id">Id</label>
            <input
              id="doctor-id"
              className="input mono"
              required
              value={id}
              onChange={({ target }) => setId(target.value)}
            />
          </div>
          <button type="submit" className="button">
            Examine
          </button>
        </div>
        {error && <Problem error={error} />}
        {result && (
          <>
            <Findings result={result} />
            <Examined result={result} />
          </>
        )}
      </form>
    </section>
  );
};

/** Proof that nothing is lost or altered, on demand. */
export const Doctor = () => (
  <Page
    title="Doctor"
    lead="Every event carries the hash of the one before. The doctor computes all of them anew, replays every history, and compares what is served with the log. It changes nothing."
  >
    <Whole />
    <OneAggregate />
  </Page>
);
