import { z } from 'zod';
import type { Deciding, Evolving } from '../../src/core/define-aggregate.js';
import { AggregateId } from '../../src/core/envelope.js';
import { sets } from '../../src/core/field.js';
import { refuseFull } from '../../src/core/list-field.js';
import { command, type PartSpec } from '../../src/core/message.js';
import { isRefusal, type Refusal, refuse } from '../../src/core/refusal.js';
import {
  Description,
  Name,
  NoReason,
  normalized,
  Reason,
  refuseWhileNeeded,
  Sla,
  takenBack,
} from '../shared.js';
import {
  type boundaries,
  PartId,
  partOf,
  refuseAnother,
  refuseMissing,
  refuseNameOf,
  refuseUsedId,
} from './boundaries.js';
import { refuseRetired } from './lifecycle.js';

/** Applications that use one service. */
const CONSUMERS_MAX = 2_000;

/** What an application does for others, as it is known inside the application. */
export const Service = z.object({
  service_id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  sla: z.string().nullable(),
  capability_id: z.string().nullable(),
  consumers: z.array(z.string()),
  status: z.enum(['offered', 'withdrawn']),
});
export type Service = z.output<typeof Service>;

/** What is looked at when services are. */
type Serving = {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly interfaces: Readonly<Record<string, Way>>;
};
type Way = {
  readonly interface_id: string;
  readonly name: string;
  readonly status: string;
  readonly serves_service_ids: readonly string[];
};
type Self = { readonly status: string; readonly data: Serving };

/** The service of an application, whatever has become of it. */
export const serviceOf = ({ data: { name, services } }: Self, id: string): Service | Refusal =>
  partOf(services, id) ?? refuseMissing('service_id', 'service', `"${name}" has no service ${id}`);

/** The service, as long as it is offered. */
export const offeredBy = (self: Self, id: string): Service | Refusal => {
  const service = serviceOf(self, id);
  if (isRefusal(service) || service.status === 'offered') return service;
  return refuse(
    'INVALID_LIFECYCLE_TRANSITION',
    `the service "${service.name}" is "withdrawn"; OfferService offers it again`,
    { details: { from: service.status, allowed: ['offered'], commands: ['OfferService'] } },
  );
};

const refuseTakenName = ({ data }: Self, name: string, besides?: string): Refusal | undefined => {
  const other = Object.values(data.services).find(
    (one) =>
      one.status === 'offered' &&
      one.service_id !== besides &&
      normalized(one.name) === normalized(name),
  );
  return refuseNameOf(`the name "${name}"`, other?.service_id);
};

/** Services are resources of their own. */
const of = {
  within: 'services',
  id: 'service_id',
  schema: PartId,
  resource: {
    one: 'service',
    owner: 'application_id',
    begins: 'OfferService',
    ends: 'WithdrawService',
    called: { consumers: 'added_consumer_ids' },
  },
} as const;
/** A service as its fields are set: as long as it is offered. */
const offered = { ...of, find: offeredBy } as const satisfies PartSpec;
const CapabilityId = AggregateId.nullable();
const roles = ['architect', 'importer'] as const;
const capability = {
  capability: { of: 'BusinessCapability', by: 'capability_id', view: z.object({}) },
} as const;

export const serviceCommands = {
  OfferService: command({
    summary: 'Offer a service to others; one that was withdrawn may be offered again.',
    data: z.object({
      service_id: PartId,
      name: Name,
      capability_id: CapabilityId.default(null),
      sla: Sla.nullable().default(null),
      description: Description.nullable().default(null),
    }),
    emits: ['ServiceOffered'],
    roles: ['architect', 'owner', 'importer'],
    aliases: ['AddService'],
    of,
    references: capability,
    boundaries: ['services'],
  }),
  RenameService: sets('name', Name, {
    summary: 'Call a service something else.',
    event: 'ServiceRenamed',
    also: { reason: NoReason },
    roles: ['architect', 'owner', 'importer'],
    of: offered,
  }),
  DescribeService: sets('description', Description, {
    summary: 'Describe a service in other words.',
    event: 'ServiceDescribed',
    bare: true,
    isText: true,
    empty: '',
    roles: ['owner', 'importer'],
    of: offered,
  }),
  ChangeServiceSla: sets('sla', Sla, {
    summary: 'Promise something else of a service.',
    event: 'ServiceSlaChanged',
    what: 'the SLA',
    roles,
    of: offered,
    cleared: takenBack(
      'ClearServiceSla',
      'ServiceSlaCleared',
      'Promise nothing of a service any more.',
    ),
  }),
  RealignService: sets('capability_id', CapabilityId, {
    summary: 'Say which business capability a service supports, or that it supports none.',
    event: 'ServiceCapabilityChanged',
    what: 'the capability',
    roles,
    references: capability,
    of: offered,
  }),
  AddServiceConsumer: command({
    summary: 'Record that another application uses a service.',
    data: z.object({ service_id: PartId, consumer_app_id: AggregateId }),
    emits: ['ServiceConsumerAdded'],
    roles,
    of,
    sets: { added_consumer_ids: { add: 'consumer_app_id' } },
    boundaries: ['providers'],
  }),
  RemoveServiceConsumer: command({
    summary: 'Record that another application uses a service no more.',
    data: z.object({ service_id: PartId, consumer_app_id: AggregateId }),
    emits: ['ServiceConsumerRemoved'],
    roles,
    of,
    sets: { added_consumer_ids: { remove: 'consumer_app_id' } },
  }),
  WithdrawService: command({
    summary: 'Offer a service no more; no live interface may serve it.',
    data: z.object({ service_id: PartId, reason: Reason }),
    emits: ['ServiceWithdrawn'],
    roles,
    of,
    sensitive: true,
    aliases: ['RemoveService'],
  }),
};

export const serviceEvents = {
  ServiceOffered: z.object({
    service_id: PartId,
    name: Name,
    capability_id: CapabilityId,
    sla: Sla.nullable(),
    description: Description.nullable(),
  }),
  ServiceConsumerAdded: z.object({ service_id: PartId, consumer_app_id: AggregateId }),
  ServiceConsumerRemoved: z.object({ service_id: PartId, consumer_app_id: AggregateId }),
  ServiceWithdrawn: z.object({ service_id: PartId, reason: Reason }),
};

const withService = (
  { services }: Serving,
  id: string,
  become: (before: Service) => Partial<Service>,
) => {
  const before = partOf(services, id);
  return before ? { services: { ...services, [id]: { ...before, ...become(before) } } } : {};
};

export const evolveServices = {
  ServiceOffered: ({ services }, offered) => ({
    services: {
      ...services,
      [offered.service_id]: { ...offered, consumers: [], status: 'offered' },
    },
  }),
  ServiceConsumerAdded: (data, { service_id, consumer_app_id }) =>
    withService(data, service_id, ({ consumers }) => ({
      consumers: [...consumers, consumer_app_id],
    })),
  ServiceConsumerRemoved: (data, { service_id, consumer_app_id }) =>
    withService(data, service_id, ({ consumers }) => ({
      consumers: consumers.filter((one) => one !== consumer_app_id),
    })),
  ServiceWithdrawn: (data, { service_id }) =>
    withService(data, service_id, () => ({ status: 'withdrawn' })),
} satisfies Evolving<Serving, typeof serviceEvents>;

export const refusesServices = {
  RenameService: (
    self: Self,
    { service_id, name }: { readonly service_id: string; readonly name: string },
  ) => refuseTakenName(self, name, service_id),
};

export const decideServices = {
  OfferService: (self, offer, context) =>
    refuseRetired(self, context, { to: 'offer services', instead: 'WithdrawService' }) ??
    refuseUsedId(self.data.name, context.id, {
      what: 'service',
      id: offer.service_id,
      holder: context.boundaries.services.get(offer.service_id),
      inUse: partOf(self.data.services, offer.service_id)?.status === 'offered',
    }) ??
    refuseTakenName(self, offer.name) ??
    refuseAnother(self.data.services, offer.service_id, 'services of an application') ?? [
      { type: 'ServiceOffered', data: offer },
    ],
  AddServiceConsumer: (self, added, context) => {
    const { service_id, consumer_app_id } = added;
    const service = offeredBy(self, service_id);
    if (isRefusal(service)) return service;
    const retired = refuseRetired(self, context, {
      to: 'get consumers',
      instead: 'RemoveServiceConsumer',
    });
    if (retired) return retired;
    if (consumer_app_id === context.id)
      return refuse('SELF_REFERENCE', `"${self.data.name}" cannot consume its own service`);
    if (!context.boundaries.providers.has(consumer_app_id))
      return refuseMissing(
        'consumer_app_id',
        'Application',
        `there is no Application ${consumer_app_id}`,
      );
    if (service.consumers.includes(consumer_app_id))
      return refuse('NO_CHANGE', `${consumer_app_id} consumes "${service.name}" already`);
    const now = service.consumers.length;
    return (
      refuseFull('consumers of a service', { now, most: CONSUMERS_MAX }) ?? [
        { type: 'ServiceConsumerAdded', data: added },
      ]
    );
  },
  RemoveServiceConsumer: (self, removed) => {
    const service = serviceOf(self, removed.service_id);
    if (isRefusal(service)) return service;
    if (!service.consumers.includes(removed.consumer_app_id))
      return refuse('NO_CHANGE', `${removed.consumer_app_id} does not consume "${service.name}"`);
    return [{ type: 'ServiceConsumerRemoved', data: removed }];
  },
  WithdrawService: (self, withdrawn) => {
    const service = offeredBy(self, withdrawn.service_id);
    if (isRefusal(service)) return service;
    const serving = Object.values(self.data.interfaces).filter(
      ({ status, serves_service_ids }) =>
        status !== 'retired' && serves_service_ids.includes(withdrawn.service_id),
    );
    return (
      refuseWhileNeeded(
        `the service "${service.name}" cannot be withdrawn while live interfaces serve it`,
        serving.map(({ interface_id: id, name }) => ({ type: 'ApplicationInterface', id, name })),
      ) ?? [{ type: 'ServiceWithdrawn', data: withdrawn }]
    );
  },
} satisfies Deciding<Serving, typeof serviceCommands, typeof serviceEvents, typeof boundaries>;
