import { useState } from 'react';
import { ask } from '../api/node.js';
import type { DiagnosisJson as Diagnosis } from '../api/wire.js';
import { verdict } from '../screens/doctor/verdict.js';
import { Badge } from '../ui/badge.js';
import { Problem } from '../ui/problem.js';
import { Time } from '../ui/time.js';

/** An examination reads the whole history of one aggregate. */
const WITHIN_MS = 60_000;

const SOUND =
  'Every event has the hash that its content gives, names the hash of the one before, and fits ' +
  'its schema and the lifecycle; nothing is missing in between.';

type Verified =
  | { readonly state: 'asked' }
  | { readonly state: 'done'; readonly result: Diagnosis; readonly at: string }
  | { readonly state: 'failed'; readonly error: Error };

const Shown = ({ result, at }: { readonly result: Diagnosis; readonly at: string }) => {
  const { tone, said } = verdict(result.findings);
  const events = result.streams.reduce((sum, one) => sum + one.events, 0);
  const broken = tone === 'bad';
  return (
    <div className="stack">
      <p className="row">
        <Badge word={broken ? 'chain broken' : 'chain intact'} tone={tone} />
        <span className="small soft">
          {events.toLocaleString('en')} event{events === 1 ? '' : 's'} checked, <Time at={at} />
        </span>
      </p>
      <p className="small soft">{broken || result.findings.length > 0 ? said : SOUND}</p>
      <ul className="stack small">
        {result.findings.map((one) => (
          <li key={`${one.code} ${one.sequence} ${one.what}`}>
            <Badge word={one.grade} tone={one.grade === 'broken' ? 'bad' : 'warn'} />{' '}
            <code>{one.code}</code> {one.what}. What to do: {one.todo}
          </li>
        ))}
      </ul>
    </div>
  );
};

/** Proof on demand that the history of one aggregate is as it was written. */
export const VerifyChain = ({ type, id }: { readonly type: string; readonly id: string }) => {
  const [verified, setVerified] = useState<Verified>();
  const verify = async (): Promise<void> => {
    setVerified({ state: 'asked' });
    try {
      const result = await ask<Diagnosis>('/doctor', {
        method: 'POST',
        body: { aggregate_type: type, aggregate_id: id },
        withinMs: WITHIN_MS,
      });
      setVerified({ state: 'done', result, at: new Date().toISOString() });
    } catch (failed) {
      const error = failed instanceof Error ? failed : new Error(String(failed));
      setVerified({ state: 'failed', error });
    }
  };
  return (
    <div className="stack" aria-live="polite">
      {verified?.state === 'done' && <Shown result={verified.result} at={verified.at} />}
      {verified?.state === 'failed' && <Problem error={verified.error} />}
      <button
        type="button"
        className="button small verify"
        disabled={verified?.state === 'asked'}
        onClick={() => void verify()}
      >
        {verified?.state === 'asked'
          ? 'Verifying…'
          : verified
            ? 'Verify again'
            : 'Verify the hash chain'}
      </button>
    </div>
  );
};
