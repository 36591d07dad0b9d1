import { z } from 'zod';
import { Organization } from '../../actors/organization/organization.js';
import { Relation } from '../../actors/relation/relation.js';
import { personal } from '../../src/core/marks.js';
import { type AnyEventOf, defineProjection } from '../../src/core/projection.js';
import { STAMP_COLUMNS, stamped, stampFields } from '../../src/read/projections/stamps.js';
import { related as relatedBy, sortedOnce } from '../contributions.js';

const Owned = z.object({
  relation_id: z.string(),
  type: z.enum(['application', 'server']),
  id: z.string(),
  confidence: z.number(),
  effective_from: z.string().nullable(),
  effective_to: z.string().nullable(),
});
type Owned = z.output<typeof Owned>;

const view = z.object({
  ...stampFields,
  name: z.string().default(''),
  parent_id: z.string().nullable().default(null),
  domains: z.array(z.string()).default([]),
  contacts: z.array(personal(z.string())).default([]),
  status: z.enum(['absent', 'present', 'deleted']).default('absent'),
  // Relations may name an organization before its own events arrive: until then it is not there.
  deleted: z.boolean().default(true),
  owned: z.array(Owned).default([]),
  application_ids: z.array(z.string()).default([]),
  server_ids: z.array(z.string()).default([]),
  application_count: z.number().default(0),
  server_count: z.number().default(0),
});
type OrganizationView = z.output<typeof view>;
type OrganizationEvent = AnyEventOf<typeof Organization>;
type RelationEvent = AnyEventOf<typeof Relation>;

const withOrganization = (before: OrganizationView, event: OrganizationEvent): OrganizationView => {
  const { status, data } = event.after;
  return {
    ...before,
    ...stamped(before, event),
    ...data,
    status: view.shape.status.parse(status),
    deleted: status === 'deleted',
  };
};

/** What a relation says that an organization owns. */
const ownership = ({ aggregate_id, after }: RelationEvent, key: string): Owned | null => {
  const { source_type, source_id, relation_type, target_id } = after.data;
  const type = Owned.shape.type.safeParse(after.data.target_type).data;
  if (after.status !== 'present' || type === undefined || relation_type !== 'owns') return null;
  if (source_type !== 'organization' || source_id !== key) return null;
  const { confidence, effective_from, effective_to } = after.data;
  return {
    relation_id: aggregate_id,
    type,
    id: target_id,
    confidence,
    effective_from,
    effective_to,
  };
};

const withRelation = (
  before: OrganizationView,
  event: RelationEvent,
  key: string,
): OrganizationView | null => {
  const owned = relatedBy(before.owned, event.aggregate_id, ownership(event, key));
  if (owned === before.owned) return before;
  if (owned.length === 0 && before.status === 'absent') return null;
  const idsOf = (type: Owned['type']) =>
    sortedOnce(owned.filter((one) => one.type === type).map(({ id }) => id));
  const [application_ids, server_ids] = [idsOf('application'), idsOf('server')];
  return {
    ...before,
    id: key,
    owned,
    application_ids,
    server_ids,
    application_count: application_ids.length,
    server_count: server_ids.length,
  };
};

const LINKS = { application: 'application-portfolio', server: 'server-deployments' } as const;

/** Every organization, what it is a part of, and what it owns. */
export const organizationMap = defineProjection({
  name: 'organization-map',
  summary: 'Every organization in its tree, with the applications and servers that it owns.',
  view,
  indexed: [
    ...STAMP_COLUMNS,
    ...(['name', 'parent_id', 'domains', 'status', 'deleted', 'application_ids'] as const),
    ...(['server_ids', 'application_count', 'server_count'] as const),
  ],
  search: ['name'],
  sort: 'name',
  from: [Organization, Relation],
  withState: true,
  resource: 'Organization',
  deleted: 'deleted',
  within: { parent_id: { projection: 'organization-map', parent: 'parent_id' } },
  documentIds: {
    Relation: ({ before, after }) =>
      [before.data, after.data]
        .filter(({ source_type }) => source_type === 'organization')
        .map(({ source_id }) => source_id),
  },
  on: { Organization: { '*': withOrganization }, Relation: { '*': withRelation } },
  related: ({ parent_id, owned }) => [
    ...(parent_id === null ? [] : [{ projection: 'organization-map', key: parent_id }]),
    ...owned.map(({ type, id }) => ({ projection: LINKS[type], key: id })),
  ],
  show: (document, { related }) => {
    const { parent_id } = document;
    const parent = parent_id === null ? undefined : related('organization-map', parent_id);
    return {
      ...document,
      parent_name: parent?.name || null,
      owned: document.owned.map((one) => {
        const { name, hostname } = related(LINKS[one.type], one.id) ?? {};
        return { ...one, name: name || hostname || null };
      }),
    };
  },
});
