import { z } from 'zod';
import { defineBoundary, type Entries } from '../../src/core/boundary.js';
import { type Refusal, refuse } from '../../src/core/refusal.js';
import type { Dependent } from '../shared.js';
import { events, ParentId } from './schemas.js';

type Branch = { readonly parent_id: string | null; readonly name: string };
export type Tree = Entries<Branch>;

const moved = (entries: Tree, id: string, parent_id: string | null) =>
  [[id, { name: entries.get(id)?.name ?? '', parent_id }]] as const;

/** Which capabilities there are, and who is whose parent. */
export const tree = defineBoundary<Branch>()({
  of: 'BusinessCapability',
  events: {
    CapabilityCreated: events.CapabilityCreated,
    CapabilityRenamed: events.CapabilityRenamed,
    ParentAssigned: events.ParentAssigned,
    ParentRemoved: events.ParentRemoved,
    ParentAssignmentCorrected: events.ParentAssignmentCorrected,
    CapabilityDeleted: events.CapabilityDeleted,
  },
  on: {
    CapabilityCreated: (_, { aggregate_id, data: { name, parent_id } }) => [
      [aggregate_id, { name, parent_id }],
    ],
    CapabilityRenamed: (entries, { aggregate_id, data: { new_name } }) => [
      [aggregate_id, { parent_id: null, ...entries.get(aggregate_id), name: new_name }],
    ],
    ParentAssigned: (entries, { aggregate_id, data }) =>
      moved(entries, aggregate_id, data.parent_id),
    ParentRemoved: (entries, { aggregate_id }) => moved(entries, aggregate_id, null),
    ParentAssignmentCorrected: (entries, { aggregate_id, data }) =>
      moved(entries, aggregate_id, data.corrected_parent_id),
    CapabilityDeleted: (_, { aggregate_id }) => [[aggregate_id, undefined]],
  },
});

type Supporter = { readonly name: string; readonly capability_id: string | null };

const supporting = (entries: Entries<Supporter>, id: string, change: Partial<Supporter>) =>
  [[id, { name: '', capability_id: null, ...entries.get(id), ...change }]] as const;

/** Which applications support which capability, by application. */
export const supporters = defineBoundary<Supporter>()({
  of: 'Application',
  events: {
    ApplicationCreated: z.object({ name: z.string(), capability_id: ParentId }),
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

/** From a capability up to the root. Ends even if the tree were broken. */
const lineage = (all: Tree, from: string): readonly string[] => {
  const path = new Set<string>();
  let at: string | null = from;
  while (at !== null && !path.has(at)) {
    path.add(at);
    at = all.get(at)?.parent_id ?? null;
  }
  return [...path];
};

type Placed = { readonly id: string; readonly name: string };

/** Refuse a parent that does not exist, is the capability itself, or stands below it. */
export const refuseParent = (all: Tree, self: Placed, parent_id: string): Refusal | undefined => {
  if (parent_id === self.id)
    return refuse('SELF_REFERENCE', `"${self.name}" cannot be its own parent`);
  if (!all.has(parent_id))
    return refuse('REFERENCE_NOT_FOUND', `there is no BusinessCapability ${parent_id}`, {
      details: { field: 'parent_id', id: parent_id },
    });
  const up = lineage(all, parent_id);
  if (!up.includes(self.id)) return undefined;
  const path = [self.id, ...up.slice(0, up.indexOf(self.id) + 1)].map((id) => ({
    id,
    name: all.get(id)?.name ?? id,
  }));
  return refuse(
    'CIRCULAR_REFERENCE',
    `this would close a circle of parents: ${path.map(({ name }) => name).join(' → ')}`,
    { details: { path } },
  );
};

/** What would hang in the air without it: capabilities below it, applications supporting it. */
export const dependentsOf = (
  id: string,
  all: Tree,
  apps: Entries<Supporter>,
): readonly Dependent[] => [
  ...[...all]
    .filter(([, { parent_id }]) => parent_id === id)
    .map(([child, { name }]) => ({ type: 'BusinessCapability', id: child, name })),
  ...[...apps]
    .filter(([, { capability_id }]) => capability_id === id)
    .map(([app, { name }]) => ({ type: 'Application', id: app, name })),
];
