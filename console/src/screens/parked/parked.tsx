import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useAnswer } from '../../api/use-answer.js';
import { useMay } from '../../api/use-session.js';
import { useUrlState } from '../../api/use-url-state.js';
import type { ProjectionStatus } from '../../api/wire.js';
import { Answered } from '../../ui/answered.js';
import { Empty } from '../../ui/empty.js';
import { Page } from '../../ui/page.js';
import { Tabs } from '../../ui/tabs.js';
import { FailedAlerts } from './failed-alerts.js';
import { DiscardedOf, ParkedOf } from './parked-of.js';

const EVERY_MS = 10_000;

type Wanted = (one: ProjectionStatus) => boolean;

const ForEach = ({
  all,
  wanted,
  show,
  empty,
}: {
  readonly all: readonly ProjectionStatus[];
  readonly wanted: Wanted;
  readonly show: (name: string) => ReactNode;
  readonly empty: ReactNode;
}) => {
  const shown = all.filter(wanted);
  return shown.length === 0 ? (
    empty
  ) : (
    <div className="stack">{shown.map(({ name }) => show(name))}</div>
  );
};

/** Events that a projection could not take, those that were left out, alerts nobody took. */
export const Parked = () => {
  const { get, patch } = useUrlState();
  const only = get('projection');
  const mayAudit = useMay('audit');
  const answer = useAnswer<{ projections: readonly ProjectionStatus[] }>(
    '/projections',
    {},
    { everyMs: EVERY_MS },
  );
  const of =
    (wanted: Wanted): Wanted =>
    (one) =>
      wanted(one) && (only === undefined || one.name === only);
  return (
    <Page
      title="Parked events"
      lead="An event that a projection cannot take waits with all later ones of its aggregate; the rest goes on. In the log it stands as before: nothing here deletes an event."
      actions={
        only && (
          <button type="button" className="button" onClick={() => patch({ projection: null })}>
            Only {only} ✕
          </button>
        )
      }
    >
      <Answered answer={answer}>
        {({ projections }) => (
          <Tabs
            label="What waits"
            selected={get('tab') ?? 'parked'}
            onSelect={(tab) => patch({ tab: tab === 'parked' ? null : tab })}
            tabs={[
              {
                id: 'parked',
                label: 'Waiting',
                content: (
                  <ForEach
                    all={projections}
                    wanted={of(({ parked_events }) => parked_events > 0)}
                    show={(name) => <ParkedOf key={name} projection={name} />}
                    empty={
                      <Empty title="No event waits">
                        <p>Every projection could take everything it was given.</p>
                        <Link href="/projections">To the projections</Link>
                      </Empty>
                    }
                  />
                ),
              },
              {
                id: 'discarded',
                label: 'Left out',
                content: (
                  <ForEach
                    all={projections}
                    wanted={of(({ discarded_events }) => discarded_events > 0)}
                    show={(name) => <DiscardedOf key={name} projection={name} />}
                    empty={
                      <Empty title="No event was left out">
                        <p>
                          What an operator leaves out of a projection would be listed here, with the
                          reason.
                        </p>
                      </Empty>
                    }
                  />
                ),
              },
              ...(mayAudit
                ? [{ id: 'alerts', label: 'Failed alerts', content: <FailedAlerts /> }]
                : []),
            ]}
          />
        )}
      </Answered>
    </Page>
  );
};
