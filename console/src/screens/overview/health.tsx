import { Link } from 'wouter';
import { SteleProblem } from '../../../../src/client/stele-problem.js';
import { useAnswer } from '../../api/use-answer.js';
import { useMay } from '../../api/use-session.js';
import { Notice } from '../../ui/notice.js';
import { Problem } from '../../ui/problem.js';
import { Skeleton } from '../../ui/skeleton.js';
import { findingsOf, notReadyIn, type ProjectionState } from './findings-of.js';

const EVERY_MS = 5_000;
const SHOWN_MAX = 5;

export const useProjections = () =>
  useAnswer<{ readonly projections: readonly ProjectionState[] }>(
    useMay('operate') ? '/projections' : null,
    {},
    { everyMs: EVERY_MS, follows: [] },
  );

/** Whether anything is late or stuck, in one sentence; and what, each with where to look. */
export const Health = () => {
  const mayOperate = useMay('operate');
  const ready = useAnswer<{ readonly status: string }>(
    '/readyz',
    {},
    { everyMs: EVERY_MS, follows: [] },
  );
  const projections = useProjections().data?.projections ?? [];
  const refused = ready.error instanceof SteleProblem ? notReadyIn(ready.error.details) : [];
  if (ready.error && refused.length === 0)
    return <Problem error={ready.error} retry={() => void ready.refetch()} />;
  if (!ready.data && !ready.error) return <Skeleton lines={1} />;
  const findings = findingsOf(refused, projections);
  const [first] = findings;
  if (!first)
    return (
      <Notice tone="good">
        <p>
          <strong>Nothing is late or stuck.</strong>{' '}
          <span className="soft">
            Commands are taken, and every projection shows the newest event.
          </span>
        </p>
      </Notice>
    );
  return (
    <Notice tone={first.tone}>
      <p>
        <strong>
          {findings.length === 1 ? 'One thing needs' : `${findings.length} things need`} a look.
        </strong>
      </p>
      <ul className="findings">
        {findings.slice(0, SHOWN_MAX).map(({ text, href }) => (
          <li key={text}>{mayOperate ? <Link href={href}>{text}</Link> : text}</li>
        ))}
        {findings.length > SHOWN_MAX && <li>and {findings.length - SHOWN_MAX} more</li>}
      </ul>
    </Notice>
  );
};
