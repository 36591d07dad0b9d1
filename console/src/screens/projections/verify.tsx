import { useState } from 'react';
import { verifyProjection } from '../../../../src/client/verify-projection.js';
import { node } from '../../api/node.js';
import type { Comparison, ProjectionStatus } from '../../api/wire.js';
import { Problem } from '../../ui/problem.js';
import { Compared } from './compared.js';

type Doing = {
  readonly progress?: { readonly done: number; readonly total: number };
  readonly result?: Comparison;
  readonly error?: Error;
};

/** Proof on demand: the documents computed anew from the log, and compared with those served. */
export const Verify = ({ one }: { readonly one: ProjectionStatus }) => {
  const [doing, setDoing] = useState<Doing>({});
  const begin = async (): Promise<void> => {
    setDoing({ progress: { done: 0, total: 1 } });
    try {
      const result = await verifyProjection<Comparison>(node.transport, {
        name: one.name,
        onProgress: (done, total) => setDoing({ progress: { done, total } }),
      });
      setDoing({ result });
    } catch (error) {
      setDoing({ error: error as Error });
    }
  };
  const { progress, result, error } = doing;
  return (
    <section className="card" aria-label="Verify">
      <header>
        <h2>Verify against the log</h2>
        <button
          type="button"
          className="button"
          disabled={progress !== undefined}
          onClick={() => void begin()}
        >
          {progress ? 'Verifying…' : 'Verify now'}
        </button>
      </header>
      <div className="body stack" aria-live="polite">
        {!progress && !result && !error && (
          <p className="soft">
            Reads the whole log, computes every document anew, and compares. Nothing is changed.
          </p>
        )}
        {progress && (
          <>
            <progress
              value={progress.done}
              max={Math.max(1, progress.total)}
              aria-label="Verified"
            />
            <p className="small soft">
              {progress.done.toLocaleString('en')} of {progress.total.toLocaleString('en')} events
            </p>
          </>
        )}
        {error && <Problem error={error} retry={() => void begin()} />}
        {result && <Compared comparison={result} names={['what is served', 'the log']} />}
      </div>
    </section>
  );
};
