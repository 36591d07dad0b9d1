import { z } from 'zod';
import { Application } from '../../actors/application/application.js';
import { Criticality, Lifecycle, Protocol } from '../../actors/shared.js';
import { type AnyEventOf, defineProjection } from '../../src/core/projection.js';
import { STAMP_COLUMNS, stamped, stampFields } from '../../src/read/projections/stamps.js';
import { sortedOnce } from '../contributions.js';
import { belongsElsewhere, concernedParts, ofApplication } from '../parts.js';

const Perhaps = z.string().nullable().default(null);

const view = z.object({
  ...stampFields,
  interface_id: z.string().default(''),
  name: z.string().default(''),
  description: Perhaps,
  protocol: Protocol.default('rest'),
  endpoint: Perhaps,
  interface_version: Perhaps,
  specification_url: Perhaps,
  authentication_method: Perhaps,
  rate_limits: z
    .object({ requests_per_second: z.number(), burst: z.number() })
    .nullable()
    .default(null),
  serves_service_ids: z.array(z.string()).default([]),
  status: z.enum(['active', 'deprecated', 'retired']).default('active'),
  sunset_date: Perhaps,
  replacement_interface_id: Perhaps,
  application_id: z.string().default(''),
  application_name: z.string().default(''),
  owner: z.string().default(''),
  criticality: Criticality.nullable().default(null),
  lifecycle: Lifecycle.default('planned'),
  deleted: z.boolean().default(false),
});
type InterfaceView = z.output<typeof view>;
type Event = AnyEventOf<typeof Application>;

const UNKNOWN = view.parse({});

const next = (before: InterfaceView, event: Event, key: string): InterfaceView => {
  if (belongsElsewhere(before, event)) return before;
  // `version` counts the events of the application, in every document.
  const {
    version,
    serves_service_ids,
    description = null,
    ...known
  } = event.after.data.interfaces[key]!;
  const own = before.application_id === event.aggregate_id ? before : UNKNOWN;
  return {
    ...own,
    ...stamped(own, event),
    ...ofApplication(own, event),
    ...known,
    id: key,
    description,
    interface_version: version,
    serves_service_ids: sortedOnce(serves_service_ids),
  };
};

/** Every way into an application: what `GET /interfaces` answers. */
export const applicationInterfaces = defineProjection({
  name: 'application-interfaces',
  summary: 'Every interface of an application, where it is reached and what it serves.',
  path: 'interfaces',
  view,
  indexed: [
    ...STAMP_COLUMNS,
    ...(['interface_id', 'name', 'description', 'protocol'] as const),
    ...(['endpoint', 'interface_version'] as const),
    ...(['specification_url', 'authentication_method', 'serves_service_ids', 'status'] as const),
    ...(['sunset_date', 'replacement_interface_id', 'application_id'] as const),
    ...(['application_name', 'owner', 'criticality', 'lifecycle', 'deleted'] as const),
  ],
  search: ['name', 'description', 'endpoint', 'application_name'],
  sort: 'name',
  from: [Application],
  withState: true,
  deleted: 'deleted',
  documentIds: { Application: (event) => concernedParts(event, 'interfaces') },
  on: { Application: { '*': next } },
  related: ({ serves_service_ids, replacement_interface_id }) => [
    ...serves_service_ids.map((key) => ({ projection: 'application-services', key })),
    ...(replacement_interface_id === null
      ? []
      : [{ projection: 'application-interfaces', key: replacement_interface_id }]),
  ],
  show: (document, { related }) => {
    const { serves_service_ids, replacement_interface_id } = document;
    const replacement =
      replacement_interface_id === null
        ? undefined
        : related('application-interfaces', replacement_interface_id);
    return {
      ...document,
      services: serves_service_ids.map((service_id) => ({
        service_id,
        name: related('application-services', service_id)?.name || null,
      })),
      replacement_name: replacement?.name || null,
    };
  },
});
