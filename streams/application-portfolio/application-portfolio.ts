import { z } from 'zod';
import { Application } from '../../actors/application/application.js';
import { Relation } from '../../actors/relation/relation.js';
import { Classification, Criticality, Environment, Lifecycle } from '../../actors/shared.js';
import { laterInstant } from '../../src/core/instant.js';
import { type AnyEventOf, defineProjection } from '../../src/core/projection.js';
import { STAMP_COLUMNS, stamped, stampFields } from '../../src/read/projections/stamps.js';
import { sortedOnce } from '../contributions.js';
import { lifecycleOf } from '../lifecycle.js';
import {
  CAPABILITIES,
  relatedAfter,
  supportedAfter,
  supportedFields,
  supporterOf,
} from '../supported.js';

const Id = z.string().nullable().default(null);

const view = z.object({
  ...stampFields,
  name: z.string().default(''),
  owner: z.string().default(''),
  description: z.string().nullable().default(null),
  lifecycle: Lifecycle.default('planned'),
  lifecycle_since: z.string().nullable().default(null),
  data_classification: Classification.default('internal'),
  criticality: Criticality.nullable().default(null),
  capability_id: Id,
  ...supportedFields,
  tags: z.array(z.string()).default([]),
  deployments: z.array(z.object({ server_id: z.string(), environment: Environment })).default([]),
  server_ids: z.array(z.string()).default([]),
  environments: z.array(Environment).default([]),
  deployment_count: z.number().default(0),
  in_production: z.boolean().default(false),
  sunset_date: z.string().nullable().default(null),
  owner_changes: z.number().default(0),
  classification_changes: z.number().default(0),
  // Relations may name an application before its own events arrive: until then it is not there.
  deleted: z.boolean().default(true),
});
type Portfolio = z.output<typeof view>;
type Event = AnyEventOf<typeof Application>;

const changed = (event: Event, field: 'owner' | 'data_classification'): number =>
  event.before.status !== 'absent' && event.before.data[field] !== event.after.data[field] ? 1 : 0;

const next = (before: Portfolio, event: Event): Portfolio => {
  const { status, data } = event.after;
  const environments = sortedOnce(data.deployments.map(({ environment }) => environment));
  const moved = event.before.status !== status && status !== 'deleted';
  return {
    ...before,
    ...stamped(before, event),
    name: data.name,
    owner: data.owner,
    description: data.description,
    // What was deleted keeps the lifecycle that it had.
    lifecycle: lifecycleOf(status) ?? before.lifecycle,
    // Live documents take events as recorded: what became true late lets those before it go first.
    lifecycle_since: moved
      ? laterInstant(before.lifecycle_since ?? event.occurred_at, event.occurred_at)
      : before.lifecycle_since,
    data_classification: data.data_classification,
    criticality: data.criticality,
    capability_id: data.capability_id,
    ...supportedAfter(before, event),
    tags: data.tags,
    deployments: data.deployments,
    server_ids: sortedOnce(data.deployments.map(({ server_id }) => server_id)),
    environments,
    deployment_count: data.deployments.length,
    in_production: environments.includes('prod'),
    sunset_date: data.sunset_date,
    owner_changes: before.owner_changes + changed(event, 'owner'),
    classification_changes: before.classification_changes + changed(event, 'data_classification'),
    deleted: status === 'deleted',
  };
};

const withRelation = (
  before: Portfolio,
  event: AnyEventOf<typeof Relation>,
  key: string,
): Portfolio | null => {
  const after = relatedAfter(before, event, key);
  if (!after) return before;
  if (after.supports.length === 0 && before.version === 0) return null;
  return { ...before, ...after, id: key };
};

/** Every application with all that is known of it: what `GET /applications` answers. */
export const applicationPortfolio = defineProjection({
  name: 'application-portfolio',
  summary: 'Every application with its owner, lifecycle, capability, and where it runs.',
  view,
  indexed: [
    ...STAMP_COLUMNS,
    ...(['name', 'owner', 'description', 'lifecycle', 'lifecycle_since'] as const),
    ...(['data_classification', 'criticality', 'capability_id'] as const),
    ...(['capability_ids', 'tags'] as const),
    ...(['server_ids', 'environments', 'deployment_count', 'in_production'] as const),
    ...(['sunset_date', 'owner_changes', 'classification_changes', 'deleted'] as const),
  ],
  search: ['name', 'owner', 'description'],
  sort: 'name',
  from: [Application, Relation],
  withState: true,
  resource: 'Application',
  deleted: 'deleted',
  within: { capability_id: CAPABILITIES, capability_ids: CAPABILITIES },
  documentIds: { Relation: supporterOf },
  on: { Application: { '*': next }, Relation: { '*': withRelation } },
  related: ({ capability_id, server_ids }) => [
    ...(capability_id === null ? [] : [{ projection: 'capability-map', key: capability_id }]),
    ...server_ids.map((key) => ({ projection: 'server-deployments', key })),
  ],
  show: (document, { related }) => {
    const { capability_id } = document;
    const capability = capability_id === null ? null : related('capability-map', capability_id);
    return {
      ...document,
      capability_name: capability?.name || null,
      deployments: document.deployments.map((one) => ({
        ...one,
        hostname: related('server-deployments', one.server_id)?.hostname || null,
      })),
    };
  },
});
