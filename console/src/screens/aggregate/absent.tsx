import { Link } from 'wouter';
import { SteleProblem } from '../../../../src/client/stele-problem.js';
import type { Kind } from '../../api/use-kinds.js';
import { Empty } from '../../ui/empty.js';
import { Notice } from '../../ui/notice.js';
import { Problem } from '../../ui/problem.js';
import { Time } from '../../ui/time.js';
import { useSaid } from '../../ui/use-said.js';
import { NOW } from './moment.js';
import type { Travel } from './use-travel.js';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Why the thing is not shown: there is none, it was not there then, it was deleted, one may not. */
export const Absent = ({
  kind,
  id,
  error,
  retry,
  travel: { go },
}: {
  readonly kind: Kind;
  readonly id: string;
  readonly error: Error;
  readonly retry: () => void;
  readonly travel: Travel;
}) => {
  useSaid(error);
  const { status, details } =
    error instanceof SteleProblem ? error : { status: 0, details: {} as Record<string, unknown> };
  const began = text(details.occurred_at) ?? text(details.recorded_at);
  const list = <Link href={`/things/${kind.plural}`}>All {kind.plural.replaceAll('-', ' ')}</Link>;
  const action = (label: string, onClick: () => void) => (
    <button type="button" className="button small" onClick={onClick}>
      {label}
    </button>
  );
  const now = action('Back to now', () => go(NOW));
  const first = (
    <span className="row">
      {action('Go to its beginning', () => go({ kind: 'version', version: 1 }))}
      {now}
    </span>
  );
  if (status === 404 && began !== undefined)
    return (
      <Notice tone="info" action={first}>
        <p>
          It was not there then: it began on <Time at={began} />.
        </p>
        <p className="small soft">{error.message}</p>
      </Notice>
    );
  if (status === 404 && details.last_version !== undefined)
    return (
      <Notice tone="info" action={now}>
        <p>It has no such version: its last is {String(details.last_version)}.</p>
      </Notice>
    );
  if (status === 404)
    return (
      <div className="card">
        <Empty title="There is nothing with this id">
          <p>
            No {kind.type} is called <code>{id}</code>.
          </p>
          {list}
        </Empty>
      </div>
    );
  if (status === 410)
    return (
      <Notice tone="warn" action={first}>
        <p>It was deleted. Its history is still there: go to any moment before.</p>
        <p className="small">{error.message}</p>
      </Notice>
    );
  if (status === 403)
    return (
      <Notice tone="warn" action={list}>
        <p>You may not see this.</p>
        <p className="small">{error.message}</p>
      </Notice>
    );
  return <Problem error={error} retry={retry} />;
};
