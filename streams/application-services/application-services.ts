import { z } from 'zod';
import { Application } from '../../actors/application/application.js';
import { Lifecycle } from '../../actors/shared.js';
import { type AnyEventOf, defineProjection } from '../../src/core/projection.js';
import { STAMP_COLUMNS, stamped, stampFields } from '../../src/core/stamps.js';
import { sortedOnce } from '../contributions.js';
import {
  belongsElsewhere,
  concernedParts,
  ofApplication,
  PARTING,
  servedByChanged,
} from '../parts.js';

const Perhaps = z.string().nullable().default(null);

const view = z.object({
  ...stampFields,
  service_id: z.string().default(''),
  name: z.string().default(''),
  description: Perhaps,
  sla: Perhaps,
  capability_id: Perhaps,
  consumer_ids: z.array(z.string()).default([]),
  consumer_count: z.number().default(0),
  interface_ids: z.array(z.string()).default([]),
  status: z.enum(['offered', 'withdrawn']).default('offered'),
  application_id: z.string().default(''),
  application_name: z.string().default(''),
  owner: z.string().default(''),
  lifecycle: Lifecycle.default('planned'),
  deleted: z.boolean().default(false),
});
type Service = z.output<typeof view>;
type Event = AnyEventOf<typeof Application>;

/** The open interfaces through which a service is reached. */
const waysTo = ({ after }: Event, service_id: string): string[] =>
  sortedOnce(
    Object.values(after.data.interfaces)
      .filter((one) => one.status !== 'retired' && one.serves_service_ids.includes(service_id))
      .map(({ interface_id }) => interface_id),
  );

const UNKNOWN = view.parse({});

const next = (before: Service, event: Event, key: string): Service => {
  const { services } = event.after.data;
  if (!Object.hasOwn(services, key) || belongsElsewhere(before, event)) return before;
  const { name, description, sla, capability_id, consumers, status } = services[key]!;
  const own = before.application_id === event.aggregate_id ? before : UNKNOWN;
  const consumer_ids = sortedOnce(consumers);
  return {
    ...own,
    ...stamped(own, event),
    ...ofApplication(own, event),
    id: key,
    service_id: key,
    ...{ name, description, sla, capability_id, status, consumer_ids },
    consumer_count: consumer_ids.length,
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
    ...(['service_id', 'name', 'description', 'sla', 'capability_id', 'consumer_ids'] as const),
    ...(['consumer_count', 'interface_ids', 'status', 'application_id'] as const),
    ...(['application_name', 'owner', 'lifecycle', 'deleted'] as const),
  ],
  search: ['name', 'description', 'application_name'],
  sort: 'name',
  from: [Application],
  folds: true,
  deleted: 'deleted',
  within: { capability_id: { projection: 'capability-map', parent: 'parent_id' } },
  concerns: {
    Application: (event) => [...concernedParts(event, 'services'), ...servedByChanged(event)],
  },
  on: { Application: { '*': next } },
  uses: [next, waysTo, stamped, sortedOnce, ...PARTING],
  related: ({ capability_id, consumer_ids, interface_ids }) => [
    ...(capability_id === null ? [] : [{ projection: 'capability-map', key: capability_id }]),
    ...consumer_ids.map((key) => ({ projection: 'application-portfolio', key })),
    ...interface_ids.map((key) => ({ projection: 'application-interfaces', key })),
  ],
  show: (document, { related }) => {
    const { capability_id, consumer_ids, interface_ids } = document;
    const nameOf = (projection: string, key: string) => related(projection, key)?.name || null;
    return {
      ...document,
      capability_name: capability_id === null ? null : nameOf('capability-map', capability_id),
      consumers: consumer_ids.map((application_id) => ({
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
