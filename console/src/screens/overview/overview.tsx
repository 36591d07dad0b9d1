import { useMay, useSession } from '../../api/use-session.js';
import { Page } from '../../ui/page.js';
import '../lifecycles/lifecycles.css';
import { useTypeCounts } from '../lifecycles/statistics.js';
import { Figures } from './figures.js';
import { FirstSteps } from './first-steps.js';
import { Health } from './health.js';
import { Inventory } from './inventory.js';
import { Latest } from './latest.js';
import './overview.css';
import { Throughput } from './throughput.js';

const PERMISSIONS = [
  ['operate', 'projections and actors'],
  ['audit', 'events and refused commands'],
  ['events', 'live events'],
] as const;

const Hidden = () => {
  const { permissions } = useSession();
  const missing = PERMISSIONS.filter(([permission]) => !permissions.includes(permission));
  if (missing.length === 0) return null;
  return (
    <p className="small soft">
      Left out, as your roles do not show it:{' '}
      {missing.map(([permission, what]) => `${what} (${permission})`).join(', ')}.
    </p>
  );
};

/** Whether anything is late or stuck, what happens, and what there is. */
export const Overview = () => {
  const mayAudit = useMay('audit');
  const types = useTypeCounts().data?.answer.types;
  const empty = types?.every(({ aggregates }) => aggregates === 0) ?? false;
  return (
    <Page
      title="Overview"
      lead="Whether anything is late or stuck, what happens, and what there is."
    >
      <Health />
      <Figures />
      {empty ? (
        <FirstSteps />
      ) : (
        <div className="overview-columns">
          <div className="stack">
            {mayAudit && <Throughput />}
            <Inventory />
          </div>
          {mayAudit && <Latest />}
        </div>
      )}
      <Hidden />
    </Page>
  );
};
