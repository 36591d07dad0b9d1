import { Link } from 'wouter';
import type { Kind } from '../../api/use-kinds.js';
import type { Chart } from '../../lifecycle/use-lifecycle.js';
import { Badge } from '../../ui/badge.js';
import { Skeleton } from '../../ui/skeleton.js';
import type { Clock } from './moment.js';
import { Picture } from './picture.js';
import type { StatusStep } from './status-history.js';
import { StepsTable } from './steps-table.js';
import { TimeTravel } from './time-travel.js';
import type { Travel } from './use-travel.js';

/** Its whole life at a glance: the picture, the sliders, the steps. */
export const LifecycleCard = ({
  kind,
  chart,
  steps,
  step,
  status,
  travel,
  last,
  version,
  at,
  began,
  mayTravel,
}: {
  readonly kind: Kind;
  readonly chart: Chart | undefined;
  readonly steps: readonly StatusStep[];
  /** The last step made by the moment shown. */
  readonly step: StatusStep | undefined;
  readonly status: string | undefined;
  readonly travel: Travel;
  readonly last: number;
  readonly version: number | undefined;
  readonly at: string | undefined;
  readonly began: Readonly<Record<Clock, string>>;
  readonly mayTravel: boolean;
}) => {
  const { go } = travel;
  const onVersion = (to: number): void =>
    go(to >= last ? { kind: 'now' } : { kind: 'version', version: to });
  const upTo = step?.number ?? 0;
  return (
    <section className="card" aria-label="Lifecycle">
      <header>
        <h2>Lifecycle</h2>
        <span className="row" role="status">
          <span className="soft small">{travel.shown.kind === 'now' ? 'now' : 'then'}</span>
          {status && <Badge word={status} />}
          <Link href={`/lifecycles/${kind.type}`} className="small">
            All {kind.plural.replaceAll('-', ' ')} in this picture
          </Link>
        </span>
      </header>
      {chart ? (
        <Picture chart={chart} steps={steps} upTo={upTo} onVersion={onVersion} current={status} />
      ) : (
        <div className="body">
          <Skeleton lines={5} />
        </div>
      )}
      {mayTravel ? (
        <>
          <TimeTravel
            travel={travel}
            steps={steps}
            last={last}
            version={version}
            at={at}
            began={began}
          />
          <StepsTable steps={steps} upTo={upTo} onVersion={onVersion} />
        </>
      ) : (
        <p className="body soft small">
          To travel in time one needs the permission <code>time_travel</code>, which your roles do
          not give.
        </p>
      )}
    </section>
  );
};
