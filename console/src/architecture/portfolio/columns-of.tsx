import { Link } from 'wouter';
import { NameText } from '../../names/thing-link.js';
import { Badge } from '../../ui/badge.js';
import type { Column } from '../../ui/rows.js';
import { Time } from '../../ui/time.js';

/** An application as the portfolio lists it. */
export type Application = {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly lifecycle: string;
  readonly criticality: string | null;
  readonly data_classification: string;
  /** All that it supports, assigned or by relations. */
  readonly capability_ids: readonly string[];
  readonly capability_id: string | null;
  readonly capability_name: string | null;
  readonly deployments: readonly {
    readonly server_id: string;
    readonly hostname: string | null;
    readonly environment: string;
  }[];
  readonly sunset_date: string | null;
  readonly occurred_at: string | null;
};

const dash = <span className="faint">–</span>;

const RunsOn = ({ deployments }: Pick<Application, 'deployments'>) => {
  const [first, ...more] = deployments;
  if (!first) return dash;
  const named = deployments.map((one) => `${one.hostname ?? one.server_id} (${one.environment})`);
  return (
    <span title={named.join(', ')}>
      {first.hostname ?? first.server_id} <span className="faint">{first.environment}</span>
      {more.length > 0 && <span className="faint"> +{more.length}</span>}
    </span>
  );
};

const Supports = ({ capability_id, capability_name, capability_ids }: Application) => {
  const main = capability_id ?? capability_ids[0];
  const more = capability_ids.filter((id) => id !== main).length;
  if (!main) return dash;
  return (
    <span>
      {capability_name ?? <NameText id={main} />}
      {more > 0 && <span className="faint"> +{more}</span>}
    </span>
  );
};

const Sunset = ({ one, today }: { readonly one: Application; readonly today: string }) => {
  if (!one.sunset_date) return dash;
  const overdue = one.sunset_date < today && one.lifecycle !== 'retired';
  return overdue ? (
    <span className="overdue" title="The sunset date has passed">
      {one.sunset_date} <span aria-hidden="true">!</span>
      <span className="visually-hidden">overdue</span>
    </span>
  ) : (
    <Time at={one.sunset_date} />
  );
};

/** A word that is only marked where it should catch the eye. */
const Plain = ({ word, loud }: { readonly word: string | null; readonly loud: string }) =>
  word === loud ? <strong>{word}</strong> : (word ?? dash);

/** The columns of the portfolio; `today` is the day that is shown. */
export const columnsOf = (
  today: string,
  href: (one: Application) => string,
): readonly Column<Application>[] => [
  {
    name: 'name',
    label: 'Application',
    width: 'minmax(11rem, 2fr)',
    sort: 'name',
    cell: (one) => (
      <Link
        href={href(one)}
        tabIndex={-1}
        className="application"
        title={one.name}
        onClick={(event) => event.stopPropagation()}
      >
        {one.name}
      </Link>
    ),
  },
  {
    name: 'lifecycle',
    label: 'Lifecycle',
    width: '7rem',
    sort: 'lifecycle',
    cell: ({ lifecycle }) => <Badge word={lifecycle} />,
  },
  {
    name: 'owner',
    label: 'Owner',
    width: 'minmax(8rem, 1.3fr)',
    sort: 'owner',
    cell: ({ owner }) => <span title={owner}>{owner}</span>,
  },
  {
    name: 'capability',
    label: 'Capability',
    width: 'minmax(7rem, 1.2fr)',
    cell: (one) => <Supports {...one} />,
  },
  {
    name: 'sunset',
    label: 'Sunset',
    width: '7rem',
    sort: 'sunset_date',
    cell: (one) => <Sunset one={one} today={today} />,
  },
  {
    name: 'criticality',
    label: 'Criticality',
    width: '5.5rem',
    sort: 'criticality',
    cell: ({ criticality }) => <Plain word={criticality} loud="critical" />,
  },
  {
    name: 'data',
    label: 'Data',
    width: '6.5rem',
    sort: 'data_classification',
    cell: ({ data_classification }) => <Plain word={data_classification} loud="restricted" />,
  },
  {
    name: 'runs',
    label: 'Runs on',
    width: 'minmax(8rem, 1.2fr)',
    sort: 'deployment_count',
    cell: (one) => <RunsOn {...one} />,
  },
  {
    name: 'changed',
    label: 'Last change',
    width: '6.5rem',
    sort: 'occurred_at',
    cell: ({ occurred_at }) => <Time at={occurred_at} date />,
  },
];
