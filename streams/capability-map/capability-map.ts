import { z } from 'zod';
import { Application } from '../../actors/application/application.js';
import { BusinessCapability } from '../../actors/business-capability/business-capability.js';
import { Relation } from '../../actors/relation/relation.js';
import { Criticality } from '../../actors/shared.js';
import { type AnyEventOf, defineProjection, report } from '../../src/core/projection.js';
import { STAMP_COLUMNS, stamped, stampFields } from '../../src/read/projections/stamps.js';
import { dateOf } from '../calendar.js';
import { contributed, related as relatedBy, sortedOnce } from '../contributions.js';
import { lifecycleOf } from '../lifecycle.js';
import { Stated, SUPPORTING, statedOf, targetsOf } from '../stated.js';
import { capabilitiesOf } from '../supported.js';
import { TREE_DEPTH_MAX } from '../tree.js';
import { Supporting, supportOf } from './support.js';
import { capabilityTree } from './tree.js';

const CAPABILITY = 'business_capability';

type ApplicationEvent = AnyEventOf<typeof Application>;
type CapabilityEvent = AnyEventOf<typeof BusinessCapability>;
type RelationEvent = AnyEventOf<typeof Relation>;

const view = z.object({
  ...stampFields,
  name: z.string().default(''),
  description: z.string().nullable().default(null),
  parent_id: z.string().nullable().default(null),
  strategic_importance: Criticality.nullable().default(null),
  tags: z.array(z.string()).default([]),
  status: z.enum(['absent', 'present', 'deleted']).default('absent'),
  // Others may name a capability before its own events arrive: until then it is not there.
  deleted: z.boolean().default(true),
  /** Applications that are assigned to it, or offer a service that is. */
  assigned: z.array(Supporting).default([]),
  /** Relations that say that an application or a service supports it. */
  supports: z.array(Stated).default([]),
  supporter_ids: z.array(z.string()).default([]),
  supporter_count: z.number().default(0),
});
type Capability = z.output<typeof view>;

const assignment = (
  { aggregate_id, after }: ApplicationEvent,
  key: string,
): readonly Supporting[] => {
  const lifecycle = lifecycleOf(after.status);
  if (lifecycle === null || !capabilitiesOf(after).includes(key)) return [];
  const { name, owner, criticality } = after.data;
  return [{ application_id: aggregate_id, name, owner, lifecycle, criticality }];
};

/** With who supports it, as applications and relations say it. */
const supported = (before: Capability, key: string): Capability | null => {
  const { assigned, supports, status } = before;
  if (assigned.length + supports.length === 0 && status === 'absent') return null;
  const supporter_ids = sortedOnce([
    ...assigned.map(({ application_id }) => application_id),
    ...supports.map(({ source_id }) => source_id),
  ]);
  return { ...before, id: key, supporter_ids, supporter_count: supporter_ids.length };
};

const withApplication = (
  before: Capability,
  event: ApplicationEvent,
  key: string,
): Capability | null => {
  const assigned = contributed(before.assigned, event.aggregate_id, assignment(event, key));
  return assigned === before.assigned ? before : supported({ ...before, assigned }, key);
};

const withRelation = (before: Capability, event: RelationEvent, key: string): Capability | null => {
  const own = statedOf(event, { type: CAPABILITY, id: key }, SUPPORTING);
  const supports = relatedBy(before.supports, event.aggregate_id, own);
  return supports === before.supports ? before : supported({ ...before, supports }, key);
};

const withCapability = (before: Capability, event: CapabilityEvent): Capability => {
  const { status, data } = event.after;
  return {
    ...before,
    ...stamped(before, event),
    name: data.name,
    description: data.description,
    parent_id: data.parent_id,
    strategic_importance: data.strategic_importance,
    tags: data.tags,
    status: view.shape.status.parse(status),
    deleted: status === 'deleted',
  };
};

/** Every capability, where it stands, and the applications that support it. */
export const capabilityMap = defineProjection({
  name: 'capability-map',
  summary: 'Every capability in its tree, with the applications that support it.',
  view,
  indexed: [
    ...STAMP_COLUMNS,
    ...(['name', 'description', 'parent_id', 'strategic_importance', 'tags'] as const),
    ...(['status', 'deleted', 'supporter_ids', 'supporter_count'] as const),
  ],
  search: ['name', 'description'],
  sort: 'name',
  from: [BusinessCapability, Application, Relation],
  withState: true,
  resource: 'BusinessCapability',
  deleted: 'deleted',
  within: { parent_id: { projection: 'capability-map', parent: 'parent_id' } },
  documentIds: {
    Application: ({ before, after }) => [...capabilitiesOf(before), ...capabilitiesOf(after)],
    Relation: (event) => targetsOf(event, CAPABILITY),
  },
  on: {
    BusinessCapability: { '*': withCapability },
    Application: { '*': withApplication },
    Relation: { '*': withRelation },
  },
  related: ({ parent_id, supports }) => [
    ...(parent_id === null ? [] : [{ projection: 'capability-map', key: parent_id }]),
    ...supports.map(({ source_type, source_id: key }) => ({
      projection: source_type === 'application' ? 'application-portfolio' : 'application-services',
      key,
    })),
  ],
  show: (document, { now, related }) => {
    const { parent_id } = document;
    const parent = parent_id === null ? undefined : related('capability-map', parent_id);
    return {
      ...document,
      parent_name: parent?.name || null,
      ...supportOf(document, { day: dateOf(now), related }),
    };
  },
  reports: {
    tree: report({
      asShown: true,
      summary: 'The capabilities as a tree with their applications, gaps and overlaps.',
      params: z.object({
        root: z.string().optional(),
        depth: z.coerce.number().int().min(0).max(TREE_DEPTH_MAX).default(TREE_DEPTH_MAX),
        overlap_above: z.coerce.number().int().min(0).default(1),
      }),
      answer: capabilityTree,
    }),
  },
});
