import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Page } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { Badge } from '../../ui/badge.js';
import { Empty } from '../../ui/empty.js';
import { useMoment } from '../../ui/moment-picker.js';
import { impactHref } from '../landscape/element-link.js';

/** How many of each are offered to begin with. */
const OFFERED = 6;

type Server = {
  readonly id: string;
  readonly hostname: string;
  readonly deployment_count: number;
};
type Application = { readonly id: string; readonly name: string; readonly lifecycle: string };

/** Nothing was chosen yet: where it is worth to begin. */
export const Suggestions = () => {
  const moment = useMoment();
  const few = { ...moment, limit: OFFERED };
  const servers = useAnswer<Page<Server>>('/servers', { ...few, sort: '-deployment_count' });
  const ending = useAnswer<Page<Application>>('/applications', {
    ...few,
    lifecycle: 'deprecated',
    sort: 'sunset_date,name',
  });
  const critical = useAnswer<Page<Application>>('/applications', {
    ...few,
    criticality: 'critical',
    lifecycle: 'active',
    sort: 'name',
  });
  if (servers.data?.total === 0 && ending.data?.total === 0 && critical.data?.total === 0)
    return (
      <Empty title="There is nothing to look at yet">
        <p>Import a model, or find an element above:</p>
        <code>npx stele import archimate model.archimate</code>
      </Empty>
    );
  return (
    <div className="suggestions">
      <Few title="What breaks if this server retires?" known={servers.isSuccess}>
        {(servers.data?.items ?? []).map(({ id, hostname, deployment_count: count }) => (
          <li key={id}>
            <Link href={impactHref({ type: 'server', id }, moment)}>{hostname}</Link>
            <span className="small soft">
              {count} deployment{count === 1 ? '' : 's'}
            </span>
          </li>
        ))}
      </Few>
      <Few title="Who hangs on what is on its way out?" known={ending.isSuccess}>
        {(ending.data?.items ?? []).map(({ id, name, lifecycle }) => (
          <li key={id}>
            <Link href={impactHref({ type: 'application', id }, moment)}>{name}</Link>
            <Badge word={lifecycle} />
          </li>
        ))}
      </Few>
      <Few title="What is hit if something critical fails?" known={critical.isSuccess}>
        {(critical.data?.items ?? []).map(({ id, name }) => (
          <li key={id}>
            <Link href={impactHref({ type: 'application', id }, moment)}>{name}</Link>
            <Badge word="critical" />
          </li>
        ))}
      </Few>
    </div>
  );
};

const Few = ({
  title,
  known,
  children,
}: {
  readonly title: string;
  readonly known: boolean;
  readonly children: readonly ReactNode[];
}) => (
  <section className="card">
    <header>
      <h2>{title}</h2>
    </header>
    <ul className="body">
      {children}
      {known && children.length === 0 && <li className="soft small">None at this moment.</li>}
    </ul>
  </section>
);
