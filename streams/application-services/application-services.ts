import { z } from 'zod';
import { Application } from '../../actors/application/application.js';
import { Relation } from '../../actors/relation/relation.js';
import { Criticality, Lifecycle } from '../../actors/shared.js';
import { type AnyEventOf, defineProjection, type View } from '../../src/core/projection.js';
import { STAMP_COLUMNS, stamped, stampFields } from '../../src/read/projections/stamps.js';
import { dateOf } from '../calendar.js';
import { related as relatedBy, sortedOnce } from '../contributions.js';
import { belongsElsewhere, concernedParts, ofApplication, servedByChanged } from '../parts.js';
import { holdsOn, Stated, statedOf, targetsOf } from '../stated.js';

const Perhaps = z.string().nullable().default(null);

const view = z.object({
  ...stampFields,
  service_id: z.string().default(''),
  name: z.string().default(''),
  description: Perhaps,
  sla: Perhaps,
  capability_id: Perhaps,
  /** As the application has it. */
  added_consumer_ids: z.array(z.string()).default([]),
  /** Relations that say that an application uses it. */
  uses: z.array(Stated).default([]),
  stated_consumer_ids: z.array(z.string()).default([]),
  stated_consumer_count: z.number().default(0),
  interface_ids: z.array(z.string()).default([]),
  status: z.enum(['offered', 'withdrawn']).default('offered'),
  application_id: z.string().default(''),
  application_name: z.string().default(''),
  owner: z.string().default(''),
  criticality: Criticality.nullable().default(null),
  lifecycle: Lifecycle.default('planned'),
  // Relations may name a service before its application's events arrive: until then it is not there.
  deleted: z.boolean().default(true),
});
type Service = z.output<typeof view>;
type RelationEvent = AnyEventOf<typeof Relation>;
type Event = AnyEventOf<typeof Application>;

/** The open interfaces through which a service is reached. */
const waysTo = ({ after }: Event, service_id: string): string[] =>
  sortedOnce(
    Object.values(after.data.interfaces)
      .filter((one) => one.status !== 'retired' && one.serves_service_ids.includes(service_id))
      .map(({ interface_id }) => interface_id),
  );

const SERVICE = 'application_service';
const UNKNOWN = view.parse({});

const Using = view.pick({ added_consumer_ids: true, uses: true });
type Using = z.output<typeof Using>;

/** Who consumes it: whom its application added, and whose relations say so. */
const consumersOf = ({ added_consumer_ids, uses }: Using): string[] =>
  sortedOnce([...added_consumer_ids, ...uses.map(({ source_id }) => source_id)]);

/** Whoever was said to, on whatever day: the day is no column to filter and sort by. */
const statedConsumers = (using: Using) => {
  const stated_consumer_ids = consumersOf(using);
  return { stated_consumer_ids, stated_consumer_count: stated_consumer_ids.length };
};

/** Who does on a day, of a document: relations hold for a time. */
export const consumersOn = (document: View, day: string) => {
  const { added_consumer_ids, uses } = Using.parse(document);
  const held = uses.filter((one) => holdsOn(one, day));
  const consumer_ids = consumersOf({ added_consumer_ids, uses: held });
  return { consumer_ids, consumer_count: consumer_ids.length };
};

const withRelation = (before: Service, event: RelationEvent, key: string): Service | null => {
  const own = statedOf(event, { type: SERVICE, id: key }, ['uses']);
  const uses = relatedBy(before.uses, event.aggregate_id, own);
  if (uses === before.uses) return before;
  if (uses.length === 0 && before.application_id === '') return null;
  return { ...before, id: key, uses, ...statedConsumers({ ...before, uses }) };
};

const next = (before: Service, event: Event, key: string): Service => {
  const { services } = event.after.data;
  if (!Object.hasOwn(services, key) || belongsElsewhere(before, event)) return before;
  const { name, description, sla, capability_id, consumers, status } = services[key]!;
  const own = before.application_id === event.aggregate_id ? before : UNKNOWN;
  const using = { added_consumer_ids: sortedOnce(consumers), uses: before.uses };
  return {
    ...own,
    ...stamped(own, event),
    ...ofApplication(own, event),
    id: key,
    service_id: key,
    name,
    description,
    sla,
    capability_id,
    status,
    ...using,
    ...statedConsumers(using),
    interface_ids: waysTo(event, key),
  };
};

/** Every service that an application offers: what `GET /services` answers. */
export const applicationServices = defineProjection({
  name: 'application-services',
  summary: 'Every service of an application, who consumes it and how it is reached.',
  path: 'services',
  view,
  indexed: [
    ...STAMP_COLUMNS,
    ...(['service_id', 'name', 'description', 'sla', 'capability_id'] as const),
    ...(['added_consumer_ids', 'stated_consumer_ids', 'stated_consumer_count'] as const),
    ...(['interface_ids', 'status', 'application_id'] as const),
    ...(['application_name', 'owner', 'criticality', 'lifecycle', 'deleted'] as const),
  ],
  search: ['name', 'description', 'application_name'],
  sort: 'name',
  from: [Application, Relation],
  withState: true,
  deleted: 'deleted',
  within: { capability_id: { projection: 'capability-map', parent: 'parent_id' } },
  documentIds: {
    Application: (event) => [...concernedParts(event, 'services'), ...servedByChanged(event)],
    Relation: (event) => targetsOf(event, SERVICE),
  },
  on: { Application: { '*': next }, Relation: { '*': withRelation } },
  related: ({ capability_id, stated_consumer_ids, interface_ids }) => [
    ...(capability_id === null ? [] : [{ projection: 'capability-map', key: capability_id }]),
    ...stated_consumer_ids.map((key) => ({ projection: 'application-portfolio', key })),
    ...interface_ids.map((key) => ({ projection: 'application-interfaces', key })),
  ],
  show: (document, { now, related }) => {
    const { capability_id, interface_ids } = document;
    const consumers = consumersOn(document, dateOf(now));
    const nameOf = (projection: string, key: string) => related(projection, key)?.name || null;
    return {
      ...document,
      ...consumers,
      capability_name: capability_id === null ? null : nameOf('capability-map', capability_id),
      consumers: consumers.consumer_ids.map((application_id) => ({
        application_id,
        name: nameOf('application-portfolio', application_id),
      })),
      interfaces: interface_ids.map((interface_id) => ({
        interface_id,
        name: nameOf('application-interfaces', interface_id),
      })),
    };
  },
});
