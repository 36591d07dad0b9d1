import { z } from 'zod';
import { defineBoundary, type Entries } from '../../src/core/boundary.js';
import type { Item } from '../../src/core/watch.js';
import { Classification } from '../shared.js';

const Nothing = z.object({});
const named = z.object({ name: z.string() });
const Changed = z.object({ new_classification: Classification });
const Corrected = z.object({ corrected_classification: Classification });

type Service = { readonly capability_id: string | null; readonly consumers: readonly string[] };
type Deployment = { readonly server_id: string; readonly environment: string };
/** What is watched of an application. */
export type App = {
  readonly name: string;
  readonly classification: Classification;
  readonly capability_id: string | null;
  readonly deployments: readonly Deployment[];
  readonly services: Readonly<Record<string, Service>>;
  readonly interfaces: readonly string[];
};
const UNKNOWN: App = {
  name: '',
  classification: 'public',
  capability_id: null,
  deployments: [],
  services: {},
  interfaces: [],
};

const change = (apps: Entries<App>, id: string, to: (before: App) => Partial<App>) => {
  const before = apps.get(id) ?? UNKNOWN;
  return [[id, { ...before, ...to(before) }]] as const;
};
const changeService = (
  apps: Entries<App>,
  { aggregate_id, data }: { aggregate_id: string; data: { service_id: string } },
  to: (before: Service) => Partial<Service>,
) =>
  change(apps, aggregate_id, ({ services }) => {
    const before = services[data.service_id] ?? { capability_id: null, consumers: [] };
    return { services: { ...services, [data.service_id]: { ...before, ...to(before) } } };
  });
const Deployed = z.object({ server_id: z.string(), environment: z.string() });
const same = (a: Deployment, b: Deployment): boolean =>
  a.server_id === b.server_id && a.environment === b.environment;
const Consumer = z.object({ service_id: z.string(), consumer_app_id: z.string() });

export const applications = defineBoundary<App>()({
  of: 'Application',
  events: {
    ApplicationCreated: z.object({
      name: z.string(),
      data_classification: Classification,
      capability_id: z.string().nullable(),
    }),
    ApplicationRenamed: z.object({ new_name: z.string() }),
    DataClassificationChanged: Changed,
    DataClassificationCorrected: Corrected,
    CapabilityAssigned: z.object({ capability_id: z.string() }),
    CapabilityRemoved: Nothing,
    DeployedToServer: Deployed,
    UndeployedFromServer: Deployed,
    ServiceOffered: z.object({ service_id: z.string(), capability_id: z.string().nullable() }),
    ServiceCapabilityChanged: z.object({
      service_id: z.string(),
      new_capability_id: z.string().nullable(),
    }),
    ServiceConsumerAdded: Consumer,
    ServiceConsumerRemoved: Consumer,
    InterfaceExposed: z.object({ interface_id: z.string() }),
    ApplicationDeleted: Nothing,
  },
  on: {
    ApplicationCreated: (apps, { aggregate_id, data }) =>
      change(apps, aggregate_id, () => ({
        name: data.name,
        classification: data.data_classification,
        capability_id: data.capability_id,
      })),
    ApplicationRenamed: (apps, { aggregate_id, data }) =>
      change(apps, aggregate_id, () => ({ name: data.new_name })),
    DataClassificationChanged: (apps, { aggregate_id, data }) =>
      change(apps, aggregate_id, () => ({ classification: data.new_classification })),
    DataClassificationCorrected: (apps, { aggregate_id, data }) =>
      change(apps, aggregate_id, () => ({ classification: data.corrected_classification })),
    CapabilityAssigned: (apps, { aggregate_id, data }) => change(apps, aggregate_id, () => data),
    CapabilityRemoved: (apps, { aggregate_id }) =>
      change(apps, aggregate_id, () => ({ capability_id: null })),
    DeployedToServer: (apps, { aggregate_id, data }) =>
      change(apps, aggregate_id, ({ deployments }) => ({ deployments: [...deployments, data] })),
    UndeployedFromServer: (apps, { aggregate_id, data }) =>
      change(apps, aggregate_id, ({ deployments }) => ({
        deployments: deployments.filter((one) => !same(one, data)),
      })),
    ServiceOffered: (apps, event) =>
      changeService(apps, event, () => ({ capability_id: event.data.capability_id })),
    ServiceCapabilityChanged: (apps, event) =>
      changeService(apps, event, () => ({ capability_id: event.data.new_capability_id })),
    ServiceConsumerAdded: (apps, event) =>
      changeService(apps, event, ({ consumers }) => ({
        consumers: [...consumers, event.data.consumer_app_id],
      })),
    ServiceConsumerRemoved: (apps, event) =>
      changeService(apps, event, ({ consumers }) => ({
        consumers: consumers.filter((one) => one !== event.data.consumer_app_id),
      })),
    InterfaceExposed: (apps, { aggregate_id, data }) =>
      change(apps, aggregate_id, ({ interfaces }) => ({
        interfaces: [...interfaces, data.interface_id],
      })),
    ApplicationDeleted: (_, { aggregate_id }) => [[aggregate_id, undefined]],
  },
});

/** What is watched of a data entity. */
export type Data = { readonly name: string; readonly classification: Classification };
const classified = (all: Entries<Data>, id: string, to: Partial<Data>) =>
  [[id, { name: '', classification: 'public' as const, ...all.get(id), ...to }]] as const;

export const dataEntities = defineBoundary<Data>()({
  of: 'DataEntity',
  events: {
    DataEntityCreated: z.object({ name: z.string(), classification: Classification }),
    DataEntityRenamed: z.object({ new_name: z.string() }),
    DataClassificationChanged: Changed,
    DataClassificationCorrected: Corrected,
    DataEntityDeleted: Nothing,
  },
  on: {
    DataEntityCreated: (all, { aggregate_id, data }) => classified(all, aggregate_id, data),
    DataEntityRenamed: (all, { aggregate_id, data }) =>
      classified(all, aggregate_id, { name: data.new_name }),
    DataClassificationChanged: (all, { aggregate_id, data }) =>
      classified(all, aggregate_id, { classification: data.new_classification }),
    DataClassificationCorrected: (all, { aggregate_id, data }) =>
      classified(all, aggregate_id, { classification: data.corrected_classification }),
    DataEntityDeleted: (_, { aggregate_id }) => [[aggregate_id, undefined]],
  },
});

export const servers = defineBoundary<{ readonly name: string; readonly environment: string }>()({
  of: 'Server',
  events: {
    ServerCreated: z.object({ hostname: z.string(), environment: z.string() }),
    EnvironmentChanged: z.object({ new_environment: z.string() }),
    ServerDeleted: Nothing,
  },
  on: {
    ServerCreated: (_, { aggregate_id, data: { hostname: name, environment } }) => [
      [aggregate_id, { name, environment }],
    ],
    EnvironmentChanged: (all, { aggregate_id, data }) => [
      [aggregate_id, { name: '', ...all.get(aggregate_id), environment: data.new_environment }],
    ],
    ServerDeleted: (_, { aggregate_id }) => [[aggregate_id, undefined]],
  },
});

export const capabilities = defineBoundary<{ readonly name: string }>()({
  of: 'BusinessCapability',
  events: { CapabilityCreated: named, CapabilityDeleted: Nothing },
  on: {
    CapabilityCreated: (_, { aggregate_id, data }) => [[aggregate_id, data]],
    CapabilityDeleted: (_, { aggregate_id }) => [[aggregate_id, undefined]],
  },
});

export const organizations = defineBoundary<{ readonly name: string }>()({
  of: 'Organization',
  events: { OrganizationCreated: named, OrganizationDeleted: Nothing },
  on: {
    OrganizationCreated: (_, { aggregate_id, data }) => [[aggregate_id, data]],
    OrganizationDeleted: (_, { aggregate_id }) => [[aggregate_id, undefined]],
  },
});

/** The work items there are, and where each stands. */
export const items = defineBoundary<Item['state']>()({
  of: 'WorkItem',
  events: {
    WorkItemOpened: Nothing,
    WorkItemReopened: Nothing,
    WorkItemResolved: Nothing,
    WorkItemDismissed: Nothing,
  },
  on: {
    WorkItemOpened: (_, { aggregate_id }) => [[aggregate_id, 'open']],
    WorkItemReopened: (_, { aggregate_id }) => [[aggregate_id, 'open']],
    WorkItemResolved: (_, { aggregate_id }) => [[aggregate_id, 'resolved']],
    WorkItemDismissed: (_, { aggregate_id }) => [[aggregate_id, 'dismissed']],
  },
});
