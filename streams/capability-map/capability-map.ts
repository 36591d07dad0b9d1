import { z } from 'zod';
import { Application } from '../../actors/application/application.js';
import { BusinessCapability } from '../../actors/business-capability/business-capability.js';
import { Criticality, Lifecycle } from '../../actors/shared.js';
import { type AnyEventOf, defineProjection, report } from '../../src/core/projection.js';
import { STAMP_COLUMNS, stamped, stampFields } from '../../src/core/stamps.js';
import { CONTRIBUTING, contributed, sortedOnce } from '../contributions.js';
import { countByLifecycle, highest, lifecycleOf } from '../lifecycle.js';
import { TREE_DEPTH_MAX } from '../tree.js';
import { capabilityTree } from './tree.js';

const Supporting = z.object({
  application_id: z.string(),
  name: z.string(),
  owner: z.string(),
  lifecycle: Lifecycle,
  criticality: Criticality.nullable(),
});
type Supporting = z.output<typeof Supporting>;

const view = z.object({
  ...stampFields,
  name: z.string().default(''),
  description: z.string().nullable().default(null),
  parent_id: z.string().nullable().default(null),
  strategic_importance: Criticality.nullable().default(null),
  tags: z.array(z.string()).default([]),
  status: z.enum(['absent', 'present', 'deleted']).default('absent'),
  // Applications may name a capability before its own events arrive: until then it is not there.
  deleted: z.boolean().default(true),
  applications: z.array(Supporting).default([]),
  application_ids: z.array(z.string()).default([]),
  application_count: z.number().default(0),
  current_application_count: z.number().default(0),
  max_criticality: Criticality.nullable().default(null),
});
type Capability = z.output<typeof view>;
type ApplicationEvent = AnyEventOf<typeof Application>;
type CapabilityEvent = AnyEventOf<typeof BusinessCapability>;

const support = ({ aggregate_id, after }: ApplicationEvent, key: string): readonly Supporting[] => {
  const lifecycle = lifecycleOf(after.status);
  if (lifecycle === null || after.data.capability_id !== key) return [];
  const { name, owner, criticality } = after.data;
  return [{ application_id: aggregate_id, name, owner, lifecycle, criticality }];
};

const withSupport = (
  before: Capability,
  event: ApplicationEvent,
  key: string,
): Capability | null => {
  const own = support(event, key);
  const applications = contributed(before.applications, event.aggregate_id, own);
  if (applications === before.applications) return before;
  if (applications.length === 0 && before.status === 'absent') return null;
  const { current, max_criticality } = countByLifecycle(applications);
  return {
    ...before,
    id: key,
    applications,
    application_ids: sortedOnce(applications.map(({ application_id }) => application_id)),
    application_count: applications.length,
    current_application_count: current,
    max_criticality,
  };
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
    ...(['status', 'deleted'] as const),
    ...(['application_ids', 'application_count', 'current_application_count'] as const),
    'max_criticality',
  ],
  search: ['name', 'description'],
  sort: 'name',
  from: [BusinessCapability, Application],
  folds: true,
  resource: 'BusinessCapability',
  deleted: 'deleted',
  within: { parent_id: { projection: 'capability-map', parent: 'parent_id' } },
  concerns: {
    Application: ({ before, after }) =>
      [before.data.capability_id, after.data.capability_id].filter((id) => id !== null),
  },
  on: {
    BusinessCapability: { '*': withCapability },
    Application: { '*': withSupport },
  },
  uses: [
    withCapability,
    withSupport,
    support,
    stamped,
    ...CONTRIBUTING,
    sortedOnce,
    countByLifecycle,
    highest,
  ],
  related: ({ parent_id }) =>
    parent_id === null ? [] : [{ projection: 'capability-map', key: parent_id }],
  show: (document, { related }) => {
    const { parent_id } = document;
    const parent = parent_id === null ? undefined : related('capability-map', parent_id);
    return { ...document, parent_name: parent?.name || null };
  },
  reports: {
    tree: report({
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
