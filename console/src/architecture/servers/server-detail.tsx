import { Link } from 'wouter';
import { address, seg } from '../../api/address.js';
import { useAnswer } from '../../api/use-answer.js';
import { useThingHref } from '../../api/use-kinds.js';
import { Answered } from '../../ui/answered.js';
import { Badge } from '../../ui/badge.js';
import { CopyId } from '../../ui/copy-id.js';
import { useMoment } from '../../ui/moment-picker.js';
import { Value } from '../../ui/value.js';
import { Detail } from '../landscape/detail.js';
import { impactHref } from '../landscape/element-link.js';
import type { Server } from './server.js';

/** So many applications are named here; the portfolio has all of them. */
const NAMED = 50;

/** One server: what runs on it, and what breaks if it retires. */
export const ServerDetail = ({
  id,
  onClose,
}: {
  readonly id: string;
  readonly onClose: () => void;
}) => {
  const moment = useMoment();
  const href = useThingHref();
  const answer = useAnswer<Server>(`/servers/${seg(id)}`, { ...moment });
  return (
    <Detail title={answer.data?.hostname ?? 'Server'} about={id} onClose={onClose}>
      <div className="row">
        <Link className="button small primary" href={impactHref({ type: 'server', id }, moment)}>
          What breaks if it retires
        </Link>
        <Link className="button small" href={address(href('Server', id), { ...moment })}>
          Its history
        </Link>
      </div>
      <Answered answer={answer}>{(server) => <Facts server={server} />}</Answered>
    </Detail>
  );
};

const Facts = ({ server }: { readonly server: Server }) => {
  const moment = useMoment();
  const href = useThingHref();
  const { deployments } = server;
  return (
    <>
      <dl className="facts">
        <dt>Status</dt>
        <dd>
          <Badge word={server.status} />
        </dd>
        <dt>Environment</dt>
        <dd>
          <Value value={server.environment} />
        </dd>
        <dt>Criticality</dt>
        <dd>{server.criticality ? <Badge word={server.criticality} /> : '–'}</dd>
        <dt>Region</dt>
        <dd>
          <Value value={server.region} />
        </dd>
        <dt>Platform</dt>
        <dd>
          <Value value={server.platform} />
        </dd>
        <dt>Team</dt>
        <dd>
          <Value value={server.owning_team} />
        </dd>
        <dt>Id</dt>
        <dd>
          <CopyId id={server.id} />
        </dd>
      </dl>
      <div className="row between">
        <h3>
          Runs {deployments.length.toLocaleString('en')} deployment
          {deployments.length === 1 ? '' : 's'}
        </h3>
        {deployments.length > 0 && (
          <Link
            className="small"
            href={address('/portfolio', { server_ids: server.id, ...moment })}
          >
            In the portfolio
          </Link>
        )}
      </div>
      {deployments.length === 0 && (
        <p className="soft small">
          Nothing runs on it. The command AssignToServer of an application changes that.
        </p>
      )}
      <ul className="links">
        {deployments.slice(0, NAMED).map((one) => (
          <li key={`${one.application_id} ${one.environment}`}>
            <Link href={address(href('Application', one.application_id), { ...moment })}>
              {one.name}
            </Link>
            <span className="row">
              {one.environment !== server.environment && (
                <Badge word={one.environment} tone="warn" />
              )}
              <Badge word={one.lifecycle} />
            </span>
          </li>
        ))}
        {deployments.length > NAMED && (
          <li className="soft small">and {deployments.length - NAMED} more</li>
        )}
      </ul>
    </>
  );
};
