import { z } from 'zod';
import { defineBoundary, type Entries } from '../../src/core/boundary.js';
import { AggregateId } from '../../src/core/envelope.js';
import { refuseFull } from '../../src/core/list-field.js';
import { type Refusal, refuse } from '../../src/core/refusal.js';
import { integrationEnds } from '../integration-ends.js';
import { relationEnds } from '../relation-ends.js';
import type { Dependent } from '../shared.js';

/** Which application has which service. An id is never free again: it names one thing for ever. */
const services = defineBoundary<string>()({
  of: 'Application',
  events: { ServiceOffered: z.object({ service_id: z.string() }) },
  on: {
    ServiceOffered: (_, { aggregate_id, data }) => [[data.service_id, aggregate_id]],
  },
});

/** Which application has which interface, whether or not it is still open. */
const interfaces = defineBoundary<string>()({
  of: 'Application',
  events: { InterfaceExposed: z.object({ interface_id: z.string() }) },
  on: {
    InterfaceExposed: (_, { aggregate_id, data }) => [[data.interface_id, aggregate_id]],
  },
});

const Consumed = z.object({ service_id: z.string(), consumer_app_id: z.string() });

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
    ApplicationCreated: z.object({ name: z.string() }),
    ApplicationRenamed: z.object({ new_name: z.string() }),
    ServiceOffered: z.object({ service_id: z.string(), name: z.string() }),
    ServiceRenamed: z.object({ service_id: z.string(), new_name: z.string() }),
    ServiceConsumerAdded: Consumed,
    ServiceConsumerRemoved: Consumed,
    ServiceWithdrawn: z.object({ service_id: z.string() }),
    ApplicationDeleted: z.object({}),
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
    ServiceRenamed: (entries, { aggregate_id, data: { service_id, new_name } }) =>
      changed(entries, aggregate_id, {
        id: service_id,
        become: ({ consumers }) => ({ name: new_name, consumers }),
      }),
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

/** A part by its id; never what every object has, such as `constructor`. */
export const partOf = <P>(parts: Readonly<Record<string, P>>, id: string): P | undefined =>
  Object.hasOwn(parts, id) ? parts[id] : undefined;

/** Refuse one more part than an application may have; those that are over count: ids are for ever. */
export const refuseAnother = (
  parts: Readonly<Record<string, unknown>>,
  id: string,
  what: string,
): Refusal | undefined =>
  Object.hasOwn(parts, id) ? undefined : refuseFull(what, { now: Object.keys(parts).length });

/** The id of a part of an application. It becomes a key, and this one would be lost as a key. */
export const PartId = AggregateId.refine((id) => id !== '__proto__', 'expected another id');

/** Refuse because what a field names is not there. */
export const refuseMissing = (field: string, what: string, where: string): Refusal =>
  refuse('REFERENCE_NOT_FOUND', `${field}: ${where}`, {
    errors: [{ field: `data.${field}`, message: `no such ${what}`, rule: 'REFERENCE' }],
  });

type Wanted = {
  readonly what: 'service' | 'interface';
  readonly id: string;
  /** The application that already has a part of this id, and whether the part is still in use. */
  readonly holder: string | undefined;
  readonly inUse: boolean;
};

/** Refuse an id that is in use here, or was ever used by another application. */
export const refuseUsedId = (
  name: string,
  self_id: string,
  { what, id, holder, inUse }: Wanted,
): Refusal | undefined => {
  if (inUse) return refuse('ALREADY_EXISTS', `"${name}" has the ${what} ${id} already`);
  if (holder === undefined || holder === self_id) return undefined;
  return refuse(
    'ALREADY_EXISTS',
    `the ${what} ${id} belongs to Application ${holder}: choose another id`,
    { details: { held_by: holder } },
  );
};

/** Refuse a name that another part of the application has. */
export const refuseNameOf = (name: string, held_by: string | undefined): Refusal | undefined =>
  held_by === undefined
    ? undefined
    : refuse('NAME_TAKEN', `${name} is taken by ${held_by}`, { details: { held_by } });
