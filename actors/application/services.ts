import { isRefusal, type Refusal, refuse } from '../../src/core/refusal.js';
import { normalized, refuseWhileNeeded, unchanged } from '../shared.js';
import type { Deciding, Evolving, Self } from './deciding.js';
import { partOf, refuseMissing, refuseNameOf, refuseUsedId } from './parts.js';
import { refuseRetired } from './rules.js';
import type { ApplicationData } from './schemas.js';
import type { Service, serviceCommands, serviceEvents } from './service-messages.js';

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

const refuseTakenName = ({ data }: Self, name: string): Refusal | undefined => {
  const other = Object.values(data.services).find(
    (one) => one.status === 'offered' && normalized(one.name) === normalized(name),
  );
  return refuseNameOf(`the name "${name}"`, other?.service_id);
};

const withService = (
  { services }: ApplicationData,
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
  ServiceSlaChanged: (data, { service_id, new_sla }) =>
    withService(data, service_id, () => ({ sla: new_sla })),
  ServiceCapabilityChanged: (data, { service_id, new_capability_id }) =>
    withService(data, service_id, () => ({ capability_id: new_capability_id })),
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
} satisfies Evolving<typeof serviceEvents>;

export const decideServices = {
  OfferService: (self, offer, context) =>
    refuseRetired(self, context, { to: 'offer services', instead: 'WithdrawService' }) ??
    refuseUsedId(self, context.id, {
      what: 'service',
      id: offer.service_id,
      holder: context.boundaries.services.get(offer.service_id),
      inUse: partOf(self.data.services, offer.service_id)?.status === 'offered',
    }) ??
    refuseTakenName(self, offer.name) ?? [{ type: 'ServiceOffered', data: offer }],
  ChangeServiceSla: (self, { service_id, sla }) => {
    const service = offeredBy(self, service_id);
    if (isRefusal(service)) return service;
    if (service.sla === sla) return unchanged('the SLA', sla);
    const changed = { service_id, previous_sla: service.sla, new_sla: sla };
    return [{ type: 'ServiceSlaChanged', data: changed }];
  },
  RealignService: (self, { service_id, capability_id: new_capability_id }) => {
    const service = offeredBy(self, service_id);
    if (isRefusal(service)) return service;
    const { capability_id: previous_capability_id } = service;
    if (previous_capability_id === new_capability_id)
      return unchanged('the capability', new_capability_id);
    const changed = { service_id, previous_capability_id, new_capability_id };
    return [{ type: 'ServiceCapabilityChanged', data: changed }];
  },
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
    return [{ type: 'ServiceConsumerAdded', data: added }];
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
} satisfies Deciding<typeof serviceCommands>;
