import { useCallback } from 'react';
import { useParams } from 'wouter';
import { nameIn } from '../../../../src/core/name-in.js';
import { type Kind, useFrontPage, useKindOf } from '../../api/use-kinds.js';
import { useMay } from '../../api/use-session.js';
import { wordsOf } from '../../forms/words-of.js';
import { useName } from '../../names/use-name.js';
import { Empty } from '../../ui/empty.js';
import { Notice } from '../../ui/notice.js';
import { Page } from '../../ui/page.js';
import { Problem } from '../../ui/problem.js';
import { Skeleton } from '../../ui/skeleton.js';
import { Absent } from './absent.js';
import './aggregate.css';
import { CommandsCard } from './commands-card.js';
import { Crumbs, Lead } from './lead.js';
import { LifecycleCard } from './lifecycle-card.js';
import { momentAt } from './moment.js';
import { MomentBanner } from './moment-banner.js';
import { StateCard } from './state-card.js';
import { Timeline } from './timeline.js';
import { useLife } from './use-life.js';
import { useTravel } from './use-travel.js';

const Life = ({ kind, id }: { readonly kind: Kind; readonly id: string }) => {
  const travel = useTravel();
  const { moment, go } = travel;
  const mayTravel = useMay('time_travel');
  const life = useLife(kind, id, travel);
  const { commands, now, then, stays, version, at, steps, step, status, known, machine } = life;
  const last = life.last ?? 1;
  const onVersion = useCallback((to: number) => go(momentAt(to, last)), [go, last]);
  // A thing without a name is called by what it connects.
  const called = useName({ type: kind.type, id });
  const name = nameIn(now.data ?? then.data) ?? called ?? id;
  const gone = then.error !== null && !then.isFetching;
  const unknown = now.error !== null && now.data === undefined && then.error !== null;
  return (
    <Page
      title={name}
      crumbs={<Crumbs kind={kind} />}
      lead={
        <Lead
          kind={kind}
          id={id}
          document={now.data}
          status={unknown ? undefined : commands.data?.status}
          version={unknown ? undefined : commands.data?.aggregate_version}
        />
      }
    >
      {!unknown && !gone && (
        <MomentBanner travel={travel} version={version} at={at} last={life.last} />
      )}
      {life.deleted && !unknown && (
        <Notice tone="warn">
          It was deleted. What you see is how it was last; its history stays.
        </Notice>
      )}
      {gone && then.error && (
        <Absent
          kind={kind}
          id={id}
          travel={travel}
          error={then.error}
          retry={() => void then.refetch()}
        />
      )}
      {!unknown && (
        <>
          {life.noMachine && <Problem error={life.noMachine} retry={life.askMachine} />}
          {stays.error && <Problem error={stays.error} retry={() => void stays.refetch()} />}
          <LifecycleCard
            kind={kind}
            steps={steps}
            step={step}
            status={status}
            travel={travel}
            last={last}
            version={version}
            at={at}
            mayTravel={mayTravel}
            chart={life.chart}
            began={life.began}
          />
          <div className="thing-columns">
            {mayTravel ? (
              <Timeline
                kind={kind}
                id={id}
                version={version}
                last={last}
                known={known}
                onVersion={onVersion}
              />
            ) : (
              <Notice>Events are shown to whoever has the permission time_travel.</Notice>
            )}
            {then.data && !gone ? (
              <StateCard
                kind={kind}
                id={id}
                moment={moment}
                version={version}
                document={then.data}
                since={life.since.data}
                statuses={life.statuses}
              />
            ) : (
              !gone && <Skeleton lines={8} />
            )}
          </div>
          <CommandsCard
            kind={kind}
            id={id}
            name={name}
            commands={commands}
            machine={machine}
            now={now.data}
            past={moment.kind !== 'now'}
          />
        </>
      )}
    </Page>
  );
};

/** One thing of any type: its lifecycle, its history, its state, what can be told to it. */
export const Aggregate = () => {
  const { plural = '', id = '' } = useParams<{ plural: string; id: string }>();
  const kind = useKindOf(plural);
  const { isSuccess: known, isError: failed } = useFrontPage();
  if (kind) return <Life key={id} kind={kind} id={id} />;
  return (
    <Page title={known ? 'No such type' : wordsOf(plural)}>
      {known ? (
        <Empty title={`There is no type "${plural}"`}>Choose one in the search (Ctrl K).</Empty>
      ) : (
        !failed && <Skeleton lines={8} />
      )}
    </Page>
  );
};
