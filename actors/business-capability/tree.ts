import { z } from 'zod';
import { defineBoundary, type Entries } from '../../src/core/boundary.js';
import type { Refusal } from '../../src/core/refusal.js';
import { type Hierarchy, refuseAbove } from '../hierarchy.js';

type Branch = { readonly parent_id: string | null; readonly name: string };
export type Tree = Entries<Branch>;

const moved = (entries: Tree, id: string, parent_id: string | null) =>
  [[id, { name: entries.get(id)?.name ?? '', parent_id }]] as const;

/** Which capabilities there are, and who is whose parent. */
export const tree = defineBoundary<Branch>()({
  of: 'BusinessCapability',
  events: {
    CapabilityCreated: z.object({ name: z.string(), parent_id: z.string().nullable() }),
    CapabilityRenamed: z.object({ new_name: z.string() }),
    ParentAssigned: z.object({ parent_id: z.string() }),
    ParentRemoved: z.object({}),
    ParentAssignmentCorrected: z.object({ corrected_parent_id: z.string().nullable() }),
    CapabilityDeleted: z.object({}),
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

const hierarchy: Hierarchy<Branch> = {
  type: 'BusinessCapability',
  field: 'parent_id',
  itself: 'its own parent',
  plural: 'parents',
  above: ({ parent_id }) => (parent_id === null ? [] : [parent_id]),
};

/** Refuse a parent that does not exist, is the capability itself, or stands below it. */
export const refuseParent = (
  all: Tree,
  self: { readonly id: string; readonly name: string },
  parent_id: string,
): Refusal | undefined => refuseAbove(hierarchy, all, { ...self, above: parent_id });
