import { Link } from 'wouter';
import { address } from '../../api/address.js';
import type { Report } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useThingHref } from '../../api/use-kinds.js';
import { Answered } from '../../ui/answered.js';
import { Badge } from '../../ui/badge.js';
import { useMoment } from '../../ui/moment-picker.js';
import { Detail } from '../landscape/detail.js';
import { ElementLink, impactHref } from '../landscape/element-link.js';
import { countOf, type Named } from '../landscape/name-of.js';
import { WITHIN } from '../portfolio/filters-in.js';

/** Of each kind so many are named; the portfolio has all of them. */
const NAMED = 30;

type Application = Named & { readonly owner: string | null; readonly criticality: string | null };
type BehindIt = {
  readonly capabilities: readonly Named[];
  readonly applications: readonly Application[];
  readonly services: readonly Named[];
  readonly interfaces: readonly Named[];
  readonly data_entities: readonly Named[];
  readonly servers: readonly Named[];
  readonly integrations: readonly Named[];
};

const PARTS = ['services', 'interfaces', 'data_entities', 'servers', 'integrations'] as const;

const More = ({ all }: { readonly all: readonly unknown[] }) =>
  all.length > NAMED ? (
    <li className="soft small">and {(all.length - NAMED).toLocaleString('en')} more</li>
  ) : null;

const Parts = ({ all }: { readonly all: readonly Named[] }) => {
  const [first] = all;
  if (!first) return null;
  return (
    <details>
      <summary>{countOf(all.length, first.type)}</summary>
      <ul className="links">
        {all.slice(0, NAMED).map((one) => (
          <li key={one.id}>
            <ElementLink one={one} />
          </li>
        ))}
        <More all={all} />
      </ul>
    </details>
  );
};

/** What stands behind a capability and everything below it. */
export const Behind = ({
  id,
  onClose,
  onZoom,
}: {
  readonly id: string;
  readonly onClose: () => void;
  /** Look at it alone; undefined where there is nothing in it. */
  readonly onZoom: (() => void) | undefined;
}) => {
  const moment = useMoment();
  const href = useThingHref();
  const answer = useAnswer<Report<BehindIt>>('/views/landscape/capability', {
    capability: id,
    ...moment,
  });
  const known = answer.data?.answer.capabilities.find((one) => one.id === id);
  return (
    <Detail title={known?.name ?? 'Capability'} about={id} onClose={onClose}>
      <div className="row">
        <Link
          className="button small"
          href={address(href('BusinessCapability', id), { ...moment })}
        >
          Its history
        </Link>
        <Link
          className="button small"
          href={impactHref({ type: 'business_capability', id }, moment)}
        >
          What it stands on
        </Link>
        {onZoom && (
          <button type="button" className="button small" onClick={onZoom}>
            Zoom in
          </button>
        )}
      </div>
      <Answered answer={answer}>
        {({ answer: behind }) => (
          <>
            <div className="row between">
              <h3>{countOf(behind.applications.length, 'application')}</h3>
              <Link className="small" href={address('/portfolio', { [WITHIN]: id, ...moment })}>
                In the portfolio
              </Link>
            </div>
            {behind.applications.length === 0 ? (
              <p className="soft small">
                Nothing that is not retired supports it. Give it an application with the command
                AssignCapability on the application’s page.
              </p>
            ) : (
              <ul className="links">
                {behind.applications.slice(0, NAMED).map((one) => (
                  <li key={one.id}>
                    <ElementLink one={one} />
                    <Badge word={one.status} />
                  </li>
                ))}
                <More all={behind.applications} />
              </ul>
            )}
            <h3>What these lead to</h3>
            {PARTS.every((one) => behind[one].length === 0) && (
              <p className="soft small">No services, data, servers or integrations.</p>
            )}
            {PARTS.map((one) => (
              <Parts key={one} all={behind[one]} />
            ))}
          </>
        )}
      </Answered>
    </Detail>
  );
};
