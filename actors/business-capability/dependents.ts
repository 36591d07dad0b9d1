import { z } from 'zod';
import { defineBoundary, type Entries } from '../../src/core/boundary.js';
import { type Relations, relatedTo, relationEnds } from '../relation-ends.js';
import type { Dependent } from '../shared.js';
import type { Tree } from './tree.js';

const CapabilityId = z.string().nullable();
type Supporter = { readonly name: string; readonly capability_id: string | null };

const supporting = (entries: Entries<Supporter>, id: string, change: Partial<Supporter>) =>
  [[id, { name: '', capability_id: null, ...entries.get(id), ...change }]] as const;

/** Which applications support which capability, by application. */
export const supporters = defineBoundary<Supporter>()({
  of: 'Application',
  events: {
    ApplicationCreated: z.object({ name: z.string(), capability_id: CapabilityId }),
    ApplicationRenamed: z.object({ new_name: z.string() }),
    CapabilityAssigned: z.object({ capability_id: z.string() }),
    CapabilityRemoved: z.object({}),
    ApplicationDeleted: z.object({}),
  },
  on: {
    ApplicationCreated: (entries, { aggregate_id, data }) =>
      supporting(entries, aggregate_id, data),
    ApplicationRenamed: (entries, { aggregate_id, data }) =>
      supporting(entries, aggregate_id, { name: data.new_name }),
    CapabilityAssigned: (entries, { aggregate_id, data }) =>
      supporting(entries, aggregate_id, data),
    CapabilityRemoved: (entries, { aggregate_id }) =>
      supporting(entries, aggregate_id, { capability_id: null }),
    ApplicationDeleted: (_, { aggregate_id }) => [[aggregate_id, undefined]],
  },
});

type Realizer = Supporter & { readonly application_id: string };

/** Which services that are on offer support which capability, by service. */
export const realizers = defineBoundary<Realizer>()({
  of: 'Application',
  events: {
    ServiceOffered: z.object({
      service_id: z.string(),
      name: z.string(),
      capability_id: CapabilityId,
    }),
    ServiceCapabilityChanged: z.object({ service_id: z.string(), new_capability_id: CapabilityId }),
    ServiceWithdrawn: z.object({ service_id: z.string() }),
    ApplicationDeleted: z.object({}),
  },
  on: {
    ServiceOffered: (_, { aggregate_id, data: { service_id, name, capability_id } }) => [
      [service_id, { name, capability_id, application_id: aggregate_id }],
    ],
    ServiceCapabilityChanged: (entries, { aggregate_id, data }) => {
      const name = entries.get(data.service_id)?.name ?? '';
      const capability_id = data.new_capability_id;
      return [[data.service_id, { name, capability_id, application_id: aggregate_id }]];
    },
    ServiceWithdrawn: (_, { data: { service_id } }) => [[service_id, undefined]],
    ApplicationDeleted: (entries, { aggregate_id }) =>
      [...entries]
        .filter(([, { application_id }]) => application_id === aggregate_id)
        .map(([service_id]) => [service_id, undefined] as const),
  },
});

/** What deleting a capability looks at, besides the tree. */
export const users = { supporters, realizers, relations: relationEnds };

type Known = {
  readonly tree: Tree;
  readonly supporters: Entries<Supporter>;
  readonly realizers: Entries<Realizer>;
  readonly relations: Relations;
};

const supportingIt = (type: string, id: string, all: Entries<Supporter>): readonly Dependent[] =>
  [...all]
    .filter(([, { capability_id }]) => capability_id === id)
    .map(([one, { name }]) => ({ type, id: one, name }));

/** What would hang in the air without it: what is below it, and what supports it. */
export const dependentsOf = (id: string, known: Known): readonly Dependent[] => [
  ...[...known.tree]
    .filter(([, { parent_id }]) => parent_id === id)
    .map(([child, { name }]) => ({ type: 'BusinessCapability', id: child, name })),
  ...supportingIt('Application', id, known.supporters),
  ...supportingIt('ApplicationService', id, known.realizers),
  ...relatedTo(id, known.relations),
];
