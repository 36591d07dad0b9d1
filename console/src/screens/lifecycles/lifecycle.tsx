import { useCallback, useMemo } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { useKindOf } from '../../api/use-kinds.js';
import { type Chart, type MachineJson, useLifecycle } from '../../lifecycle/use-lifecycle.js';
import { Answered } from '../../ui/answered.js';
import { Empty } from '../../ui/empty.js';
import { MomentPicker, useMoment } from '../../ui/moment-picker.js';
import { Page } from '../../ui/page.js';
import { Problem } from '../../ui/problem.js';
import { Skeleton } from '../../ui/skeleton.js';
import { CommandMatrix } from './command-matrix.js';
import { DwellChart } from './dwell-chart.js';
import { LifecycleFigure } from './lifecycle-figure.js';
import './lifecycles.css';
import { StateTable } from './state-table.js';
import { countsOf, type Statistics, useStatistics } from './statistics.js';
import { Transitions } from './transitions.js';
import { useStatusHref } from './use-status-href.js';

type Shown = {
  readonly machine: MachineJson;
  readonly statistics: Statistics;
  readonly hrefOf: (status: string) => string | undefined;
};

const None = ({ type }: { readonly type: string }) => {
  const kind = useKindOf(type);
  return (
    <section className="card">
      <Empty title="None has been through it yet">
        <p>
          {kind ? (
            <Link href={`/things/${kind.plural}`}>
              Make the first of the {kind.plural.replaceAll('-', ' ')}
            </Link>
          ) : (
            'The numbers come with the first one.'
          )}
        </p>
      </Empty>
    </section>
  );
};

const Told = ({ machine, statistics, hrefOf }: Shown) => (
  <>
    <div className="lifecycle-columns">
      <DwellChart
        statuses={statistics.statuses.filter(({ status }) => status !== machine.initial)}
      />
      <Transitions transitions={statistics.edges} type={machine.name} />
    </div>
    <StateTable statistics={statistics} initial={machine.initial} hrefOf={hrefOf} />
  </>
);

const Drawn = ({ machine, chart }: { readonly machine: MachineJson; readonly chart: Chart }) => {
  const moment = useMoment();
  const answer = useStatistics(machine.name, moment);
  const hrefOf = useStatusHref(machine);
  const [, navigate] = useLocation();
  const statistics = answer.data?.answer;
  const counts = useMemo(
    () => statistics && countsOf(statistics, machine.initial),
    [statistics, machine],
  );
  const listed = useMemo(
    () => machine.states.map(({ name }) => name).filter((name) => hrefOf(name) !== undefined),
    [machine, hrefOf],
  );
  const open = useCallback(
    (status: string) => {
      const href = hrefOf(status);
      if (href !== undefined) navigate(href);
    },
    [hrefOf, navigate],
  );
  return (
    <>
      <LifecycleFigure
        machine={machine}
        chart={chart}
        counts={counts}
        total={statistics?.aggregates}
        onStatus={open}
        listed={listed}
      />
      <Answered answer={answer}>
        {({ answer: told }) =>
          told.aggregates === 0 ? (
            <None type={machine.name} />
          ) : (
            <Told machine={machine} statistics={told} hrefOf={hrefOf} />
          )
        }
      </Answered>
      <CommandMatrix machine={machine} />
    </>
  );
};

/** The lifecycle of one aggregate type: where they all are, how they came there, what works where. */
export const Lifecycle = () => {
  const { name } = useParams<{ name: string }>();
  const { machine, chart, error, retry } = useLifecycle(name);
  const kind = useKindOf(machine?.name);
  return (
    <Page
      title={machine?.name ?? name}
      lead={machine?.summary}
      crumbs={
        <>
          <Link href="/lifecycles">Lifecycles</Link>
          {kind && (
            <>
              {' · '}
              <Link href={`/things/${kind.plural}`}>all {kind.plural.replaceAll('-', ' ')}</Link>
            </>
          )}
        </>
      }
      actions={<MomentPicker />}
    >
      {error && <Problem error={error} retry={retry} />}
      {machine && chart ? (
        <Drawn machine={machine} chart={chart} />
      ) : (
        !error && <Skeleton lines={8} />
      )}
    </Page>
  );
};
