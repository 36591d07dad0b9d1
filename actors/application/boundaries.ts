import { defineBoundary, type Entries } from '../../src/core/boundary.js';
import { integrationEnds } from '../integration-ends.js';
import { relationEnds } from '../relation-ends.js';
import type { Dependent } from '../shared.js';
import { applicationEvents } from './application-events.js';
import { interfaceEvents } from './interface-messages.js';
import { serviceEvents } from './service-messages.js';

/** Which application has which service. An id is never free again: it names one thing for ever. */
const services = defineBoundary<string>()({
  of: 'Application',
  events: { ServiceOffered: serviceEvents.ServiceOffered },
  on: {
    ServiceOffered: (_, { aggregate_id, data }) => [[data.service_id, aggregate_id]],
  },
});

/** Which application has which interface, whether or not it is still open. */
const interfaces = defineBoundary<string>()({
  of: 'Application',
  events: { InterfaceExposed: interfaceEvents.InterfaceExposed },
  on: {
    InterfaceExposed: (_, { aggregate_id, data }) => [[data.interface_id, aggregate_id]],
  },
});

type Offered = { readonly name: string; readonly consumers: readonly string[] };
type Provider = { readonly name: string; readonly offered: ReadonlyMap<string, Offered> };
const NOTHING: Provider = { name: '', offered: new Map() };

const changed = (
  entries: Entries<Provider>,
  id: string,
  service: { readonly id: string; readonly become: (before: Offered) => Offered },
) => {
  const provider = entries.get(id) ?? NOTHING;
  const before = provider.offered.get(service.id) ?? { name: '', consumers: [] };
  const offered = new Map(provider.offered).set(service.id, service.become(before));
  return [[id, { ...provider, offered }]] as const;
};

/** Which applications there are, what each offers, and to whom, by application. */
const providers = defineBoundary<Provider>()({
  of: 'Application',
  events: {
    ApplicationCreated: applicationEvents.ApplicationCreated,
    ApplicationRenamed: applicationEvents.ApplicationRenamed,
    ServiceOffered: serviceEvents.ServiceOffered,
    ServiceConsumerAdded: serviceEvents.ServiceConsumerAdded,
    ServiceConsumerRemoved: serviceEvents.ServiceConsumerRemoved,
    ServiceWithdrawn: serviceEvents.ServiceWithdrawn,
    ApplicationDeleted: applicationEvents.ApplicationDeleted,
  },
  on: {
    ApplicationCreated: (_, { aggregate_id, data: { name } }) => [
      [aggregate_id, { ...NOTHING, name }],
    ],
    ApplicationRenamed: (entries, { aggregate_id, data: { new_name } }) => [
      [aggregate_id, { ...(entries.get(aggregate_id) ?? NOTHING), name: new_name }],
    ],
    ServiceOffered: (entries, { aggregate_id, data: { service_id, name } }) =>
      changed(entries, aggregate_id, { id: service_id, become: () => ({ name, consumers: [] }) }),
    ServiceConsumerAdded: (entries, { aggregate_id, data: { service_id, consumer_app_id } }) =>
      changed(entries, aggregate_id, {
        id: service_id,
        become: ({ name, consumers }) => ({ name, consumers: [...consumers, consumer_app_id] }),
      }),
    ServiceConsumerRemoved: (entries, { aggregate_id, data: { service_id, consumer_app_id } }) =>
      changed(entries, aggregate_id, {
        id: service_id,
        become: ({ name, consumers }) => ({
          name,
          consumers: consumers.filter((one) => one !== consumer_app_id),
        }),
      }),
    ServiceWithdrawn: (entries, { aggregate_id, data: { service_id } }) => {
      const provider = entries.get(aggregate_id) ?? NOTHING;
      const offered = new Map(provider.offered);
      offered.delete(service_id);
      return [[aggregate_id, { ...provider, offered }]];
    },
    ApplicationDeleted: (_, { aggregate_id }) => [[aggregate_id, undefined]],
  },
});

/** Who would be left hanging: those an application serves, and the services it is noted to use. */
export const consumption = (id: string, all: Entries<Provider>): readonly Dependent[] => {
  const served = [...(all.get(id)?.offered.values() ?? [])].flatMap(({ consumers }) => consumers);
  const consumers = [...new Set(served)].map((consumer) => ({
    type: 'Application',
    id: consumer,
    name: all.get(consumer)?.name ?? consumer,
  }));
  const used = [...all.values()].flatMap(({ offered }) =>
    [...offered]
      .filter(([, service]) => service.consumers.includes(id))
      .map(([service, { name }]) => ({ type: 'ApplicationService', id: service, name })),
  );
  return [...consumers, ...used];
};

export const boundaries = {
  services,
  interfaces,
  providers,
  integrations: integrationEnds,
  relations: relationEnds,
};
