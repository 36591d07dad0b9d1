import { z } from 'zod';
import { Application } from '../../actors/application/application.js';
import { Relation } from '../../actors/relation/relation.js';
import { Classification, Criticality, Environment, Lifecycle } from '../../actors/shared.js';
import { type AnyEventOf, defineProjection } from '../../src/core/projection.js';
import { STAMP_COLUMNS, stamped, stampFields } from '../../src/read/projections/stamps.js';
import { dateOf } from '../calendar.js';
import { sortedOnce } from '../contributions.js';
import { lifecycleOf } from '../lifecycle.js';
import { sunsetAt } from '../sunset-roadmap/roadmap.js';
import {
  CAPABILITIES,
  relatedAfter,
  supportedAfter,
  supportedFields,
  supporterOf,
} from '../supported.js';
import { spansAfter } from './spans.js';
import { plannedAfter } from './sunset-plan.js';

const Day = z.iso.date().nullable().default(null);

const view = z.object({
  ...stampFields,
  name: z.string().default(''),
  owner: z.string().default(''),
  lifecycle: Lifecycle.default('planned'),
  spans: z
    .array(z.object({ lifecycle: Lifecycle, from: z.string(), to: z.string().nullable() }))
    .default([]),
  sunset_date: Day,
  first_sunset_date: Day,
  sunset_plans: z
    .array(z.object({ at: z.string(), from: z.string().nullable(), to: z.string().nullable() }))
    .default([]),
  slips: z.number().default(0),
  days_slipped: z.number().default(0),
  ended_on: Day,
  data_classification: Classification.default('internal'),
  criticality: Criticality.nullable().default(null),
  capability_id: z.string().nullable().default(null),
  ...supportedFields,
  main_capability_id: z.string().nullable().default(null),
  tags: z.array(z.string()).default([]),
  environments: z.array(Environment).default([]),
  in_production: z.boolean().default(false),
  // Relations may name an application before its own events arrive: until then it is not there.
  deleted: z.boolean().default(true),
});
export type ApplicationRoadmap = z.output<typeof view>;
type Event = AnyEventOf<typeof Application>;

type Supporting = Pick<ApplicationRoadmap, 'capability_id' | 'capability_ids'>;

/** A roadmap draws each application once: under what it is assigned to, or else the first it supports. */
const mainOf = ({ capability_id, capability_ids }: Supporting): string | null =>
  capability_id ?? capability_ids[0] ?? null;

const next = (before: ApplicationRoadmap, event: Event): ApplicationRoadmap => {
  const { status, data } = event.after;
  const spans = spansAfter(before.spans, event);
  const environments = sortedOnce(data.deployments.map(({ environment }) => environment));
  const ended = status === 'retired' || status === 'deleted';
  const last = spans.at(-1);
  const supported = supportedAfter(before, event);
  const moved_at = last?.to ?? last?.from ?? event.occurred_at;
  return {
    ...before,
    ...stamped(before, event),
    ...plannedAfter(before, event),
    name: data.name,
    owner: data.owner,
    // What was deleted keeps the lifecycle that it had.
    lifecycle: lifecycleOf(status) ?? before.lifecycle,
    spans,
    ended_on: ended ? (before.ended_on ?? dateOf(moved_at)) : null,
    data_classification: data.data_classification,
    criticality: data.criticality,
    capability_id: data.capability_id,
    ...supported,
    main_capability_id: mainOf({ ...supported, capability_id: data.capability_id }),
    tags: data.tags,
    environments,
    in_production: environments.includes('prod'),
    deleted: status === 'deleted',
  };
};

const withRelation = (
  before: ApplicationRoadmap,
  event: AnyEventOf<typeof Relation>,
  key: string,
): ApplicationRoadmap | null => {
  const after = relatedAfter(before, event, key);
  if (!after) return before;
  if (after.supports.length === 0 && before.version === 0) return null;
  const main_capability_id = mainOf({ ...before, ...after });
  return { ...before, ...after, id: key, main_capability_id };
};

/** The whole life of every application: what it was from when to when, and when it should end. */
export const applicationRoadmap = defineProjection({
  name: 'application-roadmap',
  summary: 'Every application from plan to retirement: spans, sunset dates, how often they moved.',
  view,
  indexed: [
    ...STAMP_COLUMNS,
    ...(['name', 'owner', 'lifecycle', 'sunset_date', 'first_sunset_date', 'slips'] as const),
    ...(['days_slipped', 'ended_on', 'data_classification', 'criticality'] as const),
    ...(['capability_id', 'capability_ids', 'main_capability_id', 'tags'] as const),
    ...(['environments', 'in_production', 'deleted'] as const),
  ],
  search: ['name', 'owner'],
  sort: 'name',
  from: [Application, Relation],
  withState: true,
  deleted: 'deleted',
  within: { capability_id: CAPABILITIES, capability_ids: CAPABILITIES },
  documentIds: { Relation: supporterOf },
  on: { Application: { '*': next }, Relation: { '*': withRelation } },
  related: ({ main_capability_id: key }) =>
    key === null ? [] : [{ projection: 'capability-map', key }],
  show: (document, { now, related }) => {
    const { capability_id, main_capability_id: main } = document;
    const nameOf = (key: string | null): unknown =>
      key === null ? null : related('capability-map', key)?.name || null;
    return {
      ...document,
      ...sunsetAt(document, dateOf(now)),
      capability_name: nameOf(capability_id),
      main_capability_name: nameOf(main),
    };
  },
});
